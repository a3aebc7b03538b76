/** Puts a classic histogram together from its lines: buckets that count all below them, a sum and a count. */
import type { ClassicHistogram } from './format.ts';

/** One point of one histogram, filled line by line. Afterwards it is empty again and knows the bounds. */
export class HistogramLines {
  /** Of the last point. */
  #bounds: number[] = [];
  /** True where somebody else holds the bounds: they are copied before they change. */
  #shared = false;
  #counts: number[] = [];
  #filled = 0;
  /** Count of the bucket `+Inf`, the `_sum` and the `_count`; NaN where they were not said. */
  infinite = NaN;
  sum = NaN;
  count = NaN;

  /** The bound of the last bucket, -Infinity before the first. */
  get lastBound(): number {
    if (!Number.isNaN(this.infinite)) return Infinity;
    return this.#filled === 0 ? -Infinity : this.#bounds[this.#filled - 1]!;
  }

  /** The lowest bound; Infinity when there is but one. */
  get firstBound(): number {
    return this.#filled === 0 ? Infinity : this.#bounds[0]!;
  }

  /** A line of a bucket: how many observations were up to its bound. */
  bucket(bound: number, count: number): void {
    if (bound === Infinity) {
      this.infinite = count;
      return;
    }
    const i = this.#filled;
    if (this.#bounds[i] !== bound) {
      this.#cutBounds(i);
      this.#bounds.push(bound);
    }
    this.#counts[i] = count;
    this.#filled = i + 1;
  }

  /**
   * The point, and room for the next.
   * @returns what is wrong with it where it is none.
   */
  take(): ClassicHistogram | string {
    const { sum, count } = this;
    const total = Number.isNaN(this.infinite) ? count : this.infinite;
    const counts = this.#counts.slice(0, this.#filled);
    if (this.#bounds.length > this.#filled) this.#cutBounds(this.#filled);
    let bounds: readonly number[] = this.#bounds;
    this.clear();
    if (Number.isNaN(total)) return 'expected a bucket le="+Inf" or a _count';
    if (!isAscending(bounds)) {
      const order = [...bounds.keys()].sort((a, b) => bounds[a]! - bounds[b]!);
      const unordered = counts.slice();
      order.forEach((from, to) => (counts[to] = unordered[from]!));
      bounds = order.map((from) => this.#bounds[from]!);
      if (!isAscending(bounds)) return 'expected each bucket once';
    }
    counts.push(total);
    for (let i = counts.length - 1; i > 0; i -= 1) counts[i]! -= counts[i - 1]!;
    if (counts.some((own) => !(own >= 0))) return 'expected no bucket to count less than the one below it';
    this.#shared = bounds === this.#bounds;
    return { bounds, counts, sum, count: Number.isNaN(count) ? total : count };
  }

  /** Forgets what was filled in. */
  clear(): void {
    this.#filled = 0;
    this.infinite = this.sum = this.count = NaN;
  }

  /** Forgets the bounds from there on. */
  #cutBounds(length: number): void {
    if (this.#shared) this.#bounds = this.#bounds.slice(0, length);
    else this.#bounds.length = length;
    this.#shared = false;
  }
}

function isAscending(bounds: readonly number[]): boolean {
  for (let i = 1; i < bounds.length; i += 1) if (!(bounds[i]! > bounds[i - 1]!)) return false;
  return true;
}
