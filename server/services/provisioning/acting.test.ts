/** What may be asked of operations while they go on: to stop, to wait, to go on. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { coded } from '../../testing/harness.ts';
import { MemoryDatabase } from '../../testing/memory-database.ts';
import { ANA, provisioningService, stagesSaid } from '../../testing/provisioning-service.ts';
import type { Service, ServiceParts } from '../../testing/provisioning-service.ts';
import type { Command } from './index.ts';

const open = (t: TestContext, parts: ServiceParts = {}) =>
  provisioningService(t, { database: new MemoryDatabase(), ...parts });

/** Asks, and waits until the named stage runs. */
async function reached(service: Service, command: Command, stage: string): Promise<string> {
  const { until, provisioning } = service;
  const { operation } = await provisioning.command('shop', command, ANA);
  const runs = async (): Promise<boolean> =>
    (await provisioning.operation(operation)).stages.some(
      ({ name, state }) => name === stage && state === 'running',
    );
  await until(runs, `the stage ${stage}`);
  return operation;
}

/** Holds a call of the machine back, until what it returns is called. */
function held({ machine }: Service, call: string): () => void {
  let let_ = (): void => undefined;
  machine.waits.set(call, new Promise((resolve) => (let_ = resolve)));
  return () => {
    machine.waits.delete(call);
    let_();
  };
}

const up = ({ machine }: Service): readonly string[] =>
  Object.entries(machine.states)
    .flatMap(([name, state]) => (state === 'running' ? [name] : []))
    .toSorted();
const targets = ({ door }: Service): readonly string[] =>
  door.routes.get('shop')!.targets.map(({ instance }) => instance);

describe('an operation that is cancelled', () => {
  it('takes back what it did, and the agent is what it was', async (t) => {
    const service = await open(t);
    const { create, provisioning, ended, agent, entries } = service;
    await create({ version: '1.0.0' });
    const id = await reached(service, { type: 'upgrade', version: '2.0.0' }, 'ready');
    const { action, actions, state } = await provisioning.act(id, 'cancel', { ...ANA, by: 'ben' });
    assert.deepEqual([action?.name, action?.phase, action?.by, actions], ['cancel', 'accepted', 'ben', []]);
    assert.ok(['running', 'rolling-back'].includes(state));
    const over = await ended(id);
    assert.deepEqual([over.state, over.action?.phase, over.error], ['cancelled', 'done', undefined]);
    assert.deepEqual(stagesSaid(over), [
      'prepare completed',
      'start completed',
      'ready cancelled',
      'switch cancelled',
      'watch cancelled',
      'drain cancelled',
      'retire cancelled',
    ]);
    assert.deepEqual([agent().state, agent().version, up(service)], ['running', '1.0.0', ['shop-1.1.0']]);
    assert.ok(entries.some((entry) => entry.action === 'cancel' && entry.resource.id === id));
  });

  it('past the point of no return goes on', async (t) => {
    const service = await open(t);
    await service.create({ version: '1.0.0' });
    const id = await reached(service, { type: 'upgrade', version: '2.0.0' }, 'watch');
    const cancel = service.provisioning.act(id, 'cancel', ANA);
    await assert.rejects(cancel, coded('bad_transition', 'legal now: pause'));
    assert.equal((await service.ended(id)).state, 'completed');
  });

  it('while a new agent is made leaves nothing of it', async (t) => {
    const service = await open(t);
    const { provisioning, ended, agent, door, tokens, until, machine } = service;
    const input = { agent: 'shop', kind: 'guarded', secrets: { API_TOKEN: 'x' } };
    const { operation } = await provisioning.create(input, ANA);
    await until(() => up(service).length > 0, 'an instance');
    await provisioning.act(operation, 'cancel', ANA);
    assert.equal((await ended(operation)).state, 'cancelled');
    assert.deepEqual([agent().state, up(service), [...door.routes.keys()]], ['revoked', [], []]);
    assert.deepEqual(tokens.calls, ['issue shop operator', 'revoke key-1']);
    await until(() => Object.keys(machine.states).length === 0, 'the sweep of its instances');
  });

  it('while it stops, starts, or lets go of an agent brings back what was', async (t) => {
    const service = await open(t);
    const { create, run, provisioning, ended, agent } = service;
    await create();
    for (const type of ['stop', 'delete'] as const) {
      const release = held(service, 'stop shop-1.1.0');
      const id = await reached(service, { type }, 'stop');
      await provisioning.act(id, 'cancel', ANA);
      release();
      assert.equal((await ended(id)).state, 'cancelled');
      assert.deepEqual([agent().state, agent().desired], ['running', 'running'], type);
      assert.deepEqual([up(service), targets(service)], [['shop-1.1.0'], ['shop-1.1.0']]);
    }
    await run('shop', { type: 'stop' });
    const id = await reached(service, { type: 'start' }, 'ready');
    await provisioning.act(id, 'cancel', ANA);
    assert.equal((await ended(id)).state, 'cancelled');
    assert.deepEqual([agent().state, agent().desired, up(service)], ['stopped', 'stopped', []]);
    await run('shop', { type: 'start' });
    await run('shop', { type: 'suspend' });
    const release = held(service, 'stop shop-1.1.0');
    const last = await reached(service, { type: 'delete' }, 'stop');
    await provisioning.act(last, 'cancel', ANA);
    release();
    await ended(last);
    assert.deepEqual([agent().state, service.machine.states['shop-1.1.0']], ['suspended', 'suspended']);
  });

  it('before it began does nothing at all', async (t) => {
    const service = await open(t, { limits: { maxActiveOperations: 1 } });
    const { create, provisioning, ended, agent, machine } = service;
    await create({ version: '1.0.0' });
    const release = held(service, 'start other-1.1.0');
    const other = await provisioning.create({ agent: 'other', kind: 'worker' }, ANA);
    const { operation, state } = await provisioning.command(
      'shop',
      { type: 'upgrade', version: '2.0.0' },
      ANA,
    );
    assert.equal(state, 'queued');
    machine.take();
    await provisioning.act(operation, 'cancel', ANA);
    const { state: after, stages } = await ended(operation);
    assert.equal(after, 'cancelled');
    assert.ok(stages.every((stage) => stage.state === 'cancelled' && stage.attempts === 0));
    assert.deepEqual([agent().version, agent().generation, machine.take()], ['1.0.0', 3, []]);
    release();
    await ended(other.operation);
  });
});

describe('an operation that is paused', () => {
  it('stands after its stage until it is resumed, and a restart of the server changes nothing', async (t) => {
    const service = await open(t);
    const { create, provisioning, until, world } = service;
    await create({ version: '1.0.0' });
    const id = await reached(service, { type: 'upgrade', version: '2.0.0' }, 'ready');
    const { state, action, actions } = await provisioning.act(id, 'pause', ANA);
    assert.deepEqual([state, action?.phase, actions], ['running', 'accepted', ['cancel', 'resume']]);
    await assert.rejects(provisioning.act(id, 'pause', ANA), coded('bad_transition'));
    await until(async () => (await provisioning.operation(id)).state === 'paused', 'the pause');
    const paused = await provisioning.operation(id);
    assert.equal(paused.action?.phase, 'in-effect');
    assert.deepEqual(stagesSaid(paused).slice(1, 4), [
      'start completed',
      'ready completed',
      'switch pending',
    ]);
    assert.deepEqual(targets(service), ['shop-1.1.0']);
    await service.stop();

    const next = await provisioningService(t, world);
    next.clock.advance(60_000);
    assert.equal((await next.provisioning.operation(id)).state, 'paused');
    assert.deepEqual(up(next), ['shop-1.1.0', 'shop-1.2.0']);
    await assert.rejects(next.provisioning.command('shop', { type: 'stop' }, ANA), coded('agent_busy'));
    await next.provisioning.act(id, 'resume', ANA);
    const over = await next.ended(id);
    assert.deepEqual(
      [over.state, over.action],
      ['completed', { ...over.action!, name: 'resume', phase: 'done' }],
    );
    assert.deepEqual(
      over.stages.map(({ attempts }) => attempts),
      [1, 1, 1, 1, 1, 1, 1],
    );
  });

  it('can be cancelled where it stands', async (t) => {
    const service = await open(t);
    const { create, provisioning, until, ended, agent } = service;
    await create({ version: '1.0.0' });
    const id = await reached(service, { type: 'upgrade', version: '2.0.0' }, 'ready');
    await provisioning.act(id, 'pause', ANA);
    await until(async () => (await provisioning.operation(id)).state === 'paused', 'the pause');
    await provisioning.act(id, 'cancel', ANA);
    assert.equal((await ended(id)).state, 'cancelled');
    assert.deepEqual([agent().version, up(service)], ['1.0.0', ['shop-1.1.0']]);
  });

  it('while it waits for room lets others go first, and takes its place at the end when it is resumed', async (t) => {
    const service = await open(t, { limits: { maxActiveOperations: 1 } });
    const { provisioning, ended, until } = service;
    const release = held(service, 'start a-1.1.0');
    const create = (agent: string) => provisioning.create({ agent, kind: 'worker' }, ANA);
    const [a, b, c] = [await create('a'), await create('b'), await create('c')] as const;
    assert.equal((await provisioning.act(b.operation, 'pause', ANA)).state, 'paused');
    assert.equal((await provisioning.operation(c.operation)).queuePlace, 1);
    const resumed = await provisioning.act(b.operation, 'resume', ANA);
    assert.deepEqual([resumed.state, resumed.queuePlace], ['queued', 2]);
    release();
    await until(async () => (await provisioning.operation(b.operation)).endedAt !== undefined, 'the last');
    const [, second, third] = await Promise.all([a, b, c].map(({ operation }) => ended(operation)));
    assert.ok(third!.startedAt! <= second!.startedAt!);
  });

  it('and resumed before its stage is over never stood still', async (t) => {
    const service = await open(t);
    await service.create({ version: '1.0.0' });
    const id = await reached(service, { type: 'upgrade', version: '2.0.0' }, 'ready');
    await service.provisioning.act(id, 'pause', ANA);
    const { action, actions } = await service.provisioning.act(id, 'resume', ANA);
    assert.deepEqual([action?.phase, actions], ['done', ['cancel', 'pause']]);
    assert.equal((await service.ended(id)).state, 'completed');
  });
});

describe('an operation that waited', () => {
  it('is planned anew for what the agent is by then', async (t) => {
    const service = await open(t, { limits: { maxActiveOperations: 1 } });
    const { create, provisioning, ended, agent, machine, until } = service;
    await create({ version: '1.0.0' });
    const release = held(service, 'start other-1.1.0');
    await provisioning.create({ agent: 'other', kind: 'worker' }, ANA);
    const { operation, stages } = await provisioning.command(
      'shop',
      { type: 'upgrade', version: '2.0.0' },
      ANA,
    );
    assert.equal(stages.length, 7);
    for (let crashes = 0; agent().state === 'running' && crashes < 50; crashes++) {
      await until(
        () => machine.states['shop-1.1.0'] === 'running' || agent().state !== 'running',
        'a restart',
      );
      if (agent().state === 'running') machine.end('shop-1.1.0', { code: 1 });
      await until(
        () => machine.states['shop-1.1.0'] === 'running' || agent().state !== 'running',
        'a restart',
      );
    }
    assert.deepEqual([agent().state, agent().reason], ['errored', 'crashed']);
    release();
    const { state, stages: planned } = await ended(operation);
    assert.equal(state, 'completed');
    assert.deepEqual(
      planned.map(({ name }) => name),
      ['prepare', 'start', 'ready', 'expose'],
    );
    assert.deepEqual(
      [agent().state, agent().version, up(service).includes('shop-1.2.0')],
      ['running', '2.0.0', true],
    );
  });

  it('is over where what was asked is not legal any more', async (t) => {
    const service = await open(t, { limits: { maxActiveOperations: 1 } });
    const { create, provisioning, ended, agent, machine, until } = service;
    await create({ version: '1.0.0' });
    const release = held(service, 'start other-1.1.0');
    await provisioning.create({ agent: 'other', kind: 'worker' }, ANA);
    const { operation } = await provisioning.command('shop', { type: 'suspend' }, ANA);
    for (let crashes = 0; agent().state === 'running' && crashes < 50; crashes++) {
      await until(
        () => machine.states['shop-1.1.0'] === 'running' || agent().state !== 'running',
        'a restart',
      );
      if (agent().state === 'running') machine.end('shop-1.1.0', { code: 1 });
    }
    release();
    const { state, error, stages } = await ended(operation);
    assert.deepEqual([state, error?.code], ['rolled-back', 'bad_transition']);
    assert.ok(stages.every((stage) => stage.state === 'skipped'));
    assert.deepEqual([agent().state, agent().desired, agent().busy], ['errored', 'running', false]);
  });
});

describe('what is asked of an operation', () => {
  it('that is not there, or has ended, is refused', async (t) => {
    const { create, provisioning } = await open(t);
    await assert.rejects(provisioning.act('op-none', 'cancel', ANA), coded('not_found'));
    const { operation } = await create();
    for (const action of ['cancel', 'pause', 'resume', 'retry'] as const)
      await assert.rejects(provisioning.act(operation, action, ANA), coded('bad_transition', 'nothing'));
  });
});
