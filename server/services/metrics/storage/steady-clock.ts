/** Whether the wall clock can be trusted with what cannot be undone: one that jumped ahead would have everything forgotten. */
import type { Clock } from '../../../ports/clock.ts';

/** A wall clock may be set by so much without having jumped, ms. */
const TOLERANCE_MS = 60_000;

/** Compares the wall clock with the one that only goes forward. */
export class SteadyClock {
  readonly #clock: Clock;
  #wallMs: number;
  #monotonicMs: number;
  /** Since when the two agree and nothing was answered, monotonic ms. */
  #since: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wallMs = clock.now();
    this.#monotonicMs = clock.monotonicMs();
    this.#since = this.#monotonicMs;
  }

  /** @returns now, once in each `durationMs` of a clock that did not jump; else undefined. */
  steadySince(durationMs: number): number | undefined {
    const wall = this.#clock.now();
    const monotonic = this.#clock.monotonicMs();
    const jumped = Math.abs(wall - this.#wallMs - (monotonic - this.#monotonicMs)) > TOLERANCE_MS;
    this.#wallMs = wall;
    this.#monotonicMs = monotonic;
    if (jumped) this.#since = monotonic;
    if (monotonic - this.#since < durationMs) return undefined;
    this.#since = monotonic;
    return wall;
  }
}
