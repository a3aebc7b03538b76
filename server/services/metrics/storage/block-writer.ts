/** Puts buckets into a block for the store. */
import { ROW_LENGTH } from '../../../ports/metric-store.ts';
import type { BucketBlock, StoredTier } from '../../../ports/metric-store.ts';
import type { BucketContent } from '../tiers/bucket.ts';
import type { BucketRing } from '../tiers/bucket-ring.ts';
import { encodeSketch } from '../tiers/sketch.ts';

/** One block, row by row. */
export class BlockWriter {
  readonly #tier: StoredTier;
  #rows = new Float64Array(ROW_LENGTH * 64);
  #length = 0;
  readonly #sketches: [number, Uint8Array][] = [];

  constructor(tier: StoredTier) {
    this.#tier = tier;
  }

  /** Rows so far. */
  get count(): number {
    return this.#length / ROW_LENGTH;
  }

  add(id: number, start: number, { min, max, sum, count, last, sketch }: BucketContent): void {
    if (this.#length === this.#rows.length) {
      const wider = new Float64Array(this.#rows.length * 2);
      wider.set(this.#rows);
      this.#rows = wider;
    }
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
    ring.each(fromMs, (bucket) => this.add(id, bucket.start, bucket));
  }

  block(): BucketBlock {
    return { tier: this.#tier, rows: this.#rows.slice(0, this.#length), sketches: this.#sketches };
  }
}
