/** Which series have buckets of a second and of ten: those that are watched, and those that came or were asked for last. */
import type { MetricsLimits } from '../limits.ts';
import { BucketRing } from '../tiers/bucket-ring.ts';
import { FINE_TIERS } from '../tiers/tiers.ts';
import type { Series } from './series.ts';

/** Hands fine tiers out, at most `maxFineSeries` at once. */
export class FineTiers {
  readonly #limits: MetricsLimits;
  /** Least recently wanted first. */
  readonly #holders = new Set<Series>();

  constructor(limits: MetricsLimits) {
    this.#limits = limits;
  }

  /** How many series have them. */
  get size(): number {
    return this.#holders.size;
  }

  /** A new series has them while there is room. */
  offer(series: Series): void {
    if (this.#holders.size < this.#limits.maxFineSeries) this.#give(series);
  }

  /** Somebody wants them: another series that nobody watches goes without. @returns false when all are watched. */
  want(series: Series): boolean {
    if (series.fine) {
      this.#holders.delete(series);
      this.#holders.add(series);
      return true;
    }
    if (this.#holders.size >= this.#limits.maxFineSeries && !this.#takeBack()) return false;
    this.#give(series);
    return true;
  }

  /** The series is no more. */
  release(series: Series): void {
    this.#holders.delete(series);
    series.fine = undefined;
  }

  #give(series: Series): void {
    const [second, tenSeconds] = FINE_TIERS;
    const { keepSecondsMs, keepTenSecondsMs } = this.#limits;
    series.fine = {
      second: new BucketRing(second, Math.ceil(keepSecondsMs / second)),
      tenSeconds: new BucketRing(tenSeconds, Math.ceil(keepTenSecondsMs / tenSeconds)),
    };
    this.#holders.add(series);
  }

  #takeBack(): boolean {
    for (const series of this.#holders) {
      if (series.watchers.size > 0) continue;
      this.release(series);
      return true;
    }
    return false;
  }
}
