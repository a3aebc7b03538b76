/** The service as others meet it: its channels, its logs, its starts and ends, and what it does while the journal fails. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { WaooawError, isEnded } from '../../../src/protocol/index.ts';
import type { AgentStatus, Json, LogUpdate, OperationStatus } from '../../../src/protocol/index.ts';
import { turn } from '../../testing/event-loop.ts';
import { coded } from '../../testing/harness.ts';
import { MemoryDatabase } from '../../testing/memory-database.ts';
import { ANA, provisioningService } from '../../testing/provisioning-service.ts';
import type { Service, ServiceParts } from '../../testing/provisioning-service.ts';
import { provisioningFamilies } from './index.ts';

const open = (t: TestContext, parts: ServiceParts = {}) =>
  provisioningService(t, { database: new MemoryDatabase(), ...parts });

const namespaceOf = ({ provisioning }: Service, name: string) =>
  provisioning.namespaces.find((one) => one.name === name)!;
const snapshot = (service: Service, name: string, channel = name): unknown =>
  namespaceOf(service, name).snapshot!(channel);
const published = ({ publisher }: Service, channel: string): readonly Json[] =>
  publisher.published.flatMap(([name, data]) => (name === channel ? [data] : []));

describe('the channels', () => {
  it('tell every state that an agent comes to, in order, and that it is gone', async (t) => {
    const service = await open(t);
    await service.create();
    await service.run('shop', { type: 'delete' });
    const states = published(service, 'agent/shop').map((data) => (data as unknown as AgentStatus).state);
    assert.deepEqual([...new Set(states)], ['draft', 'provisioned', 'deployed', 'running', 'revoked']);
    assert.deepEqual(published(service, 'agents').at(-1), { agent: 'shop', forgotten: true });
    assert.deepEqual(snapshot(service, 'agents'), []);
    assert.equal((snapshot(service, 'agent', 'agent/shop') as AgentStatus).state, 'revoked');
  });

  it('tell an operation as it goes on, each time whole', async (t) => {
    const service = await open(t);
    const { operation } = await service.create();
    const told = published(service, `operation/${operation}`) as unknown as readonly OperationStatus[];
    assert.deepEqual([...new Set(told.map(({ state }) => state))], ['queued', 'running', 'completed']);
    const percents = told.map(({ percent }) => percent);
    assert.deepEqual(
      percents,
      percents.toSorted((a, b) => a - b),
    );
    const revisions = told.map(({ revision }) => revision);
    assert.deepEqual(
      revisions,
      revisions.toSorted((a, b) => a - b),
    );
    assert.deepEqual(snapshot(service, 'operation', `operation/${operation}`), told.at(-1));
    assert.deepEqual(snapshot(service, 'operations'), [told.at(-1)]);
    assert.ok(told.some(({ stages }) => stages.some(({ detail }) => detail === '1 of 1 started')));
  });

  it('are those of what is there', async (t) => {
    const service = await open(t);
    const { operation } = await service.create();
    const resolved = ['agents', 'agents/x', 'agent/shop', 'agent/x', 'operations', 'operations/x'].concat(
      ['x', operation].flatMap((id) => [`operation/${id}`, `logs/operation/${id}`]),
      ['logs/shop', 'logs/x'],
    );
    const found = resolved.filter((channel) => {
      const { resolve } = namespaceOf(service, channel.split('/')[0]!);
      return resolve(channel) === channel;
    });
    const expected = [
      'agents',
      'agent/shop',
      'operations',
      `operation/${operation}`,
      `logs/operation/${operation}`,
    ];
    assert.deepEqual(found, [...expected, 'logs/shop']);
  });

  it('let the last word of each stand for those before, and lose no line', async (t) => {
    const service = await open(t);
    const one = { agent: 'a', n: 1 };
    const conflate = namespaceOf(service, 'agents').conflate as (given: readonly Json[]) => readonly Json[];
    assert.deepEqual(conflate([one, { agent: 'b' }, { agent: 'a', n: 2 }]), [
      { agent: 'b' },
      { agent: 'a', n: 2 },
    ]);
    const lines = namespaceOf(service, 'logs').conflate as typeof conflate;
    assert.deepEqual(lines([{ lines: [1] }, { lines: [2, 3] }]), [{ lines: [1, 2, 3] }]);
    assert.equal(namespaceOf(service, 'agent').conflate, 'latest');
  });

  it('carry the log of an operation, its last lines first, also after a restart', async (t) => {
    const service = await open(t);
    const { operation } = await service.create();
    const channel = `logs/operation/${operation}`;
    const { lines } = snapshot(service, 'logs', channel) as LogUpdate;
    assert.match(
      lines.map(({ text }) => text).join('\n'),
      /The stable port is \d+\nshop-1.1.0 started[^]*completed$/,
    );
    assert.ok(lines.every(({ stream, n }, at) => stream === 'engine' && n > (lines[at - 1]?.n ?? -1)));
    const told = published(service, channel).flatMap((data) => (data as unknown as LogUpdate).lines);
    assert.deepEqual(told, lines);
    await service.stop();
    const next = await provisioningService(t, service.world);
    assert.deepEqual(snapshot(next, 'logs', channel), { lines: [] });
    await next.until(() => published(next, channel).length > 0, 'the lines of before');
    assert.deepEqual(published(next, channel), [{ lines }]);
    assert.deepEqual((await next.provisioning.operationLogs(operation, { limit: 2 })).lines, lines.slice(-2));
    await assert.rejects(next.provisioning.operationLogs('op-none', { limit: 2 }), coded('not_found'));
  });

  it('and the API carry the output of agents', async (t) => {
    const service = await open(t);
    await service.create();
    service.machine.write('shop-1.1.0', 'hello');
    const { lines } = await service.provisioning.agentLogs('shop', { limit: 10 });
    assert.deepEqual(
      lines.map(({ text, instance }) => [text, instance]),
      [['hello', 'shop-1.1.0']],
    );
    snapshot(service, 'logs', 'logs/shop');
    await service.until(() => published(service, 'logs/shop').length > 0, 'the tail');
    await assert.rejects(service.provisioning.agentLogs('none', { limit: 1 }), coded('not_found'));
  });
});

describe('what is told of agents and operations', () => {
  it('lists operations, newest first, and finds each', async (t) => {
    const { create, run, provisioning } = await open(t);
    const first = await create();
    const second = await run('shop', { type: 'stop' });
    const ids = (await provisioning.operations({ limit: 10 })).map(({ operation }) => operation);
    assert.deepEqual(ids, [second.operation, first.operation]);
    assert.deepEqual(await provisioning.operations({ limit: 10, type: 'create' }), [first]);
    assert.deepEqual(await provisioning.operation(first.operation), first);
    await assert.rejects(provisioning.operation('op-none'), coded('not_found'));
    assert.throws(() => provisioning.agent('none'), coded('not_found'));
  });

  it('forgets operations that are long over, but for the last one of each agent; they are read again', async (t) => {
    const service = await open(t, { limits: { showEndedOperationsMs: 60_000 } });
    const { create, run, provisioning, clock } = service;
    const first = await create();
    const second = await run('shop', { type: 'stop' });
    clock.advance(130_000);
    const { resolve } = namespaceOf(service, 'operation');
    assert.deepEqual(
      [first, second].map(({ operation }) => resolve(`operation/${operation}`) !== undefined),
      [false, true],
    );
    assert.deepEqual(snapshot(service, 'operations'), []);
    assert.equal((await provisioning.operation(first.operation)).operation, first.operation);
    assert.equal(service.agent().operation, second.operation);
  });

  it('shows the last of many that ended in the list of all', async (t) => {
    const service = await open(t, { limits: { maxEndedOperationsShown: 2 } });
    const { create, run } = service;
    await create();
    const ended = [await run('shop', { type: 'stop' }), await run('shop', { type: 'start' })];
    const shown = snapshot(service, 'operations') as OperationStatus[];
    assert.deepEqual(
      shown.map(({ operation }) => operation),
      ended.map(({ operation }) => operation),
    );
  });

  it('expects of a stage what it took before', async (t) => {
    const { create, provisioning } = await open(t);
    for (const agent of ['a', 'b', 'c']) await create({ agent });
    const { operation } = await provisioning.create({ agent: 'd', kind: 'web' }, ANA);
    const { stages } = await provisioning.operation(operation);
    const expected = stages.find(({ name }) => name === 'ready')?.expected;
    assert.ok(expected && expected.runs === 3 && expected.p50Ms <= expected.p90Ms && expected.p50Ms > 0);
  });

  it('shows kinds without what they run, storage, configurations, tags and counts', async (t) => {
    const { create, run, provisioning } = await open(t);
    assert.deepEqual(
      provisioning.kinds().map(({ kind, hasPort }) => [kind, hasPort]),
      [
        ['web', true],
        ['ranged', true],
        ['worker', false],
        ['guarded', true],
      ],
    );
    assert.ok(!JSON.stringify(provisioning.kinds()).includes(process.execPath));
    const before = provisioning.tagSource.version();
    await create({ kind: 'worker', tags: { team: 'x' } });
    assert.ok(provisioning.tagSource.version() > before);
    assert.deepEqual(
      [...provisioning.tagSource.tagged()],
      [{ tags: { team: 'x', agent: 'shop', kind: 'worker' } }],
    );
    await run('shop', { type: 'upgrade', version: '1.0.0', parameters: { every: 9 } });
    await run('shop', { type: 'scale', replicas: 2 }, { by: 'bob', actor: { id: 'bob', kind: 'user' } });
    const versions = await provisioning.configVersions('shop');
    assert.deepEqual(
      versions.map(({ at: _at, ...rest }) => rest),
      [
        { generation: 3, version: '1.0.0', replicas: 2, by: 'bob', parameters: { every: 9 } },
        { generation: 2, version: '1.0.0', replicas: 1, by: 'ana', parameters: { every: 9 } },
        { generation: 1, version: '3.0.0', replicas: 1, by: 'ana', parameters: { every: 5 } },
      ],
    );
    assert.equal((await provisioning.storage('shop')).files, 0);
    const stats = provisioning.stats();
    assert.deepEqual([stats.agents.running, stats.ended.completed, stats.operations.active], [1, 3, 0]);
    const names = provisioningFamilies(stats).map(({ name }) => name);
    assert.ok(names.every((name) => name.startsWith('waooaw_provisioning_')) && names.length === 6);
  });
});

describe('a restart for somebody else', () => {
  it('is an operation like any other, resolved once the agent runs anew', async (t) => {
    const { create, provisioning, machine, until, agent } = await open(t);
    await create();
    let done = false;
    const restart = provisioning.restarter
      .restart('shop', new AbortController().signal)
      .then(() => (done = true));
    await until(() => done, 'the restart');
    await restart;
    assert.deepEqual(machine.states, { 'shop-1.1.0': 'exited', 'shop-1.2.0': 'running' });
    const { by, type } = await provisioning.operation(agent().operation!);
    assert.deepEqual([by, type], ['health', 'restart']);
  });

  it('says what became of it, and is not waited for any longer than is wished', async (t) => {
    const { create, provisioning, machine, until } = await open(t);
    const ask = (signal = new AbortController().signal) => provisioning.restarter.restart('shop', signal);
    await assert.rejects(ask(), coded('not_found'));
    await create();
    machine.refused.set('start', new WaooawError('agent_start_failed', 'No program'));
    let error: unknown;
    ask().catch((given: unknown) => (error = given));
    await until(() => error !== undefined, 'the refusal');
    assert.ok(coded('agent_start_failed', 'rolled-back', 'No program')(error));
    await assert.rejects(ask(AbortSignal.abort(new Error('enough'))), /enough/);
    await assert.rejects(ask(), coded('agent_busy'));
  });
});

describe('a service', () => {
  it('answers nothing before it is started, nor once it is closed', async (t) => {
    const service = await open(t, { started: false });
    const { provisioning, database } = service;
    assert.throws(() => provisioning.agents(), coded('unavailable'));
    await assert.rejects(provisioning.operation('x'), coded('unavailable'));
    assert.deepEqual([snapshot(service, 'agents'), snapshot(service, 'operations')], [[], []]);
    assert.deepEqual(provisioning.stats().operations, { queued: 0, active: 0 });
    await provisioning.start(database);
    await service.create();
    await service.stop();
    await provisioning.close();
    assert.throws(() => provisioning.agents(), coded('unavailable'));
    await assert.rejects(provisioning.command('shop', { type: 'stop' }, ANA), coded('unavailable'));
    assert.deepEqual(service.machine.states, { 'shop-1.1.0': 'running' });
  });

  it('that closes in the middle leaves the rest to the next, which adopts what runs', async (t) => {
    const service = await open(t);
    const { create, provisioning, until, machine, world } = service;
    await create({ version: '1.0.0' });
    await create({ agent: 'other' });
    const { operation } = await provisioning.command('shop', { type: 'upgrade', version: '2.0.0' }, ANA);
    const runs = async (): Promise<boolean> =>
      (await provisioning.operation(operation)).stages.some(
        ({ name, state }) => name === 'watch' && state === 'running',
      );
    await until(runs, 'the watch');
    await service.stop();
    const both = { 'shop-1.1.0': 'running', 'shop-1.2.0': 'running', 'other-1.1.0': 'running' };
    assert.deepEqual(machine.states, both);
    const next = await provisioningService(t, world);
    const { state, stages } = await next.ended(operation);
    assert.deepEqual([state, stages.find(({ name }) => name === 'watch')?.attempts], ['completed', 2]);
    assert.deepEqual(machine.states, { ...both, 'shop-1.1.0': 'exited' });
    assert.equal(next.provisioning.stats().adopted, 1);
  });

  it('that cannot write its journal waits with what it does, and goes on once it can', async (t) => {
    const service = await open(t);
    const { create, provisioning, until, errors, machine, clock, ended, database } = service;
    await create({ version: '1.0.0' });
    const { operation } = await provisioning.command('shop', { type: 'upgrade', version: '2.0.0' }, ANA);
    await until(() => machine.states['shop-1.2.0'] === 'running', 'the new instance');
    (database as MemoryDatabase).refused = new WaooawError('storage_full');
    await until(
      () => errors.some((error) => error.includes(`operation ${operation} cannot be written`)),
      'the word of it',
    );
    const { stages } = await provisioning.operation(operation);
    for (let i = 0; i < 50; i++) {
      clock.advance(10_000);
      await turn();
    }
    assert.deepEqual(
      (await provisioning.operation(operation)).stages.map(({ state }) => state),
      stages.map(({ state }) => state),
    );
    await assert.rejects(provisioning.create({ agent: 'b', kind: 'web' }, ANA), coded('storage_full'));
    (database as MemoryDatabase).refused = undefined;
    assert.equal((await ended(operation)).state, 'completed');
    assert.deepEqual(machine.states, { 'shop-1.1.0': 'exited', 'shop-1.2.0': 'running' });
  });

  it('that closes while the journal cannot be written does not wait for it, and the next goes on', async (t) => {
    const service = await open(t);
    const { create, provisioning, until, errors, machine, world } = service;
    const database = service.database as MemoryDatabase;
    await create({ version: '1.0.0' });
    const { operation } = await provisioning.command('shop', { type: 'upgrade', version: '2.0.0' }, ANA);
    await until(() => machine.states['shop-1.2.0'] === 'running', 'the new instance');
    database.refused = new WaooawError('storage_full');
    await until(
      () => errors.some((error) => error.includes(`operation ${operation} cannot be written`)),
      'the word of it',
    );
    await service.stop();
    database.refused = undefined;
    const next = await provisioningService(t, world);
    assert.equal((await next.ended(operation)).state, 'completed');
    assert.deepEqual(machine.states, { 'shop-1.1.0': 'exited', 'shop-1.2.0': 'running' });
  });

  it('that was taken over does nothing any more', async (t) => {
    const service = await open(t);
    const { create, provisioning, machine, world, until, errors } = service;
    await create({ version: '1.0.0' });
    const { operation } = await provisioning.command('shop', { type: 'upgrade', version: '2.0.0' }, ANA);
    await until(() => machine.states['shop-1.2.0'] === 'running', 'the new instance');
    const next = await provisioningService(t, world);
    await until(() => errors.length > 0, 'the word of it');
    assert.equal((await next.ended(operation)).state, 'completed');
    await assert.rejects(
      provisioning.command('shop', { type: 'stop' }, ANA),
      (error) => error instanceof WaooawError,
    );
    assert.ok(
      errors.every((error) => error.includes('Another server works')),
      errors.join(),
    );
    assert.deepEqual(machine.states, { 'shop-1.1.0': 'exited', 'shop-1.2.0': 'running' });
  });

  it('fails an operation of a newer program, and touches nothing', async (t) => {
    const service = await open(t);
    const { create, provisioning, until, machine, world, database } = service;
    await create({ version: '1.0.0' });
    const { operation } = await provisioning.command('shop', { type: 'upgrade', version: '2.0.0' }, ANA);
    await until(() => machine.states['shop-1.2.0'] === 'running', 'the new instance');
    await service.kill();
    const sql = `UPDATE provisioning_operation SET record = json_set(record, '$.planVersion', 99) WHERE operation = ?`;
    await database.transaction([{ sql, params: [operation] }]);
    machine.take();
    const next = await provisioningService(t, world);
    const { state, error } = await next.ended(operation);
    assert.deepEqual([state, error?.code], ['failed', 'plan_unknown']);
    assert.equal(next.agent().state, 'running');
  });

  it('makes and deletes a hundred agents at once, and leaves nothing of them', async (t) => {
    const service = await open(t);
    const { provisioning, machine, door, until, entries } = service;
    const names = Array.from({ length: 100 }, (_, i) => `a${i}`);
    await Promise.all(names.map((agent) => provisioning.create({ agent, kind: 'web' }, ANA)));
    await until(() => provisioning.agents().every(({ busy }) => !busy), 'all of them');
    assert.equal(Object.keys(machine.states).length, 100);
    assert.equal(new Set([...door.routes.values()].map(({ port }) => port)).size, 100);
    const outcomes = await provisioning.bulk({ tags: { kind: 'web' } }, { type: 'delete' }, ANA);
    assert.equal(outcomes.filter(({ operation }) => operation).length, 100);
    await until(() => provisioning.agents().length === 0, 'the end of all');
    assert.deepEqual([machine.states, door.routes.size], [{}, 0]);
    const ends = entries.filter(({ details }) => {
      const { phase, stage } = details as { phase: string; stage?: string };
      return isEnded(phase as OperationStatus['state']) && stage === undefined;
    });
    assert.equal(ends.length, 200);
  });
});
