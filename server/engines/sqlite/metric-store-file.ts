/** A metric store's file, as the thread that owns it sees it: every call is done when it returns. */
import { statSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { WaooawError } from '../../../src/protocol/index.ts';
import {
  ROW_LENGTH,
  STORED_TIERS,
  type StoreSize,
  type StoredSeries,
  type StoredTier,
} from '../../ports/metric-store.ts';
import type { MetricStoreOptions, PackedBlock, StoreCalls } from './metric-store-messages.ts';
import { MetricStorePruner } from './metric-store-pruner.ts';
import { MetricStoreReader } from './metric-store-reader.ts';
import { type Spans, openFile, spansOf } from './metric-store-schema.ts';
import { MetricStoreSealer } from './metric-store-sealer.ts';
import { SLAB_ROW, Slab, sketchesByRow, slabOf } from './metric-store-slab.ts';

/** The file itself, the log beside it, and the log's index. */
const ENDINGS = ['', '-wal', '-shm'];

/** One open file. */
export class MetricStoreFile {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #reader: MetricStoreReader;
  readonly #sealer: MetricStoreSealer;
  readonly #pruner: MetricStorePruner;
  readonly #putSeries: StatementSync;
  readonly #slab: StatementSync;
  readonly #putSlab: StatementSync;
  readonly #count: StatementSync;

  /** @throws WaooawError `database_newer`; an error of SQLite's when the file is damaged. */
  constructor(path: string, options: MetricStoreOptions) {
    const spans: Spans = spansOf(options);
    const database = openFile(path, options);
    this.#path = path;
    this.#database = database;
    this.#reader = new MetricStoreReader(database, spans);
    this.#sealer = new MetricStoreSealer(database, spans, this.#reader);
    this.#pruner = new MetricStorePruner(database, spans, this.#reader);
    this.#putSeries = database.prepare('INSERT OR REPLACE INTO series VALUES (?, ?, ?, ?, ?, ?)');
    this.#slab = database.prepare(
      'SELECT rows, sketches FROM slab WHERE tier = ? AND start = ? AND block = ?',
    );
    this.#putSlab = database.prepare('INSERT OR REPLACE INTO slab VALUES (?, ?, ?, ?, ?)');
    this.#count = database.prepare('UPDATE total SET buckets = buckets + ? WHERE tier = ?');
  }

  series(): StoredSeries[] {
    return this.#database
      .prepare('SELECT id, name, tags, kind, unit, help FROM series ORDER BY id')
      .all()
      .map(({ id, name, tags, kind, unit, help }) => ({
        id: id as number,
        name: name as string,
        tags: JSON.parse(tags as string) as Record<string, string>,
        kind: kind as StoredSeries['kind'],
        ...(unit === null ? {} : { unit: unit as string }),
        ...(help === null ? {} : { help: help as string }),
      }));
  }

  /** Whole or not at all. @throws WaooawError `database_failed` for a row that names no bucket. */
  write({ series, blocks }: StoreCalls['write']['ask']): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      for (const { id, name, tags, kind, unit, help } of series) {
        this.#putSeries.run(id, name, JSON.stringify(tags), kind, unit ?? null, help ?? null);
      }
      const newest = blocks.map((block) => this.#writeBlock(block));
      this.#database.exec('COMMIT');
      blocks.forEach(({ tier }, i) => this.#sealer.noteWrite(tier, newest[i]!));
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  read(ask: StoreCalls['read']['ask']): PackedBlock {
    return this.#reader.read(ask);
  }

  newest(tier: StoredTier): number | undefined {
    return this.#reader.newest(tier);
  }

  /** In slices, between which other calls may come. */
  prune(ask: StoreCalls['prune']['ask']): Iterator<undefined, null> {
    return this.#pruner.prune(ask);
  }

  /** In slices, between which other calls may come. */
  sweep(keep: readonly number[]): Iterator<undefined, number> {
    return this.#pruner.sweep(keep);
  }

  size(): StoreSize {
    const count = this.#database.prepare('SELECT count(*) AS series FROM series').get();
    const totals = this.#database.prepare('SELECT tier, buckets FROM total').all();
    const buckets = Object.fromEntries(totals.map((row) => [Number(row['tier']), Number(row['buckets'])]));
    const bytes = ENDINGS.map(
      (ending) => statSync(this.#path + ending, { throwIfNoEntry: false })?.size ?? 0,
    );
    return {
      bytes: bytes.reduce((sum, size) => sum + size, 0),
      series: Number(count?.['series']),
      buckets: buckets as StoreSize['buckets'],
    };
  }

  /** A slice of the work that can wait: sealing, then giving space back. @returns false when nothing is left. */
  tidy(): boolean {
    return this.#sealer.slice() || this.#pruner.shrink();
  }

  close(): void {
    this.#database.close();
  }

  /** @returns the newest start. */
  #writeBlock({ tier, rows, sketches: packed }: PackedBlock): number {
    const sketches = sketchesByRow(packed);
    const slabs = new Map<number, Map<number, Slab>>();
    const row = new Float64Array(SLAB_ROW);
    let newest = -Infinity;
    let added = 0;
    for (let at = 0; at < rows.length; at += ROW_LENGTH) {
      const series = rows[at]!;
      const start = rows[at + 1]!;
      if (!Number.isSafeInteger(series) || series < 1 || !Number.isSafeInteger(start / tier)) {
        throw new WaooawError('database_failed', `Row ${at / ROW_LENGTH} of tier ${tier} names no bucket`);
      }
      const slab = this.#slabAt(slabs, tier, start, slabOf(series));
      row[0] = series;
      row.set(rows.subarray(at + 2, at + ROW_LENGTH), 1);
      if (slab.put(row, 0, sketches?.get(at / ROW_LENGTH))) added += 1;
      if (start > newest) newest = start;
    }
    for (const [start, blocks] of slabs) {
      for (const [block, slab] of blocks) {
        const { rows: bytes, sketches: sketchBytes } = slab.pack();
        this.#putSlab.run(tier, start, block, bytes, sketchBytes);
        this.#sealer.noteSlab(tier, start, block);
      }
    }
    this.#count.run(added, tier);
    return newest;
  }

  #slabAt(slabs: Map<number, Map<number, Slab>>, tier: StoredTier, start: number, block: number): Slab {
    let blocks = slabs.get(start);
    if (!blocks) slabs.set(start, (blocks = new Map<number, Slab>()));
    let slab = blocks.get(block);
    if (!slab) {
      if (!STORED_TIERS.includes(tier)) throw new WaooawError('database_failed', `There is no tier ${tier}`);
      blocks.set(block, (slab = new Slab(block)));
      const stored = this.#slab.get(tier, start, block);
      if (stored) slab.unpack(stored['rows'] as Uint8Array, stored['sketches'] as Uint8Array | null);
    }
    return slab;
  }
}
