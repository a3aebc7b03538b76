/** Decisions from a seed. */
import { random } from '../server/testing/random.ts';

/** A source of decisions. The same seed decides the same, in the same order. */
export class Chance {
  readonly #next: () => number;

  constructor(seed: number) {
    // Neighbouring seeds begin alike: the first numbers are thrown away.
    this.#next = random(Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995);
    for (let i = 0; i < 3; i += 1) this.#next();
  }

  /** 0 ≤ number < 1. */
  number(): number {
    return this.#next();
  }

  /** A whole number, both ends possible. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.#next() * (to - from + 1));
  }

  /** True with a probability. */
  maybe(probability: number): boolean {
    return this.#next() < probability;
  }

  /** One of them. */
  pick<T>(all: readonly T[]): T {
    return all[Math.floor(this.#next() * all.length)]!;
  }

  /** One of them, more often those of more weight. */
  weighted<T>(all: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.#next() * all.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of all) {
      left -= weight;
      if (left < 0) return value;
    }
    return all.at(-1)![1];
  }

  /** A source of its own, so that how much one part decides does not change what another does. */
  fork(): Chance {
    return new Chance(Math.floor(this.#next() * 2 ** 31));
  }
}
