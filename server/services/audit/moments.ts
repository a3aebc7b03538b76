/** The time of entries: µs since 1970, finer than the wall clock tells. */
import type { Clock } from '../../ports/clock.ts';

/** Tells the time. */
export class Moments {
  readonly #clock: Clock;
  #ms = Number.NaN;
  #since = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** µs since 1970. It follows the wall clock, backwards too; within one of its milliseconds it never goes back. */
  now(): number {
    const ms = this.#clock.now();
    const since = this.#clock.monotonicMs();
    if (ms !== this.#ms) {
      this.#ms = ms;
      this.#since = since;
    }
    return ms * 1_000 + Math.min(999, Math.floor((since - this.#since) * 1_000));
  }
}
