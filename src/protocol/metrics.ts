/** Shapes of the metrics API and of `metrics/…` channels. */
import type { ErrorCode } from './codes.ts';

/**
 * What a metric is. A `gauge` is a reading. A `counter` only grows, until its sender restarts: what counts is by how much. A
 * `histogram` is many observations, of which percentiles can be told.
 */
export const METRIC_KINDS = ['gauge', 'counter', 'histogram'] as const;
/** One of them. */
export type MetricKind = (typeof METRIC_KINDS)[number];

/** One measurement, as posted. */
export interface Sample {
  /** Prometheus metric name. */
  readonly name: string;
  /** A finite number: a reading, a counter's count so far, or one observation of a histogram. */
  readonly value: number;
  /** What it is. Default `gauge` for a new series; what it was for one that is known. */
  readonly kind?: MetricKind;
  readonly tags?: Readonly<Record<string, string>>;
  /** ms since 1970; the server's clock when absent. */
  readonly time?: number;
  /** Base unit: `ratio`, `bytes`, `seconds`, `bytes_per_second`, `per_second`, `count`, or a word of your own. */
  readonly unit?: string;
  readonly help?: string;
}

/** What became of a body of samples. The good parts are in, and each bad one is named. */
export interface IngestResult {
  /** Samples that were taken. */
  readonly accepted: number;
  /** Parts that were not. */
  readonly rejected: number;
  /** The first of these. */
  readonly errors: readonly RejectedPart[];
}

/** A part that was not taken. */
export interface RejectedPart {
  /** `line 12` of a text, or a JSON pointer such as `/samples/3`. */
  readonly place: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What is known of a series. */
export interface SeriesInfo {
  /** Canonical identity: `name{a="1",b="2"}`, tags sorted. */
  readonly series: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly kind: MetricKind;
  readonly unit?: string;
  readonly help?: string;
}

/**
 * A bucket: `[start, min, max, sum, count, last]`, or `[start, value]` for a bucket of one sample of a gauge.
 * `start` is ms since 1970, a multiple of the step. Of a counter, `sum` is what was added in it, and `min`, `max` and `last` are
 * its counts as they were sent.
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
