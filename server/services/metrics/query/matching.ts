/** Which series a selector means. */
import type { RE2JS } from 're2js';
import { WaooawError, parseSelector } from '../../../../src/protocol/index.ts';
import type { Matcher, Selector } from '../../../../src/protocol/index.ts';
import { compilePattern } from '../../../pattern.ts';

/** Longest regular expression, characters. */
const MAX_PATTERN = 1_024;
/** Time for one selector's patterns, ms. */
const MAX_MATCHING_MS = 250;
/** Values of a tag whose match is remembered: the engine is linear, and slow. */
const MAX_REMEMBERED = 10_000;

type Tags = Readonly<Record<string, string>>;

/** A tag's value; empty where there is none. Names of what every object has are names of tags like others. */
export function tagOf(tags: Tags, name: string): string {
  return Object.hasOwn(tags, name) ? (tags[name] ?? '') : '';
}

/** A selector, ready to be asked. */
export interface Matching {
  readonly selector: Selector;
  matches(tags: Tags): boolean;
}

/**
 * @param maxMatchingMs time for its patterns to be matched with values that are new, ms; what was matched stays known.
 * @throws WaooawError `bad_selector`, also for a regular expression that RE2 does not take; `matches` throws `query_limit`.
 */
export function compileSelector(text: string, maxMatchingMs = MAX_MATCHING_MS): Matching {
  const selector = parseSelector(text);
  const tests = selector.matchers.map((matcher) => compile(matcher, maxMatchingMs));
  return { selector, matches: (tags) => tests.every((test) => test(tags)) };
}

function compile({ tag, operator, value }: Matcher, maxMatchingMs: number): (tags: Tags) => boolean {
  if (operator === '=') return (tags) => tagOf(tags, tag) === value;
  if (operator === '!=') return (tags) => tagOf(tags, tag) !== value;
  const wanted = operator === '=~';
  const pattern = patternOf(value);
  const known = new Map<string, boolean>();
  let tookMs = 0;
  return (tags) => {
    const text = tagOf(tags, tag);
    let found = known.get(text);
    if (found === undefined) {
      if (tookMs > maxMatchingMs)
        throw new WaooawError(
          'query_limit',
          `"${value.slice(0, 80)}" takes too long to match: make it simpler`,
        );
      const start = performance.now();
      found = pattern.matches(text);
      tookMs += performance.now() - start;
      if (known.size >= MAX_REMEMBERED) known.clear();
      known.set(text, found);
    }
    return found === wanted;
  };
}

function patternOf(text: string): RE2JS {
  if (text.length > MAX_PATTERN)
    throw new WaooawError('bad_selector', `A pattern of ${text.length} characters; ${MAX_PATTERN} are taken`);
  try {
    return compilePattern(text);
  } catch (cause) {
    throw new WaooawError(
      'bad_selector',
      `"${text.slice(0, 80)}" is not a pattern: ${(cause as RangeError).message}`,
      {
        cause,
      },
    );
  }
}
