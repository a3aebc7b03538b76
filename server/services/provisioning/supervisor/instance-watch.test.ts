import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { createManualClock } from '../../../engines/memory/clock.ts';
import { startHttp, until } from '../../../testing/fault-servers.ts';
import { turn } from '../../../testing/event-loop.ts';
import type { KindProbe } from '../kinds.ts';
import { InstanceWatch } from './instance-watch.ts';
import type { InstanceWatchOptions } from './instance-watch.ts';

const PROBE: KindProbe = { kind: 'http', intervalMs: 5_000, timeoutMs: 1_000, failureThreshold: 3 };

async function setUp(t: TestContext, more: Partial<InstanceWatchOptions> = {}) {
  const clock = createManualClock();
  let status = 200;
  let asked = 0;
  const server = await startHttp(t, (_, response) => {
    asked += 1;
    response.writeHead(status).end();
  });
  const watch = new InstanceWatch({
    clock,
    probe: PROBE,
    port: server.port,
    listens: () => Promise.resolve(undefined),
    presumedWell: false,
    startProbeIntervalMs: 100,
    maxProbeBodyBytes: 1_000,
    ...more,
  });
  t.after(() => watch.close());
  let answers = 0;
  watch.onAnswer(() => (answers += 1));
  /** Until it was heard so often. */
  const heard = (count: number): Promise<void> => until(`${count} answers`, () => answers === count);
  return { clock, watch, heard, server, asked: () => asked, set: (next: number) => (status = next) };
}

describe('an instance that is watched', () => {
  it('is starting until it is ready, and asked often until then', async (t) => {
    const { clock, watch, heard, set, asked } = await setUp(t);
    set(503);
    assert.deepEqual([watch.wellness, watch.said], ['starting', 'it has not been asked yet']);
    await heard(1);
    assert.deepEqual([watch.wellness, watch.said, watch.failures], ['starting', 'HTTP 503', 1]);
    clock.advance(99);
    await turn();
    assert.equal(asked(), 1);
    clock.advance(1);
    await heard(2);
    for (let i = 3; i < 8; i++) {
      clock.advance(100);
      await heard(i);
    }
    assert.equal(watch.wellness, 'starting');
    assert.equal(watch.wellSinceMs, undefined);
    set(200);
    clock.advance(100);
    await heard(8);
    assert.deepEqual([watch.wellness, watch.wellSinceMs, watch.failures], ['well', 700, 0]);
    clock.advance(4_999);
    await turn();
    assert.equal(asked(), 8);
    clock.advance(1);
    await heard(9);
    assert.equal(watch.wellSinceMs, 700);
  });

  it('is not well after as many failures in a row as its kind allows, and well by one answer', async (t) => {
    const { clock, watch, heard, set } = await setUp(t);
    await heard(1);
    set(500);
    const after: string[] = [];
    for (let i = 2; i < 6; i++) {
      clock.advance(5_000);
      await heard(i);
      after.push(watch.wellness);
    }
    assert.deepEqual(after, ['well', 'well', 'unwell', 'unwell']);
    set(200);
    clock.advance(5_000);
    await heard(6);
    assert.deepEqual([watch.wellness, watch.wellSinceMs], ['well', 25_000]);
  });

  it('is taken to be well where it served before we came, until it is heard of', async (t) => {
    const { clock, watch, heard, set } = await setUp(t, { presumedWell: true });
    set(500);
    assert.equal(watch.wellness, 'well');
    for (let i = 1; i < 4; i++) {
      await heard(i);
      clock.advance(5_000);
    }
    assert.equal(watch.wellness, 'unwell');
  });

  it('is believed nothing of what it said before when it is asked anew', async (t) => {
    const { clock, watch, heard, set } = await setUp(t);
    await heard(1);
    set(500);
    watch.renew();
    assert.equal(watch.wellness, 'starting');
    await heard(2);
    assert.equal(watch.wellness, 'starting');
    set(200);
    clock.advance(100);
    await heard(3);
    assert.deepEqual([watch.wellness, watch.wellSinceMs], ['well', 100]);
  });

  it('is not believed while another program listens in its place, and is asked that once', async (t) => {
    const answers: (boolean | Error)[] = [false, new Error('gone'), true, false];
    let asked = 0;
    const { clock, watch, heard } = await setUp(t, {
      listens() {
        const answer = answers[asked++]!;
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
    });
    await heard(1);
    assert.deepEqual(
      [watch.wellness, watch.said, watch.failures],
      ['starting', 'its port is held by another program, or it listens elsewhere', 1],
    );
    clock.advance(100);
    await heard(2);
    assert.deepEqual(
      [watch.wellness, watch.said, watch.failures],
      ['starting', 'nobody knows who listens on its port: Error: gone', 1],
    );
    clock.advance(100);
    await heard(3);
    clock.advance(5_000);
    await heard(4);
    assert.deepEqual([watch.wellness, asked], ['well', 3]);
    watch.renew();
    await heard(5);
    assert.deepEqual([watch.wellness, asked], ['starting', 4]);
  });

  it('that is ready by running is asked once', async (t) => {
    const { clock, watch, heard } = await setUp(t, { probe: { ...PROBE, kind: 'process' } });
    await heard(1);
    assert.deepEqual([watch.wellness, clock.pending], ['well', 0]);
    watch.renew();
    await heard(2);
    assert.equal(watch.wellness, 'well');
  });

  it('is asked no more once it is closed, and not even heard', async (t) => {
    const { clock, watch, heard, server } = await setUp(t);
    await heard(1);
    clock.advance(5_000);
    watch.close();
    watch.renew();
    await server.left();
    await until('nothing is due', () => clock.pending === 0);
    assert.equal(watch.wellness, 'well');
  });
});
