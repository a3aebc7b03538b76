import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { random } from '../../testing/random.ts';
import { addRowsOf, BLOCK_ROWS, BlockBuilder, bucketOf, MORE_TAGS, SET_WORDS } from './audit-block.ts';
import type { StoredFacts } from './audit-facts.ts';
import { keyedHash } from './audit-hash.ts';
import { placesIn, sizeOf } from './audit-plan.ts';
import { AuditTerms, TERMS } from './audit-terms.ts';
import { wordsOf } from './audit-words.ts';

const terms = new AuditTerms(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));

const facts = (reason: string, tags?: Record<string, string>): StoredFacts => ({
  time: 5,
  action: 'update',
  level: 'info',
  result: 'success',
  reason,
  ...(tags ? { tags } : {}),
});

function built(rows: readonly StoredFacts[]) {
  const builder = new BlockBuilder(3, terms);
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
      assert.deepEqual(rowsOf(parts, terms.word('open', `w${i}`)), expected, `share ${shares[i]}`);
    }
    assert.deepEqual(rowsOf(parts, terms.word('free', 'w6')), []);
    assert.deepEqual(rowsOf(parts, terms.word('open', 'none')), []);
    assert.equal(rowsOf(parts, terms.field('level', 'info')).length, BLOCK_ROWS);
  });

  it('marks an entry of thousands of words instead of indexing them, and takes one word thousands of times', () => {
    const words = Array.from({ length: 6_000 }, (_, i) => `word${i}`);
    const parts = built([
      facts(words.join(' ')),
      facts(words.slice(0, 900).join(' ')),
      facts('word1 '.repeat(9_000)),
    ]);
    assert.deepEqual(rowsOf(parts, terms.wordy), [0]);
    assert.deepEqual(rowsOf(parts, terms.word('open', 'word5999')), []);
    assert.deepEqual(rowsOf(parts, terms.word('open', 'word1')), [1, 2]);
    assert.deepEqual(rowsOf(parts, terms.word('open', 'word899')), [1]);
    assert.deepEqual(rowsOf(parts, terms.field('level', 'info')), [0, 1, 2]);
    const bytes = parts.buckets.reduce((sum, bucket) => sum + bucket.terms.length, 0);
    assert.ok(bytes < 10_000, `${bytes} bytes`);
  });

  it('holds no more words than a block may have, whoever writes them', () => {
    const builder = new BlockBuilder(3, terms);
    for (let row = 0; row < BLOCK_ROWS; row += 1) {
      builder.add(facts(Array.from({ length: 990 }, (_, i) => `w${row * 990 + i}`).join(' ')));
    }
    const parts = builder.build();
    const marked = rowsOf(parts, terms.wordy);
    assert.ok(marked.length > 900 && marked[0]! > 1_000, `${marked.length} rows from ${marked[0]} on`);
    assert.deepEqual(rowsOf(parts, terms.field('level', 'info')).length, BLOCK_ROWS);
  });

  it('has columns for as many names of tags as are sensible, for the platform’s always, and marks what has none', () => {
    const own = { agent: 'a', service: 's', environment: 'e', via: 'v' };
    const rows = Array.from({ length: 200 }, (_, i) => facts('', { [`tag${i}`]: 'x' }));
    const { facets } = built([...rows, facts('', own)]);
    const names = facets.filter(({ field }) => field.startsWith('tag:')).map(({ field }) => field);
    assert.equal(names.length, 68);
    for (const name of Object.keys(own)) assert.ok(names.includes(`tag:${name}`), name);
    const more = facets.find(({ field }) => field === MORE_TAGS)!;
    assert.deepEqual(
      [...more.codes.slice(0, 202)],
      Array.from({ length: 202 }, (_, row) => (row >= 64 && row < 200 ? 1 : 0)),
    );
    assert.ok(!facets.some(({ field }) => field === 'actor'));
  });

  it('hashes words and values to whole numbers in range, a place and a field apart', () => {
    const words = Array.from({ length: 20_000 }, (_, i) => `w${i}`);
    const all = new Set(words.flatMap((word) => [terms.word('open', word), terms.word('free', word)]));
    assert.equal(all.size, 40_000);
    for (const term of all) assert.ok(Number.isInteger(term) && term >= 0 && term < TERMS, String(term));
    // More values than are remembered.
    const values = words.map((word) => terms.field('actor', word));
    assert.deepEqual(
      values,
      words.map((word) => terms.field('actor', word)),
    );
    assert.equal(new Set(values).size, words.length);
    // Of another database they are others.
    const others = new AuditTerms(Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1));
    assert.ok(!words.some((word) => all.has(others.word('open', word))));
    // However long a value is.
    const long = 'x'.repeat(100_000);
    assert.equal(terms.field('actor', long), terms.field('actor', long));
    assert.notEqual(terms.field('actor', long), terms.field('actor', long.slice(1)));
    // What is not ASCII is hashed as its UTF-8, and as part of a text as alone.
    const found: number[] = [];
    terms.addWords(facts('größer Word 内'), (term) => found.push(term) > 0);
    for (const word of ['großer'.normalize(), 'word', '内'].flatMap(wordsOf)) {
      assert.ok(found.includes(terms.word('open', word)), word);
    }
  });

  it('hashes as the authors of HalfSipHash do', () => {
    const key = [0x03020100, 0x07060504] as const;
    const bytes = Uint8Array.from({ length: 16 }, (_, i) => i);
    const hex = (length: number) =>
      keyedHash(key, bytes, length).map((half) => (half >>> 0).toString(16).padStart(8, '0'));
    assert.deepEqual(hex(0), ['591f8d21', 'c83cb8b9']);
    assert.deepEqual(hex(1), ['122455be', '157338f8']);
    assert.deepEqual(hex(4), ['178ae7d5', 'a12ee55b']);
  });
});
