/** The stretches of time that a timeline is divided into: today, yesterday, earlier this week, last week, months. */
import { intl } from '../../i18n/intl.ts';
import type { TimelineMessages } from './words.ts';

/** A stretch of time. */
export interface Period {
  readonly name: 'today' | 'yesterday' | 'thisWeek' | 'lastWeek' | 'month';
  /** ms since 1970, inclusive. */
  readonly from: number;
  /** ms since 1970, exclusive. */
  readonly to: number;
}

/** Whose days they are. */
export interface Calendar {
  readonly now: number;
  /** For `Intl`: `UTC`, or undefined for the reader's own. */
  readonly timeZone: string | undefined;
  /** BCP 47: it says on which day a week begins. */
  readonly locale: string;
}

const MONDAY = 1;

/** Divides time, seen from one moment. */
export class Periods {
  /** Until when the division is right, ms since 1970: the end of today. */
  readonly until: number;
  readonly #utc: boolean;
  /** Newest first. */
  readonly #near: readonly Period[];
  #month: Period | undefined;

  constructor({ now, timeZone, locale }: Calendar) {
    this.#utc = timeZone === 'UTC';
    const today = this.#day(now, 0);
    const yesterday = this.#day(now, -1);
    const sinceWeek = (this.#weekday(now) - firstDayOf(locale) + 7) % 7;
    const week = this.#day(now, -sinceWeek);
    const lastWeek = this.#day(now, -sinceWeek - 7);
    this.until = this.#day(now, 1);
    const near: Period[] = [
      // What a clock ahead of ours has dated into the future is of today.
      { name: 'today', from: today, to: Infinity },
      { name: 'yesterday', from: yesterday, to: today },
      { name: 'thisWeek', from: week, to: yesterday },
      { name: 'lastWeek', from: lastWeek, to: Math.min(week, yesterday) },
    ];
    this.#near = near.filter(({ from, to }) => from < to);
  }

  /** The stretch that a time is in. */
  of(time: number): Period {
    const near = this.#near.find(({ from }) => time >= from);
    if (near) return near;
    if (!this.#month || time < this.#month.from || time >= this.#month.to) this.#month = this.#monthOf(time);
    return this.#month;
  }

  #day(time: number, plus: number): number {
    const date = new Date(time);
    return this.#utc
      ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + plus)
      : new Date(date.getFullYear(), date.getMonth(), date.getDate() + plus).getTime();
  }

  #weekday(time: number): number {
    const date = new Date(time);
    return this.#utc ? date.getUTCDay() : date.getDay();
  }

  #monthOf(time: number): Period {
    const date = new Date(time);
    const year = this.#utc ? date.getUTCFullYear() : date.getFullYear();
    const month = this.#utc ? date.getUTCMonth() : date.getMonth();
    const start = (plus: number): number =>
      this.#utc ? Date.UTC(year, month + plus) : new Date(year, month + plus).getTime();
    const { from } = this.#near.at(-1)!;
    return { name: 'month', from: start(0), to: Math.min(start(1), from) };
  }
}

/** What a stretch is called: "Today", "November 2026". */
export function periodText({ name, from }: Period, texts: TimelineMessages, calendar: Calendar): string {
  if (name !== 'month') return texts[name];
  const { locale, timeZone } = calendar;
  const options = { month: 'long', year: 'numeric', ...(timeZone && { timeZone }) } as const;
  return intl(Intl.DateTimeFormat, locale, options).format(from);
}

interface WeekInfo {
  readonly firstDay: number;
}

/** 0 is Sunday. Monday, as ISO 8601 has it, where the browser does not know. */
function firstDayOf(locale: string): number {
  try {
    const known = new Intl.Locale(locale) as Intl.Locale & {
      getWeekInfo?: () => WeekInfo;
      weekInfo?: WeekInfo;
    };
    return ((known.getWeekInfo?.() ?? known.weekInfo)?.firstDay ?? MONDAY) % 7;
  } catch {
    return MONDAY;
  }
}
