/** What a timeline lists: events under the names of their days, bursts folded, and where the reader left off. */
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { actorKey } from './event-filter.ts';
import type { Period, Periods } from './periods.ts';

/** The name of a stretch of time. */
export interface DayRow {
  readonly kind: 'day';
  readonly key: string;
  readonly period: Period;
}

/** Above it stands what came after the reader left. */
export interface LeftRow {
  readonly kind: 'left';
  readonly key: string;
}

/** What happened in a stretch of time is not known. */
export interface Gap {
  /** The newest that is known before it, ms since 1970. */
  readonly from: number;
  /** The oldest that is known behind it, ms since 1970. */
  readonly to: number;
}

/** It stands where events are missing. */
export interface GapRow {
  readonly kind: 'gap';
  readonly key: string;
  readonly gap: Gap;
}

/** One event. */
export interface EventRow {
  readonly kind: 'event';
  readonly key: string;
  readonly event: TimelineEvent;
  readonly period: Period;
  /** Which article it is, from the oldest, which is 1. */
  readonly entry: number;
  /** It came after the reader left. */
  readonly fresh: boolean;
  /** It is shown below the burst that it is of. */
  readonly inBurst: boolean;
  /** What is missing below it. */
  readonly gap: Gap | undefined;
}

/** The same again and again, in one row. */
export interface BurstRow {
  readonly kind: 'burst';
  readonly key: string;
  /** Oldest first. */
  readonly events: readonly TimelineEvent[];
  readonly period: Period;
  readonly entry: number;
  readonly fresh: boolean;
  /** Its events are shown below it. */
  readonly open: boolean;
  /** What is missing below it. */
  readonly gap: Gap | undefined;
}

/** A row of the list. */
export type Row = DayRow | LeftRow | GapRow | EventRow | BurstRow;
/** A row that is an article of the feed. */
export type Article = EventRow | BurstRow;

/** How events become rows. */
export interface Layout {
  readonly periods: Periods;
  /** Whether bursts are folded. */
  readonly folded: boolean;
  /** Keys of the bursts that are open. */
  readonly open: ReadonlySet<string>;
  /** The newest event that the reader had seen when they left, ms since 1970. */
  readonly leftAt: number | undefined;
}

/** From so many on the same is a burst. */
const LEAST = 3;
/** What is further apart is no burst, ms. */
const GAP_MS = 5 * 60_000;

/** Lays events out, oldest first, so that a newer one touches only what is at the top. */
export class Rows {
  readonly #layout: Layout;
  /** Oldest first: the list's first row is the last here. */
  readonly #rows: Row[] = [];
  #articles = 0;
  #last: TimelineEvent | undefined;
  #period: Period | undefined;
  /** Events at the top that are alike: of one burst, or on the way to one. */
  #alike: TimelineEvent[] = [];
  /** What is missing below the first of them. */
  #gap: Gap | undefined;
  #hasLeft = false;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  get count(): number {
    return this.#rows.length;
  }

  /** How many articles there are. */
  get articles(): number {
    return this.#articles;
  }

  /** From the top. */
  at(index: number): Row | undefined {
    return this.#rows[this.#rows.length - 1 - index];
  }

  /** Which of the articles one is, from 1 at the top. */
  placeOf({ entry }: Article): number {
    return this.#articles - entry + 1;
  }

  /** Place of the row that shows an event, or of the burst that holds it; -1: none does. */
  indexOf(id: string): number {
    let folded = -1;
    for (let index = 0; index < this.#rows.length; index += 1) {
      const row = this.at(index)!;
      if (row.kind === 'event' && row.event.id === id) return index;
      if (row.kind === 'burst' && row.events.some((event) => event.id === id)) {
        if (!row.open) return index;
        folded = index;
      }
    }
    return folded;
  }

  /** The next article from a place, not including it. @param step 1: downwards, -1: upwards. @returns -1: there is none. */
  articleFrom(index: number, step: 1 | -1): number {
    for (let at = index + step; at >= 0 && at < this.#rows.length; at += step) {
      const kind = this.at(at)?.kind;
      if (kind === 'event' || kind === 'burst') return at;
    }
    return -1;
  }

  /** Puts an event at the top. It is not older than those before. @param gap what is missing below it. */
  push(event: TimelineEvent, gap?: Gap): void {
    const { periods, leftAt } = this.#layout;
    const last = this.#last;
    const same =
      this.#period !== undefined && event.time >= this.#period.from && event.time < this.#period.to;
    // Of a day the name is on top, so it makes room.
    if (same) this.#rows.pop();
    else this.#period = periods.of(event.time);
    const divides = leftAt !== undefined && last !== undefined && last.time <= leftAt && event.time > leftAt;
    if (divides) {
      this.#hasLeft = true;
      this.#rows.push({ kind: 'left', key: '\u0000left' });
    }
    if (gap) this.#rows.push({ kind: 'gap', key: `\u0000gap ${event.id}`, gap });
    const goesOn =
      same && !divides && !gap && last !== undefined && this.#layout.folded && isAlike(last, event);
    if (goesOn) this.#alike.push(event);
    else {
      this.#alike = [event];
      this.#gap = gap;
    }
    this.#add(event);
    const period = this.#period!;
    this.#rows.push({ kind: 'day', key: `\u0000${period.name}${period.from}`, period });
    this.#last = event;
  }

  #add(event: TimelineEvent): void {
    const count = this.#alike.length;
    if (count < LEAST) return this.#addEvent(event, false);
    // What was on the way to a burst is one now; or its row, which is above its events, makes room for one more.
    const rows = count === LEAST ? LEAST - 1 : 1;
    this.#rows.length -= rows;
    this.#articles -= rows;
    const key = `\u0000burst ${this.#alike[0]!.id}`;
    const open = this.#layout.open.has(key);
    if (open) for (const one of count === LEAST ? this.#alike : [event]) this.#addEvent(one, true);
    this.#articles += 1;
    this.#rows.push({
      kind: 'burst',
      key,
      events: this.#alike,
      period: this.#period!,
      entry: this.#articles,
      fresh: this.#hasLeft,
      open,
      gap: this.#gap,
    });
  }

  #addEvent(event: TimelineEvent, inBurst: boolean): void {
    this.#articles += 1;
    this.#rows.push({
      kind: 'event',
      key: event.id,
      event,
      period: this.#period!,
      entry: this.#articles,
      fresh: this.#hasLeft,
      inBurst,
      gap: inBurst || this.#alike[0] !== event ? undefined : this.#gap,
    });
  }
}

/** The same again: of one kind, title, actor and outcome, soon after. */
function isAlike(before: TimelineEvent, after: TimelineEvent): boolean {
  return (
    before.title === after.title &&
    before.type === after.type &&
    before.status === after.status &&
    actorKey(before) === actorKey(after) &&
    after.time - before.time <= GAP_MS
  );
}
