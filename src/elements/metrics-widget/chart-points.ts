/** Points of a chart, as they are told: which is nearest to a moment, and what is known of it. */
import type { Columns } from '../../client/metric-window.ts';
import type { ChartMarker, ChartOptions } from './chart-options.ts';
import { markersWithin } from './markers.ts';

/** One point. */
export interface ChartPoint {
  readonly index: number;
  readonly time: number;
  /** null: nothing is known. */
  readonly value: number | null;
  /** What happened nearer to it than to any other. */
  readonly markers: readonly ChartMarker[];
}

/** Index of the point that is nearest to a moment; -1: there is none. Times ascend. */
export function nearestIndex(times: readonly number[], ms: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < ms) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return times.length > 0 ? 0 : -1;
  if (low === times.length) return low - 1;
  return times[low]! - ms < ms - times[low - 1]! ? low : low - 1;
}

/** The point of an index, with what happened around it; undefined: there is none. */
export function pointAt(
  [times, values]: Columns,
  index: number,
  { markers }: ChartOptions,
): ChartPoint | undefined {
  const time = times[index];
  if (time === undefined) return undefined;
  const halfway = (other: number | undefined, edge: number): number =>
    other === undefined ? edge : (time + other) / 2;
  const from = halfway(times[index - 1], -Infinity);
  const to = halfway(times[index + 1], Infinity);
  return { index, time, value: values[index] ?? null, markers: markersWithin(markers, from, to) };
}
