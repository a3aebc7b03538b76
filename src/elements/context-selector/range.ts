/** Time ranges as values: `PT5M` is the last five minutes, two ISO 8601 times with a `/` between them are from and to. */
import { cleanRange } from '../../context/selection.ts';
import type { TimeRange } from '../../context/selection.ts';
import { intl } from '../../i18n/intl.ts';
import { formatDuration } from '../../i18n/times.ts';
import type { SelectorOption } from './option.ts';
import type { SelectorMessages } from './words.ts';

/** The ranges offered, s: five minutes to seven days. */
export const RANGES: readonly number[] = [300, 900, 3_600, 21_600, 86_400, 604_800];

const UNITS = [
  ['D', 86_400, 'day'],
  ['H', 3_600, 'hour'],
  ['M', 60, 'minute'],
  ['S', 1, 'second'],
] as const;

/** The unit to say a duration in, and how many of it. */
export function unitOf(seconds: number): {
  readonly count: number;
  readonly unit: Intl.RelativeTimeFormatUnit;
} {
  const [, size, unit] = UNITS.find(([, size]) => seconds % size === 0) ?? UNITS[3];
  return { count: seconds / size, unit };
}

/** A range as text for `value` and forms. */
export function rangeText(range: TimeRange): string {
  if ('last' in range) {
    const [letter, size] = UNITS.find(([, size]) => range.last % size === 0) ?? UNITS[3];
    return `P${letter === 'D' ? '' : 'T'}${range.last / size}${letter}`;
  }
  return `${new Date(range.from).toISOString()}/${new Date(range.to).toISOString()}`;
}

/** Reads a range; undefined for what is none: an end before its beginning, a length of nothing, anything else. */
export function readRange(text: string): TimeRange | undefined {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
  if (parts) {
    const last = UNITS.reduce((sum, [, size], i) => sum + size * Number(parts[i + 1] ?? 0), 0);
    return cleanRange({ last });
  }
  const [from = NaN, to = NaN, ...more] = text.split('/').map((time) => Date.parse(time));
  return more.length === 0 ? cleanRange({ from, to }) : undefined;
}

/** The id of the option that opens the form for a range of one's own. */
export const CUSTOM = 'custom';

/** The ranges as options, and one for any other. */
export function rangeOptions(texts: SelectorMessages, locale: string): SelectorOption[] {
  const options = RANGES.map((last) => ({
    id: rangeText({ last }),
    label: rangeLabel({ last }, texts, locale),
  }));
  return [...options, { id: CUSTOM, label: texts.custom }];
}

/** A range in words. @param timeZone for `Intl`; undefined is the reader's own. */
export function rangeLabel(
  range: TimeRange,
  texts: SelectorMessages,
  locale: string,
  timeZone?: string,
): string {
  if ('last' in range) {
    const { count, unit } = unitOf(range.last);
    return texts.last(formatDuration(range.last, locale), count, unit);
  }
  return intl(Intl.DateTimeFormat, locale, {
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    ...(timeZone !== undefined && { timeZone, timeZoneName: 'short' }),
  } satisfies Intl.DateTimeFormatOptions).formatRange(range.from, range.to);
}
