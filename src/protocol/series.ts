/** Series identity: a name and sorted tags, written as Prometheus writes them. */
import { WaooawError } from './error.ts';

/** A series' name and tags. */
export interface SeriesId {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Prometheus data model: a metric's name. */
export const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
/** Prometheus data model: a label's name; `__` is reserved. */
export const TAG_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

/** The canonical text of a series: `name`, or `name{a="1",b="2"}` with tags sorted by name. */
export function seriesKey(id: SeriesId): string {
  const names = Object.keys(id.tags).sort();
  if (names.length === 0) return id.name;
  return `${id.name}{${names.map((name) => `${name}="${escape(id.tags[name] ?? '')}"`).join(',')}}`;
}

/**
 * Reads a selector of one series, in any tag order, with or without spaces.
 * @throws WaooawError `bad_selector` naming the place.
 */
export function parseSeries(text: string): SeriesId {
  const open = text.indexOf('{');
  const name = (open < 0 ? text : text.slice(0, open)).trim();
  if (!METRIC_NAME.test(name)) throw bad(text, 0, 'a metric name');
  const tags: Record<string, string> = Object.create(null) as Record<string, string>;
  if (open < 0) return { name, tags };

  const pair = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\\n]|\\[\\"n])*)"\s*(,|})/y;
  pair.lastIndex = open + 1;
  const empty = /\s*}\s*$/y;
  empty.lastIndex = open + 1;
  if (empty.test(text)) return { name, tags };
  for (;;) {
    const at = pair.lastIndex;
    const found = pair.exec(text);
    if (!found) throw bad(text, at, 'tag="value"');
    const [, tag = '', value = '', end] = found;
    if (tag in tags) throw bad(text, at, `"${tag}" once`);
    tags[tag] = unescape(value);
    if (end === '}') break;
  }
  if (text.slice(pair.lastIndex).trim() !== '') throw bad(text, pair.lastIndex, 'nothing after }');
  return { name, tags };
}

function bad(text: string, at: number, expected: string): WaooawError {
  return new WaooawError(
    'bad_selector',
    `At character ${at} of "${text.slice(0, 80)}": expected ${expected}`,
  );
}

function escape(value: string): string {
  return value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`));
}

function unescape(value: string): string {
  return value.replace(/\\([\\"n])/g, (_, c: string) => (c === 'n' ? '\n' : c));
}
