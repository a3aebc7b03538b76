/** Which series a selector means. */
import { RE2JS } from 're2js';
import { WaooawError, parseSelector } from '../../../../src/protocol/index.ts';
import type { Matcher, Selector } from '../../../../src/protocol/index.ts';

/** Longest regular expression, characters. */
const MAX_PATTERN = 1_024;
/** Values of a tag whose match is remembered: the engine is linear, and slow. */
const MAX_REMEMBERED = 10_000;

type Tags = Readonly<Record<string, string>>;

/** A selector, ready to be asked. */
export interface Matching {
  readonly selector: Selector;
  matches(tags: Tags): boolean;
}

/** @throws WaooawError `bad_selector`, also for a regular expression that RE2 does not take. */
export function compileSelector(text: string): Matching {
  const selector = parseSelector(text);
  const tests = selector.matchers.map(compile);
  return { selector, matches: (tags) => tests.every((test) => test(tags)) };
}

function compile({ tag, operator, value }: Matcher): (tags: Tags) => boolean {
  if (operator === '=') return (tags) => (tags[tag] ?? '') === value;
  if (operator === '!=') return (tags) => (tags[tag] ?? '') !== value;
  const wanted = operator === '=~';
  const pattern = compilePattern(value);
  const known = new Map<string, boolean>();
  return (tags) => {
    const text = tags[tag] ?? '';
    let found = known.get(text);
    if (found === undefined) {
      found = pattern.matches(text);
      if (known.size >= MAX_REMEMBERED) known.clear();
      known.set(text, found);
    }
    return found === wanted;
  };
}

function compilePattern(text: string): RE2JS {
  if (text.length > MAX_PATTERN)
    throw new WaooawError('bad_selector', `A pattern of ${text.length} characters; ${MAX_PATTERN} are taken`);
  try {
    return RE2JS.compile(text);
  } catch (cause) {
    throw new WaooawError('bad_selector', `"${text.slice(0, 80)}" is not a pattern: ${String(cause)}`, {
      cause,
    });
  }
}
