/** A place in the bytes of a text, and what was wrong there. Every line ends with \n, so that no reader has to look for the end. */

/** Bytes that mean something in both text formats. */
export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const HASH = 0x23;
export const COMMA = 0x2c;
export const EQUALS = 0x3d;
export const BACKSLASH = 0x5c;
export const OPEN = 0x7b;
export const CLOSE = 0x7d;

/** Messages quote so much of what was found, in bytes. */
const SHOWN = 20;

/** Reads forward through one body. */
export class TextCursor {
  readonly bytes: Buffer;
  /** The same bytes, eight at a time. */
  readonly view: DataView;
  /** True where the last line lacked its \n. */
  readonly cut: boolean;
  at = 0;
  /** The line that is read, from 1. */
  line = 0;
  /** Where it begins. */
  start = 0;
  /** What a reader expected where it gave up; `at` is the place. */
  fault = '';

  /** @param body is copied where its last line lacks its \n. */
  constructor(body: Buffer) {
    this.cut = body.length > 0 && body[body.length - 1] !== LF;
    this.bytes = this.cut ? Buffer.concat([body, Buffer.of(LF)]) : body;
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
  }

  /** Where the line's \n is. */
  lineEnd(): number {
    return this.bytes.indexOf(LF, this.at);
  }

  /** Goes to the next line. */
  skipLine(): void {
    this.at = this.lineEnd() + 1;
  }

  /** Goes over spaces and tabs. */
  skipBlanks(): void {
    const { bytes } = this;
    let at = this.at;
    while (bytes[at] === SPACE || bytes[at] === TAB) at += 1;
    this.at = at;
  }

  /** The text between two places. */
  text(from: number, to: number): string {
    return this.bytes.toString('utf8', from, to);
  }

  /**
   * Gives up here.
   * @param expected what should have stood here.
   */
  fail(expected: string): undefined {
    this.fault = expected;
    return undefined;
  }

  /** What was wrong with the line, for people. */
  describe(): string {
    const rest = this.bytes.subarray(this.at, Math.min(this.lineEnd(), this.at + SHOWN + 1));
    const found = rest.length === 0 ? 'the end of the line' : quoted(rest);
    return `Character ${this.at - this.start + 1}: expected ${this.fault}, found ${found}`;
  }
}

/** A part of a body as a message may show it. */
function quoted(bytes: Buffer): string {
  const text = JSON.stringify(bytes.toString('utf8', 0, Math.min(bytes.length, SHOWN)));
  return bytes.length > SHOWN ? `${text}…` : text;
}
