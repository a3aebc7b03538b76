/** What a timeline shows of what it knows: rows, and behind a line what has come while somebody reads. No DOM. */
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { EventList, compare } from './event-list.ts';
import type { EventTest } from './event-filter.ts';
import { Rows } from './rows.ts';
import type { Gap, Layout } from './rows.ts';

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
  /** Ids of what came since the last {@link settle}; pages of the past are none of it. */
  #arrivals = new Set<string>();
  /** Ids of what waits, whatever its time: an event may be dated before what is read, or ahead. */
  #held = new Set<string>();
  /** Ids of events after which something is missing. */
  readonly #gaps = new Set<string>();

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

  /** Replaces all events. @returns how many of them are news to who looks on, if there were any before. */
  set(events: readonly TimelineEvent[], most: number): number {
    const { list } = this;
    const fresh = list.size > 0 ? events.filter(({ id }) => !list.get(id)) : [];
    const areOthers = fresh.length === events.length;
    this.#gaps.clear();
    if (areOthers) {
      this.#held.clear();
      this.#arrivals.clear();
    } else for (const { id } of fresh) this.#arrivals.add(id);
    const count = this.#countShown(fresh);
    this.list.set(events);
    if (events.length <= AT_ONCE) this.list.check();
    // What waited and is gone would wait for ever, should it come again.
    for (const id of this.#held) if (!list.get(id)) this.#held.delete(id);
    this.trimmed = this.list.trim(most) > 0;
    this.#dirty = true;
    return count;
  }

  /** Sees to what was put off when many events were set. To be called when there is time. @returns whether it changed. */
  check(): boolean {
    if (!this.list.check()) return false;
    return (this.#dirty = true);
  }

  /**
   * Adds events, oldest first.
   * @param past they are pages of the past, which wait for nobody: below what is read nothing moves.
   * @returns how many are news to who looks on: not known before, not filtered away, and above what is shown.
   */
  add(events: readonly TimelineEvent[], most: number, past = false): number {
    const fresh = past ? [] : events.filter(({ id }) => !this.list.get(id));
    const count = this.#countShown(fresh);
    for (const { id } of fresh) this.#arrivals.add(id);
    // Whatever comes now ends what is missing.
    if (this.#gaps.size > 0 && this.#gaps.has(this.list.newest?.id ?? '')) this.#dirty = true;
    const { newer, elsewhere } = this.list.add(events);
    if (elsewhere) this.#dirty = true;
    else for (const event of newer) this.#incoming.push(event);
    const slack = most > SLACK ? SLACK : 0;
    if (this.list.size > most + slack && this.list.trim(most) > 0) this.trimmed = this.#dirty = true;
    return count;
  }

  /** Forgets all events. */
  clear(): void {
    this.list.clear();
    this.trimmed = false;
    this.#held.clear();
    this.#arrivals.clear();
    this.#gaps.clear();
    this.#dirty = true;
  }

  /** What follows on the newest event until now is not known. @param now ms since 1970: what is dated ahead is not the newest. */
  miss(now: number): void {
    const last = this.list.oldestFirst.findLast(({ time }) => time <= now) ?? this.list.newest;
    if (last) this.#gaps.add(last.id);
    this.#dirty = true;
  }

  /** Whether an event is among the rows, be it within a burst. */
  shows(id: string): boolean {
    const event = this.list.get(id);
    return event !== undefined && !this.#held.has(id) && (this.#test?.(event) ?? true);
  }

  /** Lets in what waits. */
  release(): void {
    this.#arrivals.clear();
    if (this.#held.size === 0) return;
    this.#held.clear();
    this.waiting = 0;
    this.#dirty = true;
  }

  /**
   * Brings the rows up to date.
   * @param reading what is shown stays where it is: what comes waits, from now until {@link release}.
   * @returns whether there was anything to do.
   */
  settle(reading: boolean): boolean {
    if (!this.unsettled) return false;
    // What comes behind those that wait does not overtake them.
    if ((reading && this.rows.articles > 0) || this.waiting > 0)
      for (const id of this.#arrivals) this.#held.add(id);
    this.#arrivals.clear();
    if (this.#dirty) this.#layOut();
    else {
      for (const event of this.#incoming) {
        if (this.#test && !this.#test(event)) continue;
        if (this.#held.has(event.id)) this.waiting += 1;
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
    let gap: Gap | undefined;
    let missing: TimelineEvent | undefined;
    for (const event of this.list.oldestFirst) {
      if (missing) gap = { from: gap?.from ?? missing.time, to: event.time };
      missing = this.#gaps.has(event.id) ? event : undefined;
      if (this.#test && !this.#test(event)) continue;
      if (this.#held.has(event.id)) this.waiting += 1;
      else {
        this.#push(event, gap);
        gap = undefined;
      }
    }
  }

  #push(event: TimelineEvent, gap?: Gap): void {
    // Below the first row there is nothing that something could be missing above.
    this.rows.push(event, this.rows.articles > 0 ? gap : undefined);
    this.#top = event;
  }

  /** How many of what came stand above what is shown, or will. */
  #countShown(events: readonly TimelineEvent[]): number {
    const top = this.#top;
    // A clock ahead of ours has no say in what is new.
    const isAbove = (event: TimelineEvent): boolean =>
      !top || top.time > Date.now() || compare(event, top) > 0;
    return events.filter((event) => isAbove(event) && (this.#test?.(event) ?? true)).length;
  }
}
