/** Forgets what is too old, the series of which nothing is left, and the space that both took. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { STORED_TIERS } from '../../ports/metric-store.ts';
import type { StoreCalls } from './metric-store-messages.ts';
import type { MetricStoreReader } from './metric-store-reader.ts';
import type { Spans } from './metric-store-schema.ts';
import { SLAB_ROW, SLAB_SERIES, numbersOf, slabOf } from './metric-store-slab.ts';

/** Chunks, or slabs, that are forgotten in one slice. */
const SLICE_ROWS = 1_000;
/** Pages that are given back in one slice. */
const SLICE_PAGES = 128;
/** Free pages that are kept for what comes next: this many, and a quarter of the file. */
const SPARE_PAGES = 128;
const SPARE_SHARE = 0.25;

/** Where in its table a run of rows ends, and how many buckets it holds. */
interface Run {
  readonly first: number;
  readonly second: number;
  readonly buckets: number;
}

/** Prunes one file, a slice at a time. */
export class MetricStorePruner {
  readonly #database: DatabaseSync;
  readonly #spans: Spans;
  readonly #reader: MetricStoreReader;
  readonly #tables: readonly { readonly run: StatementSync; readonly drop: StatementSync }[];
  readonly #count: StatementSync;
  readonly #chunkIds: StatementSync;
  readonly #slab: StatementSync;
  #shrinking = false;

  constructor(database: DatabaseSync, spans: Spans, reader: MetricStoreReader) {
    this.#database = database;
    this.#spans = spans;
    this.#reader = reader;
    // Chunks first: a late row that lies over one must not be forgotten before it.
    this.#tables = [
      { table: 'chunk', first: 'span', second: 'series', buckets: 'buckets' },
      { table: 'slab', first: 'start', second: 'block', buckets: `length(rows) / ${8 * SLAB_ROW}` },
    ].map(({ table, first, second, buckets }) => ({
      run: database.prepare(
        `SELECT ${first} AS first, ${second} AS second, sum(buckets) OVER () AS buckets FROM (
           SELECT ${first}, ${second}, ${buckets} AS buckets FROM ${table} WHERE tier = ? AND ${first} < ?
           ORDER BY ${first}, ${second} LIMIT ${SLICE_ROWS}
         ) ORDER BY ${first} DESC, ${second} DESC LIMIT 1`,
      ),
      drop: database.prepare(`DELETE FROM ${table} WHERE tier = ? AND (${first}, ${second}) <= (?, ?)`),
    }));
    this.#count = database.prepare('UPDATE total SET buckets = buckets - ? WHERE tier = ?');
    this.#chunkIds = database.prepare(
      'SELECT series FROM chunk WHERE tier = ? AND span = ? AND series >= ? AND series < ?',
    );
    this.#slab = database.prepare('SELECT rows FROM slab WHERE tier = ? AND start = ? AND block = ?');
  }

  /** Forgets whole spans only: of a span that is half too old, a late row and what it replaced stay together. */
  *prune({ tier, beforeMs }: StoreCalls['prune']['ask']): Generator<undefined, null> {
    const before = Math.floor(beforeMs / this.#spans.length[tier]) * this.#spans.length[tier];
    for (const { run, drop } of this.#tables) {
      for (;;) {
        const found = run.get(tier, before) as unknown as Run | undefined;
        if (!found) break;
        this.#atOnce(() => {
          drop.run(tier, found.first, found.second);
          this.#count.run(found.buckets, tier);
        });
        yield;
      }
    }
    return null;
  }

  /** Looks at the series of one slab after the other. @returns how many series were forgotten. */
  *sweep(keep: readonly number[]): Generator<undefined, number> {
    const kept = new Set(keep);
    const candidates = new Map<number, Set<number>>();
    for (const row of this.#database.prepare('SELECT id FROM series').all()) {
      const id = Number(row['id']);
      if (kept.has(id)) continue;
      const block = slabOf(id);
      const ids = candidates.get(block) ?? new Set();
      candidates.set(block, ids.add(id));
    }
    const drop = this.#database.prepare('DELETE FROM series WHERE id = ?');
    let swept = 0;
    for (const [block, ids] of candidates) {
      this.#atOnce(() => {
        this.#leaveOut(block, ids);
        for (const id of ids) drop.run(id);
      });
      swept += ids.size;
      yield;
    }
    return swept;
  }

  /**
   * Gives some free pages back, once there are more than the next flushes and seals are likely to use again.
   * @returns false when nothing is left to do.
   */
  shrink(): boolean {
    const pages = this.#pragma('page_count');
    const free = this.#pragma('freelist_count');
    if (free > SPARE_PAGES + pages * SPARE_SHARE) {
      this.#database.exec(`PRAGMA incremental_vacuum(${SLICE_PAGES})`);
      this.#shrinking = this.#pragma('freelist_count') < free;
    } else if (this.#shrinking) {
      this.#shrinking = false;
      // The file ends where its last page ends only after the log was written into it.
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    }
    return this.#shrinking;
  }

  /** Takes out of the candidates those that have a bucket, of whichever tier. */
  #leaveOut(block: number, candidates: Set<number>): void {
    const first = block * SLAB_SERIES;
    for (const tier of STORED_TIERS) {
      for (const span of this.#reader.spans(tier, -Infinity, Infinity)) {
        if (candidates.size === 0) return;
        for (const row of this.#chunkIds.iterate(tier, span, first, first + SLAB_SERIES)) {
          candidates.delete(Number(row['series']));
        }
      }
      for (const start of this.#reader.starts(tier, -Infinity, Infinity)) {
        if (candidates.size === 0) return;
        const row = this.#slab.get(tier, start, block);
        const rows = row ? numbersOf(row['rows'] as Uint8Array) : new Float64Array();
        for (let at = 0; at < rows.length; at += SLAB_ROW) candidates.delete(rows[at]!);
      }
    }
  }

  #pragma(name: string): number {
    return Number(this.#database.prepare(`PRAGMA ${name}`).get()?.[name]);
  }

  #atOnce(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}
