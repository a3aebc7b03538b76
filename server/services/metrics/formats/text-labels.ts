/** Reads names and labels. Only lines that are not known come here. */
import { BACKSLASH, CLOSE, COMMA, EQUALS, LF, OPEN, QUOTE, SPACE, TAB } from './text-cursor.ts';
import type { TextCursor } from './text-cursor.ts';

/** A label's name and its value, without quotes and escapes. */
export type Label = readonly [name: string, value: string];

const LETTER = 1;
const DIGIT = 2;
const COLON = 4;
/** What each byte may be part of. */
const KINDS = new Uint8Array(256);
for (let c = 0; c < 26; c += 1) KINDS[0x41 + c] = KINDS[0x61 + c] = LETTER;
for (let c = 0; c < 10; c += 1) KINDS[0x30 + c] = DIGIT;
KINDS[0x5f] = LETTER;
KINDS[0x3a] = COLON;

/** Reads a metric's name. @returns undefined where there is none; the cursor says what is wrong. */
export function readMetricName(cursor: TextCursor): string | undefined {
  return readName(cursor, LETTER | COLON) ?? cursor.fail('a metric name');
}

/**
 * Reads `{name="value",…}`.
 * @param strict OpenMetrics allows neither blanks nor a comma behind the last label; Prometheus does.
 * @returns undefined where it is not that; the cursor says what is wrong.
 */
export function readLabels(cursor: TextCursor, strict: boolean): Label[] | undefined {
  const { bytes } = cursor;
  const labels: Label[] = [];
  const names = new Set<string>();
  cursor.at += 1;
  for (;;) {
    if (!strict) cursor.skipBlanks();
    if (bytes[cursor.at] === CLOSE && (labels.length === 0 || !strict)) break;
    const from = cursor.at;
    const name = readName(cursor, LETTER);
    if (name === undefined) return cursor.fail('a label name');
    if (names.has(name)) {
      cursor.at = from;
      return cursor.fail('each label once');
    }
    names.add(name);
    if (!strict) cursor.skipBlanks();
    if (bytes[cursor.at] !== EQUALS) return cursor.fail('= behind the label name');
    cursor.at += 1;
    if (!strict) cursor.skipBlanks();
    const value = readValue(cursor);
    if (value === undefined) return undefined;
    labels.push([name, value]);
    if (!strict) cursor.skipBlanks();
    if (bytes[cursor.at] === CLOSE) break;
    if (bytes[cursor.at] !== COMMA) return cursor.fail('a comma or }');
    cursor.at += 1;
  }
  cursor.at += 1;
  return labels;
}

/**
 * Finds where a line's value should begin, without a closer look: enough to find a line that is known.
 * @returns the line's end where there is no such place.
 */
export function prefixEnd({ bytes, at: from }: TextCursor): number {
  let at = from;
  let c = bytes[at]!;
  while (c === SPACE || c === TAB) c = bytes[++at]!;
  while (c !== SPACE && c !== TAB && c !== OPEN && c !== LF) c = bytes[++at]!;
  while (c === SPACE || c === TAB) c = bytes[++at]!;
  // What follows a name and a blank is its value, unless it is labels.
  if (c !== OPEN) return at;
  let inside = false;
  for (c = bytes[++at]!; c !== LF && (inside || c !== CLOSE); c = bytes[++at]!) {
    if (c === QUOTE) inside = !inside;
    else if (c === BACKSLASH && inside && bytes[at + 1] !== LF) at += 1;
  }
  if (c === LF) return at;
  c = bytes[++at]!;
  while (c === SPACE || c === TAB) c = bytes[++at]!;
  return at;
}

/** A text that two sets of labels share only if they are the same, in any order. */
export function keyOf(name: string, labels: readonly Label[]): string {
  let sorted = labels;
  for (let i = 1; i < labels.length; i += 1) {
    if (labels[i]![0] > labels[i - 1]![0]) continue;
    sorted = labels.toSorted(([a], [b]) => (a < b ? -1 : 1));
    break;
  }
  let key = name;
  // The length keeps a value from passing for the labels behind it.
  for (const [label, value] of sorted) key += `,${label}=${value.length}:${value}`;
  return key;
}

/** Takes escapes out: of a backslash, a quote and a new line. A backslash before anything else stands for itself. */
export function unescape(text: string): string {
  return text.includes('\\') ? text.replace(/\\(["\\n])/g, (_, c: string) => (c === 'n' ? '\n' : c)) : text;
}

function readName(cursor: TextCursor, initial: number): string | undefined {
  const { bytes, at: from } = cursor;
  if ((KINDS[bytes[from]!]! & initial) === 0) return undefined;
  let at = from + 1;
  while ((KINDS[bytes[at]!]! & (initial | DIGIT)) !== 0) at += 1;
  cursor.at = at;
  return bytes.toString('latin1', from, at);
}

function readValue(cursor: TextCursor): string | undefined {
  const { bytes } = cursor;
  if (bytes[cursor.at] !== QUOTE) return cursor.fail('a value in "quotes"');
  const from = cursor.at + 1;
  let at = from;
  for (let c = bytes[at]!; c !== QUOTE; c = bytes[++at]!) {
    if (c === BACKSLASH) c = bytes[++at]!;
    if (c === LF) {
      cursor.at = at;
      return cursor.fail('a quote that ends the value');
    }
  }
  cursor.at = at + 1;
  return unescape(cursor.text(from, at));
}
