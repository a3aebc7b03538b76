/** What becomes of operations that fail, and what is taken back. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { WaooawError } from '../../../src/protocol/index.ts';
import { coded } from '../../testing/harness.ts';
import { MemoryDatabase } from '../../testing/memory-database.ts';
import { ANA, provisioningService, stagesSaid } from '../../testing/provisioning-service.ts';
import type { Service, ServiceParts } from '../../testing/provisioning-service.ts';

const open = (t: TestContext, parts: ServiceParts = {}) =>
  provisioningService(t, { database: new MemoryDatabase(), ...parts });

const REFUSED = new WaooawError('agent_start_failed', 'There is no such program');

/** Waits until the named stage of the agent's operation runs. */
async function reached({ until, provisioning, agent }: Service, stage: string): Promise<string> {
  const id = agent().operation!;
  const runs = async (): Promise<boolean> =>
    (await provisioning.operation(id)).stages.some(
      ({ name, state }) => name === stage && state === 'running',
    );
  await until(runs, `the stage ${stage}`);
  return id;
}

const targets = ({ door }: Service): readonly string[] =>
  door.routes.get('shop')!.targets.map(({ instance }) => instance);
const up = ({ machine }: Service): readonly string[] =>
  Object.entries(machine.states)
    .flatMap(([name, state]) => (state === 'running' ? [name] : []))
    .toSorted();
const shownOf = ({ agent }: Service): readonly string[] =>
  agent().instances.map(({ instance, state }) => `${instance} ${state}`);

describe('a create that fails', () => {
  it('leaves the agent errored and its output to be read, and can be taken up again from the stage that failed', async (t) => {
    const service = await open(t);
    const { machine, create, agent, provisioning, ended, tokens } = service;
    machine.refused.set('start', REFUSED);
    const failed = await create();
    assert.deepEqual(stagesSaid(failed), [
      'allocate completed',
      'start failed',
      'ready pending',
      'expose pending',
    ]);
    assert.deepEqual(
      [failed.state, failed.error],
      ['failed', { code: 'agent_start_failed', message: REFUSED.message }],
    );
    assert.deepEqual(failed.actions, ['retry']);
    assert.deepEqual(
      [agent().state, agent().reason, agent().desired],
      ['errored', 'agent_start_failed', 'running'],
    );
    machine.refused.clear();
    const { operation } = await provisioning.act(failed.operation, 'retry', ANA);
    const again = await ended(operation);
    assert.deepEqual([again.operation, again.state, again.error], [failed.operation, 'completed', undefined]);
    assert.deepEqual(
      again.stages.map(({ attempts }) => attempts),
      [1, 2, 1, 1],
    );
    assert.deepEqual([again.action?.name, again.action?.phase], ['retry', 'done']);
    assert.deepEqual([agent().state, agent().reason], ['running', undefined]);
    assert.deepEqual(tokens.calls, []);
  });

  it('stops what it started when that ends before it is ready', async (t) => {
    const service = await open(t);
    const { provisioning, agent, machine, ended, until } = service;
    const { operation } = await provisioning.create({ agent: 'shop', kind: 'web', replicas: 2 }, ANA);
    await until(() => up(service).length === 2, 'two instances');
    machine.end('shop-1.1.1', { code: 3 });
    const { state, error } = await ended(operation);
    assert.deepEqual([state, error?.code], ['failed', 'agent_crashed']);
    assert.deepEqual(
      [agent().state, machine.states],
      ['errored', { 'shop-1.1.0': 'exited', 'shop-1.1.1': 'exited' }],
    );
    assert.deepEqual(agent().actions, ['start', 'stop', 'restart', 'upgrade', 'delete']);
  });

  it('before it has anything stays a draft, which is tried again or deleted', async (t) => {
    const { door, create, agent, run, provisioning } = await open(t);
    door.refused = new WaooawError('unavailable', 'The door does not open');
    const failed = await create();
    assert.deepEqual([failed.state, failed.error?.code, agent().state], ['failed', 'unavailable', 'draft']);
    assert.deepEqual(agent().actions, ['delete']);
    await assert.rejects(
      provisioning.act(failed.operation, 'cancel', ANA),
      coded('bad_transition', 'legal now: retry'),
    );
    door.refused = undefined;
    assert.equal((await run('shop', { type: 'delete' })).state, 'completed');
    assert.equal(agent().state, 'revoked');
    await assert.rejects(
      provisioning.act(failed.operation, 'retry', ANA),
      coded('bad_transition', 'nothing'),
    );
  });
});

describe('an upgrade that fails', () => {
  it('before the switch leaves the old ones as they were, and says in its log what the new ones said', async (t) => {
    const service = await open(t);
    const { create, agent, machine, provisioning, ended } = service;
    await create({ version: '1.0.0' });
    await provisioning.command('shop', { type: 'upgrade', version: '2.0.0' }, ANA);
    const id = await reached(service, 'ready');
    machine.write('shop-1.2.0', 'cannot read the configuration');
    machine.end('shop-1.2.0', { code: 1 });
    const failed = await ended(id);
    assert.deepEqual(stagesSaid(failed).slice(0, 4), [
      'prepare completed',
      'start completed',
      'ready failed',
      'switch skipped',
    ]);
    assert.deepEqual(
      [failed.state, failed.error?.code, failed.actions],
      ['rolled-back', 'agent_crashed', []],
    );
    assert.deepEqual([agent().state, agent().version, agent().generation], ['running', '1.0.0', 3]);
    assert.deepEqual(
      [machine.states, targets(service)],
      [{ 'shop-1.1.0': 'running', 'shop-1.2.0': 'exited' }, ['shop-1.1.0']],
    );
    const { lines } = await provisioning.operationLogs(id, { limit: 100 });
    assert.ok(
      lines.some(({ text, stage }) => stage === 'start' && text.endsWith('cannot read the configuration')),
    );
    assert.equal(agent().previousVersion, undefined);
    // The whole of it stands in the agent's log for a while, though nobody is shown the instance any more.
    const { lines: whole } = await provisioning.agentLogs('shop', { limit: 100 });
    assert.deepEqual(
      whole.map(({ instance, text }) => [instance, text]),
      [['shop-1.2.0', 'cannot read the configuration']],
    );
    assert.deepEqual(shownOf(service), ['shop-1.1.0 running']);
  });

  it('while it is watched leads the port back to the old ones, which stayed warm', async (t) => {
    const service = await open(t);
    const { create, agent, machine, provisioning, ended, door } = service;
    await create({ version: '1.0.0', replicas: 2 });
    await provisioning.command('shop', { type: 'upgrade', version: '2.0.0' }, ANA);
    const id = await reached(service, 'watch');
    assert.deepEqual(targets(service), ['shop-1.2.0', 'shop-1.2.1']);
    assert.deepEqual(
      door.routes.get('shop')?.fallback?.map(({ instance }) => instance),
      ['shop-1.1.0', 'shop-1.1.1'],
    );
    machine.end('shop-1.2.1', { signal: 'SIGSEGV' });
    const { state, result } = await ended(id);
    assert.equal(state, 'rolled-back');
    assert.deepEqual(result?.requests, { failed: 0, retried: 0, drained: 0, cut: 0, socketsClosed: 0 });
    assert.deepEqual(targets(service), ['shop-1.1.0', 'shop-1.1.1']);
    assert.deepEqual([agent().version, up(service)], ['1.0.0', ['shop-1.1.0', 'shop-1.1.1']]);
  });

  it('brings the old ones up again where they ended meanwhile', async (t) => {
    const service = await open(t);
    const { create, agent, machine, provisioning, ended } = service;
    await create({ version: '1.0.0' });
    await provisioning.command('shop', { type: 'upgrade', version: '2.0.0' }, ANA);
    const id = await reached(service, 'watch');
    machine.end('shop-1.1.0', { code: 1 });
    machine.end('shop-1.2.0', { code: 1 });
    assert.equal((await ended(id)).state, 'rolled-back');
    assert.deepEqual(
      [agent().state, up(service), targets(service)],
      ['running', ['shop-1.1.0'], ['shop-1.1.0']],
    );
  });

  it('and cannot be taken back is failed and errored, and is not tried twice', async (t) => {
    const service = await open(t);
    const { create, agent, machine, provisioning, ended, clock } = service;
    await create({ version: '1.0.0' });
    await provisioning.command('shop', { type: 'upgrade', version: '2.0.0' }, ANA);
    const id = await reached(service, 'watch');
    machine.refused.set('start shop-1.1.0', REFUSED);
    machine.end('shop-1.1.0', { code: 1 });
    machine.end('shop-1.2.0', { code: 1 });
    const failed = await ended(id);
    assert.deepEqual([failed.state, failed.error?.code, failed.actions], ['failed', 'agent_crashed', []]);
    assert.match(failed.error!.message, /and switch could not be taken back: There is no such program/);
    assert.deepEqual([agent().state, agent().version], ['errored', '1.0.0']);
    machine.take();
    clock.advance(60_000);
    assert.deepEqual(
      machine.take().filter((call) => call.startsWith('start')),
      [],
    );
  });

  it('once the new ones have proved themselves goes back no more, and is taken up where it stopped', async (t) => {
    const service = await open(t);
    const { create, run, agent, machine, provisioning, ended } = service;
    await create({ version: '1.0.0' });
    machine.refused.set('stop shop-1.1.0', new WaooawError('storage_failed', 'Not now'));
    const failed = await run('shop', { type: 'upgrade', version: '2.0.0' });
    assert.deepEqual(
      [failed.state, failed.error?.code, failed.actions],
      ['failed', 'storage_failed', ['retry']],
    );
    assert.deepEqual(
      [agent().state, agent().version, targets(service)],
      ['running', '2.0.0', ['shop-1.2.0']],
    );
    machine.refused.clear();
    await provisioning.act(failed.operation, 'retry', ANA);
    const { state, stages } = await ended(failed.operation);
    assert.deepEqual([state, stages.map(({ attempts }) => attempts)], ['completed', [1, 1, 1, 1, 1, 1, 2]]);
    assert.deepEqual(machine.states, { 'shop-1.1.0': 'exited', 'shop-1.2.0': 'running' });
  });

  it('of an agent that does not run changes nothing of it, and says that it was not tried', async (t) => {
    const { create, run, agent, provisioning } = await open(t);
    await create({ version: '1.0.0', kind: 'guarded', secrets: { API_TOKEN: 'x' }, start: false });
    const before = agent();
    const done = await run('shop', { type: 'upgrade', version: '2.0.0', secrets: { EXTRA: 'y' } });
    assert.equal(done.state, 'completed');
    assert.deepEqual([agent().state, agent().version, before.version], ['provisioned', '2.0.0', '1.0.0']);
    assert.deepEqual(done.result, { takesEffect: 'when it is started' });
    const said = 'The agent is provisioned: this was not tried, and takes effect when it is started';
    assert.deepEqual(
      done.stages.map(({ name, detail }) => [name, detail]),
      [['prepare', said]],
    );
    const { lines } = await provisioning.operationLogs(done.operation, { limit: 100 });
    assert.ok(lines.some(({ stage, text }) => stage === 'prepare' && text === said));
    // One that runs is tried, and does not say so.
    assert.equal((await run('shop', { type: 'start' })).result, undefined);
    assert.equal((await run('shop', { type: 'upgrade' })).result?.['takesEffect'], undefined);
  });

  it('never lets the secrets of what went back be seen by what comes after', async (t) => {
    const service = await open(t);
    const { create, run, agent, machine, until } = service;
    await create({ version: '1.0.0', kind: 'guarded', secrets: { API_TOKEN: 'one' } });
    machine.refused.set('start shop-1.2.0', REFUSED);
    const { state } = await run('shop', { type: 'upgrade', version: '2.0.0', secrets: { EXTRA: 'two' } });
    assert.deepEqual([state, agent().version], ['rolled-back', '1.0.0']);
    await until(() => agent().secrets.join() === 'API_TOKEN', 'the names of before');
    await run('shop', { type: 'upgrade', version: '3.0.0', secrets: { API_TOKEN: 'three' } });
    await until(() => agent().generation === 4, 'the next');
    assert.deepEqual(agent().secrets, ['API_TOKEN']);
  });
});

describe('other commands that fail', () => {
  it('stop and delete leave the agent errored, and are taken up again', async (t) => {
    for (const type of ['stop', 'delete'] as const) {
      const service = await open(t);
      const { create, run, agent, machine, provisioning, ended } = service;
      await create();
      machine.refused.set('stop', new WaooawError('storage_failed', 'Not now'));
      const failed = await run('shop', { type });
      assert.deepEqual([failed.state, agent().state, failed.actions], ['failed', 'errored', ['retry']], type);
      machine.refused.clear();
      await provisioning.act(failed.operation, 'retry', ANA);
      assert.equal((await ended(failed.operation)).state, 'completed');
      assert.equal(agent().state, type === 'stop' ? 'stopped' : 'revoked');
    }
  });

  it('scale, suspend and resume go back to what was', async (t) => {
    const service = await open(t);
    const { create, run, agent, machine } = service;
    await create({ replicas: 2 });
    machine.refused.set('start shop-1.1.2', REFUSED);
    assert.equal((await run('shop', { type: 'scale', replicas: 3 })).state, 'rolled-back');
    assert.deepEqual([agent().replicas, up(service)], [2, ['shop-1.1.0', 'shop-1.1.1']]);
    machine.refused.set('stop shop-1.1.1', REFUSED);
    assert.equal((await run('shop', { type: 'scale', replicas: 1 })).state, 'rolled-back');
    assert.deepEqual([agent().replicas, targets(service)], [2, ['shop-1.1.0', 'shop-1.1.1']]);
    machine.refused.clear();
    machine.refused.set('suspend shop-1.1.1', REFUSED);
    assert.equal((await run('shop', { type: 'suspend' })).state, 'rolled-back');
    assert.deepEqual([agent().state, agent().desired], ['running', 'running']);
    assert.deepEqual([up(service), targets(service)], [targets(service), ['shop-1.1.0', 'shop-1.1.1']]);
    machine.refused.clear();
    await run('shop', { type: 'suspend' });
    machine.refused.set('resume shop-1.1.1', REFUSED);
    assert.equal((await run('shop', { type: 'resume' })).state, 'rolled-back');
    assert.deepEqual([agent().state, up(service), targets(service)], ['suspended', [], []]);
  });

  it('new instances that cannot take requests are taken back, and the others serve on', async (t) => {
    const service = await open(t);
    const { create, provisioning, agent, door, ended } = service;
    await create();
    const { operation } = await provisioning.command('shop', { type: 'scale', replicas: 2 }, ANA);
    await reached(service, 'ready');
    const { point } = door;
    door.point = async (route) => {
      if (route.targets.length > 1) throw new WaooawError('unavailable', 'Not now');
      return point.call(door, route);
    };
    const { state, error } = await ended(operation);
    assert.deepEqual([state, error?.code, agent().replicas], ['rolled-back', 'unavailable', 1]);
    assert.deepEqual([up(service), targets(service)], [['shop-1.1.0'], ['shop-1.1.0']]);
    assert.ok(door.calls.includes('drain shop'));
  });

  it('what local configuration knows no more can still be stopped and deleted', async (t) => {
    const first = await open(t);
    await first.create();
    await first.create({ agent: 'other' });
    await first.stop();
    const service = await provisioningService(t, { ...first.world, kinds: { kinds: [] } });
    const { run, agent, provisioning, machine } = service;
    await assert.rejects(provisioning.command('shop', { type: 'restart' }, ANA), coded('unknown_kind'));
    assert.equal((await run('shop', { type: 'stop' })).state, 'completed');
    assert.equal(agent().state, 'stopped');
    await assert.rejects(provisioning.command('shop', { type: 'start' }, ANA), coded('unknown_kind'));
    for (const id of ['shop', 'other']) assert.equal((await run(id, { type: 'delete' })).state, 'completed');
    assert.deepEqual(machine.states, {});
  });

  it('what nobody foresaw is told without its words, which stand in the log', async (t) => {
    const { create, machine, errors } = await open(t);
    machine.refused.set('start', new Error('/secret/path'));
    const { error } = await create();
    assert.deepEqual(error, { code: 'internal', message: 'The server failed; its log has the request id' });
    assert.ok(errors.some((one) => one.includes('/secret/path') && one.includes('stage start')));
  });

  it('a restart that does not come up leaves the old one serving; without a port, the agent errored', async (t) => {
    const service = await open(t);
    const { create, run, agent, machine } = service;
    await create();
    machine.refused.set('start shop-1.2.0', REFUSED);
    assert.equal((await run('shop', { type: 'restart' })).state, 'rolled-back');
    assert.deepEqual([agent().state, targets(service)], ['running', ['shop-1.1.0']]);
    await create({ agent: 'w', kind: 'worker' });
    machine.refused.set('start w-1.2.0', REFUSED);
    const { state, actions } = await run('w', { type: 'restart' });
    assert.deepEqual([state, actions, agent('w').state], ['failed', ['retry'], 'errored']);
    machine.refused.clear();
    assert.equal((await run('w', { type: 'restart' })).state, 'completed');
    assert.equal(agent('w').state, 'running');
  });

  it('an errored agent is brought up by a new version, a start or a restart', async (t) => {
    const service = await open(t);
    const { create, run, agent, machine } = service;
    for (const command of [
      { type: 'upgrade', version: '2.0.0' },
      { type: 'start' },
      { type: 'restart' },
    ] as const) {
      const id = command.type;
      machine.refused.set('start', REFUSED);
      await create({ agent: id, version: '1.0.0' });
      machine.refused.clear();
      const { state, stages } = await run(id, command);
      assert.equal(state, 'completed', JSON.stringify(stages));
      assert.deepEqual([agent(id).state, agent(id).reason], ['running', undefined]);
    }
    assert.deepEqual([agent('upgrade').version, agent('upgrade').previousVersion], ['2.0.0', '1.0.0']);
  });
});
