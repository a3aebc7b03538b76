/** One thing after another: whoever changes what is kept waits for whoever did so before. */

/** Runs tasks in the order they were handed in, never two at once. */
export class Serial {
  #last: Promise<unknown> = Promise.resolve();

  /** @returns what the task returns; one that fails does not stop the others. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when everything that was handed in is done. */
  idle(): Promise<void> {
    return this.#last.then(() => undefined);
  }
}
