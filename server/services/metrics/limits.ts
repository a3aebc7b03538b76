/** The aggregator's limits: each an option with a default and a unit. */

/** What is kept, and what is taken. */
export interface MetricsLimits {
  /** Length of a bucket, ms. */
  readonly stepMs: number;
  /** How far back buckets are kept, ms. A multiple of `stepMs`. */
  readonly windowMs: number;
  /** Series kept at once. One that gets no sample for `windowMs` is dropped. */
  readonly maxSeries: number;
  /** Samples of one batch. */
  readonly maxBatch: number;
  /** Characters of a metric name. */
  readonly maxNameLength: number;
  /** Characters of a series, name and tags as written in its channel; a channel name holds them and `metrics/`. */
  readonly maxSeriesLength: number;
  /** Tags of one sample. */
  readonly maxTags: number;
  /** Characters of a tag name or value. */
  readonly maxTagLength: number;
  /** How far a sample's time may be ahead of the server's clock, ms. */
  readonly maxFutureMs: number;
  /** Between two publications of one series, ms. A change after a longer pause is published at once. */
  readonly publishIntervalMs: number;
}

/** The defaults. */
export const DEFAULT_METRICS_LIMITS: MetricsLimits = Object.freeze({
  stepMs: 1_000,
  windowMs: 600_000,
  maxSeries: 2_000,
  maxBatch: 10_000,
  maxNameLength: 200,
  maxSeriesLength: 480,
  maxTags: 32,
  maxTagLength: 256,
  maxFutureMs: 10_000,
  publishIntervalMs: 250,
});
