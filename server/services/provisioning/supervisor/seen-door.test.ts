import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryDoor } from '../../../testing/memory-door.ts';
import { SeenDoor } from './seen-door.ts';

const TARGET = { instance: 'a-1.1.0', host: '127.0.0.1', port: 5 };

function setUp() {
  const inner = new MemoryDoor();
  const door = new SeenDoor(inner);
  const heard: string[] = [];
  const stop = door.onSeen((agent) => heard.push(agent));
  return { inner, door, heard, stop };
}

describe('what went through a door', () => {
  it('is remembered: where ports lead, and which are closed', async () => {
    const { door, heard } = setUp();
    await door.point({ agent: 'a', targets: [TARGET] });
    assert.deepEqual(door.route('a')?.targets, [TARGET]);
    assert.ok(door.serves('a', 'a-1.1.0') && !door.serves('a', 'a-1.2.0') && !door.serves('b', 'a-1.1.0'));
    await door.point({ agent: 'a', targets: [TARGET] });
    assert.deepEqual([heard, door.agents], [['a'], ['a']]);
    await door.point({ agent: 'a', targets: [] });
    await door.close('a');
    await door.close('a');
    assert.deepEqual([heard, door.agents, door.route('a')], [['a', 'a', 'a'], [], undefined]);
  });

  it('is learnt from a list, and forgotten by it', async () => {
    const { inner, door } = setUp();
    await inner.point({ agent: 'a', targets: [TARGET] });
    await inner.point({ agent: 'b', targets: [] });
    await door.list();
    assert.deepEqual(door.agents, ['a', 'b']);
    inner.routes.delete('b');
    await door.list();
    assert.deepEqual(door.agents, ['a']);
    await door.end();
    assert.deepEqual(door.agents, []);
  });

  it('is not forgotten for a list that is older, and an older route does not come back', async () => {
    const { inner, door } = setUp();
    await door.point({ agent: 'a', targets: [TARGET] });
    let come = (): void => undefined;
    const list = inner.list.bind(inner);
    inner.list = async () => {
      const old = await list();
      await new Promise<void>((resolve) => (come = resolve));
      return old;
    };
    const listing = door.list();
    await door.point({ agent: 'a', targets: [] });
    await door.point({ agent: 'b', targets: [] });
    come();
    await listing;
    assert.deepEqual([door.agents, door.route('a')?.targets], [['a', 'b'], []]);
  });

  it('is handed on as it is, and said to nobody who does not listen', async () => {
    const { inner, door, heard, stop } = setUp();
    stop();
    await door.point({ agent: 'a', targets: [] });
    assert.equal((await door.drain('a', ['a-1.1.0'], 5)).cut, 0);
    await door.release();
    assert.deepEqual([heard, inner.take()], [[], ['point a >', 'drain a']]);
  });
});
