import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaooawError } from '../../../../src/protocol/index.ts';
import { MemoryDoor } from '../../../testing/memory-door.ts';
import { KIND, agentOf, specOf, supervise } from '../../../testing/supervising.ts';

describe('an instance that ends by itself', () => {
  it('is started again after its delay, each time recorded and counted', async (t) => {
    const lines: unknown[] = [];
    const say = (...line: unknown[]): void => void lines.push(line);
    const { supervisor, machine, book, pass } = supervise(t, { say });
    await supervisor.adopt();
    await pass(0);
    assert.deepEqual([machine.take(), book.said], [['start a-1.1.0'], ['start success']]);
    assert.deepEqual(lines, []);
    machine.end('a-1.1.0', { code: 3 });
    await pass(799);
    assert.deepEqual(machine.take(), []);
    await pass(401);
    assert.deepEqual(machine.take(), ['start a-1.1.0']);
    assert.equal(book.get('a')?.restarts, 1);
    const facts = { agent: 'a', instance: 'a-1.1.0', why: 'ended with code 3', restarts: 1 };
    assert.deepEqual(lines, [['agent restarted', facts]]);
    const event = book.events.at(-1);
    assert.deepEqual(
      [event?.actor.id, event?.action, event?.reason, event?.resource],
      ['supervisor', 'restart', 'a-1.1.0 ended with code 3', { type: 'agent', id: 'a', name: 'Agent A' }],
    );
    assert.deepEqual(event?.details, {
      instance: 'a-1.1.0',
      exit: { at: event && (event.details as { exit: { at: number } }).exit.at, code: 3 },
      restarts: 1,
    });
    assert.deepEqual(event?.tags, { team: 'x', agent: 'a', kind: 'worker' });
    assert.equal(supervisor.stats().restarts, 1);
  });

  it('too often is left alone: errored as crashed, with an alert, and its check is down', async (t) => {
    const lines: [string, object][] = [];
    const say = (...line: [string, object]): void => void lines.push(line);
    const { supervisor, machine, book, pass, alerts, health } = supervise(t, { say });
    await supervisor.adopt();
    await pass(0);
    for (let i = 0; i < 4; i++) {
      machine.end('a-1.1.0', { signal: 'SIGSEGV' });
      await pass(10_000);
    }
    assert.equal(book.get('a')?.restarts, 4);
    assert.deepEqual(book.get('a')?.state, 'running');
    machine.take();
    machine.end('a-1.1.0', { signal: 'SIGSEGV' });
    await pass(300_000);
    assert.deepEqual(machine.take(), []);
    const { state, reason, desired } = book.get('a')!;
    assert.deepEqual([state, reason, desired], ['errored', 'crashed', 'running']);
    assert.equal(book.said.at(-1), 'restart failure agent_crashed');
    assert.equal(book.events.at(-1)?.reason, 'a-1.1.0 was ended by SIGSEGV, for the 5. time lately');
    const last = alerts.at(-1)!;
    assert.deepEqual(
      [last.key, last.source, last.severity, last.outcome, last.summary],
      ['agent/a', 'provisioning', 'critical', 'firing', 'Agent A is errored: crashed'],
    );
    assert.equal(health.look('agent-a'), 'down: errored: crashed');
    assert.deepEqual(
      lines.map(([text]) => text),
      [...Array<string>(4).fill('agent restarted'), 'agent crashed, and is left alone'],
    );
    const facts = { agent: 'a', instance: 'a-1.1.0', why: 'was ended by SIGSEGV', ends: 5 };
    assert.deepEqual(lines.at(-1)?.[1], facts);
  });

  it('takes the others of its agent not with it, and they serve on', async (t) => {
    const kind = { ...KIND, hasPort: true, restart: { ...KIND.restart, maxInWindow: 1 } };
    const records = [agentOf({ live: specOf({ replicas: 2 }), port: 20_000 })];
    const { supervisor, machine, book, pass, door } = supervise(t, { records, kind });
    await supervisor.adopt();
    await pass(0);
    machine.end('a-1.1.0');
    await pass(0);
    assert.equal(book.get('a')?.state, 'errored');
    assert.deepEqual(machine.states, { 'a-1.1.0': 'exited', 'a-1.1.1': 'running' });
    assert.equal(door.take().at(-1), 'point a > a-1.1.1:1');
    machine.end('a-1.1.1');
    await pass(100_000);
    assert.deepEqual(machine.states, { 'a-1.1.0': 'exited', 'a-1.1.1': 'exited' });
    assert.equal(door.take().at(-1), 'point a >');
  });

  it('is started anew at once after somebody worked on the agent, and its ends are forgotten', async (t) => {
    const { supervisor, machine, book, pass } = supervise(t);
    await supervisor.adopt();
    await pass(0);
    for (let i = 0; i < 5; i++) {
      machine.end('a-1.1.0');
      await pass(10_000);
    }
    assert.equal(book.get('a')?.reason, 'crashed');
    const release = supervisor.hold('a');
    book.records.set('a', agentOf());
    machine.take();
    release();
    await pass(1_200);
    assert.deepEqual(machine.take(), ['start a-1.1.0']);
  });

  it('with its work done is not started where its kind says so, and the agent is stopped', async (t) => {
    const kind = { ...KIND, restart: { ...KIND.restart, when: 'on-failure' as const } };
    const records = [agentOf({ live: specOf({ replicas: 2 }) })];
    const { supervisor, machine, book, pass, alerts } = supervise(t, { records, kind });
    await supervisor.adopt();
    await pass(0);
    machine.end('a-1.1.0', { code: 0 });
    await pass(10_000);
    assert.equal(book.get('a')?.state, 'running');
    machine.end('a-1.1.1', { code: 0 });
    await pass(10_000);
    const { state, desired, live } = book.get('a')!;
    assert.deepEqual([state, desired, live], ['stopped', 'stopped', undefined]);
    assert.equal(book.said.at(-1), 'stop success');
    assert.equal(alerts.at(-1)?.outcome, 'gone');
    await pass(20_000);
    assert.deepEqual(machine.take(), ['start a-1.1.0', 'start a-1.1.1']);
  });

  it('badly is left alone where its kind never wants it back, and the agent is errored', async (t) => {
    const kind = { ...KIND, restart: { ...KIND.restart, when: 'never' as const } };
    const lines: unknown[] = [];
    const say = (...line: unknown[]): void => void lines.push(line);
    const { supervisor, machine, book, pass, alerts } = supervise(t, { kind, say });
    await supervisor.adopt();
    await pass(0);
    machine.end('a-1.1.0', { code: 1 });
    await pass(100_000);
    const { state, reason } = book.get('a')!;
    assert.deepEqual([state, reason], ['errored', 'ended']);
    const why = 'ended, and its kind does not want it back';
    assert.deepEqual(lines, [['agent crashed, and is left alone', { agent: 'a', why }]]);
    assert.equal(book.said.at(-1), 'stop failure agent_crashed');
    assert.equal(alerts.at(-1)?.outcome, 'firing');
    assert.deepEqual(machine.take(), ['start a-1.1.0']);
  });

  it('is not started while the trail cannot be written, and is once it can', async (t) => {
    const { supervisor, machine, book, pass, errors } = supervise(t);
    await supervisor.adopt();
    await pass(0);
    machine.take();
    book.refused = new WaooawError('audit_unavailable');
    machine.end('a-1.1.0');
    await pass(5_000);
    assert.deepEqual(machine.take(), []);
    assert.equal(errors.length, 1);
    book.refused = undefined;
    await pass(60_000);
    assert.deepEqual(machine.take(), ['start a-1.1.0']);
    assert.equal(book.get('a')?.restarts, 1);
  });
});

describe('what cannot be done', () => {
  it('is tried again, later each time, said once, recorded once, and never for crashed', async (t) => {
    const { supervisor, machine, book, pass, errors } = supervise(t);
    machine.refused.set('start', new WaooawError('agent_start_failed', 'no such program'));
    await supervisor.adopt();
    for (let i = 0; i < 60; i++) await pass(10_000);
    assert.deepEqual(machine.take(), []);
    assert.deepEqual(errors, ['agent a: cannot start a-1.1.0, and will try again: no such program']);
    assert.deepEqual(book.said, ['start success']);
    machine.refused.clear();
    await pass(72_000);
    assert.deepEqual([machine.take(), book.get('a')?.state], [['start a-1.1.0'], 'running']);
  });

  it('is tried at once when the file of kinds was read anew', async (t) => {
    const { supervisor, machine, kinds, pass, errors } = supervise(t);
    kinds.kinds.clear();
    await supervisor.adopt();
    await pass(120_000);
    assert.deepEqual(machine.take(), []);
    assert.match(errors[0]!, /cannot find its kind/);
    kinds.change(KIND);
    await pass(0);
    assert.deepEqual(machine.take(), ['start a-1.1.0']);
  });

  it('keeps nothing else from being done', async (t) => {
    const records = [agentOf({ live: specOf({ replicas: 2 }) })];
    const { supervisor, machine, pass } = supervise(t, { records });
    machine.refused.set('start a-1.1.0', new Error('busy'));
    await supervisor.adopt();
    await pass(0);
    machine.end('a-1.1.1');
    await pass(1_200);
    assert.deepEqual(machine.take(), ['start a-1.1.1', 'start a-1.1.1']);
  });

  it('of a port is tried again too', async (t) => {
    const door = new MemoryDoor();
    const kind = { ...KIND, hasPort: true };
    const { supervisor, pass, errors } = supervise(t, { kind, door, records: [agentOf({ port: 20_000 })] });
    door.refused = new WaooawError('unavailable', 'the door is not there');
    await supervisor.adopt();
    await pass(0);
    assert.match(errors.join(), /ports cannot be listed.*cannot lead its port/);
    door.refused = undefined;
    await pass(1_200);
    assert.deepEqual(door.take(), ['point a > a-1.1.0:1']);
  });

  it('does not keep more than a few starts under way at once', async (t) => {
    const records = Array.from({ length: 10 }, (_, i) => agentOf({ agent: `a${i}` }));
    const { supervisor, machine, pass } = supervise(t, { records });
    let go = (): void => undefined;
    machine.waits.set('start', new Promise((resolve) => (go = resolve)));
    let starting = 0;
    const called = machine.called.bind(machine);
    machine.called = (call, name) => {
      starting += 1;
      return called(call, name);
    };
    await supervisor.adopt();
    await pass(0);
    assert.equal(starting, 4);
    go();
    await pass(0);
    assert.equal(machine.take().length, 10);
  });
});
