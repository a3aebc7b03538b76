/** Which events are shown: by what they are, what became of them, who did it, when, and what they say. */
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { fold } from '../context-selector/fold.ts';

/** Narrows a timeline. What is absent, or an empty list, lets everything through. */
export interface EventFilter {
  readonly types?: readonly string[];
  /** Words of the vocabulary, as events have them. */
  readonly statuses?: readonly string[];
  /** Ids of actors; the name of one without an id. */
  readonly actors?: readonly string[];
  /** ms since 1970, inclusive. */
  readonly from?: number;
  /** ms since 1970, exclusive. */
  readonly to?: number;
  /** All of its words, wherever they stand: title, description, type, actor. Case and accents do not matter. */
  readonly text?: string;
  /** By tag: one of the values. An empty list of values lets nothing through. */
  readonly tags?: Readonly<Record<string, readonly string[]>>;
}

/** Whether an event passes. */
export type EventTest = (event: TimelineEvent) => boolean;

/** So much of what is typed or pasted is looked for. */
const MOST_TYPED = 200;

/** Who did it, as filters name them. */
export function actorKey(event: TimelineEvent): string | undefined {
  return event.actor && (event.actor.id ?? event.actor.name);
}

/** What is searched of an event, folded. */
export function searchText({ title, description, type, actor }: TimelineEvent): string {
  return fold(`${title}\n${description ?? ''}\n${type}\n${actor?.name ?? ''}`);
}

/** The words of what is typed, folded. */
export function wordsOf(text: string): readonly string[] {
  return fold(text.slice(0, MOST_TYPED)).split(/\s+/).filter(Boolean);
}

/** A filter of what a page or a preset gives. What has another type than it should is left out. Never throws. */
export function readFilter(given: unknown): EventFilter {
  if (typeof given !== 'object' || given === null) return {};
  const { types, statuses, actors, from, to, text, tags } = given as Readonly<Record<string, unknown>>;
  const read: Record<string, unknown> = {
    types: textsOf(types),
    statuses: textsOf(statuses),
    actors: textsOf(actors),
    from: isMoment(from) ? from : undefined,
    to: isMoment(to) ? to : undefined,
    text: typeof text === 'string' ? text : undefined,
    tags: tagsOf(tags),
  };
  return Object.fromEntries(Object.entries(read).filter(([, part]) => part !== undefined));
}

/** Whether two filters say the same. */
export function sameFilter(a: EventFilter, b: EventFilter): boolean {
  return a === b || JSON.stringify(readFilter(a)) === JSON.stringify(readFilter(b));
}

/** Whether nothing is narrowed. */
export function isOpen(filter: EventFilter): boolean {
  return testOf(filter) === undefined;
}

/** A filter as a test, to be asked of many events; undefined: all pass. */
export function testOf(filter: EventFilter): EventTest | undefined {
  const { from = -Infinity, to = Infinity, text = '', tags = {} } = filter;
  const types = setOf(filter.types);
  const statuses = setOf(filter.statuses);
  const actors = setOf(filter.actors);
  const words = wordsOf(text);
  const wanted = Object.entries(tags).map(([tag, values]) => [tag, new Set(values)] as const);
  const timed = from > -Infinity || to < Infinity;
  if (!types && !statuses && !actors && !timed && words.length === 0 && wanted.length === 0) return undefined;
  return (event) => {
    if (event.time < from || event.time >= to) return false;
    if (types && !types.has(event.type)) return false;
    if (statuses && !statuses.has(event.status ?? '')) return false;
    if (actors && !actors.has(actorKey(event) ?? '')) return false;
    for (const [tag, values] of wanted) if (!values.has(event.tags?.[tag] ?? '')) return false;
    if (words.length === 0) return true;
    const said = searchText(event);
    return words.every((word) => said.includes(word));
  };
}

/** Whether one event passes a filter. */
export function matches(event: TimelineEvent, filter: EventFilter): boolean {
  return testOf(filter)?.(event) ?? true;
}

/** Several tests as one: what a page's context narrows, what somebody chose, what a query asks for. */
export function allOf(tests: readonly (EventTest | undefined)[]): EventTest | undefined {
  const [first, ...others] = tests.filter((test) => test !== undefined);
  if (!first || others.length === 0) return first;
  return (event) => first(event) && others.every((test) => test(event));
}

function textsOf(given: unknown): readonly string[] | undefined {
  return Array.isArray(given) ? given.filter((one): one is string => typeof one === 'string') : undefined;
}

function tagsOf(given: unknown): EventFilter['tags'] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
  const read = Object.entries(given).map(([tag, values]) => [tag, textsOf(values)] as const);
  return Object.fromEntries(read.flatMap(([tag, values]) => (values ? [[tag, values] as const] : [])));
}

function isMoment(given: unknown): given is number {
  return typeof given === 'number' && !Number.isNaN(given);
}

function setOf(values: readonly string[] | undefined): ReadonlySet<string> | undefined {
  return values && values.length > 0 ? new Set(values) : undefined;
}
