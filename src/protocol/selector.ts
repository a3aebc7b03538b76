/** Selectors of several series: a name and what its tags must be, written as Prometheus writes them. */
import { WaooawError } from './error.ts';
import { METRIC_NAME } from './series.ts';

/** `=` and `!=` compare; `=~` and `!~` match the whole value against a regular expression (RE2). */
export type MatchOperator = '=' | '!=' | '=~' | '!~';

/** What one tag must be. A tag that a series lacks counts as empty. */
export interface Matcher {
  readonly tag: string;
  readonly operator: MatchOperator;
  readonly value: string;
}

/** Which series are meant. */
export interface Selector {
  readonly name: string;
  readonly matchers: readonly Matcher[];
}

const MATCHER = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\\n]|\\[\\"n])*)"\s*(,\s*}|,|})/y;
const NOTHING = /\s*}\s*$/y;

/**
 * Reads a selector, with or without spaces, with or without a comma before the closing brace.
 * @throws WaooawError `bad_selector` naming the place.
 */
export function parseSelector(text: string): Selector {
  const open = text.indexOf('{');
  const name = (open < 0 ? text : text.slice(0, open)).trim();
  if (!METRIC_NAME.test(name)) throw bad(text, 0, 'a metric name');
  if (open < 0) return { name, matchers: [] };
  NOTHING.lastIndex = open + 1;
  if (NOTHING.test(text)) return { name, matchers: [] };

  const matchers: Matcher[] = [];
  let at = open + 1;
  for (;;) {
    MATCHER.lastIndex = at;
    const found = MATCHER.exec(text);
    if (!found) throw bad(text, at, 'tag="value"');
    const [, tag = '', operator, value = '', end = ''] = found;
    matchers.push({ tag, operator: operator as MatchOperator, value: unescaped(value) });
    at = MATCHER.lastIndex;
    if (end.endsWith('}')) break;
  }
  if (text.slice(at).trim() !== '') throw bad(text, at, 'nothing after }');
  return { name, matchers };
}

/** A selector's one spelling: matchers by tag, operator and value. */
export function selectorText({ name, matchers }: Selector): string {
  if (matchers.length === 0) return name;
  const texts = matchers.map(({ tag, operator, value }) => `${tag}${operator}"${escaped(value)}"`);
  return `${name}{${[...new Set(texts)].sort().join(',')}}`;
}

function bad(text: string, at: number, expected: string): WaooawError {
  return new WaooawError(
    'bad_selector',
    `At character ${at} of "${text.slice(0, 80)}": expected ${expected}`,
  );
}

function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`));
}

function unescaped(value: string): string {
  return value.replace(/\\([\\"n])/g, (_, c: string) => (c === 'n' ? '\n' : c));
}
