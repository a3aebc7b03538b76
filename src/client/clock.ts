/** The client's time, replaceable in tests. */

/** Time and timers. */
export interface ClientClock {
  /** This machine's wall clock, ms since 1970. It may be wrong. */
  now(): number;
  /** Runs `call` once after `delayMs`. @returns takes the call back. */
  after(delayMs: number, call: () => void): () => void;
}

/** The system's clock. */
export const systemClock: ClientClock = {
  now: () => Date.now(),
  after(delayMs, call) {
    const handle = setTimeout(call, delayMs);
    return () => clearTimeout(handle);
  },
};
