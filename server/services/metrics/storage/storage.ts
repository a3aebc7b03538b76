/** What outlasts the process: writes minutes to the store, makes coarser buckets of closed ones, brings both back. */
import { seriesKey } from '../../../../src/protocol/index.ts';
import type { Clock, Timer } from '../../../ports/clock.ts';
import { ROW_LENGTH, STORED_TIERS } from '../../../ports/metric-store.ts';
import type {
  BucketBlock,
  MetricStore,
  StoreSize,
  StoredSeries,
  StoredTier,
} from '../../../ports/metric-store.ts';
import type { MetricsLimits } from '../limits.ts';
import { describe } from '../series/registry.ts';
import type { Registry } from '../series/registry.ts';
import type { Series } from '../series/series.ts';
import { decodeSketch } from '../tiers/sketch.ts';
import { COARSE_TIERS, DAY, HOUR, MINUTE, startOf } from '../tiers/tiers.ts';
import { BlockWriter } from './block-writer.ts';
import { rollUp } from './roll-up.ts';
import { SteadyClock } from './steady-clock.ts';

/** What storing takes. */
export interface StorageDeps {
  readonly store: MetricStore;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly limits: MetricsLimits;
  /** Told of what could not be written or made; it is tried again. */
  readonly onError: (error: unknown, what: string) => void;
}

/** What became of writing, since the start. */
export interface StorageStats {
  readonly writes: number;
  readonly writtenBuckets: number;
  readonly failures: number;
  /** Of the last write, ms. */
  readonly lastWriteMs: number;
  /** When all that was sampled before was on disk, ms since 1970; undefined before the first write. */
  readonly savedUpTo: number | undefined;
  readonly size: StoreSize | undefined;
}

/** Keeps one registry's buckets on disk. */
export class Storage {
  readonly #deps: StorageDeps;
  readonly #timers: Timer[] = [];
  /** Coarse buckets that begin before are made and written, ms. */
  readonly #rolledUpTo = new Map<StoredTier, number>();
  #working: Promise<void> = Promise.resolve();
  #busy = false;
  readonly #steady: SteadyClock;
  #stats = { writes: 0, writtenBuckets: 0, failures: 0, lastWriteMs: 0 };
  #savedUpTo: number | undefined;
  /** Rows of the last write: the next is likely to have as many. */
  #lastRows = 64;
  #size: StoreSize | undefined;

  constructor(deps: StorageDeps) {
    this.#deps = deps;
    this.#steady = new SteadyClock(deps.clock);
  }

  get stats(): StorageStats {
    return { ...this.#stats, savedUpTo: this.#savedUpTo, size: this.#size };
  }

  /** Brings back what was kept, and goes on writing. @throws WaooawError as `MetricStore.open` does. */
  async start(): Promise<void> {
    const { store, registry, clock, limits } = this.#deps;
    const stored = await store.open();
    registry.restore(stored);
    const byId = new Map(stored.map((series) => [series.id, series]));
    const now = clock.now();
    // As far back as memory is asked for.
    const openFrom = registry.gate.openFrom - 2 * MINUTE;
    const block = await store.read(MINUTE, undefined, openFrom, now + limits.maxFutureMs);
    const { rows } = block;
    const sketches = new Map(block.sketches);
    for (let at = 0; at < rows.length; at += ROW_LENGTH) {
      const known = byId.get(rows[at]!);
      const series = known && registry.wake(seriesKey(known));
      const awake = series ?? (known && registry.find(seriesKey(known)));
      if (!awake) continue;
      const [start = 0, min = 0, max = 0, sum = 0, count = 0, last = 0] = rows.subarray(
        at + 1,
        at + ROW_LENGTH,
      );
      const bytes = sketches.get(at / ROW_LENGTH);
      const sketch = bytes && decodeSketch(bytes);
      awake.minutes.merge(start, { min, max, sum, count, last, lastAt: start, sketch });
      awake.stored = true;
      awake.resume({ count: last, createdAt: Number.NaN, at: start });
    }
    await this.#recallCounters(byId, now);
    await this.#resumeRollUps(now);
    this.#timers.push(
      clock.every(limits.persistIntervalMs, () => {
        if (!this.#busy) void this.persist();
      }),
    );
  }

  /** Writes what has changed by now, then makes what is due. What fails is tried again with the next. */
  persist(): Promise<void> {
    this.#busy = true;
    const working = this.#working.then(() => this.#work());
    this.#working = working;
    return working.finally(() => {
      this.#busy = this.#working !== working;
    });
  }

  /** The clock is back from the future: what was made of it is made anew. */
  rewind(nowMs: number): void {
    for (const [tier, upTo] of this.#rolledUpTo)
      this.#rolledUpTo.set(tier, Math.min(upTo, startOf(nowMs, tier)));
  }

  /** Up to where a tier's buckets are made, ms. Minutes are written as they come. */
  madeUpTo(tier: StoredTier): number {
    return tier === MINUTE ? Number.POSITIVE_INFINITY : (this.#rolledUpTo.get(tier) ?? 0);
  }

  read(tier: StoredTier, ids: readonly number[], fromMs: number, toMs: number): Promise<BucketBlock> {
    return this.#deps.store.read(tier, ids, fromMs, toMs);
  }

  /** Writes what is left, then closes the store. */
  async close(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    await this.persist();
    await this.#deps.store.close();
  }

  async #work(): Promise<void> {
    const { onError } = this.#deps;
    try {
      // What is closed before it is written is whole once it is: only that is made into coarse buckets.
      const closed = this.#deps.registry.gate.openFrom;
      await this.#save();
      await this.#makeCoarse(closed);
      await this.#tidy();
    } catch (error) {
      this.#stats.failures += 1;
      onError(error, 'metrics could not be written; they will be tried again');
    }
  }

  /** Every series that changed: its minutes since the first change. */
  async #save(): Promise<void> {
    const { store, registry, clock } = this.#deps;
    const at = clock.now();
    const start = clock.monotonicMs();
    const changed: Series[] = [];
    const since: number[] = [];
    const news: Series[] = [];
    const writer = new BlockWriter(MINUTE, this.#lastRows);
    for (const series of registry.active()) {
      const { unsavedFrom } = series;
      if (unsavedFrom === Number.POSITIVE_INFINITY) continue;
      writer.addRing(registry.idOf(series), series.minutes, startOf(unsavedFrom, MINUTE));
      changed.push(series);
      since.push(unsavedFrom);
      series.unsavedFrom = Number.POSITIVE_INFINITY;
      series.saving = true;
      if (!series.stored) news.push(series);
    }
    if (changed.length === 0) return;
    for (const series of news) series.stored = true;
    const { count } = writer;
    this.#lastRows = count;
    try {
      await store.write({ series: news.map(describe), blocks: [writer.block()] });
    } catch (error) {
      // Written with the next, as far back as memory holds it.
      for (const [i, series] of changed.entries())
        series.unsavedFrom = Math.min(series.unsavedFrom, since[i]!);
      for (const series of news) series.stored = false;
      throw error;
    } finally {
      for (const series of changed) series.saving = false;
    }
    this.#stats.writes += 1;
    this.#stats.writtenBuckets += count;
    this.#stats.lastWriteMs = clock.monotonicMs() - start;
    this.#savedUpTo = at;
  }

  /** Coarse buckets whose minutes are all closed. @param closed minutes that begin before, ms. */
  async #makeCoarse(closed: number): Promise<void> {
    const { store } = this.#deps;
    let finer: StoredTier = MINUTE;
    let complete = closed;
    for (const tier of COARSE_TIERS) {
      let from = this.#rolledUpTo.get(tier) ?? startOf(complete, tier);
      for (; from + tier <= complete; from += tier) {
        const block = rollUp(await store.read(finer, undefined, from, from + tier), tier, from);
        if (block.rows.length > 0) await store.write({ series: [], blocks: [block] });
        this.#rolledUpTo.set(tier, from + tier);
      }
      finer = tier;
      complete = Math.min(complete, from);
    }
  }

  /** Counters that have been silent for longer than memory: by what they stood at in the last hours, their next count is judged. */
  async #recallCounters(byId: ReadonlyMap<number, StoredSeries>, now: number): Promise<void> {
    const { store, registry } = this.#deps;
    // The finer first: what is known of a series already goes before.
    for (const [tier, backMs] of [
      [MINUTE, HOUR],
      [3_600_000, DAY],
    ] as const) {
      const { rows } = await store.read(tier, undefined, now - backMs, now);
      for (let at = 0; at < rows.length; at += ROW_LENGTH) {
        const known = byId.get(rows[at]!);
        // Of each series the last row.
        if (known?.kind !== 'counter' || rows[at + ROW_LENGTH] === rows[at]) continue;
        const stood = { count: rows[at + 6]!, createdAt: Number.NaN, at: rows[at + 1]! };
        registry.remember(seriesKey(known), stood);
      }
    }
  }

  /** Where making coarse buckets goes on: after the last that is there, as far back as finer ones are kept. */
  async #resumeRollUps(now: number): Promise<void> {
    const { store, limits } = this.#deps;
    const keptFiner = [limits.keepMinutesMs, limits.keepFiveMinutesMs, limits.keepHoursMs];
    for (const [i, tier] of COARSE_TIERS.entries()) {
      const earliest = startOf(now - keptFiner[i]!, tier);
      const newest = await store.newest(tier);
      this.#rolledUpTo.set(tier, Math.max(earliest, newest === undefined ? earliest : newest));
    }
  }

  /** Once an hour: what is older than its tier keeps goes, unless the clock may be wrong. */
  async #tidy(): Promise<void> {
    const { store, registry, limits } = this.#deps;
    const now = this.#steady.steadySince(HOUR);
    if (now !== undefined) {
      const keep = [limits.keepMinutesMs, limits.keepFiveMinutesMs, limits.keepHoursMs, limits.keepDaysMs];
      for (const [i, tier] of STORED_TIERS.entries()) await store.prune(tier, now - keep[i]!);
      await store.sweep([...registry.active()].map(({ id }) => id).filter((id) => id > 0));
    }
    this.#size = await store.size();
  }
}
