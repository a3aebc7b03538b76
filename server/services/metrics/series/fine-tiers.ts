/** Which series have buckets of a second and of ten: those that are watched, and those that came or were asked for last. */
import type { Clock } from '../../../ports/clock.ts';
import type { MetricsLimits } from '../limits.ts';
import { BucketRing } from '../tiers/bucket-ring.ts';
import { FINE_TIERS } from '../tiers/tiers.ts';
import type { Series } from './series.ts';

/** Hands fine tiers out, at most `maxFineSeries` at once. */
export class FineTiers {
  readonly #limits: MetricsLimits;
  readonly #clock: Clock;
  /** Least recently wanted first. */
  readonly #holders = new Set<Series>();

  constructor(limits: MetricsLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** How many series have them. */
  get size(): number {
    return this.#holders.size;
  }

  /** A new series has them while there is room. One that nobody knew before misses nothing of its past. */
  offer(series: Series): void {
    if (this.#holders.size < this.#limits.maxFineSeries)
      this.#give(series, series.id === 0 ? 0 : this.#clock.now());
  }

  /**
   * Somebody wants them, of all of these: other series that nobody watches go without.
   * @returns since when all of them have them whole, ms; undefined when not all can have them.
   */
  want(wanted: readonly Series[]): number | undefined {
    if (wanted.length > this.#limits.maxFineSeries) return undefined;
    let since = 0;
    // First those that have them, so that none of them is robbed for another.
    for (const series of wanted) {
      if (!series.fine) continue;
      this.#holders.delete(series);
      this.#holders.add(series);
      since = Math.max(since, series.fine.since);
    }
    for (const series of wanted) {
      if (series.fine) continue;
      if (this.#holders.size >= this.#limits.maxFineSeries && !this.#takeBack()) return undefined;
      since = this.#clock.now();
      this.#give(series, since);
    }
    return since;
  }

  /** The series is no more. */
  release(series: Series): void {
    this.#holders.delete(series);
    series.fine = undefined;
  }

  #give(series: Series, since: number): void {
    const [second, tenSeconds] = FINE_TIERS;
    const { keepSecondsMs, keepTenSecondsMs } = this.#limits;
    series.fine = {
      since,
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
