import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { auditFamilies } from './families.ts';
import { Gaps } from './gaps.ts';
import { DEFAULT_AUDIT_LIMITS } from './limits.ts';
import { Reads } from './reads.ts';

const told = (gaps: Gaps) => gaps.take()?.event.details;

describe('gaps', () => {
  it('count by level from the first to the last, whatever the clock does', () => {
    const gaps = new Gaps();
    assert.equal(gaps.take(), undefined);
    gaps.note('info', 5_000, 'storage_full');
    gaps.note('info', 1_000, 'storage_full');
    gaps.note('error', 9_000, 'storage_failed');
    assert.deepEqual(told(gaps), {
      missing: 3,
      levels: { info: 2, error: 1 },
      from: '1970-01-01T00:00:01.000Z',
      to: '1970-01-01T00:00:09.000Z',
    });
    assert.deepEqual([gaps.pending, gaps.total, gaps.take()], [0, 3, undefined]);
  });

  it('that could not be told of are told of with those that came meanwhile', () => {
    const gaps = new Gaps();
    gaps.note('info', 1_000, 'storage_full');
    const first = gaps.take()!;
    gaps.note('info', 3_000, 'storage_full');
    gaps.note('warning', 4_000, 'storage_full');
    first.putBack();
    assert.deepEqual(told(gaps), {
      missing: 3,
      levels: { info: 2, warning: 1 },
      from: '1970-01-01T00:00:01.000Z',
      to: '1970-01-01T00:00:04.000Z',
    });
    gaps.note('info', 7_000, 'storage_full');
    gaps.take()!.putBack();
    assert.deepEqual(gaps.pending, 1);
  });
});

describe('reads', () => {
  it('are forgotten when there are too many, those first that were asked longest ago', () => {
    const reads = new Reads({ ...DEFAULT_AUDIT_LIMITS, maxFoldedReads: 2 });
    assert.equal(reads.judge('ana', 'a', 0), 'news');
    assert.equal(reads.judge('ana', 'b', 1), 'news');
    assert.equal(reads.judge('ana', 'a', 2), 'known');
    assert.equal(reads.judge('bo', 'a', 3), 'news');
    assert.equal(reads.judge('ana', 'a', 4), 'known');
    assert.equal(reads.judge('ana', 'b', 5), 'news', 'was forgotten');
    reads.forget('ana', 'b');
    assert.equal(reads.judge('ana', 'b', 6), 'news');
  });
});

describe('the families', () => {
  it('tell every statistic, each with a name of its own', () => {
    const families = auditFamilies({
      size: 1,
      checkpointSize: 2,
      entries: { info: 3, warning: 4, error: 5, critical: 6 },
      replayed: 7,
      blocked: 8,
      missing: 9,
      pendingGap: 10,
      redacted: 11,
      checkpoints: 12,
      checkpointFailures: 13,
      delivered: 14,
      failedAttempts: 15,
      searches: 16,
      refusedSearches: 17,
    });
    const values = families.flatMap(({ samples }) => samples.map(({ value }) => value));
    assert.deepEqual(
      values.sort((one, other) => one - other),
      Array.from({ length: 17 }, (_, i) => i + 1),
    );
    assert.equal(new Set(families.map(({ name }) => name)).size, families.length);
    assert.ok(families.every(({ name, type }) => name.endsWith('_total') === (type === 'counter')));
  });
});
