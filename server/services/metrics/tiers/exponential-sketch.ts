/**
 * Observations counted on a base-2 exponential scale (OpenTelemetry data model, "ExponentialHistogram"): bucket i holds
 * (base^i, base^(i+1)] with base = 2^(2^-scale), so that a percentile's relative error depends on the scale alone.
 */
import type { ExponentialHistogram } from '../formats/format.ts';
import type { Bytes } from './bytes.ts';
import type { Quantile } from './quantile.ts';

/** 1.1 % of relative error. */
const FIRST_SCALE = 5;
/** OpenTelemetry's own bounds. */
const MAX_SCALE = 20;
const MIN_SCALE = -10;
/** Buckets of one sign: at the first scale they span a factor of four billion, and halve their number past that. */
const MAX_BUCKETS = 1_024;

/** The buckets of one sign. */
class Side {
  offset = 0;
  counts: number[] = [];

  get total(): number {
    let total = 0;
    for (const count of this.counts) total += count;
    return total;
  }

  /** How wide it would be with this bucket. */
  widthWith(index: number): number {
    if (this.counts.length === 0) return 1;
    return Math.max(this.offset + this.counts.length - 1, index) - Math.min(this.offset, index) + 1;
  }

  add(index: number, count: number): void {
    if (this.counts.length === 0) this.offset = index;
    if (index < this.offset) {
      this.counts.unshift(...new Array<number>(this.offset - index).fill(0));
      this.offset = index;
    }
    while (index - this.offset >= this.counts.length) this.counts.push(0);
    this.counts[index - this.offset]! += count;
  }

  /** Two buckets become one, `times` times. */
  coarser(times: number): void {
    if (times === 0 || this.counts.length === 0) return;
    const factor = 2 ** times;
    const offset = Math.floor(this.offset / factor);
    const last = Math.floor((this.offset + this.counts.length - 1) / factor);
    const counts = new Array<number>(last - offset + 1).fill(0);
    this.counts.forEach((count, i) => {
      counts[Math.floor((this.offset + i) / factor) - offset]! += count;
    });
    this.offset = offset;
    this.counts = counts;
  }
}

/** One bucket's observations. */
export class ExponentialSketch {
  #scale = FIRST_SCALE;
  #zero = 0;
  /** What is no further from 0 than this counts as 0. */
  #zeroThreshold = 0;
  readonly #positive = new Side();
  readonly #negative = new Side();

  get scale(): number {
    return this.#scale;
  }

  /** How far a percentile can be from the truth, as a ratio of it. */
  get relativeError(): number {
    const base = 2 ** (2 ** -this.#scale);
    return Number.isFinite(base) ? (base - 1) / (base + 1) : 1;
  }

  get count(): number {
    return this.#zero + this.#positive.total + this.#negative.total;
  }

  /** About as much memory as it takes. */
  get bytes(): number {
    return 120 + 8 * (this.#positive.counts.length + this.#negative.counts.length);
  }

  /** Counts one observation. @param value finite. */
  observe(value: number, times = 1): void {
    if (Math.abs(value) <= this.#zeroThreshold) {
      this.#zero += times;
      return;
    }
    this.#add(
      value > 0 ? this.#positive : this.#negative,
      indexOf(Math.abs(value), this.#scale),
      this.#scale,
      times,
    );
  }

  /** Counts what a sender counted. A finer scale than ours is brought to ours, a coarser one brings ours to its own. */
  take(point: ExponentialHistogram): void {
    this.#zero += point.zeroCount;
    this.#widenZero(point.zeroThreshold);
    this.#takeSide(this.#positive, point.scale, point.positive);
    this.#takeSide(this.#negative, point.scale, point.negative);
  }

  merge(from: unknown): void {
    if (!(from instanceof ExponentialSketch)) return;
    this.#zero += from.#zero;
    this.#widenZero(from.#zeroThreshold);
    this.#takeSide(this.#positive, from.#scale, from.#positive);
    this.#takeSide(this.#negative, from.#scale, from.#negative);
  }

  copy(): ExponentialSketch {
    const copy = new ExponentialSketch();
    copy.#scale = this.#scale;
    copy.#zero = this.#zero;
    copy.#zeroThreshold = this.#zeroThreshold;
    for (const [to, from] of [
      [copy.#positive, this.#positive],
      [copy.#negative, this.#negative],
    ] as const) {
      to.offset = from.offset;
      to.counts = from.counts.slice();
    }
    return copy;
  }

  /** @param q 0 to 1. @returns undefined of nothing. */
  quantile(q: number): Quantile | undefined {
    const { count } = this;
    if (count === 0) return undefined;
    const relativeError = this.relativeError;
    // The value of this rank, counted from 0: what a sorted list would have at this place.
    let rank = Math.max(0, Math.ceil(q * count) - 1);
    for (let i = this.#negative.counts.length - 1; i >= 0; i--) {
      rank -= this.#negative.counts[i]!;
      if (rank < 0) return { value: -this.#middle(this.#negative.offset + i), relativeError };
    }
    rank -= this.#zero;
    if (rank < 0) return { value: 0, ...(this.#zeroThreshold > 0 && { absoluteError: this.#zeroThreshold }) };
    for (const [i, here] of this.#positive.counts.entries()) {
      rank -= here;
      if (rank < 0) return { value: this.#middle(this.#positive.offset + i), relativeError };
    }
    return undefined;
  }

  write(bytes: Bytes): void {
    bytes.signed(this.#scale);
    bytes.float(this.#zeroThreshold);
    bytes.unsigned(this.#zero);
    for (const { offset, counts } of [this.#positive, this.#negative]) {
      bytes.signed(offset);
      bytes.unsigned(counts.length);
      for (const count of counts) bytes.unsigned(count);
    }
  }

  /** @throws RangeError for bytes that are none of ours. */
  static read(bytes: Bytes): ExponentialSketch {
    const sketch = new ExponentialSketch();
    sketch.#scale = bytes.readSigned();
    sketch.#zeroThreshold = bytes.readFloat();
    sketch.#zero = bytes.readUnsigned();
    if (sketch.#scale > MAX_SCALE || sketch.#scale < MIN_SCALE) throw new RangeError('no scale of ours');
    for (const side of [sketch.#positive, sketch.#negative]) {
      side.offset = bytes.readSigned();
      const length = bytes.readUnsigned();
      if (length > MAX_BUCKETS) throw new RangeError('more buckets than ours');
      for (let i = 0; i < length; i++) side.counts.push(bytes.readUnsigned());
    }
    return sketch;
  }

  #takeSide(
    side: Side,
    scale: number,
    from: { readonly offset: number; readonly counts: readonly number[] },
  ): void {
    if (scale < this.#scale) this.#coarser(this.#scale - scale);
    for (const [i, count] of from.counts.entries())
      if (count > 0) this.#add(side, from.offset + i, scale, count);
  }

  /** @param index in the buckets of `scale`, which is ours or finer. */
  #add(side: Side, index: number, scale: number, count: number): void {
    const own = (): number => Math.floor(index / 2 ** (scale - this.#scale));
    while (side.widthWith(own()) > MAX_BUCKETS) this.#coarser(1);
    side.add(own(), count);
  }

  #coarser(times: number): void {
    this.#positive.coarser(times);
    this.#negative.coarser(times);
    this.#scale -= times;
  }

  #widenZero(threshold: number): void {
    this.#zeroThreshold = Math.max(this.#zeroThreshold, threshold);
  }

  /** The value in a bucket that is at most `relativeError` away from each of the bucket's. */
  #middle(index: number): number {
    const width = 2 ** -this.#scale;
    const base = 2 ** width;
    // Of the highest bucket the upper edge is no number, of the lowest the lower one is none.
    const high = 2 ** ((index + 1) * width);
    if (Number.isFinite(high)) return (2 * high) / (1 + base);
    return Math.min(Number.MAX_VALUE, 2 ** (index * width) * ((2 * base) / (1 + base)));
  }
}

function indexOf(value: number, scale: number): number {
  return Math.ceil(Math.log2(value) * 2 ** scale) - 1;
}
