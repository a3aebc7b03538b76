/** The parts of a line of Prometheus text that are not its name and labels. */
import { isUtf8 } from 'node:buffer';
import { PROMETHEUS_TYPES } from './prometheus-families.ts';
import type { Field } from './prometheus-families.ts';
import { CR, LF, SPACE, TAB } from './text-cursor.ts';
import type { TextCursor } from './text-cursor.ts';
import { readMetricName, unescape } from './text-labels.ts';
import { readNumber } from './text-number.ts';

/** What a comment says of a family. */
export interface Said {
  readonly name: string;
  readonly field: Field;
  readonly text: string;
}

const FIELDS: Readonly<Record<string, Field>> = { TYPE: 'type', HELP: 'help', UNIT: 'unit' };
/** OpenMetrics' words, which some senders use here too. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  unknown: 'untyped',
  stateset: 'gauge',
  info: 'gauge',
};

/**
 * Reads a line that begins with #.
 * @returns `nothing` of one that describes no family; undefined where it tries to; the cursor says what is wrong.
 */
export function readComment(cursor: TextCursor): Said | 'nothing' | undefined {
  const { bytes } = cursor;
  cursor.at += 1;
  const end = cursor.lineEnd();
  const word = /^[ \t]*(TYPE|HELP|UNIT)[ \t]/.exec(
    bytes.toString('latin1', cursor.at, Math.min(end, cursor.at + 64)),
  );
  if (!word) return 'nothing';
  const field = FIELDS[word[1]!]!;
  cursor.at += word[0].length;
  cursor.skipBlanks();
  const name = readMetricName(cursor);
  if (name === undefined) return undefined;
  const c = bytes[cursor.at];
  if (c !== SPACE && c !== TAB && c !== CR && c !== LF) return cursor.fail('a blank behind the name');
  cursor.skipBlanks();
  const rest = bytes.subarray(cursor.at, bytes[end - 1] === CR ? Math.max(end - 1, cursor.at) : end);
  if (!isUtf8(rest)) return cursor.fail('UTF-8');
  const said = rest.toString();
  if (field === 'help') return { name, field, text: unescape(said) };
  const text = said.trim();
  if (field === 'unit') return text === '' ? 'nothing' : { name, field, text };
  const type = OTHER_WORDS[text] ?? text;
  if ((PROMETHEUS_TYPES as readonly string[]).includes(type)) return { name, field, text: type };
  return cursor.fail('a type');
}

/**
 * Reads what follows a value, up to the next line.
 * @param from where the value should have begun.
 * @returns the time, ms; NaN where there is none; undefined where it is something else; the cursor says what is wrong.
 */
export function readTail(cursor: TextCursor, from: number): number | undefined {
  const { bytes } = cursor;
  if (cursor.at === from) return cursor.fail('a number');
  const valueEnd = cursor.at;
  cursor.skipBlanks();
  let time = NaN;
  if (bytes[cursor.at] !== LF && bytes[cursor.at] !== CR) {
    const timeAt = cursor.at;
    if (timeAt === valueEnd) {
      cursor.at = from;
      return cursor.fail('a number');
    }
    time = readNumber(cursor);
    if (!Number.isInteger(time)) {
      cursor.at = timeAt;
      return cursor.fail('a time in ms, or the end of the line');
    }
    cursor.skipBlanks();
  }
  if (bytes[cursor.at] === CR && bytes[cursor.at + 1] === LF) cursor.at += 1;
  if (bytes[cursor.at] !== LF) return cursor.fail('the end of the line');
  cursor.at += 1;
  return time;
}
