/** Bytes of a stream, cut into lines. */

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const ELLIPSIS = Buffer.from('…');

/** Holds the part of a line that has come, and never more of it than is kept. */
export class LineCutter {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #bytes = 0;
  #cut = false;

  /** @param maxBytes longer lines lose their end, and get `…` instead. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @returns the lines that are whole now, without their ends. */
  push(chunk: Buffer): Buffer[] {
    const lines: Buffer[] = [];
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      this.#hold(chunk.subarray(from, to));
      lines.push(this.#take());
      from = to + 1;
    }
    // A copy: the rest may wait long, and would hold the whole chunk.
    if (from < chunk.length) this.#hold(Buffer.from(chunk.subarray(from)));
    return lines;
  }

  /** @returns what came after the last line, if anything did. */
  end(): Buffer[] {
    return this.#bytes > 0 ? [this.#take()] : [];
  }

  #hold(part: Buffer): void {
    const room = this.#maxBytes - this.#bytes;
    if (part.length > room) this.#cut = true;
    const kept = part.subarray(0, Math.max(0, room));
    if (kept.length === 0) return;
    this.#parts.push(kept);
    this.#bytes += kept.length;
  }

  #take(): Buffer {
    let line = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    if (this.#cut) line = Buffer.concat([line.subarray(0, characterEnd(line)), ELLIPSIS]);
    else if (line.at(-1) === RETURN) line = line.subarray(0, -1);
    this.#parts = [];
    this.#bytes = 0;
    this.#cut = false;
    return line;
  }
}

/** Where the last whole UTF-8 character ends. */
function characterEnd(line: Buffer): number {
  let start = line.length - 1;
  while (start > 0 && start > line.length - 4 && (line[start]! & 0xc0) === 0x80) start--;
  const lead = line[start] ?? 0;
  const length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  return start + length <= line.length ? line.length : start;
}
