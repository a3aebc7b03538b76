/** Seeks a text in bytes as they come in, without holding them. */

/** Finds a text wherever the bytes are cut. */
export class TextSearch {
  readonly #wanted: Buffer;
  /** The end of what came, too short to hold the text. */
  #tail = Buffer.alloc(0);
  #found: boolean;

  constructor(wanted: string) {
    this.#wanted = Buffer.from(wanted);
    this.#found = wanted === '';
  }

  get found(): boolean {
    return this.#found;
  }

  /** Takes what came next. */
  take(part: Buffer): void {
    if (this.#found) return;
    const seen = Buffer.concat([this.#tail, part]);
    this.#found = seen.includes(this.#wanted);
    const keep = this.#wanted.length - 1;
    this.#tail = keep === 0 ? Buffer.alloc(0) : Buffer.from(seen.subarray(-keep));
  }
}
