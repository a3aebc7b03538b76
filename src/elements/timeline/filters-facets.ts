/** Which values there are to filter by, and how many events have each. */
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { actorKey } from './event-filter.ts';

/** What events are filtered by in lists. */
export const LISTS = ['types', 'statuses', 'actors'] as const;

/** One of them. */
export type ListName = (typeof LISTS)[number];

/** One value. */
export interface Facet {
  readonly value: string;
  /** What people read. */
  readonly label: string;
  readonly count: number;
}

/** The values of each list, and the tags in use. */
export interface Facets extends Readonly<Record<ListName, readonly Facet[]>> {
  /** Names of tags. */
  readonly tags: readonly string[];
}

/** More values than anybody looks through; a source that never says the same twice must not fill the memory. */
const MOST_VALUES = 5_000;
/** Counted anew at most once in so many ms: events may come a hundred a second. */
const EVERY_MS = 1_000;

/** Counts all events. In time that grows with their number: 100,000 take some ten ms. */
export function facetsOf(events: Iterable<TimelineEvent>): Facets {
  const counts = {
    types: new Map<string, Count>(),
    statuses: new Map<string, Count>(),
    actors: new Map<string, Count>(),
  };
  const tags = new Set<string>();
  for (const event of events) {
    add(counts.types, event.type, event.type);
    add(counts.statuses, event.status, event.status);
    add(counts.actors, actorKey(event), event.actor?.name);
    if (event.tags && tags.size < MOST_VALUES) for (const name of Object.keys(event.tags)) tags.add(name);
  }
  return {
    types: sorted(counts.types),
    statuses: sorted(counts.statuses),
    actors: sorted(counts.actors),
    tags: [...tags].sort(),
  };
}

/**
 * Counts now and then, and keeps values where they were: what somebody is about to press must not move away. New ones come
 * last.
 */
export class FacetCounter {
  #facets: Facets | undefined;
  #at = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param later something may be counted otherwise by then. */
  count(events: Iterable<TimelineEvent>, later: () => void): Facets {
    const now = performance.now();
    const before = this.#facets;
    if (before && now - this.#at < EVERY_MS) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        later();
      }, EVERY_MS);
      return before;
    }
    const counted = facetsOf(events);
    this.#at = now;
    this.#facets = before
      ? {
          types: inPlace(before.types, counted.types),
          statuses: inPlace(before.statuses, counted.statuses),
          actors: inPlace(before.actors, counted.actors),
          tags: counted.tags,
        }
      : counted;
    return this.#facets;
  }

  /** Counts and orders anew with the next. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#facets = undefined;
    this.#at = -Infinity;
  }
}

interface Count {
  readonly label: string;
  count: number;
}

function add(counts: Map<string, Count>, value: string | undefined, label = value): void {
  if (value === undefined || value === '' || label === undefined) return;
  const known = counts.get(value);
  if (known) known.count += 1;
  else if (counts.size < MOST_VALUES) counts.set(value, { label, count: 1 });
}

function sorted(counts: ReadonlyMap<string, Count>): readonly Facet[] {
  return [...counts]
    .map(([value, { label, count }]) => ({ value, label, count }))
    .sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
}

function inPlace(before: readonly Facet[], now: readonly Facet[]): readonly Facet[] {
  const counted = new Map(now.map((facet) => [facet.value, facet]));
  const kept = before.map((facet) => counted.get(facet.value) ?? { ...facet, count: 0 });
  // Another source: nothing of the old one is left to stay.
  if (kept.every(({ count }) => count === 0)) return now;
  const known = new Set(before.map(({ value }) => value));
  return [...kept, ...now.filter(({ value }) => !known.has(value))];
}
