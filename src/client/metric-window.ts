/** The recent past of one series, as the channel tells it: what a widget draws. */
import { bucketOf } from '../protocol/metrics.ts';
import type { Bucket, BucketRow, MetricSnapshot, MetricUpdate } from '../protocol/metrics.ts';

/** Times and values side by side, as uPlot takes them. `null` is a gap. */
export type Columns = readonly [times: number[], values: (number | null)[]];

/** A silence of so many steps between two buckets is drawn as a gap: what is read once a step is now and then read late. */
const GAP_STEPS = 2.5;

/** Rows by time. Later rows of the same start replace earlier ones. */
export class MetricWindow {
  /** Length kept, ms. */
  windowMs: number;
  #stepMs = 1_000;
  #rows: BucketRow[] = [];
  /** What {@link columns} and {@link range} came to. A tick changes their ends, and the rest is not made anew for it. */
  #columns: [times: number[], values: (number | null)[]] | undefined;
  #range: { min: number; max: number } | undefined;

  constructor(windowMs: number) {
    this.windowMs = windowMs;
  }

  get empty(): boolean {
    return this.#rows.length === 0;
  }

  /**
   * Takes a channel's snapshot. What was known before is kept: after a loss the line shows the gap, not a fresh
   * start.
   */
  snapshot({ stepMs, rows }: MetricSnapshot): void {
    if (stepMs !== this.#stepMs) this.#columns = undefined;
    this.#stepMs = stepMs;
    this.update({ rows });
  }

  /** Takes rows of which nobody says the step: it is the usual distance between two. */
  replace(rows: readonly BucketRow[]): void {
    this.clear();
    const distances = rows.slice(1).map(([start], i) => Number(start) - Number(rows[i]![0]));
    this.#stepMs = distances.sort((a, b) => a - b)[distances.length >> 1] || 1_000;
    this.update({ rows });
  }

  update({ rows }: MetricUpdate): void {
    for (const row of rows) this.#put(row);
    this.#trim();
  }

  /** Forgets everything: another series is followed. */
  clear(): void {
    this.#rows = [];
    this.#columns = this.#range = undefined;
  }

  /**
   * The newest bucket.
   * @param notAfterMs buckets that begin later are passed over, unless there is no other.
   */
  latest(notAfterMs = Infinity): Bucket | undefined {
    const row = this.#rows.findLast(([start = 0]) => start <= notAfterMs) ?? this.#rows.at(-1);
    return row && bucketOf(row);
  }

  /** Lowest and highest value in the window. */
  range(): { readonly min: number; readonly max: number } | undefined {
    if (this.empty) return undefined;
    if (this.#range) return { ...this.#range };
    const range = { min: Infinity, max: -Infinity };
    for (const row of this.#rows) widen(range, row);
    this.#range = range;
    return { ...range };
  }

  /** Averages by time. The arrays are the same ones the next time, and go on: read them at once. */
  columns(): Columns {
    if (!this.#columns) {
      this.#columns = [[], []];
      for (const row of this.#rows) this.#append(this.#columns, row);
    }
    return this.#columns;
  }

  #append([times, values]: [number[], (number | null)[]], row: BucketRow): void {
    const start = startOf(row);
    const before = times.at(-1);
    if (before !== undefined && start - before > this.#stepMs * GAP_STEPS) {
      times.push(before + this.#stepMs);
      values.push(null);
    }
    times.push(start);
    values.push(averageOf(row));
  }

  #put(row: BucketRow): void {
    const rows = this.#rows;
    const start = startOf(row);
    let i = rows.length;
    while (i > 0 && startOf(rows[i - 1]!) > start) i -= 1;
    const same = i > 0 && startOf(rows[i - 1]!) === start ? rows[i - 1] : undefined;
    if (same) rows[i - 1] = row;
    else rows.splice(i, 0, row);
    if (this.#range && same && reaches(same, this.#range)) this.#range = undefined;
    if (this.#range) widen(this.#range, row);
    if (!this.#columns) return;
    // What is not at the end is rare: then they are made anew.
    if (i < rows.length - (same ? 0 : 1)) this.#columns = undefined;
    else if (same) this.#columns[1][this.#columns[1].length - 1] = averageOf(row);
    else this.#append(this.#columns, row);
  }

  #trim(): void {
    const rows = this.#rows;
    const before = (rows.length > 0 ? startOf(rows.at(-1)!) : 0) - this.windowMs;
    let count = 0;
    while (count < rows.length && startOf(rows[count]!) <= before) count += 1;
    if (count === 0) return;
    const range = this.#range;
    if (range && rows.some((row, i) => i < count && reaches(row, range))) this.#range = undefined;
    rows.splice(0, count);
    if (!this.#columns) return;
    const [times, values] = this.#columns;
    // With the gap before the first that stays.
    const kept = times.indexOf(startOf(rows[0]!));
    times.splice(0, kept);
    values.splice(0, kept);
  }
}

const startOf = (row: BucketRow): number => row[0] ?? 0;

/** As {@link bucketOf} has it, without making one. */
function averageOf(row: BucketRow): number {
  return row.length > 3 ? row[3]! / (row[4] ?? 1) : (row[1] ?? 0);
}

const lowestOf = (row: BucketRow): number => row[1] ?? 0;
const highestOf = (row: BucketRow): number => row[2] ?? lowestOf(row);

function widen(range: { min: number; max: number }, row: BucketRow): void {
  range.min = Math.min(range.min, lowestOf(row));
  range.max = Math.max(range.max, highestOf(row));
}

/** Whether a row is at an end of the range, which without it may be another. */
function reaches(row: BucketRow, { min, max }: { readonly min: number; readonly max: number }): boolean {
  return lowestOf(row) <= min || highestOf(row) >= max;
}
