/** The metrics aggregator: folds samples into one-second buckets, answers window queries, publishes what changed. */
import { WaooawError, bucketOf, parseSeries, seriesKey } from '../../../src/protocol/index.ts';
import type {
  IngestResult,
  MetricSnapshot,
  RejectedSample,
  SeriesInfo,
  WindowResult,
} from '../../../src/protocol/index.ts';
import type { Clock } from '../../ports/clock.ts';
import { READ_ONLY } from '../../ports/publisher.ts';
import type { Namespace, Publisher } from '../../ports/publisher.ts';
import type { TagSource } from '../../ports/tag-source.ts';
import { BucketRing } from './bucket-ring.ts';
import { mergeChanges } from './changes.ts';
import { DEFAULT_METRICS_LIMITS } from './limits.ts';
import type { MetricsLimits } from './limits.ts';
import { checkSample } from './sample.ts';
import type { GoodSample } from './sample.ts';

export { DEFAULT_METRICS_LIMITS } from './limits.ts';
export type { MetricsLimits } from './limits.ts';

/** What the aggregator needs. */
export interface MetricsDeps {
  readonly clock: Clock;
  readonly publisher: Publisher;
  readonly limits?: Partial<MetricsLimits>;
}

/** Counts since the start. */
export interface MetricsStats {
  readonly series: number;
  readonly accepted: number;
  readonly rejected: number;
}

/** The service. */
export interface Metrics {
  readonly limits: MetricsLimits;
  /** The `metrics/…` channels, for the broadcaster. */
  readonly namespace: Namespace;
  /** The retained series' tags. */
  readonly tagSource: TagSource;
  /** Takes the good samples of a batch and names the bad ones. Never throws. */
  ingest(samples: readonly unknown[]): IngestResult;
  /** Every retained series, by name. */
  series(): SeriesInfo[];
  /**
   * The buckets of the last `windowMs`, oldest first.
   * @throws WaooawError `bad_selector`, `unknown_series`, `bad_request` for a window that is not kept.
   */
  query(selector: string, windowMs: number): WindowResult;
  stats(): MetricsStats;
  /** Publishes what is left and stops. */
  close(): void;
}

interface Series {
  info: SeriesInfo;
  readonly channel: string;
  readonly ring: BucketRing;
  /** Slots that changed since the last publication. */
  changed: number[];
  /** What the last publication's readers know of the series. */
  published: SeriesInfo | undefined;
  /** Not to be published again before this, monotonic ms. */
  dueAt: number;
}

const PREFIX = 'metrics/';
const SWEEP_MS = 10_000;
/** How often series that wait for their turn are looked at, as a share of the interval that they wait for. */
const PACE = 1 / 5;
/** Kept for readers whose connection broke: at four publications a second, half a minute. */
const HISTORY = { size: 128, ageMs: 60_000 };

/** Puts the aggregator together. */
export function createMetrics(deps: MetricsDeps): Metrics {
  const { clock, publisher } = deps;
  const limits = { ...DEFAULT_METRICS_LIMITS, ...deps.limits };
  const { stepMs, windowMs } = limits;
  const all = new Map<string, Series>();
  /** Changed after a pause: published at once. */
  const due = new Set<Series>();
  /** Changed again within `publishIntervalMs`: published when it is over. */
  const waiting = new Set<Series>();
  /** Counts series that came and series that went. */
  let version = 0;
  let accepted = 0;
  let rejected = 0;

  const seriesOf = (sample: GoodSample): Series => {
    const key = seriesKey(sample);
    let series = all.get(key);
    if (!series) {
      if (key.length > limits.maxSeriesLength) {
        throw new WaooawError(
          'bad_tags',
          `The series is ${key.length} characters long; ${limits.maxSeriesLength} are taken`,
        );
      }
      if (all.size >= limits.maxSeries) {
        throw new WaooawError(
          'series_limit',
          `${limits.maxSeries} series are kept; ${key.slice(0, 120)} is not`,
        );
      }
      series = {
        info: { series: key, name: sample.name, tags: { ...sample.tags } },
        channel: `${PREFIX}${key}`,
        ring: new BucketRing(stepMs, Math.ceil(windowMs / stepMs)),
        changed: [],
        published: undefined,
        dueAt: 0,
      };
      all.set(key, series);
      version += 1;
    }
    const { unit = series.info.unit, help = series.info.help } = sample;
    if (unit !== series.info.unit || help !== series.info.help) {
      series.info = {
        ...series.info,
        ...(unit !== undefined && { unit }),
        ...(help !== undefined && { help }),
      };
    }
    return series;
  };

  const take = (posted: unknown, now: number): void => {
    const sample = checkSample(posted, now, limits);
    const series = seriesOf(sample);
    const slot = series.ring.add(sample.time, sample.value);
    if (slot < 0) throw new WaooawError('time_too_old');
    // A reader who comes later gets it in the snapshot.
    if (!publisher.wants(series.channel)) return;
    if (!series.changed.includes(slot)) series.changed.push(slot);
    if (clock.monotonicMs() < series.dueAt) waiting.add(series);
    else if (due.add(series).size === 1) clock.after(0, publishDue);
  };

  const publish = (series: Series): void => {
    const rows = series.changed.map((slot) => series.ring.row(slot)).filter((row) => row !== undefined);
    series.changed = [];
    if (rows.length === 0 || !publisher.wants(series.channel)) return;
    const news = series.info === series.published ? {} : { info: { ...series.info } };
    series.published = series.info;
    series.dueAt = clock.monotonicMs() + limits.publishIntervalMs;
    publisher.publish(series.channel, { rows, ...news });
  };

  const publishDue = (): void => {
    due.forEach(publish);
    due.clear();
  };

  const publishWaiting = (): void => {
    const now = clock.monotonicMs();
    for (const series of waiting) {
      if (now < series.dueAt) continue;
      waiting.delete(series);
      publish(series);
    }
  };

  const dropSilent = (): void => {
    const before = clock.now() - windowMs;
    for (const [key, { ring }] of all) {
      if (ring.newestStart + stepMs <= before && all.delete(key)) version += 1;
    }
  };

  const snapshot = (key: string): MetricSnapshot => {
    const series = all.get(key);
    const info = series?.info ?? { series: key, ...parseSeries(key) };
    const now = clock.now();
    const rows = series?.ring.rows(now - windowMs, now + limits.maxFutureMs) ?? [];
    return { ...info, stepMs, windowMs, rows };
  };

  const timers = [
    clock.every(Math.max(1, limits.publishIntervalMs * PACE), publishWaiting),
    clock.every(SWEEP_MS, dropSilent),
  ];

  return {
    limits,

    namespace: {
      name: 'metrics',
      history: HISTORY,
      onDemand: true,
      access: READ_ONLY,
      conflate: mergeChanges,
      resolve: (channel) =>
        channel.startsWith(PREFIX)
          ? `${PREFIX}${seriesKey(parseSeries(channel.slice(PREFIX.length)))}`
          : undefined,
      snapshot: (channel) => ({ ...snapshot(channel.slice(PREFIX.length)) }),
    },

    tagSource: {
      version: () => version,
      tagged: () => [...all.values()].map(({ info }) => info),
    },

    ingest(samples) {
      const now = clock.now();
      const bad: RejectedSample[] = [];
      samples.forEach((sample, index) => {
        try {
          take(sample, now);
        } catch (error) {
          if (!(error instanceof WaooawError)) throw error;
          bad.push({ index, code: error.code, message: error.message });
        }
      });
      accepted += samples.length - bad.length;
      rejected += bad.length;
      return { accepted: samples.length - bad.length, rejected: bad };
    },

    series: () => [...all.values()].map(({ info }) => info).sort((a, b) => (a.series < b.series ? -1 : 1)),

    query(selector, askedMs) {
      const key = seriesKey(parseSeries(selector));
      if (!(askedMs >= stepMs && askedMs <= windowMs)) {
        throw new WaooawError('bad_request', `windowMs: expected ${stepMs} to ${windowMs}, was ${askedMs}`);
      }
      const series = all.get(key);
      if (!series) throw new WaooawError('unknown_series', `No sample of ${key.slice(0, 120)} is retained`);
      const to = (Math.floor(clock.now() / stepMs) + 1) * stepMs;
      const from = to - askedMs;
      return { ...series.info, from, to, stepMs, buckets: series.ring.rows(from, to).map(bucketOf) };
    },

    stats: () => ({ series: all.size, accepted, rejected }),

    close() {
      publishDue();
      waiting.forEach(publish);
      for (const timer of timers) timer.cancel();
    },
  };
}
