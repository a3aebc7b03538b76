/** What came on top of a histogram between two of its sender's counts. */
import type { BucketContent } from '../tiers/bucket.ts';
import { BoundsSketch } from '../tiers/bounds-sketch.ts';
import { ExponentialSketch } from '../tiers/exponential-sketch.ts';
import type { ClassicHistogram, ExponentialHistogram, HistogramPoint } from '../formats/format.ts';

type Side = ExponentialHistogram['positive'];

/** Which of the two it is. */
export function isClassic(point: HistogramPoint): point is ClassicHistogram {
  return 'bounds' in point;
}

/**
 * @param before the last count; undefined for none.
 * @param isNew what was counted began while we were listening: all of it counts.
 * @returns undefined where nothing is known to have come.
 */
export function pointBetween(
  before: HistogramPoint | undefined,
  now: HistogramPoint,
  isNew: boolean,
): HistogramPoint | undefined {
  if (isNew) return now;
  if (!before) return undefined;
  // Fewer than before: the sender has begun anew.
  if (now.count < before.count || isClassic(before) !== isClassic(now)) return now;
  const sum = now.sum - before.sum;
  const count = now.count - before.count;
  if (isClassic(now)) return classicBetween(before as ClassicHistogram, now, sum, count);
  const was = before as ExponentialHistogram;
  // A sender makes its scale coarser when it runs out of buckets: what was is looked at on the coarser one too.
  if (now.scale > was.scale) return now;
  const positive = sideBetween(was.positive, now.positive, was.scale - now.scale);
  const negative = sideBetween(was.negative, now.negative, was.scale - now.scale);
  if (!positive || !negative || now.zeroCount < was.zeroCount) return now;
  // Their range is that of all time, not of what is new.
  return {
    scale: now.scale,
    zeroThreshold: now.zeroThreshold,
    zeroCount: now.zeroCount - was.zeroCount,
    positive,
    negative,
    sum,
    count,
  };
}

/** What a bucket holds of a count. */
export function sketchOf(point: HistogramPoint, lastAt: number): BucketContent {
  const { count } = point;
  if (isClassic(point)) {
    const [min, max] = BoundsSketch.range(point);
    const sum = Number.isNaN(point.sum) ? 0 : point.sum;
    return {
      min,
      max,
      sum,
      count,
      last: sum / count,
      lastAt,
      sketch: new BoundsSketch(point.bounds, point.counts),
    };
  }
  const sketch = new ExponentialSketch();
  sketch.take(point);
  const sum = Number.isNaN(point.sum) ? 0 : point.sum;
  const min = point.min ?? sketch.quantile(0)?.value ?? 0;
  const max = point.max ?? sketch.quantile(1)?.value ?? 0;
  return { min, max, sum, count, last: sum / count, lastAt, sketch };
}

function classicBetween(
  before: ClassicHistogram,
  now: ClassicHistogram,
  sum: number,
  count: number,
): ClassicHistogram {
  const same =
    now.bounds === before.bounds ||
    (now.bounds.length === before.bounds.length &&
      now.bounds.every((bound, i) => bound === before.bounds[i]));
  if (!same) return now;
  const counts = now.counts.map((here, i) => here - before.counts[i]!);
  return counts.some((here) => here < 0) ? now : { bounds: now.bounds, counts, sum, count };
}

/** @returns undefined where a bucket holds fewer than before. */
function sideBetween(before: Side, now: Side, coarserBy: number): Side | undefined {
  const counts = now.counts.slice();
  for (const [i, count] of before.counts.entries()) {
    if (count === 0) continue;
    const at = Math.floor((before.offset + i) / 2 ** coarserBy) - now.offset;
    const left = (counts[at] ?? 0) - count;
    if (left < 0) return undefined;
    counts[at] = left;
  }
  return { offset: now.offset, counts };
}
