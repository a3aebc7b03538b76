/** One series: what it is, its open buckets, and how a sample changes them. */
import { seriesKey } from '../../../../src/protocol/index.ts';
import type { ErrorCode, MetricKind, SeriesInfo } from '../../../../src/protocol/index.ts';
import { BucketRing } from '../tiers/bucket-ring.ts';
import type { BucketContent } from '../tiers/bucket.ts';
import { MINUTE, startOf } from '../tiers/tiers.ts';
import type { HistogramPoint, SeriesRef, Temporality } from '../formats/format.ts';
import { pointBetween, sketchOf } from './histogram-points.ts';

/** Closed minutes that are kept in memory, so that one which is read while it is written is still there. */
const SPARE_MINUTES = 4;

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

/** From when on samples are taken; the same for every series. */
export interface Gate {
  /** Minutes that begin before are closed, ms. */
  openFrom: number;
  /** Minutes that begin before may be missing in memory, though they were taken: a clock that jumps ahead pushes them out, ms. */
  heldFrom: number;
  /** How many minutes are open at most. */
  readonly openMinutes: number;
}

/** Where a counter stands. */
export interface Standing {
  /** Its last count; NaN before the first. */
  readonly count: number;
  /** Since when it counts, ms; NaN where nobody said. */
  readonly createdAt: number;
  /** When it was counted, ms. */
  readonly at: number;
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
export class Series implements SeriesRef {
  gone = false;
  /** Its sender has said that there is no more, and nothing has come since. */
  ended = false;
  /** Told when one that had ended speaks again. */
  onReturn: (() => void) | undefined;
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
  /** Open minutes, and a few closed ones. Coarser buckets are made of them on disk. */
  readonly minutes: BucketRing;
  fine: FineRings | undefined;
  /** Told of its changes. */
  readonly watchers = new Set<Watcher>();
  /** Samples that came too late, since the start. */
  lateDropped = 0;
  /** The newest sample's time, ms; -1 before the first. */
  newestAt = -1;
  /** Earliest change that is not on disk yet, ms. */
  unsavedFrom = Number.POSITIVE_INFINITY;
  /** Earliest change since the watchers were told, ms. */
  changedFrom = Number.POSITIVE_INFINITY;
  /** Told of the first change since the watchers were told. */
  onChange: ((series: Series) => void) | undefined;

  readonly #gate: Gate;
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
    this.minutes = new BucketRing(MINUTE, gate.openMinutes + SPARE_MINUTES);
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
    this.kind = kind;
    this.info = { ...this.info, kind };
    this.stored = false;
  }

  /** A reading, or a counter's count. @returns why it was not taken. */
  sample(value: number, timeMs: number, createdMs = Number.NaN): ErrorCode | undefined {
    if (timeMs < this.#gate.openFrom) return this.#late();
    if (this.kind === 'gauge') this.#fold(timeMs, value, value);
    else if (this.kind === 'counter') this.#fold(timeMs, value, this.#growth(value, timeMs, createdMs));
    else return this.observe(value, timeMs);
    return undefined;
  }

  /** What came on top of a counter. */
  increment(by: number, timeMs: number): ErrorCode | undefined {
    if (timeMs < this.#gate.openFrom) return this.#late();
    const count = (Number.isNaN(this.#lastCount) ? 0 : this.#lastCount) + by;
    this.#lastCount = count;
    this.#fold(timeMs, count, by);
    return undefined;
  }

  /** One observation of a histogram. */
  observe(value: number, timeMs: number): ErrorCode | undefined {
    if (timeMs < this.#gate.openFrom) return this.#late();
    const { fine } = this;
    for (const ring of fine ? [this.minutes, fine.second, fine.tenSeconds] : [this.minutes])
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
    let news: HistogramPoint | undefined = point;
    if (temporality === 'cumulative') {
      if (timeMs < this.newestAt) return undefined;
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
    return { count: this.#lastCount, createdAt: this.#createdAt, at: this.newestAt };
  }

  /** Goes on where it stood. */
  resume({ count, createdAt, at }: Standing): void {
    if (this.kind === 'counter') {
      this.#lastCount = count;
      this.#createdAt = createdAt;
    }
    this.newestAt = Math.max(this.newestAt, at);
  }

  /**
   * The clock was ahead and is back: what lies in the future is forgotten, and what is left is as if it had come in order.
   * @param next the minute from which samples are taken again, ms.
   */
  rewind(next: number): void {
    const { fine } = this;
    for (const ring of [this.minutes, ...(fine ? [fine.second, fine.tenSeconds] : [])]) ring.dropFrom(next);
    this.newestAt = Math.min(this.newestAt, next);
  }

  /** Memory of its buckets, bytes. */
  get bytes(): number {
    const { fine } = this;
    const rings = [this.minutes, ...(fine ? [fine.second, fine.tenSeconds] : [])];
    return rings.reduce((sum, ring) => sum + ring.bytes, 0);
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
    if (timeMs < this.newestAt) return 0;
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
    this.minutes.add(timeMs, value, amount);
    const { fine } = this;
    if (fine) {
      fine.second.add(timeMs, value, amount);
      fine.tenSeconds.add(timeMs, value, amount);
    }
    this.#touch(timeMs);
  }

  #merge(timeMs: number, content: BucketContent): void {
    this.minutes.merge(startOf(timeMs, MINUTE), content);
    const { fine } = this;
    if (fine)
      for (const ring of [fine.second, fine.tenSeconds]) ring.merge(startOf(timeMs, ring.stepMs), content);
    this.#touch(timeMs);
  }

  #touch(timeMs: number): void {
    if (timeMs > this.newestAt) this.newestAt = timeMs;
    if (this.ended) {
      this.ended = false;
      this.onReturn?.();
    }
    if (timeMs < this.unsavedFrom) this.unsavedFrom = timeMs;
    if (timeMs < this.changedFrom && this.watchers.size > 0) {
      const first = this.changedFrom === Number.POSITIVE_INFINITY;
      this.changedFrom = timeMs;
      if (first) this.onChange?.(this);
    }
  }
}
