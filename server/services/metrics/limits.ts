/** The metrics service's limits: each an option with a default and a unit. */
import { DAY, HOUR, MINUTE, SECOND } from './tiers/tiers.ts';

/** What is kept, and what is taken. */
export interface MetricsLimits {
  /** How long buckets of one second are kept, ms; the window of `metrics/…` channels. */
  readonly keepSecondsMs: number;
  /** How long buckets of ten seconds are kept, ms. */
  readonly keepTenSecondsMs: number;
  /** How long buckets of one minute are kept, ms. */
  readonly keepMinutesMs: number;
  /** How long buckets of five minutes are kept, ms. */
  readonly keepFiveMinutesMs: number;
  /** How long buckets of one hour are kept, ms. */
  readonly keepHoursMs: number;
  /** How long buckets of one day are kept, ms. */
  readonly keepDaysMs: number;
  /** How late a sample may be, ms. A minute is closed this long after its end; what comes later is counted, not taken. */
  readonly maxLateMs: number;
  /** How far a sample's time may be ahead of the server's clock, ms. */
  readonly maxFutureMs: number;
  /** Between two writes to disk, ms: what a crash loses at most. */
  readonly persistIntervalMs: number;
  /** Series with samples in the last `keepSecondsMs`. */
  readonly maxSeries: number;
  /** Series of one metric; more go to its overflow series. */
  readonly maxSeriesPerMetric: number;
  /** Series of one sender or scraped job. */
  readonly maxSeriesPerSource: number;
  /** Series that have buckets of one and ten seconds: those watched or asked for last. */
  readonly maxFineSeries: number;
  /** Series without a recent sample that can still be asked for. */
  readonly maxSilentSeries: number;
  /** Samples of one batch of JSON. */
  readonly maxBatch: number;
  /** Largest body of samples as it is sent, bytes. */
  readonly maxIngestBytes: number;
  /** Largest body of samples once it is decompressed, bytes. */
  readonly maxDecompressedBytes: number;
  /** Bad parts of a body that are spelt out; the others are counted. */
  readonly maxRejectedShown: number;
  /** Characters of a metric name. */
  readonly maxNameLength: number;
  /** Characters of a series, name and tags as written in its channel; a channel name holds them and `metrics/`. */
  readonly maxSeriesLength: number;
  /** Tags of one sample. */
  readonly maxTags: number;
  /** Characters of a tag name or value. */
  readonly maxTagLength: number;
  /** Between two publications of one series or query, ms. A change after a longer pause is published at once. */
  readonly publishIntervalMs: number;
  /** Series that one query may match. */
  readonly maxQuerySeries: number;
  /** Groups of one answer. */
  readonly maxQueryGroups: number;
  /** Steps of one answer. */
  readonly maxQuerySteps: number;
  /** Points of all answers of one call: groups times steps. */
  readonly maxQueryPoints: number;
  /** Metrics asked for in one call. */
  readonly maxQueries: number;
  /** Queries that are kept up to date at once. */
  readonly maxLiveQueries: number;
  /** Points of all of them. */
  readonly maxLivePoints: number;
  /** Bodies of samples that are on their way in, together, bytes. */
  readonly maxBodiesBytes: number;
}

/** The defaults. */
export const DEFAULT_METRICS_LIMITS: MetricsLimits = Object.freeze({
  keepSecondsMs: 10 * MINUTE,
  keepTenSecondsMs: HOUR,
  keepMinutesMs: DAY,
  keepFiveMinutesMs: 7 * DAY,
  keepHoursMs: 90 * DAY,
  keepDaysMs: 730 * DAY,
  maxLateMs: 5 * MINUTE,
  maxFutureMs: 10 * SECOND,
  persistIntervalMs: 10 * SECOND,
  maxSeries: 20_000,
  maxSeriesPerMetric: 5_000,
  maxSeriesPerSource: 10_000,
  maxFineSeries: 2_000,
  maxSilentSeries: 50_000,
  maxBatch: 10_000,
  maxIngestBytes: 16 * 1_048_576,
  maxDecompressedBytes: 64 * 1_048_576,
  maxRejectedShown: 100,
  maxNameLength: 200,
  maxSeriesLength: 480,
  maxTags: 32,
  maxTagLength: 256,
  publishIntervalMs: 250,
  maxQuerySeries: 10_000,
  maxQueryGroups: 1_000,
  maxQuerySteps: 11_000,
  maxQueryPoints: 500_000,
  maxQueries: 50,
  maxLiveQueries: 1_000,
  maxLivePoints: 2_000_000,
  maxBodiesBytes: 128 * 1_048_576,
});
