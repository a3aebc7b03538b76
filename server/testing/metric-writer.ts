/**
 * For tests: writes batches into a metric store as fast as it takes them and says which it took, until it is killed:
 * `metric-writer.ts <file> <seed>`.
 */
import { writeSync } from 'node:fs';
import { openMetricStore } from '../engines/sqlite/metric-store.ts';
import { ROW_LENGTH, type StoredTier } from '../ports/metric-store.ts';
import { random } from './random.ts';

/** What it writes into. */
export const WRITER_TIER: StoredTier = 60_000;
/** Spans so short that sealing never rests. */
export const WRITER_OPTIONS = { spanBuckets: { [WRITER_TIER]: 3 } } as const;
const SERIES = 100;
const ROWS = 120;

/** Rows of a batch, the same for the same seed. The first says which batch it is: series 1 at start 0, always late. */
export function batchOf(seed: number, batch: number): number[][] {
  const chance = random(seed * 100_000 + batch);
  const rows = [[1, 0, batch, batch, batch, 1, batch]];
  for (let i = 0; i < ROWS; i += 1) {
    const late = chance() < 0.2 ? Math.floor(chance() * 12) : 0;
    const start = (20 + batch - late) * WRITER_TIER;
    const value = Math.floor(chance() * 10_000) / 100;
    rows.push([1 + Math.floor(chance() * SERIES), start, value, value, value * 3, 3, value]);
  }
  return rows;
}

const [, program, path, seed] = process.argv;
if (program === import.meta.filename) {
  const store = openMetricStore(path!, WRITER_OPTIONS);
  await store.open();
  for (let batch = 1; ; batch += 1) {
    const rows = Float64Array.from(batchOf(Number(seed), batch).flat());
    await store.write({ series: [], blocks: [{ tier: WRITER_TIER, rows, sketches: [] }] });
    // At once, and not when the process gets round to it: what it said must have happened.
    writeSync(1, `took ${batch} of ${rows.length / ROW_LENGTH} rows\n`);
  }
}
