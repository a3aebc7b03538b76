/** Durations, times of day, lists and plurals for people, through `Intl`. */
import { intl } from './intl.ts';

/** How much room there is for a unit's name. */
export type Width = 'long' | 'short' | 'narrow';

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** An amount of one unit that `Intl` knows, such as `minute`: "2 minutes". */
export function formatUnit(amount: number, unit: string, locale: string, width: Width = 'long'): string {
  return intl(Intl.NumberFormat, locale, { style: 'unit', unit, unitDisplay: width }).format(amount);
}

/**
 * A duration in its greatest units: "2 minutes", "1 hour, 30 minutes".
 * @param seconds any number; its sign is left out, and what is under a second is told in milliseconds.
 * @param width of the units' names. Default `long`.
 * @param most how many units, 1 to 4. Default 2.
 */
export function formatDuration(seconds: number, locale: string, width: Width = 'long', most = 2): string {
  const unit = (amount: number, name: string): string => formatUnit(amount, name, locale, width);
  const size = Math.abs(seconds);
  if (size < 0.9995 && size > 0) return unit(Math.round(size * 1000), 'millisecond');
  // Rounded at the last unit that is told, so that there are never 60 of one.
  const top = UNITS.findIndex(([, length]) => size >= length);
  const [, finest] = UNITS[top < 0 ? 3 : Math.min(3, top + most - 1)] ?? UNITS[3];
  let left = Math.round(size / finest) * finest;
  const parts: string[] = [];
  for (const [name, length] of UNITS) {
    const amount = Math.floor(left / length);
    left -= amount * length;
    if (amount > 0 && parts.length < most) parts.push(unit(amount, name));
  }
  if (parts.length === 0) return unit(0, 'second');
  return intl(Intl.ListFormat, locale, { type: 'unit', style: width }).format(parts);
}

/**
 * A time of day, with its date where it is not today, and with its zone where it is not the reader's own.
 * @param ms since 1970.
 * @param timeZone for `Intl`; undefined is the reader's own.
 * @param seconds whether to the second. Default true.
 */
export function formatTime(ms: number, locale: string, timeZone?: string, seconds = true): string {
  const day = (time: number): string => intl(Intl.DateTimeFormat, 'en', zoned(timeZone)).format(time);
  return intl(Intl.DateTimeFormat, locale, {
    ...(day(ms) !== day(Date.now()) && { year: 'numeric', month: 'short', day: 'numeric' }),
    hour: 'numeric',
    minute: '2-digit',
    ...(seconds && { second: '2-digit' }),
    ...(timeZone !== undefined && { timeZone, timeZoneName: 'short' }),
  } satisfies Intl.DateTimeFormatOptions).format(ms);
}

/** "A, B, and C", or with `or`. */
export function formatList(items: readonly string[], locale: string, how: 'and' | 'or' = 'and'): string {
  const type = how === 'and' ? 'conjunction' : 'disjunction';
  return intl(Intl.ListFormat, locale, { type }).format(items);
}

/**
 * The form that a number takes in a language.
 * @param forms by plural category; `other` is needed in every language.
 */
export function plural(
  locale: string,
  count: number,
  forms: Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string },
): string {
  return forms[intl(Intl.PluralRules, locale, {}).select(count)] ?? forms.other;
}

function zoned(timeZone: string | undefined): Intl.DateTimeFormatOptions {
  return timeZone === undefined ? {} : { timeZone };
}
