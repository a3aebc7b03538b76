/** When a timeline is to be laid out anew: other filters, another day, a range of time that moves on. */
import type { Selection } from '../../context/selection.ts';
import type { Content } from './content.ts';
import { allOf, testOf } from './event-filter.ts';
import type { EventFilter, EventTest } from './event-filter.ts';
import { narrowing } from './narrowing.ts';
import { Periods } from './periods.ts';
import type { Calendar } from './periods.ts';

/** By what it is laid out. */
export interface Plan {
  readonly calendar: Calendar;
  readonly filter: EventFilter;
  /** What else an event has to pass. */
  readonly query: EventTest | undefined;
  /** What the page is about. */
  readonly selection: Selection | undefined;
  readonly folded: boolean;
  /** Keys of bursts that are open. */
  readonly open: ReadonlySet<string>;
  /** Counts changes of those. */
  readonly folds: number;
  /** ms since 1970. */
  readonly leftAt: number | undefined;
}

/** A range of the last minutes or hours moves on after so long, ms. */
const MOVE_ON_MS = 15_000;
/** The longest delay that a timer takes, ms. */
const LONGEST_MS = 2 ** 31 - 1;

/** For one timeline. */
export class Laying {
  readonly #content: Content;
  readonly #due: () => void;
  /** What differs makes it be done anew. */
  #signs: readonly unknown[] = [];
  /** Until when days are named rightly, ms since 1970. */
  #todayUntil = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param due by time alone it is to be done anew. */
  constructor(content: Content, due: () => void) {
    this.#content = content;
    this.#due = due;
  }

  /** Nothing was laid out yet. */
  get first(): boolean {
    return this.#signs.length === 0;
  }

  /** @returns whether it was done. */
  lay({ calendar, filter, query, selection, folded, open, folds, leftAt }: Plan): boolean {
    const { now, locale, timeZone } = calendar;
    const moves = selection?.range !== undefined && 'last' in selection.range;
    const moment = moves && Math.floor(now / MOVE_ON_MS);
    const signs = [locale, timeZone, folded, leftAt, folds, filter, query, selection, moment];
    const same = this.#signs.length > 0 && signs.every((sign, i) => Object.is(sign, this.#signs[i]));
    if (same && now < this.#todayUntil) return false;
    this.#signs = signs;
    const periods = new Periods(calendar);
    this.#todayUntil = periods.until;
    this.#content.lay(
      { periods, folded, open, leftAt },
      allOf([testOf(filter), testOf(narrowing(selection, now)), query]),
    );
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#due, Math.min(moves ? MOVE_ON_MS : periods.until - now, LONGEST_MS));
    return true;
  }

  /** What goes by time is done with the next {@link lay}. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#todayUntil = -Infinity;
  }
}
