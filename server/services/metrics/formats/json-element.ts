/** Finds out where a sample of JSON ends, and where its numbers stand, without making anything of it. */
import { BACKSLASH, CLOSE, COMMA, OPEN, QUOTE } from './text-cursor.ts';

const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COLON = 0x3a;
const SPACE = 0x20;

/** What was found of the last object that was looked at. One for all: an object for each would be garbage. */
export class Element {
  /** Behind its last brace; 0 where it has no end or nests too deeply. */
  end = 0;
  /** Commas and brackets in it. */
  parts = 0;
  /** Where the text of `value` begins and ends; 0 where there is none. */
  valueAt = 0;
  valueEnd = 0;
  /** The same of `time`. */
  timeAt = 0;
  timeEnd = 0;
  /** A key was there twice, or is not spelt plainly: only a parser knows what counts. */
  odd = false;

  /**
   * Looks at the object that begins here. What is between its braces may be no JSON at all: `end` is then right all the same
   * wherever a parser would have taken it.
   */
  scan(bytes: Buffer, from: number): void {
    this.end = this.parts = this.valueAt = this.timeAt = 0;
    this.odd = false;
    const length = bytes.length;
    let depth = 0;
    for (let at = from; at < length; at += 1) {
      const c = bytes[at]!;
      if (c === QUOTE) {
        const start = at + 1;
        at = textEnd(bytes, start);
        if (at < 0) return;
        if (depth === 1) at = this.#key(bytes, start, at);
      } else if (c === OPEN || c === OPEN_ARRAY) {
        depth += 1;
        this.parts += 1;
      } else if (c === COMMA) {
        this.parts += 1;
      } else if (c === CLOSE || c === CLOSE_ARRAY) {
        depth -= 1;
        if (depth > 0) continue;
        this.end = at + 1;
        return;
      }
    }
  }

  /** A text of the object itself: where it is the key of a number, notes where that stands. @returns where to go on behind. */
  #key(bytes: Buffer, start: number, end: number): number {
    let at = skipSpace(bytes, end + 1);
    if (bytes[at] !== COLON) return end;
    const isValue = isWord(bytes, start, end, VALUE);
    if (!isValue && !isWord(bytes, start, end, TIME)) {
      // `v\u0061lue` is `value` too.
      this.odd ||= bytes.subarray(start, end).includes(BACKSLASH);
      return at;
    }
    at = skipSpace(bytes, at + 1);
    const from = at;
    while (isOfNumber(bytes[at])) at += 1;
    if (at === from) return from - 1;
    if (isValue) {
      this.odd ||= this.valueAt > 0;
      this.valueAt = from;
      this.valueEnd = at;
    } else {
      this.odd ||= this.timeAt > 0;
      this.timeAt = from;
      this.timeEnd = at;
    }
    return at - 1;
  }
}

const VALUE = Buffer.from('value');
const TIME = Buffer.from('time');

/** Where the text that begins here has its closing quote; -1 where it has none. */
function textEnd(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    const c = bytes[at]!;
    if (c === QUOTE) return at;
    if (c === BACKSLASH) at += 1;
  }
  return -1;
}

/** Over what JSON has between its tokens. */
export function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  for (let c = bytes[at]!; c === SPACE || c === 0x0a || c === 0x0d || c === 0x09; c = bytes[++at]!);
  return at;
}

function isWord(bytes: Buffer, start: number, end: number, word: Buffer): boolean {
  if (end - start !== word.length) return false;
  for (let i = 0; i < word.length; i += 1) if (bytes[start + i] !== word[i]) return false;
  return true;
}

/** Digits, signs, points and exponents, right or wrong: a parser judges them. */
function isOfNumber(c: number | undefined): boolean {
  return (
    c !== undefined && ((c ^ 0x30) <= 9 || c === 0x2e || c === 0x2d || c === 0x2b || (c | 0x20) === 0x65)
  );
}
