/** Times as seen from now ("5 minutes ago"): one scheduler for the page, which sleeps until some text would change. */
import { pagePace } from '../a11y/page-pace.ts';
import { intl } from './intl.ts';
import { intlTimeZone, pageTimeZone } from './page-time-zone.ts';
import { formatTime } from './times.ts';

/** What is told of a time. */
export interface RelativeTime {
  /** "5 minutes ago"; the absolute time when it is over a week away, and while the page is paused. */
  readonly text: string;
  /** In the page's time zone, for whoever needs it to the second. */
  readonly absolute: string;
}

/** A time that is followed. */
export interface FollowedTime {
  /** ms since 1970. */
  readonly at: number;
  /** BCP 47. */
  readonly locale: string;
  /** Names of the units: `long` (default), `short` or `narrow`. */
  readonly style?: Intl.RelativeTimeFormatStyle;
  /** The clock that `at` is of, ms since 1970. Default: this machine's. */
  readonly now?: () => number;
}

interface Entry extends FollowedTime {
  readonly tell: (time: RelativeTime) => void;
  told: string;
  /** When its text changes next, by this machine's clock, ms. */
  due: number;
}

interface Scheduler {
  follow(time: FollowedTime, tell: (time: RelativeTime) => void): () => void;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Until when a time is told in which steps of which unit, ms. Seconds in tens: nobody can read them one by one. */
const STEPS = [
  [MINUTE, 10 * SECOND, 'second', SECOND],
  [HOUR, MINUTE, 'minute', MINUTE],
  [DAY, HOUR, 'hour', HOUR],
  [7 * DAY, DAY, 'day', DAY],
] as const;
/** A machine that slept, or whose clock was set, is right again after this at the latest, ms. */
const LONGEST_SLEEP_MS = HOUR;

// Shared by every copy of this module on the page: one timer, however many releases and widgets.
const KEY = Symbol.for('waooaw.relative-time.v1');

/**
 * Tells a time in words, now and whenever the words change: as time goes by, when the page is paused or goes on, when
 * its time zone is switched.
 * @returns stops.
 */
export function followTime(time: FollowedTime, tell: (time: RelativeTime) => void): () => void {
  const holder = globalThis as { [KEY]?: Scheduler };
  return (holder[KEY] ??= createScheduler()).follow(time, tell);
}

/** A time in words, once. @param now ms since 1970. */
export function relativeText(
  at: number,
  now: number,
  locale: string,
  style: Intl.RelativeTimeFormatStyle = 'long',
): string {
  const age = Math.abs(now - at);
  for (const [until, step, unit, size] of STEPS) {
    if (age >= until) continue;
    const amount = (Math.floor(age / step) * step) / size;
    // Not -0: that is "0 seconds ago" and never "now".
    const signed = amount === 0 ? 0 : at <= now ? -amount : amount;
    return intl(Intl.RelativeTimeFormat, locale, { numeric: 'auto', style }).format(signed, unit);
  }
  return formatTime(at, locale, intlTimeZone(), false);
}

/** In how many ms the words change; Infinity: never again. */
export function changesIn(at: number, now: number): number {
  const age = Math.abs(now - at);
  const step = STEPS.find(([until]) => age < until)?.[1];
  if (at <= now) return step === undefined ? Infinity : step - (age % step);
  // Ahead of now it comes nearer: to a step's end, or to the week.
  return step === undefined ? age - 7 * DAY + 1 : (age % step) + 1;
}

function createScheduler(): Scheduler {
  const entries = new Set<Entry>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const look = (entry: Entry): void => {
    const { at, locale, style, now = Date.now } = entry;
    const { paused } = pagePace().pace;
    const absolute = formatTime(at, locale, intlTimeZone());
    // What stands still is still true when it says when, and no longer when it says how long ago.
    const text = paused ? absolute : relativeText(at, now(), locale, style);
    entry.due = paused ? Infinity : Date.now() + changesIn(at, now());
    const told = `${text}\n${absolute}`;
    if (told === entry.told) return;
    entry.told = told;
    entry.tell({ text, absolute });
  };
  const sleep = (): void => {
    clearTimeout(timer);
    timer = undefined;
    let due = Infinity;
    for (const entry of entries) due = Math.min(due, entry.due);
    // A hidden page is brought up to date when somebody looks at it again.
    if (due === Infinity || document.visibilityState === 'hidden') return;
    const ms = Math.min(LONGEST_SLEEP_MS, Math.max(1, due - Date.now()));
    timer = setTimeout(wake, ms);
  };
  const wake = (): void => {
    const now = Date.now();
    for (const entry of [...entries]) {
      // A clock that was set back leaves texts due in a far future.
      if (entries.has(entry) && (entry.due <= now || entry.due > now + LONGEST_SLEEP_MS)) look(entry);
    }
    sleep();
  };
  const wakeAll = (): void => {
    for (const entry of [...entries]) if (entries.has(entry)) look(entry);
    sleep();
  };
  const stores = [pagePace(), pageTimeZone()];

  return {
    follow(time, tell) {
      const entry: Entry = { ...time, tell, told: '', due: Infinity };
      if (entries.size === 0) {
        document.addEventListener('visibilitychange', wakeAll);
        for (const { listeners } of stores) listeners.add(wakeAll);
      }
      entries.add(entry);
      look(entry);
      sleep();
      return () => {
        if (!entries.delete(entry) || entries.size > 0) return;
        clearTimeout(timer);
        timer = undefined;
        document.removeEventListener('visibilitychange', wakeAll);
        for (const { listeners } of stores) listeners.delete(wakeAll);
      };
    },
  };
}
