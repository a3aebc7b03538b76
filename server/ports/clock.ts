/** Port: time. Services take it from here, so that no test sleeps. */

/** A scheduled call. */
export interface Timer {
  /** Takes the call back. Cancelling twice, or after it ran, does nothing. */
  cancel(): void;
}

/**
 * Time and timers. Guarantees, whichever engine:
 * - `now` is ms since 1970, whole; `monotonicMs` never goes back and may be fractional.
 * - A call runs no earlier than asked; calls due at the same time run in the order they were scheduled.
 * - A cancelled call never runs. A call that throws does not stop the others.
 * - Pending calls do not keep the process alive.
 */
export interface Clock {
  /** Wall clock, ms since 1970. */
  now(): number;
  /** For durations, ms from an arbitrary start. */
  monotonicMs(): number;
  /** Runs `call` once after `delayMs` (≥ 0). */
  after(delayMs: number, call: () => void): Timer;
  /** Runs `call` every `intervalMs` (≥ 1), first after one interval. Late ticks are dropped, not bunched. */
  every(intervalMs: number, call: () => void): Timer;
}
