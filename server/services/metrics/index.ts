/** The metrics aggregator: folds samples into buckets of many lengths, answers queries, publishes what changed. */
import { WaooawError, bucketOf, parseSeries, seriesKey } from '../../../src/protocol/index.ts';
import type {
  IngestResult,
  MetricQuery,
  QueryAnswer,
  SeriesInfo,
  WindowResult,
} from '../../../src/protocol/index.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MetricReader } from '../../ports/metric-reader.ts';
import type { MetricStore } from '../../ports/metric-store.ts';
import type { Namespace, Publisher } from '../../ports/publisher.ts';
import type { TagSource } from '../../ports/tag-source.ts';
import type { MetricParser, SeriesRef } from './formats/format.ts';
import { takeSamples } from './formats/json.ts';
import { BodyIntake } from './intake.ts';
import type { Ingest, ReadResult, Source } from './ingest.ts';
import { DEFAULT_METRICS_LIMITS } from './limits.ts';
import type { MetricsLimits } from './limits.ts';
import { MetricChannels } from './live/channels.ts';
import { ringOf } from './live/live-series.ts';
import { QueryEngine } from './query/engine.ts';
import { compileSelector } from './query/matching.ts';
import { cardinalityOf, labelsOf, metadataOf } from './series/catalogue.ts';
import type { CardinalityReport, LabelValues, MetricMetadata } from './series/catalogue.ts';
import { FineTiers } from './series/fine-tiers.ts';
import { Lane } from './series/lane.ts';
import { Registry } from './series/registry.ts';
import type { RegistryStats } from './series/registry.ts';
import type { Series } from './series/series.ts';
import { Storage } from './storage/storage.ts';
import type { StorageStats } from './storage/storage.ts';
import { Sweeper } from './sweeper.ts';

export { DEFAULT_METRICS_LIMITS } from './limits.ts';
export type { MetricsLimits } from './limits.ts';

/** What the aggregator needs. */
export interface MetricsDeps {
  readonly clock: Clock;
  readonly publisher: Publisher;
  readonly limits?: Partial<MetricsLimits>;
  /** Told of what could not be written, read back or published. */
  readonly onError?: (error: unknown, what: string) => void;
}

/** Counts since the start, and what there is now. */
export interface MetricsStats extends RegistryStats {
  readonly accepted: number;
  readonly rejected: number;
  /** Not taken, by code. */
  readonly codes: Readonly<Record<string, number>>;
  /** Samples that came after their minute was closed. */
  readonly late: number;
  /** Series with buckets of a second and of ten. */
  readonly fineSeries: number;
  /** Memory of all buckets. */
  readonly bucketBytes: number;
  readonly liveQueries: number;
  readonly queries: number;
  /** Time that queries took together, s. */
  readonly querySeconds: number;
  readonly storage: StorageStats | undefined;
}

/** The service. */
export interface Metrics extends Ingest, MetricReader {
  readonly limits: MetricsLimits;
  /** The `metrics/…` and `query/…` channels, for the broadcaster. */
  readonly namespaces: readonly Namespace[];
  /** The speaking series' tags. */
  readonly tagSource: TagSource;
  /** Takes the good samples of a batch of our own and names the bad ones. Never throws. */
  ingest(samples: readonly unknown[], source?: Source): IngestResult;
  /** Every series with a recent sample, by name. */
  series(): SeriesInfo[];
  /** @param selector only of these; every series when absent. @throws WaooawError `bad_selector`. */
  labels(selector?: string): LabelValues[];
  metadata(): MetricMetadata[];
  /** @param top how many of each. */
  cardinality(top: number): CardinalityReport;
  /**
   * The finest buckets of one series of the last `windowMs`, oldest first.
   * @throws WaooawError `bad_selector`, `unknown_series`, `bad_request` for a window that is not kept.
   */
  window(selector: string, windowMs: number): WindowResult;
  /** @param maxPoints of the answer, groups times steps; `maxQueryPoints` when absent. */
  query(query: MetricQuery, maxPoints?: number): Promise<QueryAnswer>;
  stats(): MetricsStats;
  /** Brings back what the store keeps, and goes on writing to it. @throws WaooawError as `MetricStore.open` does. */
  start(store: MetricStore): Promise<void>;
  /** These series are known to have ended: until another sample comes they are not in use. */
  end(series: readonly SeriesRef[]): void;
  /** Writes what changed now, and not only when it is due. */
  persist(): Promise<void>;
  /** Publishes what is left. */
  silence(): void;
  /** Writes what is left, and closes the store. */
  close(): Promise<void>;
}

/** Who collects is ourselves. */
const SELF: Source = { name: 'self' };
/** Bodies are read for so long until others get their turn, ms. */
const TURN_MS = 8;
/** Values of a label that are spelt out. */
const MAX_VALUES = 1_000;

/** Puts the aggregator together. */
export function createMetrics(deps: MetricsDeps): Metrics {
  const { clock, publisher, onError = () => undefined } = deps;
  const limits = { ...DEFAULT_METRICS_LIMITS, ...deps.limits };
  const registry = new Registry(limits);
  const fine = new FineTiers(limits, clock);
  let storage: Storage | undefined;
  const engine = new QueryEngine({ registry, fine, clock, limits, storage: () => storage });
  const channels = new MetricChannels({ clock, publisher, registry, fine, engine, limits, onError });
  const sweeper = new Sweeper({ clock, registry, fine, channels, limits, storage: () => storage });
  registry.onCome = (series) => {
    fine.offer(series);
    channels.came(series);
  };
  const known = new Map<string, SeriesRef>();
  /** Of parsers that no body is read with just now. */
  const lanes = new WeakMap<MetricParser, Lane>();
  const codes = new Map<string, number>();
  let accepted = 0;
  let rejected = 0;
  let queries = 0;
  let queryMs = 0;
  let closing: Promise<void> | undefined;

  const count = (intake: BodyIntake): void => {
    accepted += intake.accepted;
    rejected += intake.rejected;
    for (const [code, times] of intake.codes) codes.set(code, (codes.get(code) ?? 0) + times);
  };

  return {
    limits,
    namespaces: channels.namespaces,

    tagSource: {
      version: () => registry.version,
      tagged: () =>
        [...registry.active()]
          .filter(({ ended, newestAt }) => !ended && newestAt >= 0)
          .map(({ info }) => info),
    },

    async read(parser, body, source): Promise<ReadResult> {
      const nowMs = clock.now();
      const lane = lanes.get(parser) ?? new Lane();
      lanes.delete(parser);
      const intake = new BodyIntake(registry, limits, source, nowMs, lane);
      lane.begin(nowMs);
      try {
        let turn = performance.now();
        const turns = parser.parse(body, intake);
        while (!turns.next().done) {
          if (performance.now() - turn < TURN_MS) continue;
          await new Promise((resolve) => setImmediate(resolve));
          turn = performance.now();
        }
      } finally {
        lane.end();
        lanes.set(parser, lane);
        count(intake);
      }
      return { accepted: intake.accepted, rejected: intake.rejected, shown: intake.shown };
    },

    ingest(samples, source = SELF) {
      const intake = new BodyIntake(registry, limits, source, clock.now());
      const turns = takeSamples(samples, intake, known);
      while (!turns.next().done);
      count(intake);
      return { accepted: intake.accepted, rejected: intake.rejected, errors: intake.shown };
    },

    series: () =>
      [...registry.active()]
        .filter(({ newestAt }) => newestAt >= 0)
        .map(({ info }) => info)
        .sort((a, b) => (a.series < b.series ? -1 : 1)),
    labels: (selector) =>
      labelsOf(registry, selector === undefined ? undefined : compileSelector(selector), MAX_VALUES),
    metadata: () => metadataOf(registry),
    cardinality: (top) => cardinalityOf(registry, limits, top),

    window(selector, askedMs) {
      const key = seriesKey(parseSeries(selector));
      const most = limits.keepSecondsMs;
      if (!(askedMs >= 1_000 && askedMs <= most))
        throw new WaooawError('bad_request', `windowMs: expected 1000 to ${most}, was ${askedMs}`);
      const series = registry.find(key);
      if (!series) throw new WaooawError('unknown_series', `No sample of ${key.slice(0, 120)} is retained`);
      fine.want([series]);
      const ring = ringOf(series);
      const { stepMs } = ring;
      const to = (Math.floor(clock.now() / stepMs) + 1) * stepMs;
      const from = to - Math.ceil(askedMs / stepMs) * stepMs;
      return { ...series.info, from, to, stepMs, buckets: ring.rows(from, to).map(bucketOf) };
    },

    async query(query, maxPoints) {
      const start = performance.now();
      try {
        return await engine.answer(query, maxPoints);
      } finally {
        queries += 1;
        queryMs += performance.now() - start;
      }
    },

    stats() {
      let bucketBytes = 0;
      let late = sweeper.late;
      for (const series of registry.active()) {
        bucketBytes += series.bytes;
        late += series.lateDropped;
      }
      return {
        ...registry.stats,
        accepted,
        rejected,
        codes: Object.fromEntries(codes),
        late,
        fineSeries: fine.size,
        bucketBytes,
        liveQueries: channels.queries,
        queries,
        querySeconds: queryMs / 1_000,
        storage: storage?.stats,
      };
    },

    async start(store) {
      const starting = new Storage({ store, registry, clock, limits, onError });
      sweeper.open();
      await starting.start();
      storage = starting;
    },

    end(ended) {
      for (const series of ended) registry.end(series as Series);
    },

    persist: () => storage?.persist() ?? Promise.resolve(),

    silence() {
      channels.close();
      sweeper.close();
    },

    close() {
      closing ??= (async () => {
        channels.close();
        sweeper.close();
        await storage?.close();
      })();
      return closing;
    },
  };
}
