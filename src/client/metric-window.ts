/** The recent past of one series, as the channel tells it: what a widget draws. */
import { bucketOf } from '../protocol/metrics.ts';
import type { Bucket, BucketRow, MetricSnapshot, MetricUpdate } from '../protocol/metrics.ts';

/** Times and values side by side, as uPlot takes them. `null` is a gap. */
export type Columns = readonly [times: number[], values: (number | null)[]];

/** Rows by time. Later rows of the same start replace earlier ones. */
export class MetricWindow {
  /** Length kept, ms. */
  windowMs: number;
  #stepMs = 1_000;
  #rows: BucketRow[] = [];

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
  range(): { min: number; max: number } | undefined {
    if (this.empty) return undefined;
    let min = Infinity;
    let max = -Infinity;
    for (const row of this.#rows) {
      const bucket = bucketOf(row);
      min = Math.min(min, bucket.min);
      max = Math.max(max, bucket.max);
    }
    return { min, max };
  }

  /**
   * Averages by time.
   * @param gapMs a longer silence than this between two buckets is drawn as a gap; 2.5 steps by default, because
   *   something that is read once a step is now and then read a little late.
   */
  columns(gapMs = this.#stepMs * 2.5): Columns {
    const times: number[] = [];
    const values: (number | null)[] = [];
    for (const row of this.#rows) {
      const { start, avg } = bucketOf(row);
      const before = times.at(-1);
      if (before !== undefined && start - before > gapMs) {
        times.push(before + this.#stepMs);
        values.push(null);
      }
      times.push(start);
      values.push(avg);
    }
    return [times, values];
  }

  #put(row: BucketRow): void {
    const rows = this.#rows;
    const start = row[0] ?? 0;
    let i = rows.length;
    while (i > 0 && (rows[i - 1]?.[0] ?? 0) > start) i -= 1;
    if (i > 0 && rows[i - 1]?.[0] === start) rows[i - 1] = row;
    else rows.splice(i, 0, row);
  }

  #trim(): void {
    const newest = this.#rows.at(-1)?.[0] ?? 0;
    const keep = this.#rows.findIndex((row) => (row[0] ?? 0) > newest - this.windowMs);
    if (keep > 0) this.#rows = this.#rows.slice(keep);
  }
}
