/** Events in the order of their time, each id once, in whatever order they come. Newer ones at the end cost nothing. */
import type { TimelineEvent } from '../../protocol/timeline.ts';

/** What adding has changed. */
export interface ListChange {
  /** Events that are newer than all before, oldest first: all that changed, unless `elsewhere`. */
  readonly newer: readonly TimelineEvent[];
  /** Something came or changed further back. */
  readonly elsewhere: boolean;
}

/** Late ones up to this many are put into their places one by one; more are sorted in. */
const FEW = 16;

/** All events that a timeline knows. */
export class EventList {
  /** Oldest first: what is live is at the end, where an array grows. */
  #events: TimelineEvent[] = [];
  /** Made when it is needed first: of a hundred thousand events it is the dearest part of showing them. */
  #byId: Map<string, TimelineEvent> | undefined;

  get size(): number {
    return this.#events.length;
  }

  /** Oldest first. Not to be kept: it is the list itself. */
  get oldestFirst(): readonly TimelineEvent[] {
    return this.#events;
  }

  get newest(): TimelineEvent | undefined {
    return this.#events.at(-1);
  }

  get oldest(): TimelineEvent | undefined {
    return this.#events[0];
  }

  get(id: string): TimelineEvent | undefined {
    return this.#known.get(id);
  }

  /** By place, the newest is 0. */
  at(index: number): TimelineEvent | undefined {
    return this.#events[this.#events.length - 1 - index];
  }

  /**
   * Replaces everything. Of two with one id the newer stays; until {@link check} is called both may be there.
   * @param events in any order; of one time, newest first.
   */
  set(events: readonly TimelineEvent[]): void {
    this.#events = ascending(events);
    this.#byId = undefined;
  }

  /** Sees to it that each id is there once. @returns whether some were there more often. */
  check(): boolean {
    if (this.#byId) return false;
    const byId = (this.#byId = new Map<string, TimelineEvent>());
    for (const event of this.#events) byId.set(event.id, event);
    if (byId.size === this.#events.length) return false;
    this.#events = this.#events.filter((event) => byId.get(event.id) === event);
    return true;
  }

  /** Adds events, or replaces those with their ids. @param events of one time, oldest first. */
  add(events: readonly TimelineEvent[]): ListChange {
    const newer: TimelineEvent[] = [];
    const late: TimelineEvent[] = [];
    let elsewhere = this.check();
    const byId = this.#known;
    for (const event of events) {
      const known = byId.get(event.id);
      if (known && isSame(known, event)) continue;
      if (known) {
        elsewhere = true;
        const at = newer.indexOf(known);
        if (at >= 0) newer.splice(at, 1);
        const waiting = late.indexOf(known);
        if (waiting >= 0) late.splice(waiting, 1);
        else this.#remove(known);
      }
      byId.set(event.id, event);
      const last = this.newest;
      if (!last || compare(event, last) >= 0) {
        this.#events.push(event);
        newer.push(event);
      } else late.push(event);
    }
    if (late.length > 0) this.#insert(late);
    return { newer, elsewhere: elsewhere || late.length > 0 };
  }

  /** Keeps the newest so many. @returns how many were dropped. */
  trim(most: number): number {
    const over = this.#events.length - Math.max(0, most);
    if (over <= 0) return 0;
    for (const { id } of this.#events.splice(0, over)) this.#byId?.delete(id);
    return over;
  }

  clear(): void {
    this.#events = [];
    this.#byId = undefined;
  }

  get #known(): Map<string, TimelineEvent> {
    this.check();
    return this.#byId!;
  }

  #insert(late: readonly TimelineEvent[]): void {
    if (late.length <= FEW) for (const event of late) this.#events.splice(this.#placeAfter(event), 0, event);
    // Two ordered runs, which the engine's sort merges in one go.
    else this.#events = ascending([...late, ...this.#events].reverse());
  }

  #remove(event: TimelineEvent): void {
    // Behind it stand only events of the same time.
    for (let at = this.#placeAfter(event) - 1; at >= 0; at -= 1) {
      if (this.#events[at] !== event) continue;
      this.#events.splice(at, 1);
      return;
    }
  }

  /** Behind all that are not newer. */
  #placeAfter(event: TimelineEvent): number {
    let from = 0;
    let until = this.#events.length;
    while (from < until) {
      const middle = (from + until) >> 1;
      if (compare(this.#events[middle]!, event) <= 0) from = middle + 1;
      else until = middle;
    }
    return from;
  }
}

/** By time; of one moment by their places in the trail, which a clock that is set back does not disturb. */
export function compare(a: TimelineEvent, b: TimelineEvent): number {
  return a.time - b.time || (a.sequence ?? 0) - (b.sequence ?? 0);
}

/** The same object, or an entry of the trail that came once more: what a reader has done to the one known stays. */
function isSame(known: TimelineEvent, event: TimelineEvent): boolean {
  if (known === event) return true;
  if (event.sequence === undefined || known.sequence !== event.sequence) return false;
  return JSON.stringify(known) === JSON.stringify(event);
}

/** A copy, oldest first. @param events newest first, or nearly. */
function ascending(events: readonly TimelineEvent[]): TimelineEvent[] {
  const ordered = events.slice().reverse();
  for (let i = 1; i < ordered.length; i += 1)
    if (compare(ordered[i - 1]!, ordered[i]!) > 0) return ordered.sort(compare);
  return ordered;
}
