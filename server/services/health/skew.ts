/** How late things began in the last minute, as a percentile of bounded memory. */

const SLICES = 12;
const SLICE_MS = 5_000;
/** Each bin ends 10 % above the one before; the first is all below 1 ms, the last begins at about two days. */
const GROWTH = 1.1;
const BINS = 200;

interface Slice {
  /** Which five seconds it counts, from the clock's start. */
  number: number;
  total: number;
  readonly bins: Uint32Array;
}

/** Counts of the last minute. */
export class Skew {
  readonly #slices: Slice[] = Array.from({ length: SLICES }, () => ({
    number: -Infinity,
    total: 0,
    bins: new Uint32Array(BINS),
  }));

  /** @param nowMs the monotonic clock. @param lateMs below zero counts as zero. */
  add(nowMs: number, lateMs: number): void {
    const number = Math.floor(nowMs / SLICE_MS);
    const slice = this.#slices[number % SLICES]!;
    if (slice.number !== number) {
      slice.number = number;
      slice.total = 0;
      slice.bins.fill(0);
    }
    slice.total += 1;
    slice.bins[binOf(lateMs)]! += 1;
  }

  /** The 99th percentile, ms: at most 10 % above what it was; 0 when nothing began. */
  p99Ms(nowMs: number): number {
    const oldest = Math.floor(nowMs / SLICE_MS) - SLICES + 1;
    const slices = this.#slices.filter(({ number }) => number >= oldest);
    let above = Math.floor(slices.reduce((sum, { total }) => sum + total, 0) * 0.01);
    for (let bin = BINS - 1; bin > 0; bin--) {
      for (const { bins } of slices) above -= bins[bin]!;
      if (above < 0) return Math.round(GROWTH ** bin);
    }
    return 0;
  }
}

function binOf(ms: number): number {
  return ms < 1 ? 0 : Math.min(BINS - 1, 1 + Math.floor(Math.log(ms) / Math.log(GROWTH)));
}
