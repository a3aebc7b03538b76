/** How many scrapes run at once; who comes later waits in line. */
import { AnswerBuffer } from './answer-buffer.ts';

/** A bounded number of places. */
export class Slots {
  readonly #max: number;
  readonly #waiting: ((buffer: AnswerBuffer) => void)[] = [];
  /** Of places that are free and were taken before. */
  readonly #buffers: AnswerBuffer[] = [];
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Runs a task once a place is free. The place's memory is the task's until it ends. */
  async run<T>(task: (buffer: AnswerBuffer) => Promise<T>): Promise<T> {
    // Where there is a place the task begins at once.
    const entered = this.#enter();
    const buffer = entered instanceof Promise ? await entered : entered;
    try {
      return await task(buffer);
    } finally {
      // The place is handed on as it is, so that nobody can slip in between.
      const next = this.#waiting.shift();
      if (next) next(buffer);
      else {
        this.#buffers.push(buffer);
        this.#taken -= 1;
      }
    }
  }

  #enter(): AnswerBuffer | Promise<AnswerBuffer> {
    if (this.#taken >= this.#max) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#taken += 1;
    return this.#buffers.pop() ?? new AnswerBuffer();
  }
}
