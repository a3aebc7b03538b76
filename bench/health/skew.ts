/** How far from its own even rhythm each of many regular callers was. */
import { quantile } from '../lib/stats.ts';

/**
 * The grid of a caller is not known from outside: its phase is taken to be the median of what its calls say.
 * @param arrivals of each caller, ms.
 * @returns how far each call was from its caller's grid, ms.
 */
export function skews(arrivals: Readonly<Record<string, readonly number[]>>, intervalMs: number): number[] {
  return Object.values(arrivals).flatMap((times) => {
    const [first] = times;
    if (first === undefined || times.length < 3) return [];
    const offsets = times.map((time) => time - first - Math.round((time - first) / intervalMs) * intervalMs);
    const phase = quantile(offsets, 0.5);
    return offsets.map((offset) => Math.abs(offset - phase));
  });
}
