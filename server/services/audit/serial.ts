/** One thing after another: two that change the same never run at once. */

/** Runs tasks in the order they were handed in. */
export class Serial {
  #last: Promise<unknown> = Promise.resolve();

  /** @returns what the task returns; one that fails does not stop the others. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
