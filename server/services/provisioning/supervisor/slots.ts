/** How many things are done at once; who comes later waits in line. */

/** A bounded number of places. */
export class Slots {
  readonly #max: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Runs a task once a place is free. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    // Whoever leaves hands its place on as it is, so that nobody can slip in between.
    if (this.#taken >= this.#max) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#taken += 1;
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#taken -= 1;
    }
  }
}
