/** The tables of a metric store's file, and how long the spans are that are sealed together. */
import { DatabaseSync } from 'node:sqlite';
import { WaooawError } from '../../../src/protocol/index.ts';
import { STORED_TIERS, type StoredTier } from '../../ports/metric-store.ts';
import type { MetricStoreOptions } from './metric-store-messages.ts';

/**
 * Steps of the schema, from version 1. Never edited once released.
 *
 * - `slab`: buckets as they come, 32 neighbouring series of a tier and a start in one row. Ordered by start, so that a
 *   flush writes pages that lie beside one another.
 * - `chunk`: buckets of one series over one span, packed, once the span is over. Ordered by span for the same reason.
 * - `total`: how many buckets a tier has; counted with each write, because counting them afresh reads the whole file.
 */
const STEPS: readonly string[] = [
  `CREATE TABLE series (
     id INTEGER PRIMARY KEY, name TEXT NOT NULL, tags TEXT NOT NULL, kind TEXT NOT NULL, unit TEXT, help TEXT
   );
   CREATE TABLE slab (
     tier INTEGER, start INTEGER, block INTEGER, rows BLOB NOT NULL, sketches BLOB, PRIMARY KEY (tier, start, block)
   ) WITHOUT ROWID;
   CREATE TABLE chunk (
     tier INTEGER, span INTEGER, series INTEGER, buckets INTEGER NOT NULL, data BLOB NOT NULL, sketches BLOB,
     PRIMARY KEY (tier, span, series)
   ) WITHOUT ROWID;
   CREATE TABLE total (tier INTEGER PRIMARY KEY, buckets INTEGER NOT NULL);
   ${STORED_TIERS.map((tier) => `INSERT INTO total VALUES (${tier}, 0);`).join('\n')}`,
];

/**
 * Buckets of a span: an hour, six hours, three days, 32 days. A bucket takes 48 bytes before it is sealed and some five
 * after: longer spans would save a few tenths of a byte on what is sealed, and keep ten times the bytes for longer.
 */
const SPAN_BUCKETS: Readonly<Record<StoredTier, number>> = {
  60_000: 60,
  300_000: 72,
  3_600_000: 72,
  86_400_000: 32,
};

/**
 * Buckets after the end of a span that are waited for before it is sealed. What a start needs of every series, and most of
 * what comes late, then is still in slabs, which are some ten times as quick to read as chunks.
 */
const WAIT_BUCKETS: Readonly<Record<StoredTier, number>> = {
  60_000: 12,
  300_000: 12,
  3_600_000: 24,
  86_400_000: 1,
};

/** Pages, bytes: a chunk then lies within its page, whatever it holds. */
const PAGE_BYTES = 8_192;
/** Pages that are kept in memory, KiB. */
const CACHE_KIB = 16_384;
/** The log is cut back to this after a burst, bytes. */
const LOG_BYTES = 16 * 1_024 * 1_024;

/** Times by tier, ms. */
export type TierTimes = Readonly<Record<StoredTier, number>>;

/** How long a span is, and how long after its end it is sealed. */
export interface Spans {
  readonly length: TierTimes;
  readonly wait: TierTimes;
}

/** The spans of every tier. Shorter ones, for tests, are not waited for. */
export function spansOf({ spanBuckets }: MetricStoreOptions): Spans {
  const times = (buckets: (tier: StoredTier) => number): TierTimes =>
    Object.fromEntries(STORED_TIERS.map((tier) => [tier, tier * buckets(tier)])) as TierTimes;
  return {
    length: times((tier) => spanBuckets?.[tier] ?? SPAN_BUCKETS[tier]),
    wait: times((tier) => (spanBuckets?.[tier] ? 1 : WAIT_BUCKETS[tier])),
  };
}

/**
 * Opens the file and brings its schema up.
 * @throws WaooawError `database_newer`; an error of SQLite's when the file is damaged.
 */
export function openFile(path: string, { maxBytes }: MetricStoreOptions): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    // The first two count before there is a table, and only then. NORMAL: the log keeps every commit through a crash of the
    // process; a power cut may take the last ones, which is what `persistIntervalMs` already allows to be lost.
    database.exec(
      `PRAGMA page_size = ${PAGE_BYTES}; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;
       PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -${CACHE_KIB};
       PRAGMA journal_size_limit = ${LOG_BYTES}`,
    );
    if (maxBytes !== undefined) {
      database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / PAGE_BYTES))}`);
    }
    stepUp(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function stepUp(database: DatabaseSync, path: string): void {
  const current = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (current > STEPS.length) {
    throw new WaooawError(
      'database_newer',
      `${path} has schema ${current}; this release knows up to ${STEPS.length}. Start a newer release, or restore a backup.`,
    );
  }
  for (let version = current + 1; version <= STEPS.length; version += 1) {
    database.exec(`BEGIN IMMEDIATE; ${STEPS[version - 1]}; PRAGMA user_version = ${version}; COMMIT`);
  }
}
