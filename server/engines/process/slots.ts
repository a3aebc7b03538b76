/** So many at once, and the others in their order. */

/** Places that are taken and given back. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** @param count at least 1. */
  constructor(count: number) {
    this.#free = count;
  }

  /** Works once there is a place. */
  async use<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The place goes on to the next, and is not free in between.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
