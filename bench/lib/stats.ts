/** Medians and quantiles, and how a table says them. */

/** Several repetitions of one measurement. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly n: number;
}

/**
 * The value below which a share of the values lies, interpolated (R-7, as spreadsheets do).
 * @param share 0 to 1
 */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}

/** The middle, the least and the most. */
export function summarize(values: readonly number[]): Summary {
  return {
    median: quantile(values, 0.5),
    min: Math.min(...values),
    max: Math.max(...values),
    n: values.length,
  };
}

/** Three significant digits, thousands parted. */
export function show(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return new Intl.NumberFormat('en', { maximumSignificantDigits: 3 }).format(value);
}

/** `median (min–max)`. */
export function showSpread({ median, min, max }: Summary): string {
  return `${show(median)} (${show(min)}–${show(max)})`;
}

/** Rounds for the raw files: their size is bounded, and more digits than these are noise. */
export function round(value: number, digits = 3): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

/** Numbers between 0 and 1 that are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
