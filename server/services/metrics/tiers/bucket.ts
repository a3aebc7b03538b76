/** A bucket, and how many of them lie in memory. */
import type { Sketch } from './sketch.ts';

/**
 * Numbers a bucket in `values`. `PAIR`: the one value that was, and the sum, which differs from it for a counter. `WHOLE`: min, max,
 * sum, last. A ring begins with pairs, and is whole from its first bucket on that saw more than one sample: of a series that speaks
 * once a second or less the seconds never do.
 */
export const PAIR = 2;
export const WHOLE = 4;

/** A bucket's content, for whoever merges it into another. */
export interface BucketContent {
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly count: number;
  readonly last: number;
  /** When `last` was, ms. */
  readonly lastAt: number;
  readonly sketch?: Sketch | undefined;
}

/** A place for a bucket that is read: filled anew by each read, so that reading many makes no garbage. */
export interface ReadBucket {
  start: number;
  min: number;
  max: number;
  sum: number;
  count: number;
  last: number;
  lastAt: number;
  sketch: Sketch | undefined;
}

/** An empty place. */
export const readBucket = (): ReadBucket => ({
  start: 0,
  min: 0,
  max: 0,
  sum: 0,
  count: 0,
  last: 0,
  lastAt: 0,
  sketch: undefined,
});

/** The columns of a ring. */
export interface Columns {
  readonly slots: Uint32Array;
  readonly counts: Uint32Array;
  readonly values: Float64Array;
  readonly lastAt: Uint16Array | Uint32Array;
}

/**
 * All in one piece of memory: of a small ring the pieces' own cost would be most of it.
 * @param width numbers a bucket, `PAIR` or `WHOLE`.
 */
export function columns(capacity: number, width: number, stepMs: number): Columns {
  const wide = stepMs > 65_536;
  const perSlot = 8 * width + 4 + 4 + (wide ? 4 : 2);
  const buffer = new ArrayBuffer(capacity * perSlot);
  const values = new Float64Array(buffer, 0, capacity * width);
  const slots = new Uint32Array(buffer, values.byteLength, capacity);
  const counts = new Uint32Array(buffer, slots.byteOffset + slots.byteLength, capacity);
  const lastAt = new (wide ? Uint32Array : Uint16Array)(
    buffer,
    counts.byteOffset + counts.byteLength,
    capacity,
  );
  return { slots, counts, values, lastAt };
}

/** Sums and differences of the largest numbers are no numbers, and JSON has no word for them. */
export function finite(value: number): number {
  return Number.isFinite(value) ? value : Math.sign(value) * Number.MAX_VALUE;
}
