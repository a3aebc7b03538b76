import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaooawError } from '../../../../src/protocol/index.ts';
import { turn } from '../../../testing/event-loop.ts';
import { agentOf, labelsOf, supervise } from '../../../testing/supervising.ts';

describe('a supervisor', () => {
  it('finds by itself what nobody told it', async (t) => {
    const { supervisor, machine, pass } = supervise(t);
    await supervisor.adopt();
    await pass(0);
    machine.take();
    machine.end('a-1.1.0', { code: 1 }, false);
    machine.put('q-1.1.0', labelsOf({ agent: 'q', incarnation: 1 }));
    await pass(10_000);
    assert.deepEqual(machine.take().sort(), ['remove q-1.1.0', 'start a-1.1.0', 'stop q-1.1.0']);
  });

  it('goes on after a look that failed as a whole', async (t) => {
    const { supervisor, machine, book, errors, pass } = supervise(t);
    await supervisor.adopt();
    await pass(0);
    machine.take();
    const get = book.get.bind(book);
    book.get = () => {
      throw new Error('no book');
    };
    machine.end('a-1.1.0', { code: 1 });
    await pass(0);
    assert.deepEqual(errors, ['agent a cannot be looked after: no book']);
    book.get = get;
    await pass(1_000);
    await pass(1_200);
    assert.deepEqual(machine.take(), ['start a-1.1.0']);
  });

  it('says that it cannot list, and goes on', async (t) => {
    const { supervisor, machine, errors, pass } = supervise(t);
    await supervisor.adopt();
    await pass(0);
    machine.refused.set('list', new Error('no list'));
    machine.refused.set('usage', new Error('no usage'));
    await pass(10_000);
    assert.deepEqual(errors.sort(), [
      'what agents use cannot be read: no usage',
      'what runs cannot be listed: no list',
    ]);
    machine.refused.clear();
    machine.end('a-1.1.0', { code: 1 }, false);
    await pass(10_000);
    assert.equal(machine.states['a-1.1.0'], 'running');
  });

  it('touches nothing any more once another server has taken over', async (t) => {
    const { supervisor, machine, book, health, pass, clock } = supervise(t);
    await supervisor.adopt();
    await pass(0);
    machine.take();
    book.refused = new WaooawError('fenced');
    machine.end('a-1.1.0');
    await pass(1_200);
    book.refused = undefined;
    machine.put('q-1.1.0', labelsOf({ agent: 'q', incarnation: 1 }));
    await pass(120_000);
    assert.deepEqual(machine.take(), []);
    assert.deepEqual([health.checks.size, clock.pending], [0, 0]);
  });

  it('leaves everything running when it closes, and waits for what is under way', async (t) => {
    const { supervisor, machine, clock, pass, health } = supervise(t);
    let go = (): void => undefined;
    machine.waits.set('start', new Promise((resolve) => (go = resolve)));
    await supervisor.adopt();
    await pass(0);
    let isClosed = false;
    const closing = supervisor.close().then(() => (isClosed = true));
    await turn();
    assert.equal(isClosed, false);
    go();
    await closing;
    assert.deepEqual([machine.states, clock.pending, health.checks.size], [{ 'a-1.1.0': 'running' }, 0, 0]);
    supervisor.enroll(agentOf());
    machine.end('a-1.1.0');
    await pass(60_000);
    assert.deepEqual([machine.take(), health.checks.size], [['start a-1.1.0'], 0]);
  });

  it('that was closed while it adopts begins nothing', async (t) => {
    const { supervisor, machine, clock } = supervise(t);
    let go = (): void => undefined;
    machine.waits.set('list', new Promise((resolve) => (go = resolve)));
    const adopting = supervisor.adopt();
    await turn();
    const closing = supervisor.close();
    go();
    assert.equal(await adopting, 0);
    await closing;
    assert.deepEqual([machine.take(), clock.pending], [[], 0]);
  });

  it('goes on where another left off, as often as there is a new one', async (t) => {
    const first = supervise(t);
    await first.supervisor.adopt();
    await first.pass(0);
    let { supervisor } = first;
    for (let epoch = 2; epoch < 6; epoch++) {
      await supervisor.close();
      if (epoch === 4) first.machine.end('a-1.1.0', { code: 1 });
      const { clock, machine, book } = first;
      const next = supervise(t, { clock, machine, book, epoch });
      supervisor = next.supervisor;
      assert.equal(await supervisor.adopt(), epoch === 4 ? 0 : 1);
      await next.pass(1_200);
    }
    assert.deepEqual(first.machine.take(), ['start a-1.1.0', 'start a-1.1.0']);
    assert.equal(first.book.get('a')?.restarts, 1);
  });
});
