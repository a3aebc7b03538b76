/** One series' buckets of one length in typed arrays: a ring of those that hold something, oldest first. */
import type { BucketRow } from '../../../../src/protocol/index.ts';
import { ROW_LENGTH } from '../../../ports/metric-store.ts';
import { PAIR, WHOLE, columns, finite, readBucket } from './bucket.ts';
import type { BucketContent, ReadBucket } from './bucket.ts';
import { ExponentialSketch } from './exponential-sketch.ts';
import type { Sketch } from './sketch.ts';
import type { Steps } from './steps.ts';

const FIRST_CAPACITY = 8;
/** Filled anew for each row that is read. */
const ROW = readBucket();

/**
 * Buckets by slot number (`time / stepMs`). Only slots that hold something cost: 42 bytes each, 26 while none of them saw more than
 * one sample (two more where a step is longer than a minute), so that a series which speaks every fifteen seconds pays for a fifteenth
 * of its seconds.
 */
export class BucketRing {
  readonly stepMs: number;
  readonly #maxSlots: number;
  #capacity: number;
  /**
   * Numbers a bucket: `PAIR` or `WHOLE`. Of the numbers from `v = at * width` on, min is `v`, max `v + w`, sum `v + width / 2` and
   * last `v + 3 w`, where `w` is 0 for pairs and 1 for whole ones.
   */
  #width: number = PAIR;
  /** Physical place of the oldest. */
  #head = 0;
  #size = 0;
  /** Of the newest bucket, where most samples go: its slot, and its physical place. -1 while empty. */
  #newestSlot = -1;
  #newest = -1;
  #slots: Uint32Array;
  #counts: Uint32Array;
  #values: Float64Array;
  /** When `last` was, ms after the bucket's start. */
  #lastAt: Uint16Array | Uint32Array;
  #sketches: (Sketch | undefined)[] | undefined;

  /**
   * @param stepMs length of a bucket, ms.
   * @param maxSlots how many steps back from the newest bucket are kept.
   */
  constructor(stepMs: number, maxSlots: number) {
    this.stepMs = stepMs;
    this.#maxSlots = maxSlots;
    this.#capacity = Math.min(FIRST_CAPACITY, maxSlots);
    const { slots, counts, values, lastAt } = columns(this.#capacity, PAIR, stepMs);
    this.#slots = slots;
    this.#counts = counts;
    this.#values = values;
    this.#lastAt = lastAt;
  }

  /** How many buckets hold something. */
  get size(): number {
    return this.#size;
  }

  /** Start of the newest bucket, ms; -1 while empty. */
  get newestStart(): number {
    return this.#size === 0 ? -1 : this.#newestSlot * this.stepMs;
  }

  /** Bytes that its arrays take; sketches beside. */
  get bytes(): number {
    const { byteLength } = this.#values;
    const sketches = this.#sketches?.reduce((sum, sketch) => sum + (sketch?.bytes ?? 0), 0) ?? 0;
    return byteLength + this.#slots.byteLength + this.#counts.byteLength + this.#lastAt.byteLength + sketches;
  }

  /**
   * Folds a sample in.
   * @param value what is compared for min, max and last.
   * @param amount what is added to the sum.
   * @returns false when the ring has moved past it.
   */
  add(timeMs: number, value: number, amount: number): boolean {
    const slot = Math.floor(timeMs / this.stepMs);
    const at = slot === this.#newestSlot ? this.#newest : this.#place(slot);
    if (at < 0) return false;
    const offset = timeMs - slot * this.stepMs;
    if (this.#counts[at] === 0) {
      this.#put(at, value, amount);
      this.#lastAt[at] = offset;
      this.#counts[at] = 1;
      return true;
    }
    if (this.#width === PAIR) this.#resize(this.#capacity, WHOLE);
    return this.#fold(slot === this.#newestSlot ? this.#newest : this.#find(slot), offset, value, amount);
  }

  /** Folds several samples in, one after the other. Those that the ring has moved past are left out. */
  addRun(times: Float64Array, values: Float64Array, amounts: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) this.add(times[i]!, values[i]!, amounts[i]!);
  }

  /** The first of a bucket. */
  #put(at: number, value: number, amount: number): void {
    const values = this.#values;
    if (this.#width === PAIR) {
      values[at * PAIR] = value;
      values[at * PAIR + 1] = amount;
    } else {
      const v = at * WHOLE;
      values[v] = values[v + 1] = values[v + 3] = value;
      values[v + 2] = amount;
    }
  }

  /** A further one of a bucket. */
  #fold(at: number, offset: number, value: number, amount: number): boolean {
    const values = this.#values;
    const v = at * WHOLE;
    if (value < values[v]!) values[v] = value;
    if (value > values[v + 1]!) values[v + 1] = value;
    values[v + 2] = finite(values[v + 2]! + amount);
    this.#counts[at]! += 1;
    if (offset >= this.#lastAt[at]!) {
      values[v + 3] = value;
      this.#lastAt[at] = offset;
    }
    return true;
  }

  /** Folds an observation in, of which percentiles are to be told. @returns false when the ring has moved past it. */
  observe(timeMs: number, value: number): boolean {
    if (!this.add(timeMs, value, value)) return false;
    const slot = Math.floor(timeMs / this.stepMs);
    const at = slot === this.#newestSlot ? this.#newest : this.#find(slot);
    // Of a series with a sender's bounds nothing is observed here; one kind is what a series has for life.
    const sketch = ((this.#sketches ??= [])[at] ??= new ExponentialSketch());
    if (sketch instanceof ExponentialSketch) sketch.observe(value);
    return true;
  }

  /** Folds what another bucket holds in. @returns false when the ring has moved past it. */
  merge(startMs: number, content: BucketContent): boolean {
    const slot = Math.floor(startMs / this.stepMs);
    // Whatever is merged saw more than one sample, or soon will have.
    if (this.#width === PAIR) this.#resize(this.#capacity, WHOLE);
    const at = slot === this.#newestSlot ? this.#newest : this.#place(slot);
    if (at < 0) return false;
    const offset = Math.max(0, Math.min(this.stepMs - 1, content.lastAt - slot * this.stepMs));
    const values = this.#values;
    const v = at * WHOLE;
    if (this.#counts[at] === 0) {
      values[v] = content.min;
      values[v + 1] = content.max;
      values[v + 2] = content.sum;
      values[v + 3] = content.last;
      this.#lastAt[at] = offset;
    } else {
      if (content.min < values[v]!) values[v] = content.min;
      if (content.max > values[v + 1]!) values[v + 1] = content.max;
      values[v + 2] = finite(values[v + 2]! + content.sum);
      if (offset >= this.#lastAt[at]!) {
        values[v + 3] = content.last;
        this.#lastAt[at] = offset;
      }
    }
    this.#counts[at]! += content.count;
    if (content.sketch) {
      const sketches = (this.#sketches ??= []);
      const own = sketches[at];
      if (own) own.merge(content.sketch);
      else sketches[at] = content.sketch.copy();
    }
    return true;
  }

  /** One bucket as a row, or undefined when it holds nothing or is no longer kept. */
  row(startMs: number): BucketRow | undefined {
    const at = this.#find(Math.floor(startMs / this.stepMs));
    return at < 0 ? undefined : this.#rowAt(at);
  }

  /** The buckets that begin in `[fromMs, toMs)` as rows, oldest first. */
  rows(fromMs: number, toMs: number): BucketRow[] {
    const rows: BucketRow[] = [];
    for (let i = this.#firstFrom(fromMs), slot = toMs / this.stepMs; i < this.#size; i++) {
      const at = this.#physical(i);
      if (this.#slots[at]! >= slot) break;
      rows.push(this.#rowAt(at));
    }
    return rows;
  }

  /** Calls with each bucket that begins at or after, oldest first. The bucket is the same object each time. */
  each(fromMs: number, call: (bucket: ReadBucket) => void): void {
    const bucket = readBucket();
    for (let i = this.#firstFrom(fromMs); i < this.#size; i++) {
      this.#readAt(this.#physical(i), bucket);
      call(bucket);
    }
  }

  /** Some of its buckets hold sketches. */
  get hasSketches(): boolean {
    return this.#sketches !== undefined;
  }

  /**
   * Writes the buckets that begin at or after into the rows of a block, in its store's order, without their sketches.
   * @returns where the next row goes; there has to be room for `size` rows.
   */
  putRows(id: number, fromMs: number, rows: Float64Array, from: number): number {
    const { stepMs } = this;
    const values = this.#values;
    const width = this.#width;
    const w = width === PAIR ? 0 : 1;
    let to = from;
    for (let i = this.#firstFrom(fromMs); i < this.#size; i++) {
      const at = this.#physical(i);
      const v = at * width;
      rows[to] = id;
      rows[to + 1] = this.#slots[at]! * stepMs;
      rows[to + 2] = values[v]!;
      rows[to + 3] = values[v + w]!;
      rows[to + 4] = values[v + (width >> 1)]!;
      rows[to + 5] = this.#counts[at]!;
      rows[to + 6] = values[v + 3 * w]!;
      to += ROW_LENGTH;
    }
    return to;
  }

  /** Adds the buckets that begin in `[fromMs, toMs)` to the steps of a query: `each` without its calls, as this is where queries spend their time. */
  accumulate(steps: Steps, fromMs: number, toMs: number): void {
    const { stepMs } = this;
    const [slots, counts, values, offsets, sketches] = [
      this.#slots,
      this.#counts,
      this.#values,
      this.#lastAt,
      this.#sketches,
    ];
    const { from, stepMs: lengthMs, min, max, sum, count, last, lastAt } = steps;
    const width = this.#width;
    const w = width === PAIR ? 0 : 1;
    const half = width >> 1;
    const end = toMs / stepMs;
    const first = this.#firstFrom(fromMs);
    let at = this.#physical(first);
    if (stepMs === lengthMs && steps.isClear && !sketches) {
      // The usual case, a bucket a step: nothing is compared.
      const base = from / lengthMs;
      for (let i = first; i < this.#size; i++) {
        const slot = slots[at]!;
        if (slot >= end) break;
        const v = at * width;
        const step = slot - base;
        min[step] = values[v]!;
        max[step] = values[v + w]!;
        sum[step] = values[v + half]!;
        last[step] = values[v + 3 * w]!;
        lastAt[step] = slot * stepMs + offsets[at]!;
        count[step] = counts[at]!;
        at = at + 1 === this.#capacity ? 0 : at + 1;
      }
      return;
    }
    for (let i = first; i < this.#size; i++) {
      const slot = slots[at]!;
      if (slot >= end) break;
      const start = slot * stepMs;
      const step = Math.floor((start - from) / lengthMs);
      const v = at * width;
      const when = start + offsets[at]!;
      if (count[step] === 0) {
        min[step] = values[v]!;
        max[step] = values[v + w]!;
        sum[step] = values[v + half]!;
        last[step] = values[v + 3 * w]!;
        lastAt[step] = when;
      } else {
        if (values[v]! < min[step]!) min[step] = values[v]!;
        if (values[v + w]! > max[step]!) max[step] = values[v + w]!;
        sum[step] = finite(sum[step]! + values[v + half]!);
        if (when >= lastAt[step]!) {
          last[step] = values[v + 3 * w]!;
          lastAt[step] = when;
        }
      }
      count[step]! += counts[at]!;
      const sketch = sketches?.[at];
      if (sketch) steps.addSketch(step, sketch);
      at = at + 1 === this.#capacity ? 0 : at + 1;
    }
  }

  /** The same for questions that need sums and counts alone, which most do: half the work. */
  accumulateSums(steps: Steps, fromMs: number, toMs: number): void {
    const { stepMs } = this;
    const [slots, counts, values] = [this.#slots, this.#counts, this.#values];
    const { from, stepMs: lengthMs, sum, count } = steps;
    const width = this.#width;
    const half = width >> 1;
    const end = toMs / stepMs;
    const first = this.#firstFrom(fromMs);
    let at = this.#physical(first);
    if (stepMs === lengthMs && steps.isClear) {
      // The usual case, a bucket a step: nothing is added up.
      const base = from / lengthMs;
      for (let i = first; i < this.#size; i++) {
        const slot = slots[at]!;
        if (slot >= end) break;
        sum[slot - base] = values[at * width + half]!;
        count[slot - base] = counts[at]!;
        at = at + 1 === this.#capacity ? 0 : at + 1;
      }
      return;
    }
    for (let i = first; i < this.#size; i++) {
      const slot = slots[at]!;
      if (slot >= end) break;
      const step = Math.floor((slot * stepMs - from) / lengthMs);
      const more = values[at * width + half]!;
      sum[step] = count[step] === 0 ? more : finite(sum[step]! + more);
      count[step]! += counts[at]!;
      at = at + 1 === this.#capacity ? 0 : at + 1;
    }
  }

  /** Forgets the buckets that begin at or after: the clock was ahead. */
  dropFrom(startMs: number): void {
    const slot = startMs / this.stepMs;
    while (this.#size > 0 && this.#newestSlot >= slot) {
      this.#counts[this.#newest] = 0;
      if (this.#sketches) this.#sketches[this.#newest] = undefined;
      this.#size -= 1;
      this.#setNewest();
    }
  }

  #readAt(at: number, into: ReadBucket): void {
    const values = this.#values;
    const v = at * this.#width;
    const w = this.#width === PAIR ? 0 : 1;
    into.start = this.#slots[at]! * this.stepMs;
    into.min = values[v]!;
    into.max = values[v + w]!;
    into.sum = values[v + (this.#width >> 1)]!;
    into.last = values[v + 3 * w]!;
    into.count = this.#counts[at]!;
    into.lastAt = into.start + this.#lastAt[at]!;
    into.sketch = this.#sketches?.[at];
  }

  #rowAt(at: number): BucketRow {
    this.#readAt(at, ROW);
    const { start, min, max, sum, count, last } = ROW;
    return count === 1 && sum === last ? [start, last] : [start, min, max, sum, count, last];
  }

  #physical(i: number): number {
    const at = this.#head + i;
    return at < this.#capacity ? at : at - this.#capacity;
  }

  /** The first of those that begin at or after, counted from the oldest. */
  #firstFrom(fromMs: number): number {
    const slot = fromMs / this.stepMs;
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#slots[this.#physical(middle)]! < slot) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #find(slot: number): number {
    const i = this.#firstFrom(slot * this.stepMs);
    if (i === this.#size) return -1;
    const at = this.#physical(i);
    return this.#slots[at] === slot ? at : -1;
  }

  /** Where a slot's bucket is, made if need be; -1 for one that the ring has moved past. */
  #place(slot: number): number {
    if (this.#size > 0 && slot < this.#newestSlot) {
      if (slot <= this.#newestSlot - this.#maxSlots) return -1;
      const found = this.#find(slot);
      return found >= 0 ? found : this.#insert(slot);
    }
    while (this.#size > 0 && this.#slots[this.#head]! <= slot - this.#maxSlots) this.#dropOldest();
    return this.#write(slot);
  }

  #write(slot: number): number {
    if (this.#size === this.#capacity)
      this.#resize(Math.min(this.#capacity * 2, this.#maxSlots), this.#width);
    const at = this.#physical(this.#size);
    this.#slots[at] = slot;
    this.#counts[at] = 0;
    this.#size += 1;
    this.#newestSlot = slot;
    this.#newest = at;
    return at;
  }

  /** Makes room between others: for what comes late, and so seldom. */
  #insert(slot: number): number {
    const place = this.#firstFrom(slot * this.stepMs);
    this.#write(this.#newestSlot);
    for (let i = this.#size - 1; i > place; i--) this.#copy(this.#physical(i - 1), this.#physical(i));
    const at = this.#physical(place);
    this.#slots[at] = slot;
    this.#counts[at] = 0;
    if (this.#sketches) this.#sketches[at] = undefined;
    return at;
  }

  #copy(from: number, to: number): void {
    this.#slots[to] = this.#slots[from]!;
    this.#counts[to] = this.#counts[from]!;
    this.#lastAt[to] = this.#lastAt[from]!;
    const width = this.#width;
    this.#values.copyWithin(to * width, from * width, from * width + width);
    if (this.#sketches) this.#sketches[to] = this.#sketches[from];
  }

  #dropOldest(): void {
    this.#counts[this.#head] = 0;
    if (this.#sketches) this.#sketches[this.#head] = undefined;
    this.#head = this.#physical(1);
    this.#size -= 1;
    if (this.#size === 0) this.#setNewest();
  }

  #setNewest(): void {
    this.#newest = this.#size === 0 ? -1 : this.#physical(this.#size - 1);
    this.#newestSlot = this.#size === 0 ? -1 : this.#slots[this.#newest]!;
  }

  /** @param width not less than it was. */
  #resize(capacity: number, width: number): void {
    const { slots, counts, values, lastAt } = columns(capacity, width, this.stepMs);
    const sketches: (Sketch | undefined)[] | undefined = this.#sketches && [];
    const old = this.#width;
    for (let i = 0; i < this.#size; i++) {
      const from = this.#physical(i);
      slots[i] = this.#slots[from]!;
      counts[i] = this.#counts[from]!;
      lastAt[i] = this.#lastAt[from]!;
      if (width === old) values.set(this.#values.subarray(from * old, from * old + old), i * width);
      else {
        const value = this.#values[from * PAIR]!;
        values.fill(value, i * WHOLE, i * WHOLE + WHOLE);
        values[i * WHOLE + 2] = this.#values[from * PAIR + 1]!;
      }
      if (sketches) sketches[i] = this.#sketches![from];
    }
    this.#slots = slots;
    this.#counts = counts;
    this.#values = values;
    this.#lastAt = lastAt;
    this.#sketches = sketches;
    this.#capacity = capacity;
    this.#width = width;
    this.#head = 0;
    this.#setNewest();
  }
}
