/** The client's time, replaceable in tests. */

/** Time and timers. */
export interface ClientClock {
  /** This machine's wall clock, ms since 1970. It may be wrong. */
  now(): number;
  /** Runs `call` once after `delayMs`, or after {@link MAX_TIMER_MS} where that is too much. @returns takes the call back. */
  after(delayMs: number, call: () => void): () => void;
}

/** What a timer can count to, ms: one of more, or of what is no number, is run at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** A delay as a timer can keep it, however long it was to be: what a server said may be anything. */
export function timerMs(delayMs: number): number {
  return delayMs < MAX_TIMER_MS ? delayMs : MAX_TIMER_MS;
}

/** The system's clock. */
export const systemClock: ClientClock = {
  now: () => Date.now(),
  after(delayMs, call) {
    const handle = setTimeout(call, timerMs(delayMs));
    return () => clearTimeout(handle);
  },
};
