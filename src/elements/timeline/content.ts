/** What a timeline shows of what it knows: rows, and behind a line what has come while somebody reads. No DOM. */
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { EventList } from './event-list.ts';
import type { EventTest } from './event-filter.ts';
import { Rows } from './rows.ts';
import type { Layout } from './rows.ts';

/** Of more, that each id is there once is seen to after they are shown. */
const AT_ONCE = 10_000;
/** Dropping the oldest means laying all out anew, so it is done for so many at once. */
const SLACK = 1_000;

/** Events, laid out. */
export class Content {
  readonly list = new EventList();
  rows: Rows;
  /** Events that pass the filter and came while somebody reads: they are not among the rows. */
  waiting = 0;
  /** Whether the oldest were dropped for `most`. */
  trimmed = false;
  #layout: Layout;
  #test: EventTest | undefined;
  /** Newer than the rows, oldest first. */
  #incoming: TimelineEvent[] = [];
  #dirty = true;
  /** The newest event among the rows. */
  #top: TimelineEvent | undefined;
  /** Id of the newest event that is let in; undefined: all are. */
  #ceiling: string | undefined;

  constructor(layout: Layout) {
    this.#layout = layout;
    this.rows = new Rows(layout);
  }

  /** The newest event that is shown. */
  get top(): TimelineEvent | undefined {
    return this.#top;
  }

  /** Whether something is to be brought up to date. */
  get unsettled(): boolean {
    return this.#dirty || this.#incoming.length > 0;
  }

  /** The events that pass the filter, newest first. With those that wait. */
  *passing(): Generator<TimelineEvent> {
    const { oldestFirst } = this.list;
    for (let i = oldestFirst.length - 1; i >= 0; i -= 1) {
      const event = oldestFirst[i]!;
      if (!this.#test || this.#test(event)) yield event;
    }
  }

  /** Lays out otherwise, or other events, with the next {@link settle}. */
  lay(layout: Layout, test: EventTest | undefined): void {
    this.#layout = layout;
    this.#test = test;
    this.#dirty = true;
  }

  /** Replaces all events. @returns how many are newer than those before, if there were any. */
  set(events: readonly TimelineEvent[], most: number): number {
    const before = this.list.newest?.id;
    this.list.set(events);
    if (events.length <= AT_ONCE) this.list.check();
    this.trimmed = this.list.trim(most) > 0;
    this.#dirty = true;
    return before === undefined ? 0 : this.#countAfter(before);
  }

  /** Sees to what was put off when many events were set. To be called when there is time. @returns whether it changed. */
  check(): boolean {
    if (!this.list.check()) return false;
    return (this.#dirty = true);
  }

  /** Adds events, oldest first. @returns how many were not known before. */
  add(events: readonly TimelineEvent[], most: number): number {
    const before = this.list.size;
    const { newer, elsewhere } = this.list.add(events);
    const added = this.list.size - before;
    if (elsewhere) this.#dirty = true;
    else for (const event of newer) this.#incoming.push(event);
    const slack = most > SLACK ? SLACK : 0;
    if (this.list.size > most + slack && this.list.trim(most) > 0) this.trimmed = this.#dirty = true;
    return added;
  }

  /** Forgets all events. */
  clear(): void {
    this.list.clear();
    this.trimmed = false;
    this.#ceiling = undefined;
    this.#dirty = true;
  }

  /** Lets in what waits. */
  release(): void {
    if (this.#ceiling === undefined) return;
    const from = this.#indexOf(this.#ceiling) + 1;
    this.#ceiling = undefined;
    this.waiting = 0;
    if (!this.#dirty) this.#incoming = this.list.oldestFirst.slice(from);
  }

  /**
   * Brings the rows up to date.
   * @param reading what is shown stays where it is: what is newer waits, from now until {@link release}.
   * @returns whether there was anything to do.
   */
  settle(reading: boolean): boolean {
    if (!this.unsettled) return false;
    if (reading && this.rows.articles > 0) this.#ceiling ??= this.#top?.id;
    if (this.#dirty) this.#layOut();
    else {
      for (const event of this.#incoming) {
        if (this.#test && !this.#test(event)) continue;
        if (this.#ceiling !== undefined) this.waiting += 1;
        else this.#push(event);
      }
    }
    this.#incoming = [];
    return true;
  }

  #layOut(): void {
    this.#dirty = false;
    this.rows = new Rows(this.#layout);
    this.#top = undefined;
    this.waiting = 0;
    const { oldestFirst } = this.list;
    const last = this.#ceiling === undefined ? oldestFirst.length - 1 : this.#indexOf(this.#ceiling);
    // What the line was drawn at is gone, and the line with it.
    if (last < 0) this.#ceiling = undefined;
    const until = last < 0 ? oldestFirst.length - 1 : last;
    for (let i = 0; i < oldestFirst.length; i += 1) {
      const event = oldestFirst[i]!;
      if (this.#test && !this.#test(event)) continue;
      if (i > until) this.waiting += 1;
      else this.#push(event);
    }
  }

  #push(event: TimelineEvent): void {
    this.rows.push(event);
    this.#top = event;
  }

  #countAfter(id: string): number {
    const at = this.#indexOf(id);
    return at < 0 ? 0 : this.list.size - 1 - at;
  }

  /** Its place from the oldest; it is near the newest. */
  #indexOf(id: string): number {
    const { oldestFirst } = this.list;
    for (let i = oldestFirst.length - 1; i >= 0; i -= 1) if (oldestFirst[i]?.id === id) return i;
    return -1;
  }
}
