/** One series: what it is, its open buckets, and how a sample changes them. */
import { seriesKey } from '../../../../src/protocol/index.ts';
import type { ErrorCode, MetricKind, SeriesInfo } from '../../../../src/protocol/index.ts';
import { BucketRing } from '../tiers/bucket-ring.ts';
import type { BucketContent } from '../tiers/bucket.ts';
import { MINUTE, startOf } from '../tiers/tiers.ts';
import type { HistogramPoint, SeriesRef, Temporality } from '../formats/format.ts';
import type { Gate } from './gate.ts';
import { pointBetween, sketchOf } from './histogram-points.ts';
import { MAX_ROWS } from './lane.ts';
import type { Lane, Waiter } from './lane.ts';
import type { Standing } from './standing.ts';

/** Closed minutes that are kept in memory, so that one which is read while it is written is still there. */
const SPARE_MINUTES = 4;

/** By how much a counter grew, of the series that is folded in. */
const AMOUNTS = new Float64Array(MAX_ROWS);

/** What a series is made with. */
export interface SeriesOptions {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly kind: MetricKind;
  readonly unit?: string | undefined;
  readonly help?: string | undefined;
  /** Who sends it. */
  readonly source: string;
  /** Its id in the store; 0 until it has one. */
  readonly id: number;
  readonly gate: Gate;
}

/** Wants to know of changes. */
export interface Watcher {
  /** @param fromMs the earliest sample that changed something. */
  changed(fromMs: number): void;
}

/** Buckets of a second and of ten. */
export interface FineRings {
  /** Nothing that was taken since is missing, ms. */
  readonly since: number;
  readonly second: BucketRing;
  readonly tenSeconds: BucketRing;
}

/** One series. */
export class Series implements SeriesRef, Waiter {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly key: string;
  /** `gauge` may become another kind before its first sample only. */
  kind: MetricKind;
  readonly source: string;
  id: number;
  /** What is known of it; another object whenever that changed. */
  info: SeriesInfo;
  /** The description on disk is of now. */
  stored = false;
  /** What is on its way to disk may have to be sent again. */
  saving = false;
  /** Samples that came too late, since the start. */
  lateDropped = 0;
  /** Earliest change since the watchers were told, ms. */
  changedFrom = Number.POSITIVE_INFINITY;
  /** Told of the first change since the watchers were told. */
  onChange: ((series: Series) => void) | undefined;

  readonly #gate: Gate;
  #gone = false;
  #onReturn: (() => void) | undefined;
  readonly #minutes: BucketRing;
  #fine: FineRings | undefined;
  readonly #watchers = new Set<Watcher>();
  #newestAt = -1;
  #unsavedFrom = Number.POSITIVE_INFINITY;
  /** Where samples of it wait, if they do: whatever tells of its samples settles them first. */
  #lane: Lane | undefined;
  #place = 0;
  /** A counter's last count, NaN before the first. */
  #lastCount = Number.NaN;
  #createdAt = Number.NaN;
  #lastPoint: HistogramPoint | undefined;

  constructor(options: SeriesOptions) {
    const { name, tags, kind, unit, help, source, id, gate } = options;
    this.name = name;
    this.tags = tags;
    this.key = seriesKey({ name, tags });
    this.kind = kind;
    this.source = source;
    this.id = id;
    this.#gate = gate;
    this.info = {
      series: this.key,
      name,
      tags,
      kind,
      ...(unit !== undefined && { unit }),
      ...(help !== undefined && { help }),
    };
    this.#minutes = new BucketRing(MINUTE, gate.openMinutes + SPARE_MINUTES);
  }

  /** Nothing of it is kept any more. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Its sender has said that there is no more, and nothing has come since. */
  get ended(): boolean {
    return this.#onReturn !== undefined;
  }

  /** Open minutes, and a few closed ones. Coarser buckets are made of them on disk. */
  get minutes(): BucketRing {
    this.#settle();
    return this.#minutes;
  }

  get fine(): FineRings | undefined {
    this.#settle();
    return this.#fine;
  }

  set fine(fine: FineRings | undefined) {
    this.#settle();
    this.#fine = fine;
  }

  /** The newest sample's time, ms; -1 before the first. */
  get newestAt(): number {
    return this.#lane ? Math.max(this.#newestAt, this.#lane.newestAt(this.#place)) : this.#newestAt;
  }

  /** Earliest change that is not on disk yet, ms. */
  get unsavedFrom(): number {
    this.#settle();
    return this.#unsavedFrom;
  }

  set unsavedFrom(fromMs: number) {
    this.#settle();
    this.#unsavedFrom = fromMs;
  }

  /** Those who are told of its changes. */
  get watchers(): ReadonlySet<Watcher> {
    return this.#watchers;
  }

  /** Tells of changes from now on. */
  watch(watcher: Watcher): void {
    this.leaveLane();
    this.#watchers.add(watcher);
  }

  /** Tells no more. */
  unwatch(watcher: Watcher): void {
    this.#watchers.delete(watcher);
  }

  /** There is no more of it. @param onReturn told when it speaks again. */
  end(onReturn: () => void): void {
    this.leaveLane();
    this.#onReturn = onReturn;
  }

  /** It is let go. */
  retire(): void {
    this.leaveLane();
    this.#gone = true;
  }

  /**
   * Samples of it may wait from now on, which `fold` brings in. Where somebody is to be told of each they do not.
   * @param place in the lane.
   * @returns whether they do; what waited elsewhere is folded in.
   */
  waitIn(lane: Lane, place: number): boolean {
    if (this.#gone || this.ended || this.#watchers.size > 0 || this.kind === 'histogram') return false;
    // A line that a body holds twice: one of the two waits.
    if (this.#lane === lane) return false;
    this.leaveLane();
    this.#lane = lane;
    this.#place = place;
    return true;
  }

  /** Nothing of it waits any more. */
  leaveLane(): void {
    const lane = this.#lane;
    if (!lane) return;
    lane.settle(this, this.#place);
    lane.release(this.#place);
    this.#lane = undefined;
  }

  /**
   * A gauge's readings or a counter's counts that were taken in time, and waited. Numbers that are handed over one by one would be
   * an object each.
   * @param times ms, in the order in which they came.
   */
  foldRun(times: Float64Array, values: Float64Array, count: number): void {
    let amounts = values;
    let [first, newest] = [this.#unsavedFrom, this.#newestAt];
    if (this.kind === 'counter') {
      amounts = AMOUNTS;
      for (let i = 0; i < count; i++) {
        amounts[i] = this.#growth(values[i]!, times[i]!, Number.NaN);
        if (times[i]! > this.#newestAt) this.#newestAt = times[i]!;
      }
    }
    for (let i = 0; i < count; i++) {
      if (times[i]! < first) first = times[i]!;
      if (times[i]! > newest) newest = times[i]!;
    }
    this.#unsavedFrom = first;
    this.#newestAt = newest;
    this.#minutes.addRun(times, values, amounts, count);
    const fine = this.#fine;
    if (!fine) return;
    fine.second.addRun(times, values, amounts, count);
    fine.tenSeconds.addRun(times, values, amounts, count);
  }

  /** Takes what is newly said of it. */
  describe(unit: string | undefined, help: string | undefined): void {
    const { info } = this;
    if ((unit === undefined || unit === info.unit) && (help === undefined || help === info.help)) return;
    this.info = { ...info, ...(unit !== undefined && { unit }), ...(help !== undefined && { help }) };
    this.stored = false;
  }

  /** Before anything was sampled, a better word may still come. */
  become(kind: MetricKind): void {
    this.leaveLane();
    this.kind = kind;
    this.info = { ...this.info, kind };
    this.stored = false;
  }

  /** A reading, or a counter's count. @returns why it was not taken. */
  sample(value: number, timeMs: number, createdMs = Number.NaN): ErrorCode | undefined {
    if (timeMs < this.#gate.openFrom) return this.#late();
    this.#settle();
    if (this.kind === 'gauge') this.#fold(timeMs, value, value);
    else if (this.kind === 'counter') this.#fold(timeMs, value, this.#growth(value, timeMs, createdMs));
    else return this.observe(value, timeMs);
    return undefined;
  }

  /** What came on top of a counter. */
  increment(by: number, timeMs: number): ErrorCode | undefined {
    if (timeMs < this.#gate.openFrom) return this.#late();
    this.#settle();
    const count = (Number.isNaN(this.#lastCount) ? 0 : this.#lastCount) + by;
    this.#lastCount = count;
    this.#fold(timeMs, count, by);
    return undefined;
  }

  /** One observation of a histogram. */
  observe(value: number, timeMs: number): ErrorCode | undefined {
    if (timeMs < this.#gate.openFrom) return this.#late();
    this.#settle();
    const fine = this.#fine;
    for (const ring of fine ? [this.#minutes, fine.second, fine.tenSeconds] : [this.#minutes])
      ring.observe(timeMs, value);
    this.#touch(timeMs);
    return undefined;
  }

  /** A histogram as the sender counted it. */
  histogram(
    point: HistogramPoint,
    temporality: Temporality,
    timeMs: number,
    createdMs = Number.NaN,
  ): ErrorCode | undefined {
    if (timeMs < this.#gate.openFrom) return this.#late();
    this.#settle();
    let news: HistogramPoint | undefined = point;
    if (temporality === 'cumulative') {
      if (timeMs < this.#newestAt) return undefined;
      const isNew = this.#lastPoint ? createdMs > this.#createdAt : this.#isNew(timeMs, createdMs);
      news = pointBetween(this.#lastPoint, point, isNew);
      this.#lastPoint = point;
      if (!Number.isNaN(createdMs)) this.#createdAt = createdMs;
    }
    if (!news || news.count === 0) {
      this.#touch(timeMs);
      return undefined;
    }
    this.#merge(timeMs, sketchOf(news, timeMs));
    return undefined;
  }

  /** Where it stands, to go on from later. */
  get standing(): Standing | undefined {
    if (this.kind !== 'counter') return undefined;
    this.#settle();
    return { count: this.#lastCount, createdAt: this.#createdAt, at: this.#newestAt };
  }

  /** Goes on where it stood. */
  resume({ count, createdAt, at }: Standing): void {
    this.#settle();
    if (this.kind === 'counter') {
      this.#lastCount = count;
      this.#createdAt = createdAt;
    }
    this.#newestAt = Math.max(this.#newestAt, at);
  }

  /**
   * The clock was ahead and is back: what lies in the future is forgotten, and what is left is as if it had come in order.
   * @param next the minute from which samples are taken again, ms.
   */
  rewind(next: number): void {
    this.#settle();
    const fine = this.#fine;
    for (const ring of [this.#minutes, ...(fine ? [fine.second, fine.tenSeconds] : [])]) ring.dropFrom(next);
    this.#newestAt = Math.min(this.#newestAt, next);
  }

  /** Memory of its buckets, bytes. */
  get bytes(): number {
    const fine = this.#fine;
    const rings = [this.#minutes, ...(fine ? [fine.second, fine.tenSeconds] : [])];
    return rings.reduce((sum, ring) => sum + ring.bytes, 0);
  }

  #settle(): void {
    this.#lane?.settle(this, this.#place);
  }

  #late(): ErrorCode {
    this.lateDropped += 1;
    return 'time_too_old';
  }

  /**
   * By how much a counter grew. Less than before is a restart, and so is another start, however high the count. What comes out of
   * order changes nothing: its growth is part of a later one's already.
   */
  #growth(count: number, timeMs: number, createdMs: number): number {
    if (timeMs < this.#newestAt) return 0;
    const last = this.#lastCount;
    const restarted = createdMs > this.#createdAt;
    const isNew = this.#isNew(timeMs, createdMs);
    this.#lastCount = count;
    if (!Number.isNaN(createdMs)) this.#createdAt = createdMs;
    // The first count is history, unless it is said to have begun within what we keep.
    if (Number.isNaN(last)) return isNew ? count : 0;
    return restarted || count < last ? count : count - last;
  }

  /** It began to count while we were listening, or anew. */
  #isNew(timeMs: number, createdMs: number): boolean {
    return createdMs > this.#createdAt || (createdMs >= this.#gate.openFrom && createdMs <= timeMs);
  }

  #fold(timeMs: number, value: number, amount: number): void {
    this.#minutes.add(timeMs, value, amount);
    const fine = this.#fine;
    if (fine) {
      fine.second.add(timeMs, value, amount);
      fine.tenSeconds.add(timeMs, value, amount);
    }
    this.#touch(timeMs);
  }

  #merge(timeMs: number, content: BucketContent): void {
    this.#minutes.merge(startOf(timeMs, MINUTE), content);
    const fine = this.#fine;
    if (fine)
      for (const ring of [fine.second, fine.tenSeconds]) ring.merge(startOf(timeMs, ring.stepMs), content);
    this.#touch(timeMs);
  }

  #touch(timeMs: number): void {
    if (timeMs > this.#newestAt) this.#newestAt = timeMs;
    if (this.#onReturn) {
      const told = this.#onReturn;
      this.#onReturn = undefined;
      told();
    }
    if (timeMs < this.#unsavedFrom) this.#unsavedFrom = timeMs;
    if (timeMs < this.changedFrom && this.#watchers.size > 0) {
      const first = this.changedFrom === Number.POSITIVE_INFINITY;
      this.changedFrom = timeMs;
      if (first) this.onChange?.(this);
    }
  }
}
