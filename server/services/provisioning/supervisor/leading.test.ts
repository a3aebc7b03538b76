import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaooawError } from '../../../../src/protocol/index.ts';
import { MemoryDoor } from '../../../testing/memory-door.ts';
import { KIND, agentOf, labelsOf, specOf, supervise } from '../../../testing/supervising.ts';

const A = { agent: 'a', incarnation: 1 };

describe('a stable port', () => {
  it('leads elsewhere when an instance comes back on another port, and nowhere meanwhile', async (t) => {
    const kind = { ...KIND, hasPort: true };
    const { supervisor, machine, door, pass } = supervise(t, { kind, records: [agentOf({ port: 20_000 })] });
    let port = 4_711;
    machine.portOf = () => port++;
    await supervisor.adopt();
    await pass(0);
    machine.end('a-1.1.0');
    await pass(0);
    await pass(1_200);
    assert.deepEqual(door.take(), [
      'point a >',
      'point a > a-1.1.0:4711',
      'point a >',
      'point a > a-1.1.0:4712',
    ]);
  });

  it('leads to what has ended no more before it is started anew', async (t) => {
    const kind = { ...KIND, hasPort: true };
    const records = [agentOf({ live: specOf({ replicas: 2 }), port: 20_000 })];
    const { supervisor, machine, door, pass, clock } = supervise(t, { kind, records });
    await supervisor.adopt();
    await pass(0);
    door.take();
    let isLed = false;
    machine.called = (call, name) => {
      isLed = door.take().includes('point a > a-1.1.1:1');
      machine.calls.push(`${call} ${name}`);
      return Promise.resolve();
    };
    // Nobody looked for longer than it has to wait.
    machine.end('a-1.1.0', { code: 1 }, false);
    clock.advance(9_000);
    await pass(1_000);
    assert.equal(isLed, true);
    assert.deepEqual(machine.states, { 'a-1.1.0': 'running', 'a-1.1.1': 'running' });
  });

  it('leads nowhere when the agent is not meant to run, and is left where an operation broke off', async (t) => {
    const door = new MemoryDoor();
    const kind = { ...KIND, hasPort: true };
    const records = (['stopped', 'suspended', 'deployed', 'errored'] as const).map((state) =>
      agentOf({ agent: state, state, port: 20_000 }),
    );
    for (const { agent } of records)
      await door.point({ agent, port: 20_000, targets: [{ instance: 'x', host: '127.0.0.1', port: 1 }] });
    door.take();
    const { supervisor, pass } = supervise(t, { kind, records, door });
    await supervisor.adopt();
    await pass(0);
    assert.deepEqual(door.take().sort(), ['point errored >', 'point stopped >', 'point suspended >']);
  });
});

describe('what others see', () => {
  it('are the instances of this incarnation, and which of them serve', async (t) => {
    const kind = { ...KIND, hasPort: true };
    const records = [agentOf({ live: specOf({ replicas: 2 }), port: 20_000 })];
    const { supervisor, machine, book, clock, pass } = supervise(t, { kind, records });
    machine.put('a-9.1.0', labelsOf({ agent: 'a', incarnation: 9 }, 1, 7));
    machine.put('a-1.1.1', labelsOf(A), { pid: 77, port: 5 });
    await supervisor.adopt();
    await pass(0);
    const startedAt = clock.now();
    assert.deepEqual(supervisor.instances(book.get('a')!), [
      { instance: 'a-1.1.0', generation: 1, version: '1', state: 'running', startedAt, serving: true },
      {
        instance: 'a-1.1.1',
        generation: 1,
        version: '1',
        state: 'running',
        startedAt,
        serving: true,
        pid: 77,
      },
    ]);
    machine.end('a-1.1.1', { code: 9 });
    await pass(0);
    const [, ended] = supervisor.instances(book.get('a')!);
    assert.deepEqual([ended?.state, ended?.serving, ended?.exit?.code], ['exited', false, 9]);
    assert.ok(book.refreshed.includes('a'));
  });

  it('are in the order of their places, of which the tenth comes after the ninth', async (t) => {
    const { supervisor, machine, book } = supervise(t);
    for (const index of [10, 9, 2, 0]) machine.put(`a-1.1.${index}`, labelsOf(A));
    machine.put('a-1.0.3', labelsOf(A, 0));
    supervisor.hold('a');
    await supervisor.adopt();
    assert.deepEqual(
      supervisor.instances(book.get('a')!).map(({ instance }) => instance),
      ['a-1.0.3', 'a-1.1.0', 'a-1.1.2', 'a-1.1.9', 'a-1.1.10'],
    );
  });

  it('is a check for what runs or should, with its tags, until it does not', async (t) => {
    const records = [agentOf({ live: specOf({ replicas: 2 }) }), agentOf({ agent: 'b', state: 'stopped' })];
    const { supervisor, health, machine, book, pass } = supervise(t, { records });
    await supervisor.adopt();
    assert.deepEqual([...health.checks.keys()], ['agent-a']);
    assert.equal(health.look('agent-a'), 'down: 0 of 2 instances are well; a-1.1.0 does not run');
    await pass(0);
    assert.equal(health.look('agent-a'), 'up: 2 of 2 instances are well');
    assert.deepEqual(health.checks.get('agent-a')?.tags, { team: 'x', agent: 'a', kind: 'worker' });
    machine.end('a-1.1.1', { code: 4 });
    assert.equal(health.look('agent-a'), 'degraded: 1 of 2 instances are well; a-1.1.1 ended with code 4');
    const before = health.checks.get('agent-a');
    supervisor.enroll(book.get('a')!);
    assert.equal(health.checks.get('agent-a'), before);
    supervisor.enroll({ ...book.get('a')!, title: 'Another' });
    assert.equal(health.checks.get('agent-a')?.title, 'Another');
    supervisor.enroll(agentOf({ state: 'deployed' }));
    supervisor.enroll(agentOf({ agent: 'b', state: 'deployed' }));
    assert.deepEqual([...health.checks.keys()], ['agent-a']);
    book.records.delete('a');
    assert.throws(() => health.look('agent-a'), { code: 'not_found' });
    supervisor.enroll(agentOf({ state: 'suspended' }));
    assert.equal(health.checks.size, 0);
  });

  it('is said when an agent cannot have its check, and it runs all the same', async (t) => {
    const { supervisor, health, machine, errors, pass } = supervise(t);
    health.register({
      check: 'agent-a',
      title: 'x',
      intervalMs: 1,
      timeoutMs: 1,
      probe: () => ({ state: 'up' }),
    });
    await supervisor.adopt();
    await pass(0);
    assert.match(errors[0]!, /agent a has no check of its own/);
    assert.deepEqual(machine.take(), ['start a-1.1.0']);
  });

  it('are memory, processor time, restarts and instances', async (t) => {
    const records = [agentOf({ live: specOf({ replicas: 2 }), restarts: 3 })];
    const { supervisor, machine, samples, pass } = supervise(t, { records });
    machine.put('a-1.1.0', labelsOf(A));
    machine.used.set('a-1.1.0', { memoryBytes: 100, cpuSeconds: 50 });
    machine.used.set('nobody', { memoryBytes: 1, cpuSeconds: 1 });
    await supervisor.adopt();
    await pass(0);
    await pass(10_000);
    const last = (): Record<string, number> =>
      Object.fromEntries(samples.splice(0).map(({ name, value }) => [name, value]));
    // What was used before belongs to the server before.
    assert.deepEqual(last(), {
      agent_instances: 2,
      agent_restarts_total: 3,
      agent_memory_bytes: 100,
      agent_cpu_seconds_total: 0,
    });
    machine.used.set('a-1.1.0', { memoryBytes: 120, cpuSeconds: 52 });
    machine.used.set('a-1.1.1', { memoryBytes: 30, cpuSeconds: 5 });
    await pass(10_000);
    assert.deepEqual(last(), {
      agent_instances: 2,
      agent_restarts_total: 3,
      agent_memory_bytes: 150,
      agent_cpu_seconds_total: 7,
    });
    machine.end('a-1.1.1', { code: 1 });
    machine.used.delete('a-1.1.1');
    await pass(1_200);
    machine.used.set('a-1.1.1', { memoryBytes: 30, cpuSeconds: 1 });
    await pass(10_000);
    assert.equal(last()['agent_cpu_seconds_total'], 8);
  });

  it('is an alert that is said again when it was not taken', async (t) => {
    const said: string[] = [];
    let isDown = true;
    const { supervisor, pass, errors } = supervise(t, {
      records: [agentOf({ state: 'errored' })],
      alerts: {
        observe({ outcome }) {
          if (isDown) return Promise.reject(new WaooawError('unavailable'));
          said.push(outcome);
          return Promise.resolve();
        },
      },
    });
    await supervisor.adopt();
    await pass(30_000);
    assert.equal(errors.length, 1);
    isDown = false;
    await pass(30_000);
    assert.deepEqual(said, ['firing']);
  });
});
