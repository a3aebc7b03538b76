/** When people are expected to act, in their own time zone. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { ReportHours } from '../../../src/protocol/audit-report.ts';

const DAY = 1_440;
const HOURS = /^([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/;
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
/** Clocks are changed at a quarter of an hour, everywhere. */
const QUARTER_US = 900e6;

/**
 * Reads them.
 * @param hours `08:00-18:00`; over midnight `22:00-06:00`.
 * @param days `1-5` or `1,3,7`; 1 is Monday.
 * @throws WaooawError `bad_request` naming the parameter.
 */
export function hoursOf(timeZone: string, hours: string, days: string): ReportHours {
  const [, ...digits] = HOURS.exec(hours) ?? [];
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = digits.map(Number);
  const from = fromHour * 60 + fromMinute;
  const to = toHour * 60 + toMinute;
  if (digits.length === 0 || from > DAY || to > DAY || from === to) throw bad('hours', hours, '08:00-18:00');
  const chosen = days.split(',').flatMap((part) => {
    const [first = NaN, last = first] = part.split('-').map(Number);
    if (!/^[1-7](-[1-7])?$/.test(part) || last < first)
      throw bad('days', days, '1-5 or 1,3,7, where 1 is Monday');
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
  try {
    partsIn(timeZone);
  } catch {
    throw bad('time_zone', timeZone, 'an IANA name such as Europe/Berlin');
  }
  return { timeZone, from, to, days: [...new Set(chosen)].sort() };
}

/** Tells for times that come about in order whether they are outside of the hours. */
export class HoursClock {
  readonly #hours: ReportHours;
  readonly #format: Intl.DateTimeFormat;
  #quarter = Number.NaN;
  /** Of the quarter's beginning: minute of the day, and day of the week from 1. */
  #minute = 0;
  #day = 1;

  constructor(hours: ReportHours) {
    this.#hours = hours;
    this.#format = partsIn(hours.timeZone);
  }

  /** @param time µs since 1970. */
  isOutside(time: number): boolean {
    const quarter = Math.floor(time / QUARTER_US);
    if (quarter !== this.#quarter) this.#read(quarter);
    const minute = this.#minute + Math.floor((time - quarter * QUARTER_US) / 60e6);
    const { from, to, days } = this.#hours;
    const isDay = (day: number): boolean => days.includes(day === 0 ? 7 : day);
    if (from < to) return !(isDay(this.#day) && minute >= from && minute < to);
    // What is over midnight belongs to the day on which it began.
    return !((isDay(this.#day) && minute >= from) || (isDay(this.#day - 1) && minute < to));
  }

  #read(quarter: number): void {
    this.#quarter = quarter;
    const parts = this.#format.formatToParts((quarter * QUARTER_US) / 1_000);
    const part = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
    this.#minute = Number(part('hour')) * 60 + Number(part('minute'));
    this.#day = WEEKDAYS.indexOf(part('weekday')) + 1;
  }
}

function partsIn(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
}

function bad(parameter: string, found: string, expected: string): WaooawError {
  return new WaooawError('bad_request', `${parameter}: expected ${expected}, was "${found.slice(0, 80)}"`);
}
