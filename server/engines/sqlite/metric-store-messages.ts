/** What the event loop's side and the thread that owns a metric store's file say to each other. */
import type { StoreSize, StoredSeries, StoredTier } from '../../ports/metric-store.ts';

/** How the thread is told which file is its own. */
export interface StoreThreadData {
  readonly path: string;
  readonly options: MetricStoreOptions;
}

/** How a metric store is opened. */
export interface MetricStoreOptions {
  /** The file takes no more than this, bytes; what is written then is refused with `storage_full`. Default: no limit. */
  readonly maxBytes?: number;
  /**
   * Buckets of a tier that are sealed together. Default 60, 72, 72 and 32, from the finest tier on. A file is always opened
   * with the numbers that it was made with: others are for tests, which have no month to wait.
   */
  readonly spanBuckets?: Readonly<Partial<Record<StoredTier, number>>>;
}

/** Rows of one tier on their way: seven numbers a row, and all sketches in one array (`packSketches`). */
export interface PackedBlock {
  readonly tier: StoredTier;
  readonly rows: Float64Array;
  readonly sketches: Uint8Array | null;
}

/** Every question, and what it is answered with. */
export interface StoreCalls {
  open: { ask: null; answer: readonly StoredSeries[] };
  write: { ask: { series: readonly StoredSeries[]; blocks: readonly PackedBlock[] }; answer: null };
  read: {
    ask: { tier: StoredTier; series: readonly number[] | undefined; fromMs: number; toMs: number };
    answer: PackedBlock;
  };
  newest: { ask: StoredTier; answer: number | null };
  prune: { ask: { tier: StoredTier; beforeMs: number }; answer: null };
  sweep: { ask: readonly number[]; answer: number };
  size: { ask: null; answer: StoreSize };
  close: { ask: null; answer: null };
}

/** One question. */
export type StoreRequest = {
  [K in keyof StoreCalls]: { readonly id: number; readonly call: K; readonly ask: StoreCalls[K]['ask'] };
}[keyof StoreCalls];

/** Why a question was refused. */
export interface StoreFailure {
  readonly code: 'storage_full' | 'database_newer' | 'database_failed';
  readonly message: string;
}

/** What became of a question. */
export type StoreResponse =
  | { readonly id: number; readonly ok: StoreCalls[keyof StoreCalls]['answer'] }
  | { readonly id: number; readonly failed: StoreFailure };
