/** What is done again and again: each thing at its interval, and never twice at once. */
import type { Clock, Timer } from '../../../ports/clock.ts';

/** Things that are done at intervals, until they are closed. */
export class Rounds {
  readonly #clock: Clock;
  readonly #onError: (error: unknown, what: string) => void;
  readonly #timers: Timer[] = [];
  readonly #underWay = new Set<Promise<void>>();

  /** @param onError told of each round that failed; the next one comes all the same. */
  constructor(clock: Clock, onError: (error: unknown, what: string) => void) {
    this.#clock = clock;
    this.#onError = onError;
  }

  /** Does it every `intervalMs`, first after one. @param failed what to say of a round that failed. */
  every(intervalMs: number, failed: string, round: () => Promise<void>): void {
    let last: Promise<void> | undefined;
    const begin = (): void => {
      if (last) return;
      const one = round()
        .catch((error: unknown) => this.#onError(error, failed))
        .finally(() => {
          last = undefined;
          this.#underWay.delete(one);
        });
      last = one;
      this.#underWay.add(one);
    };
    this.#timers.push(this.#clock.every(intervalMs, begin));
  }

  /** Does nothing any more, and resolves once what is under way has ended. */
  async close(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    await Promise.all(this.#underWay);
  }
}
