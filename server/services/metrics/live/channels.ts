/** The `metrics/…` and `query/…` channels: what they are called, what a reader starts from, and when they publish. */
import {
  WaooawError,
  parseSeries,
  queryChannel,
  selectorText,
  seriesKey,
} from '../../../../src/protocol/index.ts';
import type { Json, MetricQuery, MetricSnapshot } from '../../../../src/protocol/index.ts';
import type { Clock, Timer } from '../../../ports/clock.ts';
import { READ_ONLY } from '../../../ports/publisher.ts';
import type { Namespace, Publisher } from '../../../ports/publisher.ts';
import type { MetricsLimits } from '../limits.ts';
import { mergeChanges, mergeQueryUpdates } from '../changes.ts';
import type { QueryEngine } from '../query/engine.ts';
import { compileSelector } from '../query/matching.ts';
import type { FineTiers } from '../series/fine-tiers.ts';
import type { Registry } from '../series/registry.ts';
import type { Series } from '../series/series.ts';
import { LiveQuery } from './live-query.ts';
import { LiveSeries, ringOf } from './live-series.ts';
import { Pace } from './pace.ts';
import { parseQueryChannel } from './query-name.ts';

const SERIES = 'metrics/';
/** Kept for readers whose connection broke: at four publications a second, half a minute. */
const HISTORY = { size: 128, ageMs: 60_000 };
/** How often live queries look for series that came or went, ms. */
const REFRESH_MS = 1_000;
/** A query that nobody follows is kept for this long after it was last asked for, ms. */
const LINGER_MS = 10_000;

/** What the channels take. */
export interface ChannelsDeps {
  readonly clock: Clock;
  readonly publisher: Publisher;
  readonly registry: Registry;
  readonly fine: FineTiers;
  readonly engine: QueryEngine;
  readonly limits: MetricsLimits;
  readonly onError: (error: unknown, what: string) => void;
}

interface Followed {
  readonly live: LiveQuery;
  /** Monotonic ms. */
  askedAt: number;
}

/** Publishes what changes of what is followed. */
export class MetricChannels {
  readonly #deps: ChannelsDeps;
  readonly #pace: Pace;
  readonly #series = new Map<string, LiveSeries>();
  readonly #queries = new Map<string, Followed>();
  readonly #timer: Timer;
  /** Series that changed in this turn of the event loop. */
  #changed: Series[] = [];

  constructor(deps: ChannelsDeps) {
    this.#deps = deps;
    this.#pace = new Pace(deps.clock, deps.limits.publishIntervalMs, (error) =>
      deps.onError(error, 'a live metric'),
    );
    this.#timer = deps.clock.every(REFRESH_MS, () => this.#refresh());
  }

  /** How many queries are kept up to date. */
  get queries(): number {
    return this.#queries.size;
  }

  get namespaces(): readonly Namespace[] {
    return [
      {
        name: 'metrics',
        history: HISTORY,
        onDemand: true,
        access: READ_ONLY,
        conflate: mergeChanges,
        resolve: (channel) => this.#resolveSeries(channel),
        snapshot: (channel) => ({ ...this.#seriesSnapshot(channel.slice(SERIES.length)) }),
      },
      {
        name: 'query',
        history: HISTORY,
        onDemand: true,
        access: READ_ONLY,
        conflate: mergeQueryUpdates,
        resolve: (channel) => this.#resolveQuery(channel),
        snapshot: (channel) => this.#query(channel).live.snapshot() as unknown as Json,
      },
    ];
  }

  /** A series came. Somebody may be waiting for it. */
  came(series: Series): void {
    series.onChange = this.#onChange;
    if (this.#deps.publisher.wants(`${SERIES}${series.key}`)) this.#follow(series);
  }

  /** A series is no more. */
  left(series: Series): void {
    this.#series.get(series.key)?.stop();
    this.#series.delete(series.key);
  }

  /** Publishes what is left and stops. */
  close(): void {
    this.#timer.cancel();
    this.#tell();
    this.#pace.close();
    for (const { live } of this.#queries.values()) live.stop();
  }

  readonly #onChange = (series: Series): void => {
    if (this.#changed.push(series) === 1) this.#deps.clock.after(0, () => this.#tell());
  };

  #tell(): void {
    const changed = this.#changed;
    this.#changed = [];
    for (const series of changed) {
      const from = series.changedFrom;
      series.changedFrom = Number.POSITIVE_INFINITY;
      for (const watcher of series.watchers) watcher.changed(from);
    }
  }

  #follow(series: Series): void {
    if (this.#series.has(series.key)) return;
    const { publisher, fine } = this.#deps;
    const channel = `${SERIES}${series.key}`;
    fine.want([series]);
    const live = new LiveSeries(series, this.#pace, (update) => {
      if (!publisher.wants(channel)) {
        this.#series.delete(series.key);
        return false;
      }
      publisher.publish(channel, update as unknown as Json);
      return true;
    });
    this.#series.set(series.key, live);
    series.watch(live);
  }

  #seriesSnapshot(key: string): MetricSnapshot {
    const { registry, clock, limits } = this.#deps;
    const series = registry.find(key);
    if (series) this.#follow(series);
    const info = series?.info ?? { series: key, ...parseSeries(key), kind: 'gauge' };
    const now = clock.now();
    const windowMs = limits.keepSecondsMs;
    const ring = series && ringOf(series);
    const rows = ring?.rows(now - windowMs, now + limits.maxFutureMs) ?? [];
    return { ...info, stepMs: ring?.stepMs ?? 1_000, windowMs, rows };
  }

  #resolveSeries(channel: string): string | undefined {
    if (!channel.startsWith(SERIES)) return undefined;
    const key = seriesKey(parseSeries(channel.slice(SERIES.length)));
    // A reader who comes back with a position asks for no snapshot.
    const series = this.#deps.registry.find(key);
    if (series) this.#follow(series);
    return `${SERIES}${key}`;
  }

  #resolveQuery(channel: string): string | undefined {
    const query = parseQueryChannel(channel);
    if (!query) return undefined;
    const { selector } = compileSelector(query.metric);
    const name = queryChannel({ ...query, metric: selectorText(selector) });
    // Likewise.
    this.#query(name, query);
    return name;
  }

  #query(channel: string, query = parseQueryChannel(channel)): Followed {
    const { clock } = this.#deps;
    let followed = this.#queries.get(channel);
    if (!followed) {
      if (!query) throw new WaooawError('unknown_channel');
      this.#refuseTooMany();
      followed = { live: this.#makeQuery(channel, query), askedAt: 0 };
      this.#queries.set(channel, followed);
    }
    followed.askedAt = clock.monotonicMs();
    return followed;
  }

  /** Each costs work with every sample, and memory for all of its points. */
  #refuseTooMany(): void {
    const { maxLiveQueries, maxLivePoints } = this.#deps.limits;
    if (this.#queries.size >= maxLiveQueries)
      throw new WaooawError('channel_limit', `${maxLiveQueries} queries are kept up to date already`);
    let points = 0;
    for (const { live } of this.#queries.values()) points += live.points;
    if (points >= maxLivePoints)
      throw new WaooawError('channel_limit', `${points} points are kept up to date; ${maxLivePoints} may be`);
  }

  #makeQuery(channel: string, query: MetricQuery): LiveQuery {
    const { engine, registry, clock, publisher, onError } = this.#deps;
    return new LiveQuery(query, compileSelector(query.metric), {
      engine,
      registry,
      clock,
      pace: this.#pace,
      send: (update) => {
        if (!publisher.wants(channel)) return false;
        publisher.publish(channel, update as unknown as Json);
        return true;
      },
      onError: (error) => onError(error, `the live query ${channel.slice(0, 120)}`),
      onEnd: () => this.#queries.delete(channel),
    });
  }

  #refresh(): void {
    const { clock, publisher } = this.#deps;
    for (const [channel, { live, askedAt }] of this.#queries) {
      if (publisher.wants(channel)) live.refresh();
      else if (clock.monotonicMs() - askedAt > LINGER_MS) {
        live.stop();
        this.#queries.delete(channel);
      }
    }
  }
}
