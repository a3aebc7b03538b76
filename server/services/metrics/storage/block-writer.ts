/** Puts buckets into a block for the store. */
import { ROW_LENGTH } from '../../../ports/metric-store.ts';
import type { BucketBlock, StoredTier } from '../../../ports/metric-store.ts';
import type { BucketContent } from '../tiers/bucket.ts';
import type { BucketRing } from '../tiers/bucket-ring.ts';
import { encodeSketch } from '../tiers/sketch.ts';

/** One block, row by row. */
export class BlockWriter {
  readonly #tier: StoredTier;
  #rows: Float64Array;
  #length = 0;
  readonly #sketches: [number, Uint8Array][] = [];

  /** @param expected rows, about: what a block is made with is not copied for each doubling. */
  constructor(tier: StoredTier, expected = 64) {
    this.#tier = tier;
    this.#rows = new Float64Array(ROW_LENGTH * Math.max(1, expected));
  }

  /** Rows so far. */
  get count(): number {
    return this.#length / ROW_LENGTH;
  }

  add(id: number, start: number, { min, max, sum, count, last, sketch }: BucketContent): void {
    this.#reserve(1);
    if (sketch) this.#sketches.push([this.count, encodeSketch(sketch)]);
    this.#rows[this.#length++] = id;
    this.#rows[this.#length++] = start;
    this.#rows[this.#length++] = min;
    this.#rows[this.#length++] = max;
    this.#rows[this.#length++] = sum;
    this.#rows[this.#length++] = count;
    this.#rows[this.#length++] = last;
  }

  /** A ring's buckets from a time on. */
  addRing(id: number, ring: BucketRing, fromMs: number): void {
    if (!ring.hasSketches) {
      this.#reserve(ring.size);
      this.#length = ring.putRows(id, fromMs, this.#rows, this.#length);
      return;
    }
    ring.each(fromMs, (bucket) => this.add(id, bucket.start, bucket));
  }

  block(): BucketBlock {
    const whole = this.#length === this.#rows.length;
    const rows = whole ? this.#rows : this.#rows.slice(0, this.#length);
    return { tier: this.#tier, rows, sketches: this.#sketches };
  }

  #reserve(rows: number): void {
    const needed = this.#length + rows * ROW_LENGTH;
    if (needed <= this.#rows.length) return;
    const wider = new Float64Array(Math.max(needed, 2 * this.#rows.length));
    wider.set(this.#rows);
    this.#rows = wider;
  }
}
