import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { random } from '../../testing/random.ts';
import { addRowsOf, BLOCK_ROWS, BlockBuilder, bucketOf, SET_WORDS } from './audit-block.ts';
import type { StoredFacts } from './audit-facts.ts';
import { placesIn, sizeOf } from './audit-plan.ts';
import { fieldTerm, TERMS, wordTerm } from './audit-terms.ts';

const facts = (reason: string, tags?: Record<string, string>): StoredFacts => ({
  time: 5,
  action: 'update',
  level: 'info',
  result: 'success',
  reason,
  ...(tags ? { tags } : {}),
});

function built(rows: readonly StoredFacts[]) {
  const builder = new BlockBuilder(3);
  for (const row of rows) builder.add(row);
  assert.equal(builder.full, rows.length === BLOCK_ROWS);
  return builder.build();
}

/** Rows of a block that have a term. */
function rowsOf(parts: ReturnType<typeof built>, term: number): number[] {
  const rows = new Uint32Array(SET_WORDS);
  const bucket = parts.buckets.find((each) => each.bucket === bucketOf(term));
  if (bucket) addRowsOf(term, bucket.terms, rows);
  const places = [...placesIn(rows)].reverse();
  assert.equal(sizeOf(rows), places.length);
  return places;
}

describe('A block of the audit index', () => {
  it('tells for each word which rows have it, be they one, few or nearly all', () => {
    const chance = random(2);
    const shares = [0.0005, 0.01, 0.06, 0.12, 0.5, 0.999, 1];
    const has = shares.map((share) => Array.from({ length: BLOCK_ROWS }, () => chance() < share));
    const rows = Array.from({ length: BLOCK_ROWS }, (_, row) =>
      facts(shares.flatMap((_share, i) => (has[i]![row] ? [`w${i}`] : [])).join(' ')),
    );
    const parts = built(rows);
    assert.deepEqual([parts.block, parts.minTime, parts.maxTime], [3, 5, 5]);
    for (const [i, list] of has.entries()) {
      const expected = list.flatMap((there, row) => (there ? [row] : []));
      assert.deepEqual(rowsOf(parts, wordTerm('open', `w${i}`)), expected, `share ${shares[i]}`);
    }
    assert.deepEqual(rowsOf(parts, wordTerm('free', 'w6')), []);
    assert.deepEqual(rowsOf(parts, wordTerm('open', 'none')), []);
    assert.equal(rowsOf(parts, fieldTerm('level', 'info')).length, BLOCK_ROWS);
  });

  it('takes entries of thousands of words, and many that share a bucket', () => {
    const words = Array.from({ length: 60_000 }, (_, i) => `word${i}`);
    const rows = Array.from({ length: 10 }, (_, row) =>
      facts(words.slice(row * 6_000, (row + 1) * 6_000).join(' ')),
    );
    const parts = built(rows);
    for (const i of [0, 1, 5_999, 6_000, 33_333, 59_999]) {
      assert.deepEqual(rowsOf(parts, wordTerm('open', `word${i}`)), [Math.floor(i / 6_000)], `word${i}`);
    }
  });

  it('counts by as many names of tags as are sensible, and finds by all of them', () => {
    const rows = Array.from({ length: 200 }, (_, i) => facts('', { [`tag${i}`]: 'x' }));
    const { facets } = built(rows);
    const names = facets.filter(({ field }) => field.startsWith('tag:'));
    assert.equal(names.length, 64);
    assert.ok(!facets.some(({ field }) => field === 'actor'));
  });

  it('hashes words and values to whole numbers in range, a place and a field apart', () => {
    const words = Array.from({ length: 20_000 }, (_, i) => `w${i}`);
    const terms = new Set(words.flatMap((word) => [wordTerm('open', word), wordTerm('free', word)]));
    assert.equal(terms.size, 40_000);
    for (const term of terms) assert.ok(Number.isInteger(term) && term >= 0 && term < TERMS, String(term));
    // More values than are remembered.
    const values = words.map((word) => fieldTerm('actor', word));
    assert.deepEqual(
      values,
      words.map((word) => fieldTerm('actor', word)),
    );
    assert.equal(new Set(values).size, words.length);
  });
});
