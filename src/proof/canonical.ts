/** RFC 8785: the one spelling of a JSON value, so that whoever hashes it gets the same hash. */
import type { Json } from '../protocol/index.ts';
import { quoted } from './bytes.ts';

/** Levels of arrays and objects that are written; whatever is deeper would end in a stack overflow somewhere. */
export const MAX_CANONICAL_DEPTH = 512;

/** Half of a pair of UTF-16 code units that stands alone: UTF-8 cannot write it. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** A value that has no canonical spelling. The message names the place as a JSON pointer (RFC 6901). */
export class NotCanonical extends Error {
  /** Where; '' is the value itself. */
  readonly pointer: string;
  readonly #what: string;

  /** @param what is wrong there. */
  constructor(pointer: string, what: string) {
    super(`${pointer === '' ? 'The value' : pointer} ${what}`);
    this.name = 'NotCanonical';
    this.pointer = pointer;
    this.#what = what;
  }

  /** @returns the same failure, of a value that stands below this key in something larger. */
  below(key: string): NotCanonical {
    return new NotCanonical(`/${key.replace(/~/g, '~0').replace(/\//g, '~1')}${this.pointer}`, this.#what);
  }
}

/**
 * Writes a value as RFC 8785 wants it: keys by their UTF-16 code units, numbers as ECMAScript prints them, no spaces.
 * @throws NotCanonical at NaN and the infinities, lone surrogates, `undefined`, whatever else JSON has no word for, and
 *   more than {@link MAX_CANONICAL_DEPTH} levels.
 */
export function canonical(value: Json): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  if (typeof value === 'string') return text(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new NotCanonical('', `is ${value}, which is no JSON number`);
    return JSON.stringify(value);
  }
  if (typeof value !== 'object') throw new NotCanonical('', `is ${typeof value}, which is no JSON value`);
  if (depth === MAX_CANONICAL_DEPTH) {
    throw new NotCanonical('', `is nested more than ${MAX_CANONICAL_DEPTH} levels deep`);
  }
  return Array.isArray(value) ? list(value, depth) : record(value as Record<string, unknown>, depth);
}

function list(items: readonly unknown[], depth: number): string {
  let all = '[';
  // By index, since `map` passes over what is missing.
  for (let at = 0; at < items.length; at++) {
    if (at > 0) all += ',';
    try {
      all += write(items[at], depth + 1);
    } catch (error) {
      throw belowKey(error, String(at));
    }
  }
  return `${all}]`;
}

function record(object: Readonly<Record<string, unknown>>, depth: number): string {
  let all = '{';
  for (const key of sorted(Object.keys(object))) {
    if (all !== '{') all += ',';
    try {
      all += `${text(key)}:${write(object[key], depth + 1)}`;
    } catch (error) {
      throw belowKey(error, key);
    }
  }
  return `${all}}`;
}

/** By UTF-16 code units, as `sort` and `<` compare: the order of section 3.2.3. */
function sorted(keys: string[]): readonly string[] {
  // What was canonical once still is, and sorting takes longer than writing.
  return keys.every((key, at) => at === 0 || keys[at - 1]! < key) ? keys : keys.sort();
}

/** `JSON.stringify` escapes just what section 3.2.2.2 escapes, and lone surrogates. */
function text(value: string): string {
  const json = JSON.stringify(value);
  // Looked for where it can be only: the expression takes longer than all the rest.
  if (json.includes('\\ud') && LONE_SURROGATE.test(value)) {
    throw new NotCanonical('', `has a lone surrogate: ${quoted(value)}`);
  }
  return json;
}

function belowKey(error: unknown, key: string): unknown {
  return error instanceof NotCanonical ? error.below(key) : error;
}
