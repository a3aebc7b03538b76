/** Seals spans that are over: their rows leave the slabs and become one packed chunk a series. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { deflateRawSync } from 'node:zlib';
import { ROW_LENGTH, type StoredTier } from '../../ports/metric-store.ts';
import { CHUNK_COLUMNS, encodeChunk } from './metric-store-chunk.ts';
import { Gathering } from './metric-store-gathering.ts';
import { type MetricStoreReader, unpackChunk } from './metric-store-reader.ts';
import type { Spans } from './metric-store-schema.ts';
import {
  SLAB_ROW,
  SLAB_SERIES,
  numbersOf,
  packSketches,
  sketchesByRow,
  unpackSketches,
} from './metric-store-slab.ts';

/** Slabs' series that are sealed in one slice: some ten milliseconds. */
const SLICE_SLABS = 4;

/** A span that is being sealed. */
interface Pass {
  readonly tier: StoredTier;
  readonly span: number;
  readonly sealed: Set<number>;
  readonly damaged: Set<number>;
  /** Slabs that were written meanwhile. */
  readonly touched: Set<string>;
  /** Where it has got to, and what it does there. */
  start: number;
  dropping: boolean;
}

/**
 * Seals one file, a slice at a time, each a transaction. A pass first packs the whole span and only then drops its slabs,
 * start by start: dropping those of a few series at a time would write every page of the span again and again. A crash
 * between the two is harmless: rows and chunk say the same, and the next pass makes the same chunk again.
 */
export class MetricStoreSealer {
  readonly #database: DatabaseSync;
  readonly #spans: Spans;
  readonly #reader: MetricStoreReader;
  /** Tiers that may have something due: the newest start of their last write, and from where to look. */
  readonly #due = new Map<StoredTier, { readonly newest: number; readonly fromMs: number }>();
  #pass: Pass | undefined;
  readonly #blocks: StatementSync;
  readonly #slab: StatementSync;
  readonly #chunks: StatementSync;
  readonly #put: StatementSync;
  readonly #drop: StatementSync;
  readonly #count: StatementSync;

  constructor(database: DatabaseSync, spans: Spans, reader: MetricStoreReader) {
    this.#database = database;
    this.#spans = spans;
    this.#reader = reader;
    this.#blocks = database.prepare(
      `SELECT block, length(rows) / ${8 * SLAB_ROW} AS buckets FROM slab WHERE tier = ? AND start = ?`,
    );
    this.#slab = database.prepare(
      'SELECT rows, sketches FROM slab WHERE tier = ? AND start = ? AND block = ?',
    );
    this.#chunks = database.prepare(
      'SELECT series, data, sketches FROM chunk WHERE tier = ? AND span = ? AND series >= ? AND series < ?',
    );
    this.#put = database.prepare('INSERT OR REPLACE INTO chunk VALUES (?, ?, ?, ?, ?, ?)');
    this.#drop = database.prepare('DELETE FROM slab WHERE tier = ? AND start = ? AND block = ?');
    this.#count = database.prepare('UPDATE total SET buckets = buckets + ? WHERE tier = ?');
  }

  /** Hears of every slab that is written: one that a pass has packed already must not be dropped by it. */
  noteSlab(tier: StoredTier, start: number, block: number): void {
    if (this.#pass?.tier === tier) this.#pass.touched.add(`${start} ${block}`);
  }

  /**
   * Hears of a write when it is done. What counts is the last one, not the newest of all times: a clock that ran ahead for
   * a moment then does not make every later span look over.
   */
  noteWrite(tier: StoredTier, newest: number): void {
    this.#due.set(tier, { newest, fromMs: -Infinity });
  }

  /**
   * Does the next slice. A span is over once a bucket was written that begins so long after its end that hardly one comes
   * late; a row that comes later still lies in a slab again, and is merged into the chunk by another pass.
   * @returns false when nothing is due. @throws what SQLite throws, on a full disk for one.
   */
  slice(): boolean {
    this.#pass ??= this.#nextPass();
    const pass = this.#pass;
    if (!pass) return false;
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const more = pass.dropping ? this.#dropStart(pass) : this.#sealSome(pass);
      this.#database.exec('COMMIT');
      if (more) return true;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      // Begun anew by the next slice; what it has done by then stays done.
      this.#pass = undefined;
      throw error;
    }
    if (pass.dropping) this.#finish(pass);
    else Object.assign(pass, { dropping: true, start: pass.span });
    return true;
  }

  #nextPass(): Pass | undefined {
    for (const [tier, { newest, fromMs }] of this.#due) {
      const length = this.#spans.length[tier];
      const [start = Infinity] = this.#reader.starts(tier, fromMs, Infinity);
      const span = Math.floor(start / length) * length;
      if (newest >= span + length + this.#spans.wait[tier]) {
        const [sealed, damaged, touched] = [new Set<number>(), new Set<number>(), new Set<string>()];
        return { tier, span, sealed, damaged, touched, start: span, dropping: false };
      }
      this.#due.delete(tier);
    }
    return undefined;
  }

  /** What is left of the span came late or is damaged: it waits for the next write. */
  #finish({ tier, span }: Pass): void {
    this.#pass = undefined;
    const due = this.#due.get(tier);
    if (due) this.#due.set(tier, { ...due, fromMs: span + this.#spans.length[tier] });
  }

  /** @returns false when every slab of the span has been looked at. */
  #sealSome(pass: Pass): boolean {
    let left = SLICE_SLABS;
    for (const start of this.#reader.starts(
      pass.tier,
      pass.start,
      pass.span + this.#spans.length[pass.tier],
    )) {
      pass.start = start;
      for (const row of this.#blocks.all(pass.tier, start)) {
        const block = Number(row['block']);
        if (pass.sealed.has(block) || pass.damaged.has(block)) continue;
        if (left === 0) return true;
        left -= 1;
        this.#sealOrSkip(pass, block);
      }
    }
    return false;
  }

  #sealOrSkip(pass: Pass, block: number): void {
    this.#database.exec('SAVEPOINT slab');
    try {
      this.#seal(pass.tier, pass.span, block);
      pass.sealed.add(block);
    } catch (error) {
      if ('errcode' in (error as object)) throw error;
      // A damaged chunk: what else is due does not wait for it.
      this.#database.exec('ROLLBACK TO slab');
      pass.damaged.add(block);
    }
    this.#database.exec('RELEASE slab');
  }

  #seal(tier: StoredTier, span: number, block: number): void {
    const end = span + this.#spans.length[tier];
    const first = block * SLAB_SERIES;
    const gathering = new Gathering(span, end);
    let before = 0;
    for (const row of this.#chunks.all(tier, span, first, first + SLAB_SERIES)) {
      const part = unpackChunk(row['data'] as Uint8Array, row['sketches'] as Uint8Array | null, span, tier);
      before += gathering.addSealed({ series: Number(row['series']), ...part });
    }
    for (const start of this.#reader.starts(tier, span, end)) {
      const row = this.#slab.get(tier, start, block);
      if (!row) continue;
      const sketches = sketchesByRow(row['sketches'] as Uint8Array | null);
      gathering.addHot(block, { start, rows: numbersOf(row['rows'] as Uint8Array), sketches });
    }
    const { rows, sketches } = gathering.finish();
    const all = unpackSketches(sketches);
    let sketch = 0;
    for (let from = 0, to = 0; from < rows.length; from = to) {
      while (to < rows.length && rows[to] === rows[from]) to += ROW_LENGTH;
      const own: [number, Uint8Array][] = [];
      for (; sketch < all.length && all[sketch]![0] < to / ROW_LENGTH; sketch += 1) {
        own.push([all[sketch]![0] - from / ROW_LENGTH, all[sketch]![1]]);
      }
      const packed = packSketches(own);
      const data = encodeChunk(withoutId(rows.subarray(from, to)), { from: span, step: tier });
      const buckets = (to - from) / ROW_LENGTH;
      this.#put.run(tier, span, rows[from]!, buckets, data, packed && deflateRawSync(packed));
    }
    this.#count.run(rows.length / ROW_LENGTH - before, tier);
  }

  /** Drops what was packed of one start. @returns false when there is no start left. */
  #dropStart(pass: Pass): boolean {
    const { tier, span, sealed, touched } = pass;
    const [start] = this.#reader.starts(tier, pass.start, span + this.#spans.length[tier]);
    if (start === undefined) return false;
    let dropped = 0;
    for (const row of this.#blocks.all(tier, start)) {
      const block = Number(row['block']);
      if (!sealed.has(block) || touched.has(`${start} ${block}`)) continue;
      this.#drop.run(tier, start, block);
      dropped += Number(row['buckets']);
    }
    this.#count.run(-dropped, tier);
    pass.start = start + 1;
    return true;
  }
}

function withoutId(rows: Float64Array): Float64Array {
  const chunk = new Float64Array((rows.length / ROW_LENGTH) * CHUNK_COLUMNS);
  for (let from = 1, to = 0; from < rows.length; from += ROW_LENGTH, to += CHUNK_COLUMNS) {
    chunk.set(rows.subarray(from, from + CHUNK_COLUMNS), to);
  }
  return chunk;
}
