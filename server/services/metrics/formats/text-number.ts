/** Reads numbers from bytes. Plain ones are read by hand, since making a string of each costs more than all the rest of a line. */
import type { TextCursor } from './text-cursor.ts';

const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const LOWER = 0x20;
const E = 0x65;
const I = 0x69;
const N = 0x6e;

/** The powers of ten that a double holds exactly. */
export const TENS = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

/**
 * Reads a number of both text formats: digits with at most one point and an exponent, `Inf`, `Infinity` or `NaN` in any case.
 * Hexadecimal, octal, binary and `_` are not read. It goes behind the number, and stays where it is when there is none.
 *
 * Up to 2^53 the digits are an exact integer, and so is the power of ten: one multiplication or division of the two rounds as
 * it should (W. D. Clinger, "How to Read Floating Point Numbers Accurately", 1990). All others go through `Number`.
 */
export function readNumber(cursor: TextCursor): number {
  const { bytes } = cursor;
  const start = cursor.at;
  let at = start;
  let c = bytes[at]!;
  const negative = c === MINUS;
  if (negative || c === PLUS) c = bytes[++at]!;

  const first = at;
  let digits = 0;
  // 0x30 to 0x39 are the only bytes that this turns into 0 to 9.
  for (; (c ^ ZERO) <= 9; c = bytes[++at]!) digits = digits * 10 + (c ^ ZERO);
  let count = at - first;
  let scale = 0;
  if (c === POINT) {
    const point = at;
    c = bytes[++at]!;
    for (; (c ^ ZERO) <= 9; c = bytes[++at]!) digits = digits * 10 + (c ^ ZERO);
    scale = point + 1 - at;
    count -= scale;
  }
  if (count === 0) return readWord(cursor, first, negative);
  if ((c | LOWER) === E) {
    const exponent = readExponent(bytes, at + 1);
    if (exponent.end === 0) return NaN;
    at = exponent.end;
    scale += exponent.value;
  }

  cursor.at = at;
  if (digits > Number.MAX_SAFE_INTEGER || scale > 22 || scale < -22) {
    return Number(bytes.toString('latin1', start, at));
  }
  if (scale < 0) digits /= TENS[-scale]!;
  else if (scale > 0) digits *= TENS[scale]!;
  return negative ? -digits : digits;
}

/**
 * Reads the value of a label such as `le` as a number.
 * @returns undefined where it is none.
 */
export function numberOf(text: string): number | undefined {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (/^nan$/i.test(text)) return NaN;
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity;
  return undefined;
}

/** The last exponent that was read. An object for each would be garbage. */
const EXPONENT = { value: 0, end: 0 };

function readExponent(bytes: Buffer, from: number): typeof EXPONENT {
  let at = from;
  const negative = bytes[at] === MINUS;
  if (negative || bytes[at] === PLUS) at += 1;
  const first = at;
  let value = 0;
  for (; (bytes[at]! ^ ZERO) <= 9; at += 1) value = Math.min(value * 10 + (bytes[at]! ^ ZERO), 100_000);
  EXPONENT.value = negative ? -value : value;
  EXPONENT.end = at === first ? 0 : at;
  return EXPONENT;
}

/** Reads Inf, Infinity and NaN. */
function readWord(cursor: TextCursor, from: number, negative: boolean): number {
  const { bytes } = cursor;
  const initial = bytes[from]! | LOWER;
  if (initial === N && from === cursor.at && isWord(bytes, from, 'nan')) {
    cursor.at = from + 3;
    return NaN;
  }
  if (initial !== I || !isWord(bytes, from, 'inf')) return NaN;
  cursor.at = from + (isWord(bytes, from, 'infinity') ? 8 : 3);
  return negative ? -Infinity : Infinity;
}

function isWord(bytes: Buffer, from: number, word: string): boolean {
  return bytes.toString('latin1', from, Math.min(from + word.length, bytes.length)).toLowerCase() === word;
}
