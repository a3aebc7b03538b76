/** Observations counted between bounds that a sender chose: the classic histogram of Prometheus and OpenTelemetry. */
import type { ClassicHistogram } from '../formats/format.ts';
import type { Bytes } from './bytes.ts';
import type { Quantile } from './quantile.ts';

/** No sender has more; what claims to is not ours. */
const MAX_BOUNDS = 10_000;

/** One bucket's observations. */
export class BoundsSketch {
  #bounds: readonly number[];
  /** One more than bounds. */
  #counts: number[];

  /** @param counts one more than bounds; not kept. */
  constructor(bounds: readonly number[], counts: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = counts.slice();
  }

  get count(): number {
    let count = 0;
    for (const here of this.#counts) count += here;
    return count;
  }

  /** About as much memory as it takes. Bounds are shared. */
  get bytes(): number {
    return 80 + 8 * this.#counts.length;
  }

  /** The same bounds: counts can be compared. */
  sameBounds(bounds: readonly number[]): boolean {
    return bounds.length === this.#bounds.length && bounds.every((bound, i) => bound === this.#bounds[i]);
  }

  merge(from: unknown): void {
    if (!(from instanceof BoundsSketch)) return;
    if (from.#bounds !== this.#bounds && !this.sameBounds(from.#bounds)) {
      // Only at bounds that both have is it known how many lay below.
      const common = this.#bounds.filter((bound) => from.#bounds.includes(bound));
      this.#rebin(common);
      const other = from.copy();
      other.#rebin(common);
      this.#addUp(other);
    } else this.#addUp(from);
  }

  copy(): BoundsSketch {
    return new BoundsSketch(this.#bounds, this.#counts);
  }

  /**
   * By straight lines between bounds, as Prometheus does.
   * @param q 0 to 1. @returns undefined of nothing.
   */
  quantile(q: number): Quantile | undefined {
    const { count } = this;
    if (count === 0) return undefined;
    const rank = q * count;
    let below = 0;
    for (const [i, here] of this.#counts.entries()) {
      if (here > 0 && below + here >= rank) return this.#within(i, (rank - below) / here);
      below += here;
    }
    return this.#within(this.#counts.length - 1, 1);
  }

  write(bytes: Bytes): void {
    bytes.unsigned(this.#bounds.length);
    for (const bound of this.#bounds) bytes.float(bound);
    for (const count of this.#counts) bytes.unsigned(count);
  }

  /** @throws RangeError for bytes that are none of ours. */
  static read(bytes: Bytes): BoundsSketch {
    const length = bytes.readUnsigned();
    if (length > MAX_BOUNDS) throw new RangeError('more bounds than ours');
    const bounds = Array.from({ length }, () => bytes.readFloat());
    return new BoundsSketch(
      bounds,
      Array.from({ length: length + 1 }, () => bytes.readUnsigned()),
    );
  }

  /** Lowest and highest that an observation can have been: bounds, and the lowest and highest where there is none beyond. */
  static range({ bounds, counts }: ClassicHistogram): readonly [min: number, max: number] {
    const first = counts.findIndex((count) => count > 0);
    const last = counts.findLastIndex((count) => count > 0);
    const lowest = bounds[0] ?? 0;
    return [bounds[first - 1] ?? Math.min(0, lowest), bounds[last] ?? bounds.at(-1) ?? 0];
  }

  #within(i: number, share: number): Quantile {
    const bounds = this.#bounds;
    const high = bounds[i];
    // Above all bounds nothing is known but that.
    if (high === undefined) return { value: bounds.at(-1) ?? 0, absoluteError: Number.POSITIVE_INFINITY };
    const low = bounds[i - 1] ?? Math.min(0, high);
    return { value: low + (high - low) * Math.max(0, share), absoluteError: high - low };
  }

  #addUp(from: BoundsSketch): void {
    from.#counts.forEach((count, i) => {
      this.#counts[i]! += count;
    });
  }

  #rebin(bounds: readonly number[]): void {
    const counts = new Array<number>(bounds.length + 1).fill(0);
    this.#counts.forEach((count, i) => {
      const bound = this.#bounds[i];
      const at = bound === undefined ? bounds.length : bounds.findIndex((other) => other >= bound);
      counts[at < 0 ? bounds.length : at]! += count;
    });
    this.#bounds = bounds;
    this.#counts = counts;
  }
}
