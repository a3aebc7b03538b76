/** Operations of hosts: a CI job tells how far it is. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { NewOperation } from '../../../src/protocol/index.ts';
import { coded } from '../../testing/harness.ts';
import { MemoryDatabase } from '../../testing/memory-database.ts';
import { ANA, provisioningService } from '../../testing/provisioning-service.ts';
import type { ServiceParts } from '../../testing/provisioning-service.ts';

const open = (t: TestContext, parts: ServiceParts = {}) =>
  provisioningService(t, { database: new MemoryDatabase(), ...parts });

const RELEASE: NewOperation = {
  type: 'release',
  title: 'Release 1.4',
  stages: [{ name: 'build', title: 'Build', description: 'With the compiler' }, { name: 'test' }],
  agent: 'shop',
  tags: { branch: 'main' },
  url: 'https://example.org/runs/1',
};

describe('an operation of a host', () => {
  it('goes on as it is told, with its log and its entries', async (t) => {
    const { provisioning, entries, clock } = await open(t);
    const { operation, ...created } = await provisioning.createOperation(RELEASE, ANA);
    assert.deepEqual(
      [created.state, created.source, created.percent, created.actions, created.by, created.revision],
      ['queued', 'host', 0, [], 'ana', 1],
    );
    assert.deepEqual(created.stages[0], {
      name: 'build',
      title: 'Build',
      description: 'With the compiler',
      state: 'pending',
      attempts: 0,
    });
    assert.deepEqual([created.tags, created.url], [{ branch: 'main', agent: 'shop' }, RELEASE.url]);
    const tell = (stage: string, update: object, more = {}) =>
      provisioning.updateStage(operation, stage, update, { ...ANA, ...more });
    const running = await tell('build', { state: 'running', log: ['compiling', 'linking'] });
    assert.deepEqual([running.state, running.startedAt, running.revision], ['running', clock.now(), 2]);
    const told = await tell('build', { percent: 50, detail: 'half' }, { ifMatch: 2 });
    assert.deepEqual([told.percent, told.stages[0]?.detail, told.revision], [25, 'half', 3]);
    await assert.rejects(
      tell('build', { percent: 60 }, { ifMatch: 2 }),
      coded('generation_conflict', 'revision 3'),
    );
    await tell('build', { state: 'completed' });
    const over = await tell('test', { state: 'failed', error: { code: 'red', message: '3 tests failed' } });
    assert.deepEqual(
      [over.state, over.error, over.endedAt],
      ['failed', { code: 'red', message: '3 tests failed' }, clock.now()],
    );
    const again = await tell('test', { state: 'running' });
    assert.deepEqual(
      [again.state, again.error, again.endedAt, again.stages[1]?.attempts],
      ['running', undefined, undefined, 2],
    );
    assert.equal((await tell('test', { state: 'completed' })).percent, 100);
    const { lines } = await provisioning.operationLogs(operation, { limit: 10 });
    assert.deepEqual(
      lines.map(({ text, stage }) => [text, stage]),
      [
        ['compiling', 'build'],
        ['linking', 'build'],
      ],
    );
    assert.deepEqual(
      entries.map(({ action, result, error }) => [action, result, error].filter(Boolean).join(' ')),
      [
        'create success',
        'update success',
        'update success',
        'update failure red',
        'update success',
        'update success',
      ],
    );
    assert.ok(entries.every(({ resource, tags }) => resource.id === operation && tags?.agent === 'shop'));
    const busy = await provisioning.create({ agent: 'shop', kind: 'worker' }, ANA);
    assert.equal(busy.source, 'engine');
  });

  it('is there again after a restart, with how far it was', async (t) => {
    const first = await open(t);
    const { operation } = await first.provisioning.createOperation(RELEASE, ANA);
    await first.provisioning.updateStage(operation, 'build', { state: 'running' }, ANA);
    await first.provisioning.updateStage(operation, 'build', { percent: 40 }, ANA);
    await first.stop();
    const next = await provisioningService(t, first.world);
    const { state, stages, revision } = await next.provisioning.operation(operation);
    assert.deepEqual([state, stages[0]?.percent, revision], ['running', 40, 3]);
  });

  it('is refused what cannot be', async (t) => {
    const { provisioning, create } = await open(t);
    const { operation } = await provisioning.createOperation(RELEASE, ANA);
    const tell = (id: string, stage: string, update: object) =>
      provisioning.updateStage(id, stage, update, ANA);
    await assert.rejects(tell('op-none', 'build', {}), coded('not_found'));
    await assert.rejects(tell(operation, 'none', {}), coded('not_found'));
    await tell(operation, 'build', { state: 'completed' });
    await assert.rejects(tell(operation, 'build', { state: 'running' }), coded('bad_transition', 'nothing'));
    await assert.rejects(
      provisioning.act(operation, 'cancel', ANA),
      coded('bad_transition', 'belongs to a host'),
    );
    const { operation: ours } = await create();
    await assert.rejects(tell(ours, 'start', { state: 'failed' }), coded('read_only'));
    const twice = { ...RELEASE, stages: [{ name: 'a' }, { name: 'a' }] };
    await assert.rejects(provisioning.createOperation(twice, ANA), coded('bad_request'));
    await assert.rejects(provisioning.createOperation({ ...RELEASE, stages: [] }, ANA), coded('bad_request'));
  });

  it('is one of at most maxHostOperations that have not ended, and the same under its key', async (t) => {
    const { provisioning } = await open(t, { limits: { maxHostOperations: 1 } });
    let repeated = false;
    const asked = { ...ANA, idempotencyKey: 'k', onRepeated: () => void (repeated = true) };
    const { operation } = await provisioning.createOperation(RELEASE, asked);
    await assert.rejects(
      provisioning.createOperation(RELEASE, ANA),
      coded('operation_limit', 'maxHostOperations'),
    );
    assert.equal((await provisioning.createOperation(RELEASE, asked)).operation, operation);
    assert.ok(repeated);
    for (const stage of ['build', 'test'])
      await provisioning.updateStage(operation, stage, { state: 'skipped' }, ANA);
    assert.equal((await provisioning.createOperation(RELEASE, ANA)).state, 'queued');
  });
});
