/** Port: where buckets outlast the process. */
import type { MetricKind } from '../../src/protocol/index.ts';

/** Tiers that are kept on disk, by the length of their buckets, ms. */
export const STORED_TIERS = [60_000, 300_000, 3_600_000, 86_400_000] as const;
/** One of them. */
export type StoredTier = (typeof STORED_TIERS)[number];

/** A series as it is kept. */
export interface StoredSeries {
  /** Whole, from 1; never used for another series. */
  readonly id: number;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly kind: MetricKind;
  readonly unit?: string | undefined;
  readonly help?: string | undefined;
}

/** Numbers of a row in `BucketBlock.rows`. */
export const ROW_LENGTH = 7;

/**
 * Buckets of one tier, one after the other: `ROW_LENGTH` numbers a bucket,
 * `seriesId, start (ms), min, max, sum, count, last`. Ids are whole and from 1, starts multiples of the tier: a row that is not so refuses its whole write.
 */
export interface BucketBlock {
  readonly tier: StoredTier;
  readonly rows: Float64Array;
  /** Sketches of histograms' buckets: which row of `rows`, and its bytes. */
  readonly sketches: readonly (readonly [row: number, bytes: Uint8Array])[];
}

/** What is written at once. */
export interface MetricWrite {
  /** New ones, and those whose description changed. */
  readonly series: readonly StoredSeries[];
  /** A row replaces the one of its series, tier and start. */
  readonly blocks: readonly BucketBlock[];
}

/** What it holds. */
export interface StoreSize {
  /** Of all files. */
  readonly bytes: number;
  readonly series: number;
  readonly buckets: Readonly<Record<StoredTier, number>>;
}

/**
 * Buckets on disk. Guarantees, whichever engine:
 * - A resolved `write` survives a crash of the process; it takes effect whole or not at all, in the order handed in.
 * - `read` sees every write that resolved before it was called, and answers rows by series id, then start, ascending.
 * - Neither blocks the event loop.
 * - Arrays that are handed over may be transferred: the caller does not use them any more.
 * - A refusal rejects with a `WaooawError`: `storage_full`, `database_closed` after `close`, else `database_failed`.
 */
export interface MetricStore {
  /** Brings the schema up and answers every series. @throws WaooawError `database_newer`. */
  open(): Promise<readonly StoredSeries[]>;
  write(batch: MetricWrite): Promise<void>;
  /**
   * The buckets of a tier that begin in `[fromMs, toMs)`.
   * @param series ids; undefined for every series.
   */
  read(
    tier: StoredTier,
    series: readonly number[] | undefined,
    fromMs: number,
    toMs: number,
  ): Promise<BucketBlock>;
  /** Start of a tier's newest bucket, whichever series it is of, ms; undefined while there is none. */
  newest(tier: StoredTier): Promise<number | undefined>;
  /** Forgets a tier's buckets that begin before. May forget a little less, never more. */
  prune(tier: StoredTier, beforeMs: number): Promise<void>;
  /** Forgets series that have no bucket left, except the named. @returns how many. */
  sweep(keep: readonly number[]): Promise<number>;
  size(): Promise<StoreSize>;
  /** Finishes what was handed in, then closes. Closing twice is harmless. */
  close(): Promise<void>;
}
