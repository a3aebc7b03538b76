import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { until } from '../../../testing/auditing.ts';
import {
  aStage,
  anAgent,
  anEvent,
  anOperation,
  entriesOf,
  provisioningRecording,
  refusedWith,
} from '../../../testing/provisioning-recording.ts';

describe('the fence', () => {
  it('lets nobody write but the last that began, and says so', async (t) => {
    const run = await provisioningRecording(t);
    await run.record.commit({ operation: anOperation('op') }, anEvent());
    const next = await provisioningRecording(t, { folder: run.folder, clock: run.clock });
    assert.deepEqual([run.record.epoch, next.record.epoch], [1, 2]);
    await assert.rejects(
      run.record.commit(
        { agent: anAgent(), key: { by: 'a', key: 'b', hash: 'c', operation: 'op' } },
        anEvent(),
      ),
      refusedWith('fenced'),
    );
    assert.equal(await next.record.findKey('a', 'b'), undefined);
    run.record.progress(
      anOperation('op', { stages: [aStage('allocate', { state: 'running', percent: 77 })] }),
    );
    run.record.log('op', [{ at: 0, stream: 'engine', text: 'of the former' }]);
    run.clock.advance(1_000);
    await until(() => run.errors.length > 0, 'it is told');
    assert.match(run.errors.join(), /Another server works with this data folder now/);
    assert.deepEqual((await next.record.logs('op', { limit: 9 })).lines, []);
    assert.equal((await next.record.findOperation('op'))?.stages[0]?.percent, undefined);
    await next.record.commit({ agent: anAgent() }, anEvent());
    assert.deepEqual(await entriesOf(next), ['create success', 'create success']);
  });

  it('stops what is old from being removed, too', async (t) => {
    const run = await provisioningRecording(t, { limits: { keepRevokedAgentsMs: 1 } });
    await run.record.commit({ agent: anAgent({ state: 'revoked' }) }, anEvent());
    await provisioningRecording(t, { folder: run.folder });
    run.clock.advance(60_000);
    await until(() => run.errors.length > 0, 'it is told');
    assert.match(run.errors.join(), /old rows .* cannot be removed: .*Another server/);
    assert.deepEqual([run.forgotten, (await run.rows('SELECT * FROM provisioning_agent')).length], [[], 1]);
  });

  it('of two that begin at once holds for the last', async (t) => {
    const run = await provisioningRecording(t, { begun: false });
    const next = await provisioningRecording(t, { folder: run.folder, begun: false });
    const results = await Promise.allSettled([run.record.begin(), next.record.begin()]);
    const [epoch] = await run.rows('SELECT epoch FROM provisioning_epoch');
    assert.equal(epoch?.['epoch'], 2);
    const began = results.map(({ status }) => status);
    for (const [i, { record }] of [run, next].entries()) {
      if (began[i] !== 'fulfilled' || record.epoch !== 2) continue;
      await record.commit({ agent: anAgent() }, anEvent());
    }
    assert.equal((await run.rows('SELECT * FROM provisioning_agent')).length, 1);
  });

  it('holds against the file’s own owner: its row is one, and only grows', async (t) => {
    const { database } = await provisioningRecording(t);
    for (const sql of [
      'UPDATE provisioning_epoch SET epoch = epoch',
      'UPDATE provisioning_epoch SET epoch = 0',
      'DELETE FROM provisioning_epoch',
      "INSERT INTO provisioning_epoch VALUES (9, '')",
    ])
      await assert.rejects(database.transaction([{ sql }]), refusedWith('database_failed'));
  });
});
