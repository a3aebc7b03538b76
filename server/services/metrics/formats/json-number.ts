/** Reads the numbers of JSON that are written plainly. */
import type { TextCursor } from './text-cursor.ts';
import { TENS } from './text-number.ts';

const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const LOWER = 0x20;
const E = 0x65;

/**
 * Reads digits with at most one point, and goes behind them. Up to 2^53 they are an exact integer, and so is the power of ten: one
 * division of the two rounds as it should.
 * @returns NaN where a parser has to look: at an exponent, at more digits, and at what is no number of JSON (`01`, `.5`, `1.`, `+1`).
 */
export function readJsonNumber(cursor: TextCursor): number {
  const { bytes } = cursor;
  let at = cursor.at;
  let c = bytes[at]!;
  const negative = c === MINUS;
  if (negative) c = bytes[++at]!;
  const first = at;
  let digits = 0;
  // 0x30 to 0x39 are the only bytes that this turns into 0 to 9.
  for (; (c ^ ZERO) <= 9; c = bytes[++at]!) digits = digits * 10 + (c ^ ZERO);
  if (at === first || (bytes[first] === ZERO && at > first + 1)) return NaN;
  if (c === POINT) {
    const point = at;
    c = bytes[++at]!;
    for (; (c ^ ZERO) <= 9; c = bytes[++at]!) digits = digits * 10 + (c ^ ZERO);
    const places = at - point - 1;
    if (places === 0 || places > 22) return NaN;
    if (digits > Number.MAX_SAFE_INTEGER) return NaN;
    digits /= TENS[places]!;
  } else if (digits > Number.MAX_SAFE_INTEGER) return NaN;
  if ((c | LOWER) === E) return NaN;
  cursor.at = at;
  return negative ? -digits : digits;
}
