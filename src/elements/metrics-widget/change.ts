/** By how much a number changed. */
import type { Columns } from '../../client/metric-window.ts';
import { formatText } from '../../i18n/format.ts';
import type { DetailsMessages } from './details-words.ts';

/** Which way, and how much in words. */
export interface Change {
  readonly way: 'up' | 'down' | 'same';
  readonly amount: string;
}

/** Smaller shares are none. */
const LEAST_SHARE = 0.0005;

/** How a change is worded. */
export interface ChangeWording {
  readonly unit: string;
  readonly locale: string;
  readonly words: Pick<DetailsMessages, 'points'>;
  /** A value with its unit. */
  readonly format: (value: number) => string;
}

/**
 * From one value to another: as a share of the first, of a percentage in points, and from nought in its own unit.
 * @param before the value of then.
 */
export function changeOf(before: number, now: number, wording: ChangeWording): Change {
  const { unit, locale, words, format } = wording;
  const difference = now - before;
  const way = difference > 0 ? 'up' : 'down';
  const percentage = unit === 'ratio' ? 100 : unit === 'percent' ? 1 : 0;
  if (percentage > 0) {
    const points = Math.abs(difference) * percentage;
    const amount = words.points(formatText(points < 10 ? round(points) : Math.round(points), '', locale));
    return { way: points < 0.05 ? 'same' : way, amount };
  }
  const share = before === 0 ? Math.sign(difference) : difference / Math.abs(before);
  if (Math.abs(share) < LEAST_SHARE) return { way: 'same', amount: formatText(0, 'ratio', locale) };
  const amount = before === 0 ? format(Math.abs(difference)) : formatText(Math.abs(share), 'ratio', locale);
  return { way, amount };
}

/**
 * What a line showed at a time: its value nearest to it.
 * @param slackMs how far off it may be.
 */
export function valueAt([times, values]: Columns, timeMs: number, slackMs: number): number | undefined {
  let found: number | undefined;
  let nearest = slackMs;
  times.forEach((time, i) => {
    const value = values[i];
    const off = Math.abs(time - timeMs);
    if (typeof value !== 'number' || off > nearest) return;
    nearest = off;
    found = value;
  });
  return found;
}

function round(points: number): number {
  return Math.round(points * 10) / 10;
}
