/** The language that the audit trail is asked in: `actor:ana action:start,stop -result:success level:>=warning "memory leak"`. */
import { AUDIT_ACTION, AUDIT_ACTOR_KINDS, AUDIT_LEVELS, AUDIT_RESULTS } from './audit.ts';
import { WaooawError } from './error.ts';

/** Conditions that all hold. Lists: one of them. */
export interface ParsedQuery {
  readonly actor?: readonly string[];
  readonly actorKind?: readonly string[];
  readonly action?: readonly string[];
  readonly level?: readonly string[];
  readonly result?: readonly string[];
  readonly resourceType?: readonly string[];
  readonly resourceId?: readonly string[];
  readonly ip?: readonly string[];
  readonly session?: readonly string[];
  readonly requestId?: readonly string[];
  /** Tag name → values. */
  readonly tags?: Readonly<Record<string, readonly string[]>>;
  /** µs since 1970, inclusive. */
  readonly from?: number;
  /** µs since 1970, exclusive. */
  readonly to?: number;
  /** Words and phrases, all of which occur. */
  readonly text?: readonly string[];
  /** None of these holds. */
  readonly not?: readonly ParsedQuery[];
}

/** How much of a query is read. */
export interface QueryLimits {
  /** UTF-16 code units, 2,048 unless told. */
  readonly maxLength?: number;
  /** Values, words and phrases together, 64 unless told. */
  readonly maxTerms?: number;
}

/** Where a query could not be understood: the `cause` of a `bad_query`. */
export interface QueryFault {
  /** UTF-16 code units from 1. */
  readonly column: number;
  readonly expected: string;
}

type Draft = { -readonly [K in keyof ParsedQuery]: ParsedQuery[K] };
/** Fields of a query that are lists of values. */
export type ListField = Exclude<keyof ParsedQuery, 'tags' | 'from' | 'to' | 'not'>;
type Fail = (at: number, expected: string) => WaooawError;

interface Value {
  readonly at: number;
  readonly text: string;
  readonly quoted: boolean;
}

interface Term {
  readonly at: number;
  readonly negated: boolean;
  /** Absent: a word or a phrase. */
  readonly name: string | undefined;
  readonly values: readonly Value[];
}

/** Qualifiers that are a list of their own. `resource`, `tag` and the times are read apart. */
export const FIELDS: Readonly<Record<string, ListField>> = {
  actor: 'actor',
  kind: 'actorKind',
  action: 'action',
  level: 'level',
  result: 'result',
  type: 'resourceType',
  id: 'resourceId',
  ip: 'ip',
  session: 'session',
  request: 'requestId',
};
const NAMES = [...Object.keys(FIELDS), 'resource', 'tag', 'after', 'before'];
/** Qualifiers that take no other values. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  kind: AUDIT_ACTOR_KINDS,
  level: AUDIT_LEVELS,
  result: AUDIT_RESULTS,
};

const SPACE = /\s*/y;
const QUALIFIER = /[a-z][\w-]*:/iy;
const QUOTED = /"((?:[^"\\]|\\["\\])*)"/y;
const BARE_VALUE = /[^\s",]+/y;
const BARE_WORD = /[^\s"]+/y;
const COMPARED = /^([<>])(=?)(.*)$/s;
const AGO = /^(\d{1,6})([smhdw])$/i;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const DATE = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)?)?$/i;

/**
 * Reads a query. The same qualifier twice is either of its values; a tag by another name, a word and whatever has a `-` before it are
 * conditions of their own. Values with spaces, commas or quotes stand in double quotes, where `\"` and `\\` are escapes.
 * @param now ms since 1970, which relative times count from.
 * @throws WaooawError `bad_query` that names the column and what was expected there, its `cause` a {@link QueryFault}.
 */
export function parseAuditQuery(text: string, now: number, limits: QueryLimits = {}): ParsedQuery {
  const { maxLength = 2_048, maxTerms = 64 } = limits;
  const fail: Fail = (at, expected) => {
    const found = at < text.length ? `"${text.slice(at, at + 40)}"` : 'its end';
    const cause: QueryFault = { column: at + 1, expected };
    return new WaooawError('bad_query', `Column ${at + 1}: expected ${expected}, found ${found}`, { cause });
  };
  if (text.length > maxLength) throw fail(maxLength, `at most ${maxLength} characters`);
  const query: Draft = {};
  const owners = new Map<Draft, string>();
  let left = maxTerms;
  for (const term of termsOf(text, fail)) {
    left -= term.values.length;
    if (left < 0) throw fail(term.at, `at most ${maxTerms} values and words`);
    const target: Draft = term.negated ? {} : query;
    if (term.name === 'resource' || term.name === 'type') readResources(target, term, owners, fail);
    else if (term.name === 'tag') readTag(target, term, fail);
    else if (term.name === 'after' || term.name === 'before') readTime(target, term, now, fail);
    else readValues(target, term, fail);
    if (term.negated) query.not = [...(query.not ?? []), target];
  }
  return query;
}

function termsOf(text: string, fail: Fail): readonly Term[] {
  const terms: Term[] = [];
  const skip = (at: number): number => at + match(SPACE, text, at)![0].length;
  for (let at = skip(0); at < text.length;) {
    const negated = text[at] === '-';
    const start = negated ? at + 1 : at;
    const name = match(QUALIFIER, text, start)?.[0].slice(0, -1).toLowerCase();
    if (name !== undefined && !NAMES.includes(name))
      throw fail(start, `one of ${NAMES.join(', ')}, or quotes around a text with a colon`);
    const values: Value[] = [];
    let end = start + (name === undefined ? -1 : name.length);
    do {
      const value = valueAt(text, end + 1, name === undefined ? BARE_WORD : BARE_VALUE, fail);
      values.push(value);
      end = value.end;
    } while (name !== undefined && text[end] === ',');
    at = skip(end);
    if (at === end && at < text.length) throw fail(at, 'a space');
    terms.push({ at: start, negated, name, values });
  }
  return terms;
}

function valueAt(text: string, at: number, bare: RegExp, fail: Fail): Value & { readonly end: number } {
  const quoted = text[at] === '"';
  const found = match(quoted ? QUOTED : bare, text, at);
  if (!found && quoted) throw fail(at, 'a phrase that ends in a quote, with \\" and \\\\ for escapes');
  const value = quoted ? found![1]!.replace(/\\(.)/g, '$1') : (found?.[0] ?? '');
  if (value === '') throw fail(at, bare === BARE_WORD ? 'a word, a phrase or a qualifier' : 'a value');
  return { at, text: value, quoted, end: at + found![0].length };
}

function readValues(target: Draft, { name, values }: Term, fail: Fail): void {
  const known = name === undefined ? undefined : KNOWN[name];
  const field = name === undefined ? 'text' : FIELDS[name]!;
  for (const { at, text } of values) {
    if (name === 'action' && !AUDIT_ACTION.test(text))
      throw fail(at, `an action like start or modify_config`);
    const meant = name === 'level' ? levels(text, at, fail) : [known ? text.toLowerCase() : text];
    if (known && !meant.every((value) => known.includes(value))) throw fail(at, `one of ${known.join(', ')}`);
    target[field] = added(target[field], meant);
  }
}

/** `>=warning` is a list too. */
function levels(text: string, at: number, fail: Fail): readonly string[] {
  const [, sign, orEqual, name = text] = COMPARED.exec(text) ?? [];
  const meant = name.toLowerCase();
  if (sign === undefined) return [meant];
  const rank = AUDIT_LEVELS.findIndex((level) => level === meant);
  const chosen = AUDIT_LEVELS.filter(
    (_, i) => (orEqual && i === rank) || (rank >= 0 && (sign === '>' ? i > rank : i < rank)),
  );
  if (chosen.length === 0) throw fail(at, `one of ${AUDIT_LEVELS.join(', ')} with others beyond it`);
  return chosen;
}

/** A query's types and ids are two lists, so that ids given by `resource:` share their type. */
function readResources(target: Draft, { name, values }: Term, owners: Map<Draft, string>, fail: Fail): void {
  for (const { at, text } of values) {
    const cut = name === 'resource' ? text.indexOf('/') : -1;
    if (cut === 0 || cut === text.length - 1) throw fail(at, 'type or type/id');
    const own = text.slice(0, Math.max(cut, 0));
    const owner = owners.get(target) ?? own;
    if (owner !== own) throw fail(at, `${owner === '' ? 'type' : `${owner}/id`}, as before`);
    owners.set(target, own);
    target.resourceType = added(target.resourceType, [own || text]);
    if (cut > 0) target.resourceId = added(target.resourceId, [text.slice(cut + 1)]);
  }
}

function readTag(target: Draft, { values: [first, ...more] }: Term, fail: Fail): void {
  const { at, text } = first!;
  const cut = text.indexOf('=');
  if (cut < 1 || cut === text.length - 1) throw fail(at, 'name=value');
  for (const { at, text, quoted } of more)
    if (!quoted && text.includes('=')) throw fail(at, 'a value of that tag');
  const name = text.slice(0, cut);
  const { tags = {} } = target;
  const known = Object.hasOwn(tags, name) ? tags[name] : [];
  target.tags = {
    ...tags,
    [name]: added(known, [text.slice(cut + 1), ...more.map((value) => value.text)]),
  };
}

function readTime(target: Draft, { at, negated, name, values }: Term, now: number, fail: Fail): void {
  const [value, second] = values;
  if (negated) throw fail(at, 'after: or before: without a minus');
  if (second) throw fail(second.at, 'one time');
  const time = timeOf(value!.text, now);
  if (time === undefined) throw fail(value!.at, 'a time like 2026-11-01, 2026-11-01T09:30Z, 15m, 24h or 7d');
  if (name === 'after') target.from = Math.max(time, target.from ?? 0);
  else target.to = Math.min(time, target.to ?? Number.MAX_SAFE_INTEGER);
}

/** µs since 1970, between then and 2255, where µs end to be whole. Without a zone: UTC. */
function timeOf(text: string, now: number): number | undefined {
  const [, count, unit = ''] = AGO.exec(text) ?? [];
  const [, day = '', time = '00:00', fraction = '', zone = 'Z'] = DATE.exec(text) ?? [];
  const at = count
    ? now - Number(count) * SECONDS[unit.toLowerCase()]! * 1_000
    : Date.parse(`${day}T${time}${zone.toUpperCase()}`);
  // Some engines take the 30th of February for the 2nd of March.
  if (Number.isNaN(at) || (!count && !new Date(day).toISOString().startsWith(day))) return undefined;
  const micros = at * 1_000 + Number(fraction.padEnd(6, '0'));
  return Math.min(Math.max(micros, 0), Number.MAX_SAFE_INTEGER);
}

function added(to: readonly string[] | undefined, values: readonly string[]): readonly string[] {
  return [...new Set([...(to ?? []), ...values])];
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
