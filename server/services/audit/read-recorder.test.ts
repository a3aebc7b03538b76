import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createManualClock } from '../../engines/memory/clock.ts';
import type { AuditEvent } from '../../ports/audit-sink.ts';
import { SYSTEM } from './actor.ts';
import { DEFAULT_AUDIT_LIMITS } from './limits.ts';
import type { AuditLimits } from './limits.ts';
import { ReadRecorder } from './read-recorder.ts';

function recording(limits: Partial<AuditLimits>) {
  const clock = createManualClock();
  const events: AuditEvent[] = [];
  const errors: string[] = [];
  const fails = { with: undefined as Error | undefined };
  const reads = new ReadRecorder({
    clock,
    limits: { ...DEFAULT_AUDIT_LIMITS, ...limits },
    record(event) {
      if (fails.with) return Promise.reject(fails.with);
      events.push(event);
      return Promise.resolve({ sequence: events.length });
    },
    onError: (error, what) => errors.push(`${what}: ${(error as Error).message}`),
  });
  const ask = (id: string, query: string): Promise<void> =>
    reads.record({ id, kind: 'jwt', name: id, role: 'viewer', grants: [] }, query, {});
  const said = (): unknown[] => events.map(({ actor, details }) => [actor.id, details]);
  return { clock, reads, events, errors, fails, ask, said };
}

describe('reads that are only counted', () => {
  it('are counted apart for so many readers, and together for all others', async () => {
    const { clock, ask, said, events } = recording({ maxReadEntries: 1, maxCountedReaders: 2 });
    for (let reader = 0; reader < 50; reader += 1)
      for (const query of ['a', 'b', 'c']) await ask(`r${reader}`, query);
    assert.equal(events.length, 50, 'one entry a reader');
    clock.advance(DEFAULT_AUDIT_LIMITS.readWindowMs);
    assert.deepEqual(said().slice(50), [
      ['r0', { queries: 2, query: '2 more queries' }],
      ['r1', { queries: 2, query: '2 more queries' }],
      [SYSTEM.id, { queries: 96, query: '96 more queries by other readers' }],
    ]);
  });

  it('find room again once they were told', async () => {
    const { clock, ask, said } = recording({ maxReadEntries: 1, maxCountedReaders: 1 });
    for (const query of ['a', 'b']) await ask('ana', query);
    clock.advance(DEFAULT_AUDIT_LIMITS.readWindowMs);
    for (const query of ['a', 'b', 'c']) await ask('ben', query);
    clock.advance(DEFAULT_AUDIT_LIMITS.readWindowMs);
    assert.deepEqual(said().at(-1), ['ben', { queries: 2, query: '2 more queries' }]);
  });

  it('are told at the end, and said in the log where they cannot be', async () => {
    const { ask, said, reads, fails, errors } = recording({ maxReadEntries: 1 });
    for (const query of ['a', 'b']) await ask('ana', query);
    await reads.close();
    assert.deepEqual(said().at(-1), ['ana', { queries: 1, query: '1 more queries' }]);
    await ask('ana', 'c');
    fails.with = new Error('no room');
    await reads.close();
    assert.deepEqual(errors, ['reads of the trail cannot be recorded: no room']);
  });
});
