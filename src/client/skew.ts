/** How far this machine's clock is off the server's. */

/** Samples that are remembered. */
const WINDOW = 10;
/** A sample this far off the estimate means that somebody set a clock, ms. */
const JUMP_MS = 2_000;

/** Estimates the server's clock from what it says the time is. */
export class Skew {
  #samples: number[] = [];

  /** Server minus local, ms; 0 before anything was heard. */
  get ms(): number {
    // A message can only be late, never early: the largest difference is the one that was delayed least.
    return this.#samples.length > 0 ? Math.max(...this.#samples) : 0;
  }

  /**
   * The server said its time.
   * @param serverMs as said, ms since 1970.
   * @param localMs this machine's clock when it was heard, ms since 1970.
   * @param roundTripMs how long the answer took, if it was one: half of that is the way back.
   */
  sample(serverMs: number, localMs: number, roundTripMs = 0): void {
    const difference = serverMs + roundTripMs / 2 - localMs;
    if (!Number.isFinite(difference)) return;
    if (Math.abs(difference - this.ms) > JUMP_MS) this.#samples = [];
    this.#samples = [...this.#samples.slice(1 - WINDOW), difference];
  }
}
