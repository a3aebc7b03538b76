/** Makes one coarse bucket a series of its finer ones. */
import { ROW_LENGTH } from '../../../ports/metric-store.ts';
import type { BucketBlock, StoredTier } from '../../../ports/metric-store.ts';
import { finite } from '../tiers/bucket.ts';
import { decodeSketch, mergeSketches } from '../tiers/sketch.ts';
import type { Sketch } from '../tiers/sketch.ts';
import { BlockWriter } from './block-writer.ts';

/**
 * @param finer buckets of one coarse bucket's span, by series, then start.
 * @param start of the coarse bucket, ms.
 */
export function rollUp(finer: BucketBlock, tier: StoredTier, start: number): BucketBlock {
  const { rows } = finer;
  const sketches = new Map(finer.sketches);
  const writer = new BlockWriter(tier);
  let at = 0;
  while (at < rows.length) {
    const id = rows[at]!;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    let sum = 0;
    let count = 0;
    let last = 0;
    let lastAt = 0;
    let sketch: Sketch | undefined;
    for (; at < rows.length && rows[at] === id; at += ROW_LENGTH) {
      lastAt = rows[at + 1]!;
      min = Math.min(min, rows[at + 2]!);
      max = Math.max(max, rows[at + 3]!);
      sum = finite(sum + rows[at + 4]!);
      count += rows[at + 5]!;
      last = rows[at + 6]!;
      const bytes = sketches.get(at / ROW_LENGTH);
      const part = bytes && decodeSketch(bytes);
      if (part) sketch = mergeSketches(sketch, part);
    }
    writer.add(id, start, { min, max, sum, count, last, lastAt, sketch });
  }
  return writer.block();
}
