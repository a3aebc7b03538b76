/** Many elements that change at once take turns, so that no task is long enough to be felt. */

/** How many are drawn in one task: some 20 ms of it, as between two tasks the page may be painted, which costs as much again. */
const A_TASK = 334;

/** One crowd: all elements of a kind on the page. */
export class Crowd {
  /** Who asked since it was last empty. */
  #asked = 0;
  readonly #tasks: Promise<void>[] = [];

  /** @returns resolves when it is the asker's turn, in the order of asking; undefined: at once. */
  turn(): Promise<void> | undefined {
    if (this.#asked === 0) this.#takeLeave(0);
    const task = Math.floor(this.#asked / A_TASK);
    this.#asked += 1;
    if (task === 0) return undefined;
    this.#tasks[task] ??= (this.#tasks[task - 1] ?? Promise.resolve()).then(nextTask);
    return this.#tasks[task];
  }

  /** After the last task the crowd is gone. */
  #takeLeave(after: number): void {
    const last = this.#tasks.length - 1;
    void (this.#tasks[last] ?? Promise.resolve()).then(nextTask).then(() => {
      if (this.#tasks.length - 1 > Math.max(after, last)) return this.#takeLeave(last);
      this.#asked = 0;
      this.#tasks.length = 0;
    });
  }
}

/** Not a timer: those of a hidden page are slow, and what has to be said aloud waits for its turn as well. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}
