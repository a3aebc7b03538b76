/** Shapes of the metrics API and of `metrics/…` channels. */
import type { ErrorCode } from './codes.ts';

/** One measurement, as posted. */
export interface Sample {
  /** Prometheus metric name. */
  readonly name: string;
  /** A finite number. */
  readonly value: number;
  readonly tags?: Readonly<Record<string, string>>;
  /** ms since 1970; the server's clock when absent. */
  readonly time?: number;
  /** Base unit: `ratio`, `bytes`, `seconds`, `bytes_per_second`, `per_second`, `count`, or a word of your own. */
  readonly unit?: string;
  readonly help?: string;
}

/** What became of a batch. The good samples are in, each bad one is named. */
export interface IngestResult {
  readonly accepted: number;
  readonly rejected: readonly RejectedSample[];
}

/** A sample that was not taken. */
export interface RejectedSample {
  /** Its place in the batch, from 0. */
  readonly index: number;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What is known of a series. */
export interface SeriesInfo {
  /** Canonical identity: `name{a="1",b="2"}`, tags sorted. */
  readonly series: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly unit?: string;
  readonly help?: string;
}

/**
 * A bucket: `[start, min, max, sum, count, last]`, or `[start, value]` for a bucket of one sample.
 * `start` is ms since 1970, a multiple of the step.
 */
export type BucketRow = readonly number[];

/** First message of a `metrics/<series>` channel: the retained window, oldest first. Empty seconds have no row. */
export interface MetricSnapshot extends SeriesInfo {
  readonly stepMs: number;
  readonly windowMs: number;
  readonly rows: readonly BucketRow[];
}

/** A publication on a `metrics/<series>` channel: the buckets that changed. A row replaces the one of its start. */
export interface MetricUpdate {
  readonly rows: readonly BucketRow[];
  /** What is known of the series, when that changed: a reader may have come before its first sample. */
  readonly info?: SeriesInfo;
}

/** A bucket of a query's answer, spelt out. */
export interface Bucket {
  readonly start: number;
  readonly min: number;
  readonly max: number;
  readonly avg: number;
  readonly sum: number;
  readonly count: number;
  readonly last: number;
}

/** Answer to a window query. */
export interface WindowResult extends SeriesInfo {
  /** First ms of the window, and the first ms after it. */
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  readonly buckets: readonly Bucket[];
}

/** Spells a row out. */
export function bucketOf(row: BucketRow): Bucket {
  const [start = 0, min = 0, max = min, sum = min, count = 1, last = min] = row;
  return { start, min, max, avg: sum / count, sum, count, last };
}
