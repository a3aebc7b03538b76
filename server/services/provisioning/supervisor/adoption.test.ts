import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeAuditSink } from '../../../testing/fake-audit-sink.ts';
import { MemoryDoor } from '../../../testing/memory-door.ts';
import { KIND, agentOf, labelsOf, specOf, supervise } from '../../../testing/supervising.ts';

const A = { agent: 'a', incarnation: 1 };

describe('at the start', () => {
  it('adopts what should run and does, starts what should, and clears what should not', async (t) => {
    const records = [
      agentOf({ live: specOf({ replicas: 2 }) }),
      agentOf({ agent: 'b', state: 'stopped' }),
      agentOf({ agent: 'c', state: 'revoked' }),
    ];
    const audit = new FakeAuditSink();
    const lines: unknown[] = [];
    const say = (...line: unknown[]): void => void lines.push(line);
    const { supervisor, machine, book, pass } = supervise(t, { records, audit, epoch: 3, say });
    machine.put('a-1.1.0', labelsOf(A));
    machine.put('a-1.2.0', labelsOf(A, 2));
    machine.put('b-1.1.0', labelsOf({ ...A, agent: 'b' }));
    machine.put('c-1.1.0', labelsOf({ ...A, agent: 'c' }));
    machine.put('d-1.1.0', labelsOf({ ...A, agent: 'd' }));
    machine.put('a-1.9.0', labelsOf(A, 9, 4));
    assert.equal(await supervisor.adopt(), 1);
    assert.deepEqual(lines, [['agents that were found running are adopted', { agents: 1, instances: 1 }]]);
    await pass(0);
    assert.deepEqual(machine.states, {
      'a-1.1.0': 'running',
      'a-1.2.0': 'exited',
      'b-1.1.0': 'exited',
      'a-1.9.0': 'running',
      'a-1.1.1': 'running',
    });
    assert.deepEqual(
      [supervisor.stats(), book.said.sort(), audit.said],
      [
        { restarts: 0, adopted: 1 },
        ['start success', 'stop success', 'stop success', 'stop success'],
        ['stop agent/d success by supervisor'],
      ],
    );
    await pass(3_600_000);
    assert.deepEqual(Object.keys(machine.states), ['a-1.1.0', 'a-1.9.0', 'a-1.1.1']);
  });

  it('leaves what belongs to an unfinished operation to it', async (t) => {
    const { supervisor, machine, pass } = supervise(t);
    machine.put('a-1.1.0', labelsOf(A));
    machine.put('a-1.2.0', labelsOf(A, 2));
    const release = supervisor.hold('a');
    assert.equal(await supervisor.adopt(), 0);
    await pass(60_000);
    machine.end('a-1.1.0');
    await pass(60_000);
    assert.deepEqual(machine.take(), []);
    release();
    release();
    await pass(1_200);
    assert.deepEqual(machine.take().sort(), ['start a-1.1.0', 'stop a-1.2.0']);
  });

  it('starts at once, as a restart, what ended by itself meanwhile, and as nothing what was stopped', async (t) => {
    const records = [agentOf(), agentOf({ agent: 'b' })];
    const { supervisor, machine, book, clock, pass } = supervise(t, { records });
    machine.put('a-1.1.0', labelsOf(A));
    machine.put('b-1.1.0', labelsOf({ ...A, agent: 'b' }));
    machine.end('a-1.1.0', { code: 1 });
    machine.end('b-1.1.0', { reason: 'stopped', signal: 'SIGTERM' });
    clock.advance(60_000);
    await supervisor.adopt();
    await pass(0);
    assert.deepEqual(machine.take(), ['start a-1.1.0', 'start b-1.1.0']);
    assert.deepEqual([book.get('a')?.restarts, book.get('b')?.restarts], [1, 0]);
  });

  it('does nothing before it, and nothing about agents of a newer server', async (t) => {
    const { supervisor, machine, pass } = supervise(t, { records: [] });
    machine.put('z-1.1.0', labelsOf({ agent: 'z', incarnation: 1 }, 1, 9));
    machine.end('z-1.1.0', { code: 1 });
    await pass(60_000);
    await supervisor.adopt();
    await pass(60_000);
    assert.deepEqual(machine.take(), []);
  });

  it('takes an agent that goes on, or stands still, for what it is meant to be', async (t) => {
    const records = [agentOf(), agentOf({ agent: 'b', state: 'suspended' })];
    const { supervisor, machine, pass } = supervise(t, { records });
    machine.put('a-1.1.0', labelsOf(A), { state: 'suspended' });
    machine.put('b-1.1.0', labelsOf({ ...A, agent: 'b' }));
    await supervisor.adopt();
    await pass(0);
    assert.deepEqual(machine.take().sort(), ['resume a-1.1.0', 'suspend b-1.1.0']);
    assert.deepEqual(machine.states, { 'a-1.1.0': 'running', 'b-1.1.0': 'suspended' });
  });

  it('adopts what runs of a kind that is not there any more, and serves on', async (t) => {
    const door = new MemoryDoor();
    await door.point({
      agent: 'a',
      port: 20_000,
      targets: [{ instance: 'a-1.1.0', host: '127.0.0.1', port: 7 }],
    });
    const { supervisor, machine, kinds, health, pass } = supervise(t, {
      door,
      records: [agentOf({ port: 20_000 })],
    });
    kinds.kinds.clear();
    machine.put('a-1.1.0', labelsOf(A), { port: 7 });
    assert.equal(await supervisor.adopt(), 1);
    door.take();
    await pass(60_000);
    assert.deepEqual([machine.take(), door.take()], [[], []]);
    assert.equal(health.look('agent-a'), 'up: 1 of 1 instances are well');
  });

  it('closes ports of agents that are gone', async (t) => {
    const door = new MemoryDoor();
    for (const agent of ['a', 'c', 'd']) await door.point({ agent, targets: [] });
    const records = [agentOf({ port: 20_000 }), agentOf({ agent: 'c', state: 'revoked' })];
    const { supervisor, pass } = supervise(t, { records, door, kind: { ...KIND, hasPort: true } });
    door.take();
    await supervisor.adopt();
    await pass(0);
    assert.deepEqual(door.take().sort(), ['close c', 'close d', 'point a > a-1.1.0:1']);
  });
});

describe('an agent that an operation works on', () => {
  it('is left alone from the moment it is held, and looked at as soon as it is released', async (t) => {
    const { supervisor, machine, book, pass } = supervise(t);
    await supervisor.adopt();
    await pass(0);
    const first = supervisor.hold('a');
    const second = supervisor.hold('a');
    machine.end('a-1.1.0');
    book.records.set('a', agentOf({ state: 'stopped' }));
    await pass(60_000);
    first();
    await pass(60_000);
    assert.deepEqual(machine.take(), ['start a-1.1.0']);
    book.records.set('a', agentOf());
    second();
    await pass(1_200);
    assert.deepEqual(machine.take(), ['start a-1.1.0']);
  });

  it('is idle once what was under way has ended, and nothing is begun after the hold', async (t) => {
    const { supervisor, machine, book, pass } = supervise(t);
    let go = (): void => undefined;
    book.wait = new Promise((resolve) => (go = resolve));
    await supervisor.adopt();
    await pass(0);
    supervisor.hold('a');
    let isIdle = false;
    const idle = supervisor.idle('a').then(() => (isIdle = true));
    await pass(0);
    assert.equal(isIdle, false);
    go();
    await idle;
    assert.deepEqual(machine.take(), []);
    assert.equal(book.events.length, 1);
  });

  it('is idle at once when nothing was ever done with it', async (t) => {
    const { supervisor } = supervise(t);
    await supervisor.idle('nobody');
  });
});
