/** A clock that stands still until a test moves it. */
import type { ClientClock } from '../client/clock.ts';

interface Due {
  readonly atMs: number;
  readonly call: () => void;
}

/** The client's clock, moved by hand. Calls run in the order in which they are due. */
export class FakeClock implements ClientClock {
  #nowMs: number;
  #wrongMs = 0;
  readonly #waiting = new Set<Due>();

  /** @param startMs what it shows at first, ms since 1970. */
  constructor(startMs = 1_000_000) {
    this.#nowMs = startMs;
  }

  /** How many calls are due some time. */
  get waiting(): number {
    return this.#waiting.size;
  }

  now(): number {
    return this.#nowMs + this.#wrongMs;
  }

  /** Somebody sets the machine's clock: it shows another time, and no time has passed. */
  set(byMs: number): void {
    this.#wrongMs += byMs;
  }

  after(delayMs: number, call: () => void): () => void {
    const due: Due = { atMs: this.#nowMs + delayMs, call };
    this.#waiting.add(due);
    return () => void this.#waiting.delete(due);
  }

  /**
   * Lets time pass, ms, and runs what becomes due, also what that asks for in turn.
   * @param enough looked at after each call: time stops as soon as it is true.
   */
  advance(byMs: number, enough = (): boolean => false): void {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      const [next] = [...this.#waiting].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
      if (!next) break;
      this.#waiting.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.call();
      if (enough()) return;
    }
    this.#nowMs = untilMs;
  }
}
