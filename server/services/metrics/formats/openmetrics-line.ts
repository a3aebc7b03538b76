/** The parts of a line of OpenMetrics that are not its name and labels: metadata, time and exemplar. */
import { isUtf8 } from 'node:buffer';
import { isType } from './openmetrics-family.ts';
import type { Said } from './openmetrics-order.ts';
import { CR, HASH, LF, OPEN, SPACE } from './text-cursor.ts';
import type { TextCursor } from './text-cursor.ts';
import { readLabels, readMetricName, unescape } from './text-labels.ts';
import { readNumber } from './text-number.ts';

/** Characters in an exemplar's label names and values together (OpenMetrics 1.0, Exemplars). */
const MAX_EXEMPLAR = 128;
const EOF = '# EOF';

/**
 * Reads a line that begins with #, up to the next line.
 * @returns undefined where it is neither metadata nor the end; the cursor says what is wrong.
 */
export function readMetadata(cursor: TextCursor): Said | 'eof' | undefined {
  const { bytes, at: from } = cursor;
  const end = cursor.lineEnd();
  if (end - from === EOF.length && bytes.toString('latin1', from, end) === EOF) {
    cursor.at = end + 1;
    return 'eof';
  }
  const word = /^# (TYPE|UNIT|HELP) /.exec(bytes.toString('latin1', from, Math.min(end, from + 8)));
  if (!word) return cursor.fail('# TYPE, # UNIT, # HELP or # EOF');
  cursor.at += word[0].length;
  const name = readMetricName(cursor);
  if (name === undefined) return undefined;
  if (bytes[cursor.at] !== SPACE) return cursor.fail('a space behind the name');
  cursor.at += 1;
  if (bytes[end - 1] === CR) return cursor.fail('a line that ends with \\n alone');
  if (!isUtf8(bytes.subarray(cursor.at, end))) return cursor.fail('UTF-8');
  const textAt = cursor.at;
  const text = cursor.text(textAt, end);
  cursor.at = end + 1;
  if (word[1] === 'HELP') return { name, field: 'help', text: unescape(text) };
  if (word[1] === 'TYPE' && isType(text)) return { name, field: 'type', text };
  const isUnit = text === '' || (/^[a-zA-Z0-9_:]+$/.test(text) && name.endsWith(`_${text}`));
  if (word[1] === 'UNIT' && isUnit) return { name, field: 'unit', text };
  cursor.at = textAt;
  return cursor.fail(word[1] === 'TYPE' ? 'a type' : `a unit that the name ${name} ends with`);
}

/**
 * Reads what follows a value, up to the next line.
 * @param from where the value should have begun.
 * @param mayHaveExemplar whether this sample may have one. It is checked, and not kept.
 * @returns the time, seconds; NaN where there is none; undefined where it is something else; the cursor says what is wrong.
 */
export function readTail(cursor: TextCursor, from: number, mayHaveExemplar: boolean): number | undefined {
  const { bytes } = cursor;
  if (cursor.at === from || (bytes[cursor.at] !== SPACE && bytes[cursor.at] !== LF)) {
    cursor.at = from;
    return cursor.fail('a number');
  }
  let time: number | undefined = NaN;
  if (bytes[cursor.at] === SPACE && bytes[cursor.at + 1] !== HASH) {
    time = readTime(cursor);
    if (time === undefined) return undefined;
  }
  if (bytes[cursor.at] === SPACE && bytes[cursor.at + 1] === HASH) {
    cursor.at += 1;
    if (!mayHaveExemplar) return cursor.fail('no exemplar at such a sample');
    if (!readExemplar(cursor)) return undefined;
  }
  if (bytes[cursor.at] !== LF) return cursor.fail('the end of the line');
  cursor.at += 1;
  return time;
}

/** Reads a space and a time, seconds. */
function readTime(cursor: TextCursor): number | undefined {
  const { bytes } = cursor;
  const from = (cursor.at += 1);
  const time = readNumber(cursor);
  if (Number.isFinite(time) && (bytes[cursor.at] === SPACE || bytes[cursor.at] === LF)) return time;
  cursor.at = from;
  return cursor.fail('a time in seconds');
}

/** Reads `# {…} value` and a time where there is one. */
function readExemplar(cursor: TextCursor): true | undefined {
  const { bytes, at: from } = cursor;
  if (bytes[from + 1] !== SPACE || bytes[from + 2] !== OPEN) return cursor.fail('# {labels} of an exemplar');
  cursor.at = from + 2;
  const labels = readLabels(cursor, true);
  if (labels === undefined) return undefined;
  if (!isUtf8(bytes.subarray(from, cursor.at))) return cursor.fail('UTF-8');
  if (charactersOf(labels.map(([name, value]) => name + value).join('')) > MAX_EXEMPLAR) {
    cursor.at = from;
    return cursor.fail(`at most ${MAX_EXEMPLAR} characters in the labels of an exemplar`);
  }
  if (bytes[cursor.at] !== SPACE) return cursor.fail('a space and a value');
  const valueAt = (cursor.at += 1);
  readNumber(cursor);
  const c = bytes[cursor.at];
  if (cursor.at === valueAt || (c !== SPACE && c !== LF)) {
    cursor.at = valueAt;
    return cursor.fail('the number of an exemplar');
  }
  return c === LF || readTime(cursor) !== undefined || undefined;
}

/** Characters of Unicode, of which some take two places in a string. */
function charactersOf(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
