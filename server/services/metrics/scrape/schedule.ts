/** When a target is scraped: on a fixed grid, at a phase of its own, so that targets spread over the interval. */
import { nextOnGrid, phaseOf } from '../../../phase.ts';
import type { Clock, Timer } from '../../../ports/clock.ts';

/** Calls at every point of a grid. The wall clock sets it, so a restart keeps the rhythm. */
export class Grid {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #phaseMs: number;
  readonly #call: () => void;
  #timer: Timer | undefined;
  #dueMs = NaN;

  /** @param key tells targets apart; the same key has the same phase. */
  constructor(clock: Clock, intervalMs: number, key: string, call: () => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#phaseMs = phaseOf(key, intervalMs);
    this.#call = call;
    this.#wait();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #wait(): void {
    const now = this.#clock.now();
    const interval = this.#intervalMs;
    let due = nextOnGrid(now, interval, this.#phaseMs);
    // A wall clock that lags behind the timer must not call twice for one point.
    if (due === this.#dueMs) due += interval;
    this.#dueMs = due;
    this.#timer = this.#clock.after(due - now, () => {
      this.#wait();
      this.#call();
    });
  }
}
