/** Reads buckets of a metric store's file: sealed chunks and slabs as one, by series, then start. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { inflateRawSync } from 'node:zlib';
import type { StoredTier } from '../../ports/metric-store.ts';
import { CHUNK_COLUMNS, decodeChunk } from './metric-store-chunk.ts';
import { Gathering, type HotPart, type SealedPart, type Sketches } from './metric-store-gathering.ts';
import type { PackedBlock, StoreCalls } from './metric-store-messages.ts';
import type { Spans } from './metric-store-schema.ts';
import { numbersOf, sketchesByRow, slabOf } from './metric-store-slab.ts';

/** Reads one file. */
export class MetricStoreReader {
  readonly #spans: Spans;
  readonly #slabs: StatementSync;
  readonly #slab: StatementSync;
  readonly #nextStart: StatementSync;
  readonly #lastStart: StatementSync;
  readonly #chunks: StatementSync;
  readonly #chunk: StatementSync;
  readonly #nextSpan: StatementSync;
  readonly #lastSpan: StatementSync;

  constructor(database: DatabaseSync, spans: Spans) {
    this.#spans = spans;
    const prepare = (sql: string): StatementSync => {
      const statement = database.prepare(sql);
      statement.setReturnArrays(true);
      return statement;
    };
    this.#slabs = prepare(
      'SELECT start, block, rows, sketches FROM slab WHERE tier = ? AND start >= ? AND start < ? ORDER BY start',
    );
    this.#slab = prepare('SELECT rows, sketches FROM slab WHERE tier = ? AND start = ? AND block = ?');
    this.#nextStart = prepare(
      'SELECT start FROM slab WHERE tier = ? AND start >= ? AND start < ? ORDER BY start LIMIT 1',
    );
    this.#lastStart = prepare('SELECT start FROM slab WHERE tier = ? ORDER BY start DESC LIMIT 1');
    this.#lastSpan = prepare('SELECT span FROM chunk WHERE tier = ? ORDER BY span DESC LIMIT 1');
    this.#chunks = prepare(
      'SELECT span, series, data, sketches FROM chunk WHERE tier = ? AND span > ? AND span < ? ORDER BY span',
    );
    this.#chunk = prepare('SELECT data, sketches FROM chunk WHERE tier = ? AND span = ? AND series = ?');
    this.#nextSpan = prepare(
      'SELECT span FROM chunk WHERE tier = ? AND span > ? AND span < ? ORDER BY span LIMIT 1',
    );
  }

  /** The buckets that begin in the range, `ROW_LENGTH` numbers each. */
  read({ tier, series, fromMs, toMs }: StoreCalls['read']['ask']): PackedBlock {
    const gathering = new Gathering(fromMs, toMs);
    if (series) {
      const wanted = new Set(series);
      for (const part of this.#sealedOf(wanted, tier, fromMs, toMs)) gathering.addSealed(part);
      for (const [block, part] of this.#hotOf(wanted, tier, fromMs, toMs)) gathering.addHot(block, part);
      return { tier, ...gathering.finish(wanted) };
    }
    for (const part of this.#sealed(tier, fromMs, toMs)) gathering.addSealed(part);
    for (const row of this.#slabs.iterate(tier, fromMs, toMs)) {
      const [start, block, rows, sketches] = row as unknown as [
        number,
        number,
        Uint8Array,
        Uint8Array | null,
      ];
      gathering.addHot(block, { start, rows: numbersOf(rows), sketches: sketchesByRow(sketches) });
    }
    return { tier, ...gathering.finish() };
  }

  /** Start of a tier's newest bucket. It lies in a slab, unless the last write was of old buckets alone. */
  newest(tier: StoredTier): number | undefined {
    const [start] = (this.#lastStart.get(tier) ?? []) as unknown as [number?];
    const [span] = (this.#lastSpan.get(tier) ?? []) as unknown as [number?];
    if (span === undefined || (start !== undefined && start >= span + this.#spans.length[tier])) return start;
    let newest = start ?? -Infinity;
    for (const { rows } of this.#sealed(tier, span, span + this.#spans.length[tier])) {
      newest = Math.max(newest, rows.at(-CHUNK_COLUMNS)!);
    }
    return newest;
  }

  /** Starts of a tier's slabs in a range, ascending. Each costs one look-up, however many series there are. */
  *starts(tier: StoredTier, fromMs: number, toMs: number): Generator<number> {
    for (let from = fromMs; ;) {
      const [start] = (this.#nextStart.get(tier, from, toMs) ?? []) as unknown as [number?];
      if (start === undefined) return;
      yield start;
      from = start + 1;
    }
  }

  /** Spans of a tier that have chunks and may hold a bucket of the range, ascending. */
  *spans(tier: StoredTier, fromMs: number, toMs: number): Generator<number> {
    for (let after = fromMs - this.#spans.length[tier]; ;) {
      const [span] = (this.#nextSpan.get(tier, after, toMs) ?? []) as unknown as [number?];
      if (span === undefined) return;
      yield span;
      after = span;
    }
  }

  *#sealed(tier: StoredTier, fromMs: number, toMs: number): Generator<SealedPart> {
    for (const row of this.#chunks.iterate(tier, fromMs - this.#spans.length[tier], toMs)) {
      const [span, series, data, sketches] = row as unknown as [
        number,
        number,
        Uint8Array,
        Uint8Array | null,
      ];
      yield { series, ...unpackChunk(data, sketches, span, tier) };
    }
  }

  *#sealedOf(
    wanted: ReadonlySet<number>,
    tier: StoredTier,
    fromMs: number,
    toMs: number,
  ): Generator<SealedPart> {
    for (const span of this.spans(tier, fromMs, toMs)) {
      for (const series of wanted) {
        const row = this.#chunk.get(tier, span, series) as unknown as
          [Uint8Array, Uint8Array | null] | undefined;
        if (row) yield { series, ...unpackChunk(row[0], row[1], span, tier) };
      }
    }
  }

  *#hotOf(
    wanted: ReadonlySet<number>,
    tier: StoredTier,
    fromMs: number,
    toMs: number,
  ): Generator<[block: number, HotPart]> {
    const blocks = new Set([...wanted].map(slabOf));
    for (const start of this.starts(tier, fromMs, toMs)) {
      for (const block of blocks) {
        const row = this.#slab.get(tier, start, block) as unknown as
          [Uint8Array, Uint8Array | null] | undefined;
        if (row) yield [block, { start, rows: numbersOf(row[0]), sketches: sketchesByRow(row[1]) }];
      }
    }
  }
}

/** A chunk's buckets, `CHUNK_COLUMNS` numbers each, and their sketches by row. */
export function unpackChunk(
  data: Uint8Array,
  sketches: Uint8Array | null,
  span: number,
  tier: StoredTier,
): { rows: Float64Array; sketches: Sketches } {
  return {
    rows: decodeChunk(data, { from: span, step: tier }),
    sketches: sketches ? sketchesByRow(inflateRawSync(sketches)) : undefined,
  };
}
