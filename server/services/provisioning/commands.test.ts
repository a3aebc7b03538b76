import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { OperationStatus } from '../../../src/protocol/index.ts';
import { coded } from '../../testing/harness.ts';
import { MemoryDatabase } from '../../testing/memory-database.ts';
import { ANA, provisioningService, stagesSaid } from '../../testing/provisioning-service.ts';
import type { ServiceParts } from '../../testing/provisioning-service.ts';
import type { TestContext } from 'node:test';

const open = (t: TestContext, parts: ServiceParts = {}) =>
  provisioningService(t, { database: new MemoryDatabase(), ...parts });

/** Where in the request a refusal points. */
const at =
  (code: string, pointer: string) =>
  (error: unknown): boolean =>
    error instanceof WaooawError && error.code === code && error.details?.[0]?.pointer === pointer;

describe('a new agent', () => {
  it('is checked against local configuration, and the refusal points at what is wrong', async (t) => {
    const { provisioning } = await open(t);
    const create = (input: object) => provisioning.create({ agent: 'shop', kind: 'web', ...input }, ANA);
    await assert.rejects(create({ agent: '../x' }), at('bad_parameters', '/agent'));
    await assert.rejects(create({ kind: 'nobody' }), at('unknown_kind', '/kind'));
    await assert.rejects(create({ version: '9.9.9' }), at('unknown_version', '/version'));
    await assert.rejects(create({ parameters: { shell: 'rm' } }), at('bad_parameters', '/parameters/shell'));
    await assert.rejects(create({ secrets: { NO: 'x' } }), at('bad_parameters', '/secrets/NO'));
    for (const replicas of [0, -1, 5, 1.5])
      await assert.rejects(create({ replicas }), at('bad_parameters', '/replicas'));
    for (const port of [0, 22, 1_023, 65_536])
      await assert.rejects(create({ port }), at('bad_parameters', '/port'));
    await assert.rejects(create({ kind: 'ranged', port: 30_000 }), at('bad_parameters', '/port'));
    await assert.rejects(create({ kind: 'worker', port: 3_000 }), at('bad_parameters', '/port'));
    assert.deepEqual(provisioning.agents(), []);
  });

  it('takes the newest version, defaults and its tags, and is told by whom', async (t) => {
    const { create, agent } = await open(t);
    await create({ kind: 'worker', tags: { team: 'x', agent: 'other' } });
    const { version, parameters, tags, createdBy, title, address, replicas } = agent();
    assert.deepEqual(
      { version, parameters, tags, createdBy, title, address, replicas },
      {
        version: '3.0.0',
        parameters: { every: 5 },
        tags: { team: 'x', agent: 'shop', kind: 'worker' },
        createdBy: 'ana',
        title: 'shop',
        address: undefined,
        replicas: 1,
      },
    );
  });

  it('is refused where there is one, and begins a life of its own once that is deleted', async (t) => {
    const { provisioning, create, run, agent, machine } = await open(t);
    await create();
    await assert.rejects(provisioning.create({ agent: 'shop', kind: 'web' }, ANA), at('conflict', '/agent'));
    await run('shop', { type: 'delete' });
    await create();
    assert.deepEqual(machine.states, { 'shop-2.1.0': 'running' });
    assert.deepEqual([agent().generation, agent().restarts], [1, 0]);
  });

  it('that is not to be started is provisioned, with its port', async (t) => {
    const { create, agent, machine, run } = await open(t);
    const { state, stages } = await create({ start: false });
    assert.deepEqual(
      [state, stages.map((stage) => stage.state)],
      ['completed', ['completed', 'skipped', 'skipped', 'skipped']],
    );
    assert.deepEqual([agent().state, agent().desired, machine.states], ['provisioned', 'stopped', {}]);
    assert.ok(agent().address);
    await run('shop', { type: 'start' });
    assert.equal(agent().state, 'running');
  });

  it('has the port that it asks for, or the first free one of its kind', async (t) => {
    const { create, agent, provisioning, door } = await open(t);
    await create({ port: 4_000 });
    assert.equal(agent().address?.port, 4_000);
    const same = provisioning.create({ agent: 'other', kind: 'web', port: 4_000 }, ANA);
    await assert.rejects(same, at('port_in_use', '/port'));
    door.taken.add(21_000);
    await create({ agent: 'one', kind: 'ranged' });
    await create({ agent: 'two', kind: 'ranged' });
    assert.deepEqual([agent('one').address?.port, agent('two').address?.port], [21_001, 21_002]);
    const { state, error } = await create({ agent: 'three', kind: 'ranged' });
    assert.deepEqual([state, error?.code, agent('three').state], ['failed', 'port_in_use', 'draft']);
  });

  it('is one of at most maxAgents', async (t) => {
    const { create, provisioning, run } = await open(t, { limits: { maxAgents: 1 } });
    await create();
    await assert.rejects(provisioning.create({ agent: 'b', kind: 'web' }, ANA), coded('agent_limit'));
    await run('shop', { type: 'delete' });
    assert.equal((await create({ agent: 'b' })).state, 'completed');
  });

  it('has at most maxInstances with all others, also when many are scaled at once', async (t) => {
    const { create, provisioning, run, agent } = await open(t, { limits: { maxInstances: 4 } });
    await create();
    await create({ agent: 'b' });
    await assert.rejects(
      provisioning.create({ agent: 'c', kind: 'web', replicas: 3 }, ANA),
      coded('agent_limit'),
    );
    const scaled = await Promise.allSettled(
      ['shop', 'b'].map((agent) => provisioning.command(agent, { type: 'scale', replicas: 3 }, ANA)),
    );
    assert.deepEqual(scaled.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    await run('b', { type: 'delete' });
    assert.equal(agent().replicas, 3);
    await create({ agent: 'd' });
  });

  it('is given a token and secrets, which nobody is shown, and which go with it', async (t) => {
    const { create, agent, tokens, run, entries, provisioning } = await open(t);
    const secrets = { API_TOKEN: 'canary-1' };
    await assert.rejects(
      provisioning.create({ agent: 'x', kind: 'guarded' }, ANA),
      at('bad_parameters', '/secrets/API_TOKEN'),
    );
    const { operation } = await create({ kind: 'guarded', secrets });
    assert.deepEqual(tokens.calls, ['issue shop operator']);
    await run('shop', { type: 'upgrade', version: '2.0.0', secrets: { EXTRA: 'canary-2' } });
    assert.deepEqual(agent().secrets, ['API_TOKEN', 'EXTRA']);
    await run('shop', { type: 'delete' });
    assert.deepEqual(tokens.calls, ['issue shop operator', 'revoke key-1']);
    const logs = await provisioning.operationLogs(operation, { limit: 100 });
    const told = JSON.stringify([entries, logs, await provisioning.operations({ limit: 10 })]);
    assert.ok(!told.includes('canary') && !told.includes('token-1'), told);
  });
});

describe('a command', () => {
  it('is refused for an agent that is not there, that is busy, or that was changed since', async (t) => {
    const { provisioning, create, until, agent } = await open(t);
    const ask = (more: object = {}) => provisioning.command('shop', { type: 'stop' }, { ...ANA, ...more });
    await assert.rejects(ask(), coded('not_found'));
    await create();
    await assert.rejects(ask({ ifMatch: 7 }), coded('generation_conflict', 'generation 1, not 7'));
    await assert.rejects(ask({ ifMatch: -1 }), coded('generation_conflict'));
    await assert.rejects(
      provisioning.command('shop', { type: 'resume' }, ANA),
      coded('bad_transition', 'legal now: stop'),
    );
    const { operation } = await ask({ ifMatch: 1 });
    await assert.rejects(ask(), coded('agent_busy', operation));
    assert.deepEqual([agent().busy, agent().actions, agent().operation], [true, [], operation]);
    await until(() => !agent().busy, 'its end');
    assert.ok(agent().actions.includes('start'));
  });

  it('says what is wrong with an upgrade before it touches anything', async (t) => {
    const { provisioning, create, machine, agent } = await open(t);
    await create({ kind: 'worker' });
    const upgrade = (more: object) => provisioning.command('shop', { type: 'upgrade', ...more }, ANA);
    await assert.rejects(upgrade({ version: 'none' }), at('unknown_version', '/version'));
    await assert.rejects(upgrade({ parameters: { every: 'x' } }), coded('bad_parameters'));
    await assert.rejects(upgrade({ secrets: { X: 'y' } }), at('bad_parameters', '/secrets/X'));
    await assert.rejects(
      provisioning.command('shop', { type: 'scale', replicas: 9 }, ANA),
      at('bad_parameters', '/replicas'),
    );
    await assert.rejects(provisioning.command('shop', { type: 'rollback' }, ANA), coded('bad_transition'));
    assert.deepEqual([machine.states, agent().generation], [{ 'shop-1.1.0': 'running' }, 1]);
  });

  it('asked again under its key is the same operation, whatever became of the agent', async (t) => {
    const { provisioning, create, ended } = await open(t);
    await create();
    let repeated = 0;
    const asked = { ...ANA, idempotencyKey: 'k1', ifMatch: 1, onRepeated: () => void (repeated += 1) };
    const upgrade = (version: string) => provisioning.command('shop', { type: 'upgrade', version }, asked);
    const [one, two] = await Promise.all([upgrade('2.0.0'), upgrade('2.0.0')]);
    assert.deepEqual([two.operation, repeated], [one.operation, 1]);
    await assert.rejects(upgrade('1.0.0'), coded('idempotency_conflict'));
    await ended(one.operation);
    const after = await upgrade('2.0.0');
    assert.deepEqual([after.operation, after.state, repeated], [one.operation, 'completed', 2]);
    const other = provisioning.command(
      'shop',
      { type: 'upgrade', version: '2.0.0' },
      { ...asked, by: 'ben' },
    );
    await assert.rejects(other, coded('generation_conflict'));
  });

  it('knows the same key with another secret apart, and keeps nothing that tells it', async (t) => {
    const { provisioning, ended } = await open(t);
    const asked = { ...ANA, idempotencyKey: 'k1' };
    const create = (secret: string) =>
      provisioning.create({ agent: 'shop', kind: 'guarded', secrets: { API_TOKEN: secret } }, asked);
    const { operation } = await create('one');
    await assert.rejects(create('two'), coded('idempotency_conflict'));
    assert.equal((await create('one')).operation, operation);
    await ended(operation);
  });

  it('waits for room in the order in which it came, and is refused beyond maxQueuedOperations', async (t) => {
    const limits = { maxActiveOperations: 1, maxQueuedOperations: 2 };
    const { provisioning, ended, publisher, until } = await open(t, { limits });
    const create = (agent: string) => provisioning.create({ agent, kind: 'worker' }, ANA);
    const [a, b, c] = [await create('a'), await create('b'), await create('c')] as const;
    assert.deepEqual(
      [b, c].map(({ state, queuePlace }) => [state, queuePlace]),
      [
        ['queued', 1],
        ['queued', 2],
      ],
    );
    await assert.rejects(create('d'), coded('operation_limit', 'maxQueuedOperations'));
    const moved = (): boolean =>
      publisher.published.some(([channel, data]) => {
        const { queuePlace } = data as unknown as OperationStatus;
        return channel === `operation/${c.operation}` && queuePlace === 1;
      });
    await until(moved, 'a new place');
    const ends = await Promise.all([a, b, c].map(({ operation }) => ended(operation)));
    assert.ok(ends.every(({ state }) => state === 'completed'));
    assert.ok(ends[0]!.startedAt! <= ends[1]!.startedAt! && ends[1]!.startedAt! <= ends[2]!.startedAt!);
    assert.equal(provisioning.stats().operations.queued, 0);
  });

  it('leaves an entry for what was asked, for each step and for the end, with who asked', async (t) => {
    const { create, run, entries } = await open(t);
    await create();
    const from = entries.length;
    const asked = { requestId: 'r-1', ip: '192.0.2.1' };
    const { operation } = await run('shop', { type: 'stop' }, asked);
    const told = entries.slice(from);
    assert.deepEqual(
      told.map(({ details }) => {
        const { phase, stage } = details as { phase: string; stage?: string };
        return stage === undefined ? phase : `${stage} ${phase}`;
      }),
      [
        'accepted',
        ...['conceal', 'drain', 'stop'].flatMap((stage) => [`${stage} begun`, `${stage} completed`]),
        'completed',
      ],
    );
    for (const entry of told) {
      assert.deepEqual([entry.actor, entry.action, entry.result], [ANA.actor, 'stop', 'success']);
      assert.deepEqual([entry.requestId, entry.ip], ['r-1', '192.0.2.1']);
      assert.deepEqual([entry.resource.id, entry.tags], ['shop', { agent: 'shop' }]);
      assert.equal((entry.details as { operation: string }).operation, operation);
    }
  });
});

describe('each command', () => {
  it('does what it says, and leaves the agent where it should be', async (t) => {
    const { create, run, agent, machine, door } = await open(t);
    await create({ version: '1.0.0', replicas: 2 });
    const up = () =>
      Object.entries(machine.states)
        .flatMap(([name, state]) => (state === 'running' ? [name] : []))
        .toSorted();
    const targets = () => door.routes.get('shop')!.targets.map(({ instance }) => instance);
    const after = async (command: Parameters<typeof run>[1]) => {
      const { state, error } = await run('shop', command);
      assert.equal(state, 'completed', JSON.stringify(error));
      assert.deepEqual(targets(), agent().state === 'running' ? up() : []);
      return [agent().state, agent().desired, agent().generation, ...up()];
    };
    assert.deepEqual(await after({ type: 'restart' }), ['running', 'running', 2, 'shop-1.2.0', 'shop-1.2.1']);
    assert.deepEqual(await after({ type: 'scale', replicas: 3 }), [
      'running',
      'running',
      3,
      'shop-1.2.0',
      'shop-1.2.1',
      'shop-1.2.2',
    ]);
    assert.deepEqual(await after({ type: 'scale', replicas: 1 }), ['running', 'running', 4, 'shop-1.2.0']);
    assert.deepEqual(await after({ type: 'suspend' }), ['suspended', 'suspended', 4]);
    assert.equal(machine.states['shop-1.2.0'], 'suspended');
    assert.deepEqual(await after({ type: 'resume' }), ['running', 'running', 4, 'shop-1.2.0']);
    assert.deepEqual(await after({ type: 'stop', graceMs: 0 }), ['stopped', 'stopped', 4]);
    assert.ok(machine.take().includes('kill shop-1.2.0'));
    assert.deepEqual(await after({ type: 'upgrade', version: '2.0.0' }), ['stopped', 'stopped', 5]);
    assert.equal(agent().previousVersion, '1.0.0');
    assert.deepEqual(await after({ type: 'scale', replicas: 2 }), ['stopped', 'stopped', 6]);
    assert.deepEqual(await after({ type: 'start' }), ['running', 'running', 6, 'shop-1.6.0', 'shop-1.6.1']);
    assert.equal(agent().version, '2.0.0');
    assert.deepEqual(await after({ type: 'rollback' }), [
      'running',
      'running',
      7,
      'shop-1.7.0',
      'shop-1.7.1',
    ]);
    assert.equal(agent().version, '1.0.0');
  });

  it('needs no port: what has none is restarted in its place, and upgraded beside the old', async (t) => {
    const { create, run, agent, machine } = await open(t);
    await create({ kind: 'worker', version: '1.0.0' });
    assert.deepEqual(stagesSaid(await run('shop', { type: 'restart' })), [
      'stop completed',
      'start completed',
      'ready completed',
      'expose skipped',
    ]);
    assert.deepEqual(machine.states, { 'shop-1.1.0': 'exited', 'shop-1.2.0': 'running' });
    const { stages, result } = await run('shop', { type: 'upgrade', version: '2.0.0' });
    assert.deepEqual(
      stages.flatMap(({ name, state }) => (state === 'skipped' ? [name] : [])),
      ['switch', 'drain'],
    );
    assert.equal(result, undefined);
    const ended = { 'shop-1.1.0': 'exited', 'shop-1.2.0': 'exited' };
    assert.deepEqual([agent().version, machine.states], ['2.0.0', { ...ended, 'shop-1.3.0': 'running' }]);
  });

  it('for many is an operation and an answer for each', async (t) => {
    const { create, provisioning, until } = await open(t);
    for (const agent of ['a', 'b']) await create({ agent, kind: 'worker', tags: { team: 'x' } });
    await create({ agent: 'c', kind: 'worker', tags: { team: 'y' } });
    const stop = { type: 'stop' } as const;
    const asked = { ...ANA, idempotencyKey: 'k' };
    const outcomes = await provisioning.bulk({ tags: { team: 'x' } }, stop, asked);
    assert.deepEqual(
      outcomes.map(({ agent, operation }) => [agent, operation?.type]),
      [
        ['a', 'stop'],
        ['b', 'stop'],
      ],
    );
    const again = await provisioning.bulk({ tags: { team: 'x' } }, stop, asked);
    assert.deepEqual(
      again.map(({ operation }) => operation?.operation),
      outcomes.map(({ operation }) => operation?.operation),
    );
    const named = await provisioning.bulk({ agents: ['c', 'nobody', 'c'] }, { type: 'resume' }, ANA);
    assert.deepEqual(
      named.map(({ agent, error }) => [agent, error?.code]),
      [
        ['c', 'bad_transition'],
        ['nobody', 'not_found'],
      ],
    );
    await until(() => provisioning.agents().every(({ busy }) => !busy), 'their ends');
    for (const selection of [{}, { tags: {} }, { agents: [] }, { tags: { team: 'none' } }])
      await assert.rejects(provisioning.bulk(selection, stop, ANA), coded('bad_request'));
  });

  it('for more than maxBulkAgents is refused whole', async (t) => {
    const { provisioning } = await open(t, { limits: { maxBulkAgents: 1 } });
    const stop = provisioning.bulk({ agents: ['a', 'b'] }, { type: 'stop' }, ANA);
    await assert.rejects(stop, coded('bad_request', 'at most 1'));
  });
});
