/** Instances that were replaced, or were one too many: they are shown no more, and what they said stays for a while. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { WaooawError } from '../../../src/protocol/index.ts';
import { MemoryDatabase } from '../../testing/memory-database.ts';
import { ANA, provisioningService } from '../../testing/provisioning-service.ts';
import type { Service } from '../../testing/provisioning-service.ts';

const HOUR_MS = 3_600_000;
/** Of one agent, by default. */
const MOST_KEPT = 8;

const open = (t: TestContext): Promise<Service> => provisioningService(t, { database: new MemoryDatabase() });

/** What can be read of the agent's output, with whose it is. */
async function said({ provisioning }: Service): Promise<readonly string[]> {
  const { lines } = await provisioning.agentLogs('shop', { limit: 1_000 });
  return lines.map(({ instance, text }) => `${instance}: ${text}`);
}

const shown = ({ agent }: Service): readonly string[] =>
  agent().instances.map(({ instance, state }) => `${instance} ${state}`);

const ended = ({ machine }: Service): readonly string[] =>
  Object.entries(machine.states).flatMap(([name, state]) => (state === 'exited' ? [name] : []));

describe('output of instances that were replaced', () => {
  it('is read after an upgrade and a rollback, for an hour', async (t) => {
    const service = await open(t);
    const { create, run, machine, clock, until, errors } = service;
    await create({ version: '1.0.0' });
    machine.write('shop-1.1.0', 'of the first');
    await run('shop', { type: 'upgrade', version: '2.0.0' });
    assert.deepEqual(shown(service), ['shop-1.2.0 running']);
    machine.write('shop-1.2.0', 'misbehaves');
    await run('shop', { type: 'rollback' });
    assert.deepEqual(shown(service), ['shop-1.3.0 running']);
    assert.deepEqual(await said(service), ['shop-1.1.0: of the first', 'shop-1.2.0: misbehaves']);
    clock.advance(HOUR_MS);
    await until(() => ended(service).length === 0, 'the end of the hour');
    assert.deepEqual([await said(service), machine.states], [[], { 'shop-1.3.0': 'running' }]);
    assert.deepEqual(errors, []);
  });

  it('is kept of the last few that ended', async (t) => {
    const service = await open(t);
    const { create, run, until } = service;
    await create({ replicas: 4 });
    for (let times = 0; times < 3; times += 1) await run('shop', { type: 'restart' });
    await until(() => ended(service).length === MOST_KEPT, 'the others to be cleared away');
    assert.deepEqual(
      ended(service).filter((name) => name.startsWith('shop-1.1.')),
      [],
    );
    assert.equal(shown(service).length, 4);
  });

  it('of an agent with no port goes the same way', async (t) => {
    const service = await open(t);
    const { create, run, machine } = service;
    await create({ kind: 'worker', version: '1.0.0' });
    machine.write('shop-1.1.0', 'of the first');
    await run('shop', { type: 'upgrade', version: '2.0.0' });
    assert.deepEqual(
      [await said(service), shown(service)],
      [['shop-1.1.0: of the first'], ['shop-1.2.0 running']],
    );
  });

  it('stays when the server is killed as they end, and the next stops none of them twice', async (t) => {
    const service = await open(t);
    const { create, machine, provisioning, until, world } = service;
    await create({ version: '1.0.0' });
    machine.write('shop-1.1.0', 'of the first');
    const { operation } = await provisioning.command('shop', { type: 'upgrade', version: '2.0.0' }, ANA);
    await until(() => machine.states['shop-1.1.0'] === 'exited', 'the end of the old one');
    await service.kill();
    machine.take();
    const next = await provisioningService(t, world);
    const { state } = await next.ended(operation);
    assert.equal(state, 'completed');
    assert.deepEqual(machine.take(), []);
    assert.deepEqual([await said(next), shown(next)], [['shop-1.1.0: of the first'], ['shop-1.2.0 running']]);
  });

  it('goes at once when the agent is deleted', async (t) => {
    const service = await open(t);
    const { create, run, machine } = service;
    await create({ version: '1.0.0', replicas: 2 });
    await run('shop', { type: 'scale', replicas: 1 });
    await run('shop', { type: 'upgrade', version: '2.0.0' });
    assert.deepEqual(ended(service).toSorted(), ['shop-1.1.0', 'shop-1.1.1']);
    machine.take();
    const { operation } = await run('shop', { type: 'delete' });
    assert.deepEqual(machine.states, {});
    // What had ended is not stopped, nor said to be, once more.
    const stops = machine.take().filter((call) => call.startsWith('stop'));
    assert.deepEqual(stops, ['stop shop-1.3.0']);
    const { lines } = await service.provisioning.operationLogs(operation, { limit: 100 });
    assert.deepEqual(
      lines.flatMap(({ text }) => (text.includes('stopped') ? [text] : [])),
      ['shop-1.3.0 stopped by SIGTERM'],
    );
  });
});

describe('output of instances that were one too many', () => {
  it('is read, and goes on when there are to be more again', async (t) => {
    const service = await open(t);
    const { create, run, machine } = service;
    await create({ replicas: 2 });
    machine.write('shop-1.1.1', 'before');
    await run('shop', { type: 'scale', replicas: 1 });
    assert.deepEqual([shown(service), await said(service)], [['shop-1.1.0 running'], ['shop-1.1.1: before']]);
    await run('shop', { type: 'scale', replicas: 2 });
    machine.write('shop-1.1.1', 'after');
    assert.deepEqual(shown(service), ['shop-1.1.0 running', 'shop-1.1.1 running']);
    assert.deepEqual(await said(service), ['shop-1.1.1: before', 'shop-1.1.1: after']);
  });

  it('is no word of a start that failed: only what that said stands in its log', async (t) => {
    const service = await open(t);
    const { create, run, machine, provisioning } = service;
    await create({ replicas: 2 });
    machine.write('shop-1.1.1', 'before');
    await run('shop', { type: 'scale', replicas: 1 });
    machine.refused.set(
      'start shop-1.1.1',
      new WaooawError('agent_start_failed', 'There is no such program'),
    );
    const { state, operation } = await run('shop', { type: 'scale', replicas: 2 });
    assert.equal(state, 'rolled-back');
    const { lines } = await provisioning.operationLogs(operation, { limit: 100 });
    assert.ok(!lines.some(({ text }) => text.includes('before')), JSON.stringify(lines));
  });

  it('are not shown once the agent is stopped either', async (t) => {
    const service = await open(t);
    const { create, run } = service;
    await create({ replicas: 2 });
    await run('shop', { type: 'restart' });
    await run('shop', { type: 'scale', replicas: 1 });
    await run('shop', { type: 'stop' });
    assert.deepEqual(shown(service), ['shop-1.2.0 exited']);
    await run('shop', { type: 'upgrade', version: '2.0.0' });
    assert.deepEqual(shown(service), ['shop-1.2.0 exited']);
  });
});
