/** What could not be done is tried again later, and later still; other things go on meanwhile. */
import type { Clock } from '../../../ports/clock.ts';
import { delayBefore } from './backoff.ts';
import type { Backoff } from './backoff.ts';

interface Failed {
  readonly failures: number;
  /** Not to be tried before, monotonic ms. */
  readonly notBeforeMs: number;
}

/** What it takes. */
export interface PatienceOptions extends Backoff {
  readonly clock: Clock;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /** Told of each first failure in a row. */
  readonly onError: (error: unknown, what: string) => void;
}

/** Remembers what failed, by what it was. */
export class Patience {
  readonly #options: PatienceOptions;
  readonly #failed = new Map<string, Failed>();

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** Tries something, unless it failed a short while ago. @returns false when it was not done. */
  async try(what: string, act: () => Promise<unknown>): Promise<boolean> {
    const { clock, random, onError } = this.#options;
    const before = this.#failed.get(what);
    if (before && clock.monotonicMs() < before.notBeforeMs) return false;
    try {
      await act();
      this.#failed.delete(what);
      return true;
    } catch (error) {
      const failures = before?.failures ?? 0;
      const delayMs = delayBefore(failures, this.#options, random);
      this.#failed.set(what, { failures: failures + 1, notBeforeMs: clock.monotonicMs() + delayMs });
      if (failures === 0) onError(error, what);
      return false;
    }
  }

  /** Until the first of what failed is to be tried again, ms; undefined when nothing is. */
  get waitMs(): number | undefined {
    if (this.#failed.size === 0) return undefined;
    const first = Math.min(...[...this.#failed.values()].map(({ notBeforeMs }) => notBeforeMs));
    return Math.max(0, first - this.#options.clock.monotonicMs());
  }

  /** Things are otherwise now: everything may be tried at once. */
  forget(): void {
    this.#failed.clear();
  }

  /** Forgets what is no longer to be done. @param isDue says of each whether it still is. */
  keep(isDue: (what: string) => boolean): void {
    for (const what of [...this.#failed.keys()]) if (!isDue(what)) this.#failed.delete(what);
  }
}
