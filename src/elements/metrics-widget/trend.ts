/** Where a line is going. */
import type { Columns } from '../../client/metric-window.ts';

/** Up, down or neither. */
export type Trend = 'rising' | 'falling' | 'steady';

/** So many values are enough, and so few that all of their pairs are cheap. */
const VALUES = 32;
/** Fewer tell nothing. */
const LEAST_VALUES = 5;
/** What changes by less than this share of its usual size over the window is steady. */
const LEAST_CHANGE = 0.05;

/**
 * The trend over a window. The slope is Theil's and Sen's, the median of the slopes between all pairs of values, which one wild
 * value in four does not move. It counts when over the window it comes to more than 5 % of the median value, and to more than
 * the values usually lie off the line (three times their median absolute deviation from it).
 * @returns undefined when too little is known.
 */
export function trendOf([times, values]: Columns): Trend | undefined {
  const points = pointsOf(times, values);
  const first = points[0];
  const last = points.at(-1);
  if (points.length < LEAST_VALUES || !first || !last) return undefined;
  const slopes: number[] = [];
  for (let i = 0; i < points.length; i++) {
    for (let j = i + 1; j < points.length; j++) {
      const [a, b] = [points[i]!, points[j]!];
      slopes.push((b[1] - a[1]) / (b[0] - a[0]));
    }
  }
  const slope = median(slopes);
  const change = slope * (last[0] - first[0]);
  const levels = points.map(([time, value]) => value - slope * (time - first[0]));
  const level = median(levels);
  const noise = median(levels.map((value) => Math.abs(value - level)));
  const size = Math.abs(median(points.map(([, value]) => value)));
  if (Math.abs(change) <= Math.max(size * LEAST_CHANGE, noise * 3)) return 'steady';
  return change > 0 ? 'rising' : 'falling';
}

/** At most {@link VALUES}, each the median of its neighbours in time. */
function pointsOf(times: readonly number[], values: readonly (number | null)[]): [number, number][] {
  const known: [number, number][] = [];
  times.forEach((time, i) => {
    const value = values[i];
    if (typeof value === 'number') known.push([time, value]);
  });
  const each = Math.ceil(known.length / VALUES);
  if (each <= 1) return known;
  const points: [number, number][] = [];
  for (let i = 0; i < known.length; i += each) {
    const some = known.slice(i, i + each);
    points.push([some[some.length >> 1]![0], median(some.map(([, value]) => value))]);
  }
  return points;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? 0) + high) / 2;
}
