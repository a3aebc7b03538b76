/**
 * Memory that one answer after the other is gathered in. A megabyte made and dropped each second would have the garbage collector go
 * through everything that is kept, every few seconds.
 */
export class AnswerBuffer {
  #bytes = Buffer.alloc(0);
  #length = 0;

  /** Begins another answer. */
  clear(): void {
    this.#length = 0;
    // Gives back what one large answer took.
    if (this.#bytes.length > MAX_KEPT) this.#bytes = Buffer.alloc(0);
  }

  add(part: Buffer): void {
    const length = this.#length + part.length;
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * length);
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    part.copy(this.#bytes, this.#length);
    this.#length = length;
  }

  /** What was gathered, until the next answer begins. */
  get body(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** More than this is not kept for the next answer, bytes. */
const MAX_KEPT = 4 * 1024 * 1024;
