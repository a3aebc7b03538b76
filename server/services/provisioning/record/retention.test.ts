import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { turn } from '../../../testing/event-loop.ts';
import {
  anAgent,
  anEvent,
  anOperation,
  provisioningRecording,
} from '../../../testing/provisioning-recording.ts';
import type { ProvisioningRecording } from '../../../testing/provisioning-recording.ts';
import type { OperationRecord } from './record.ts';

/** Lets time pass, and whatever is then asked of the file be answered: it answers in turn. */
async function pruned({ clock, rows }: ProvisioningRecording, ms = 3_600_000): Promise<void> {
  for (let left = ms; left > 0; left -= 1_800_000) {
    clock.advance(Math.min(left, 1_800_000));
    for (let i = 0; i < 120; i += 1) {
      await rows('SELECT 1');
      await turn();
    }
  }
}

const put = (
  { record, clock }: ProvisioningRecording,
  operation: string,
  more: Partial<OperationRecord> = {},
): Promise<void> =>
  record.commit(
    { operation: anOperation(operation, { state: 'completed', endedAt: clock.now(), ...more }) },
    anEvent(),
  );

const ids = async ({ record }: ProvisioningRecording): Promise<string> =>
  (await record.operations({ limit: 10_000 })).map(({ operation }) => operation).join(' ');

describe('what is removed', () => {
  it('are operations that ended long ago, with their logs, but for the last of an agent that is there', async (t) => {
    const run = await provisioningRecording(t, { limits: { keepOperationsMs: 3_600_000 } });
    await run.record.commit({ agent: anAgent() }, anEvent());
    await put(run, 'old');
    await put(run, 'last');
    await put(run, 'host', { source: 'host', agent: undefined as never });
    await put(run, 'gone', { agent: 'gone' });
    await run.record.commit({ operation: anOperation('under-way', { agent: 'web' }) }, anEvent());
    for (const operation of ['old', 'last', 'host', 'under-way'])
      run.record.log(operation, [{ at: 0, stream: 'engine', text: 'x' }]);
    await pruned(run, 1_000);
    await pruned(run, 59_000);
    assert.equal(await ids(run), 'under-way gone host last old');
    await pruned(run, 7_200_000);
    assert.equal(await ids(run), 'under-way last');
    assert.deepEqual(
      (await run.rows('SELECT operation FROM provisioning_log')).map(({ operation }) => operation),
      ['last', 'under-way'],
    );
    assert.equal(run.record.log('last', [{ at: 0, stream: 'engine', text: 'y' }])[0]?.n, 2);
    assert.deepEqual(run.errors, []);
  });

  it('are operations beyond how many are kept, however young, a batch at a time', async (t) => {
    const run = await provisioningRecording(t, { limits: { maxKeptOperations: 3 } });
    await Promise.all(
      Array.from({ length: 210 }, (_, i) =>
        put(run, `op-${i}`, { source: 'host', agent: undefined as never }),
      ),
    );
    await pruned(run);
    assert.equal(await ids(run), 'op-209 op-208 op-207');
  });

  it('are agents that were deleted long ago, of which is told', async (t) => {
    const run = await provisioningRecording(t, { limits: { keepRevokedAgentsMs: 3_600_000 } });
    const at = run.clock.now();
    await run.record.commit({ agent: anAgent({ state: 'revoked', changedAt: at }) }, anEvent());
    await run.record.commit({ agent: anAgent({ agent: 'web', changedAt: at }) }, anEvent());
    await run.record.commit(
      { agent: anAgent({ agent: 'late', state: 'revoked', changedAt: at + 3_600_000 }) },
      anEvent(),
    );
    await pruned(run, 3_600_000);
    assert.deepEqual(run.forgotten, []);
    await pruned(run, 3_600_000);
    assert.deepEqual(run.forgotten, ['mail']);
    await run.stop();
    const { kept } = await provisioningRecording(t, run);
    assert.deepEqual(
      kept.agents.map(({ agent }) => agent),
      ['late', 'web'],
    );
  });

  it('are agents beyond how many deleted ones are kept, those that were deleted first', async (t) => {
    const run = await provisioningRecording(t, { limits: { maxRevokedAgents: 2 } });
    const now = run.clock.now();
    for (const [i, agent] of ['a', 'b', 'c', 'd'].entries())
      await run.record.commit({ agent: anAgent({ agent, state: 'revoked', changedAt: now + i }) }, anEvent());
    await run.record.commit({ agent: anAgent({ agent: 'there', changedAt: -1 }) }, anEvent());
    await pruned(run, 60_000);
    assert.deepEqual(run.forgotten.toSorted(), ['a', 'b']);
    assert.deepEqual(
      (await run.rows('SELECT agent FROM provisioning_agent ORDER BY agent')).map(({ agent }) => agent),
      ['c', 'd', 'there'],
    );
  });

  it('are keys and durations that count no more', async (t) => {
    const run = await provisioningRecording(t, {
      limits: { keepKeysMs: 3_600_000, keepStageDurationsMs: 7_200_000 },
    });
    await run.record.commit(
      {
        operation: anOperation('op'),
        key: { by: 'ana', key: 'k', hash: 'h', operation: 'op' },
        took: { kind: 'k', type: 't', stage: 's', ms: 1 },
      },
      anEvent(),
    );
    const left = async (): Promise<number[]> =>
      Promise.all(
        ['key', 'duration'].map(
          async (table) => (await run.rows(`SELECT 1 FROM provisioning_${table}`)).length,
        ),
      );
    assert.deepEqual(await left(), [1, 1]);
    await pruned(run);
    assert.deepEqual(await left(), [0, 1]);
    await pruned(run, 7_200_000);
    assert.deepEqual(await left(), [0, 0]);
  });

  it('is tried again after a failure, which is told', async (t) => {
    const run = await provisioningRecording(t, { limits: { keepOperationsMs: 1 } });
    await put(run, 'old', { agent: 'gone' });
    run.refuse.next = 1;
    await pruned(run, 60_000);
    assert.match(run.errors.join(), /^old rows of the provisioning record cannot be removed/);
    assert.equal(await ids(run), 'old');
    await pruned(run);
    assert.equal(await ids(run), '');
  });

  it('stops with the record', async (t) => {
    const run = await provisioningRecording(t, { limits: { keepOperationsMs: 1 } });
    await put(run, 'old', { agent: 'gone' });
    run.clock.advance(60_000);
    await run.stop();
    assert.equal(run.clock.pending, 0);
    await turn();
    assert.deepEqual(run.errors, []);
  });
});
