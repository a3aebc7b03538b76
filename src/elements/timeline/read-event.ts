/** Brings whatever it is given into an event's shape. Never throws: what cannot be one is left out. */
import type { TimelineActor, TimelineEvent } from '../../protocol/timeline.ts';

/** What a Date can hold, less room for its year and its time zone: the month of an event has a beginning and an end too. ms. */
export const MAX_TIME = 8.64e15 - 400 * 86_400_000;

/** The events among what is given, in their order. */
export function readEvents(given: unknown): TimelineEvent[] {
  if (!Array.isArray(given)) return [];
  const events: TimelineEvent[] = [];
  for (const one of given as unknown[]) {
    const event = readEvent(one);
    if (event) events.push(event);
  }
  return events;
}

/**
 * An event; undefined: this is none. Without an id, a time or a title there is nothing to show. A whole one is taken as
 * it is, so that a hundred thousand of them cost no copies.
 */
export function readEvent(given: unknown): TimelineEvent | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  if (isWhole(given as TimelineEvent)) return given as TimelineEvent;
  const from = given as Readonly<Record<string, unknown>>;
  const id = typeof from['id'] === 'number' ? String(from['id']) : from['id'];
  const time = readTime(from['time']);
  const title = textOf(from['title']) ?? textOf(from['type']);
  if (typeof id !== 'string' || id === '' || time === undefined || title === undefined) return undefined;
  const actor = readActor(from['actor']);
  const { durationMs, sequence, tags, before, after, details } = from;
  return {
    id,
    time,
    title,
    type: textOf(from['type']) ?? '',
    ...optional('description', textOf(from['description'])),
    ...optional('status', textOf(from['status'])),
    ...optional('href', textOf(from['href'])),
    ...(actor && { actor }),
    ...(isDuration(durationMs) && { durationMs }),
    ...(isPlace(sequence) && { sequence }),
    ...(isTags(tags) && { tags }),
    ...optional('before', before as TimelineEvent['before']),
    ...optional('after', after as TimelineEvent['after']),
    ...optional('details', details as TimelineEvent['details']),
  };
}

/** ms since 1970, of a number, an ISO 8601 text or a Date. */
export function readTime(given: unknown): number | undefined {
  const time =
    typeof given === 'string' ? Date.parse(given) : given instanceof Date ? given.getTime() : given;
  return typeof time === 'number' && Math.abs(time) <= MAX_TIME ? time : undefined;
}

function isWhole(event: TimelineEvent): boolean {
  const { id, time, title, type, description, status, href, actor, durationMs, sequence, tags } = event;
  return (
    typeof id === 'string' &&
    id !== '' &&
    typeof time === 'number' &&
    Math.abs(time) <= MAX_TIME &&
    typeof title === 'string' &&
    title.trim() !== '' &&
    typeof type === 'string' &&
    isTextOrNone(description) &&
    isTextOrNone(status) &&
    isTextOrNone(href) &&
    (actor === undefined || isWholeActor(actor)) &&
    (durationMs === undefined || isDuration(durationMs)) &&
    (sequence === undefined || isPlace(sequence)) &&
    (tags === undefined || isTags(tags))
  );
}

function isWholeActor(actor: TimelineActor): boolean {
  return (
    typeof actor === 'object' &&
    actor !== null &&
    typeof actor.name === 'string' &&
    actor.name.trim() !== '' &&
    isTextOrNone(actor.id) &&
    isTextOrNone(actor.avatar) &&
    isTextOrNone(actor.kind)
  );
}

/** A name alone is an actor too. */
function readActor(given: unknown): TimelineActor | undefined {
  if (typeof given === 'string') return given.trim() ? { name: given } : undefined;
  if (typeof given !== 'object' || given === null) return undefined;
  const from = given as Readonly<Record<string, unknown>>;
  const id = textOf(from['id']);
  const name = textOf(from['name']) ?? id;
  if (name === undefined) return undefined;
  return {
    name,
    ...optional('id', id),
    ...optional('avatar', textOf(from['avatar'])),
    ...optional('kind', textOf(from['kind']) as TimelineActor['kind']),
  };
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [N in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [N in Name]?: Value };
}

function textOf(given: unknown): string | undefined {
  return typeof given === 'string' && given.trim() !== '' ? given : undefined;
}

function isTextOrNone(given: unknown): boolean {
  return given === undefined || typeof given === 'string';
}

function isDuration(given: unknown): given is number {
  return typeof given === 'number' && given >= 0 && given < Infinity;
}

function isPlace(given: unknown): given is number {
  return Number.isSafeInteger(given) && (given as number) > 0;
}

function isTags(given: unknown): given is Readonly<Record<string, string>> {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}
