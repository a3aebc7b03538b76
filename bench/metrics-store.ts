/** What do stored buckets cost? Rows written a second, bytes a bucket before and after sealing, and reads, of the SQLite engine. */
import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openMetricStore } from '../server/engines/sqlite/metric-store.ts';
import { type MetricStore, ROW_LENGTH, type StoredTier } from '../server/ports/metric-store.ts';
import type { Report, RunOptions } from './lib/report.ts';
import { quantile, round, seededRandom, show } from './lib/stats.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
/** The first start of a span in every tier that is written here. */
const ORIGIN = 6_560 * 72 * HOUR;
/** Readings folded into a bucket. */
const READINGS = 4;
/** What a start reads of every series. */
const START: readonly (readonly [tier: StoredTier, buckets: number])[] = [
  [60_000, 11],
  [300_000, 12],
  [3_600_000, 24],
];

/** The next bucket of a series, written into `rows` from `at`: `min, max, sum, count, last`. */
type Next = (rows: Float64Array, at: number) => void;

/** What the series are like. */
const KINDS: readonly {
  readonly id: string;
  readonly title: string;
  series: (chance: () => number) => Next;
}[] = [
  { id: 'gauge', title: 'Gauge of three decimals', series: (chance) => gauge(chance, 1_000) },
  { id: 'whole', title: 'Gauge of whole numbers', series: (chance) => gauge(chance, 1) },
  { id: 'counter', title: 'Counter', series: counter },
  { id: 'random', title: 'Random doubles', series: (chance) => fold(chance) },
];

/** What one kind of series took. */
interface Cost {
  readonly rowsPerSecond: number;
  readonly worstFlushMs: number;
  readonly hotBytes: number;
  readonly sealedBytes: number;
  /** The longest that a question waited while spans were being sealed, ms. */
  readonly worstWaitMs: number;
}

/** What readers waited for, ms. */
interface Reads {
  readonly series: number;
  readonly buckets: number;
  readonly bytesPerBucket: number;
  readonly startMs: readonly number[];
  readonly oneMs: readonly number[];
}

/** Runs the bench. */
export async function metricsStore({ quick }: RunOptions): Promise<Report> {
  const count = quick ? 1_000 : 10_000;
  const costs = new Map<string, Cost>();
  for (const { id, series } of KINDS) {
    costs.set(id, await withFile((path) => cost(path, count, series)));
    console.error(`metrics-store: ${id}`);
  }
  const waits = await withFile((path) => reads(path, count));
  return {
    tables: [
      {
        id: 'metrics-store',
        title: `An hour of one-minute buckets of ${count.toLocaleString('en')} series, a flush a minute, then sealed`,
        head: [
          'Series',
          'rows/s, thousands',
          'longest flush, ms',
          'bytes a bucket, hot',
          'sealed',
          'longest wait while sealing, ms',
        ],
        rows: KINDS.map(({ id, title }) => {
          const { rowsPerSecond, worstFlushMs, hotBytes, sealedBytes, worstWaitMs } = costs.get(id)!;
          return [
            title,
            ...[rowsPerSecond / 1_000, worstFlushMs, hotBytes, sealedBytes, worstWaitMs].map(show),
          ];
        }),
      },
      {
        id: 'metrics-store-reads',
        title: `Reads with ${waits.series.toLocaleString('en')} series and ${waits.buckets.toLocaleString('en')} buckets in the file, ms`,
        head: ['Read', 'p50', 'most'],
        rows: [
          ['One series, 24 h of minutes', ...middleAndMost(waits.oneMs)],
          ['All series at a start: 11 min, 12 × 5 min, 24 h', ...middleAndMost(waits.startMs)],
        ],
      },
    ],
    raw: { count, costs: Object.fromEntries(costs), reads: waits },
  };
}

/** Runs work with the path of a file in a folder that goes with it. */
async function withFile<T>(work: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'waooaw-bench-'));
  try {
    return await work(join(folder, 'metrics.db'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function opened<T>(path: string, work: (store: MetricStore) => Promise<T>): Promise<T> {
  const store = openMetricStore(path);
  try {
    await store.open();
    return await work(store);
  } finally {
    await store.close();
  }
}

/** An hour flush by flush, which leaves a file of hot rows alone; then what seals that hour, and nothing but chunks. */
async function cost(path: string, count: number, series: (chance: () => number) => Next): Promise<Cost> {
  const nexts = Array.from({ length: count }, (_, i) => series(seededRandom(i)));
  const flushes: number[] = [];
  await opened(path, async (store) => {
    for (let minute = 0; minute < 60; minute += 1) flushes.push(await flush(store, nexts, minute));
  });
  const hotBytes = statSync(path).size;
  const worstWaitMs = await opened(path, async (store) => {
    await flush(store, nexts, 72);
    return sealed(store, path, 1);
  });
  const database = new DatabaseSync(path);
  database.exec('DELETE FROM slab; VACUUM');
  database.close();
  const seconds = flushes.reduce((sum, ms) => sum + ms, 0) / 1_000;
  return {
    rowsPerSecond: Math.round((count * 60) / seconds),
    worstFlushMs: round(Math.max(...flushes)),
    hotBytes: round(hotBytes / (count * 60), 2),
    sealedBytes: round(statSync(path).size / (count * 60), 2),
    worstWaitMs: round(worstWaitMs),
  };
}

/** A day of minutes, and of the coarser tiers what a start reads; then the reads. */
async function reads(path: string, count: number): Promise<Reads> {
  const nexts = Array.from({ length: count }, (_, i) => gauge(seededRandom(i), 1_000));
  await opened(path, async (store) => {
    for (let minute = 0; minute < 1_440; minute += 1) await flush(store, nexts, minute);
    for (const [tier, buckets] of START.slice(1)) {
      for (let i = 0; i < buckets; i += 1) await flush(store, nexts, i, tier);
    }
    await sealed(store, path, 23);
  });
  // Each time a new thread, with nothing in memory, as at a start.
  const startMs: number[] = [];
  for (let i = 0; i < 5; i += 1) {
    await opened(path, async (store) => {
      const started = performance.now();
      for (const [tier, buckets] of START) {
        const to = ORIGIN + (tier === MINUTE ? 1_440 : buckets) * tier;
        await store.read(tier, undefined, to - buckets * tier, to);
      }
      startMs.push(round(performance.now() - started));
    });
  }
  return opened(path, async (store) => {
    const oneMs: number[] = [];
    for (let i = 0; i < 40; i += 1) {
      const started = performance.now();
      const { rows } = await store.read(MINUTE, [1 + ((i * 997) % count)], ORIGIN, ORIGIN + 24 * HOUR);
      oneMs.push(round(performance.now() - started));
      if (rows.length !== 1_440 * ROW_LENGTH)
        throw new Error(`read ${rows.length / ROW_LENGTH} buckets of 1,440`);
    }
    const { bytes, buckets } = await store.size();
    const all = Object.values(buckets).reduce((sum, n) => sum + n, 0);
    return { series: count, buckets: all, bytesPerBucket: round(bytes / all, 2), startMs, oneMs };
  });
}

/** Writes one bucket of every series. @returns how long that took, ms. */
async function flush(
  store: MetricStore,
  nexts: readonly Next[],
  index: number,
  tier: StoredTier = MINUTE,
): Promise<number> {
  const rows = new Float64Array(nexts.length * ROW_LENGTH);
  nexts.forEach((next, i) => {
    rows[i * ROW_LENGTH] = i + 1;
    rows[i * ROW_LENGTH + 1] = ORIGIN + index * tier;
    next(rows, i * ROW_LENGTH + 2);
  });
  const started = performance.now();
  await store.write({ series: [], blocks: [{ tier, rows, sketches: [] }] });
  return performance.now() - started;
}

/**
 * Asks until the hours before have left the slabs, and their space the file, but for what it keeps in reserve.
 * @returns the longest wait for an answer, ms.
 */
async function sealed(store: MetricStore, path: string, hours: number): Promise<number> {
  const file = new DatabaseSync(path, { readOnly: true });
  const oldest = file.prepare('SELECT min(start) AS start FROM slab WHERE tier = ?');
  const pragma = (name: string): number => Number(file.prepare(`PRAGMA ${name}`).get()?.[name]);
  let longest = 0;
  while (
    Number(oldest.get(MINUTE)?.['start']) < ORIGIN + hours * HOUR ||
    pragma('freelist_count') > 200 + pragma('page_count') * 0.3
  ) {
    const started = performance.now();
    await store.size();
    longest = Math.max(longest, performance.now() - started);
  }
  file.close();
  return longest;
}

/** A walk with so many steps to one. */
function gauge(chance: () => number, scale: number): Next {
  let level = chance() * 100;
  return fold(() => {
    level += (chance() - 0.5) * (scale === 1 ? 10 : 1);
    return Math.round(level * scale) / scale;
  });
}

function fold(reading: () => number): Next {
  return (rows, at) => {
    const readings = Array.from({ length: READINGS }, reading);
    rows[at] = Math.min(...readings);
    rows[at + 1] = Math.max(...readings);
    rows[at + 2] = readings.reduce((sum, value) => sum + value, 0);
    rows[at + 3] = READINGS;
    rows[at + 4] = readings.at(-1)!;
  };
}

/** Of a counter the sum is what was added, and the rest its counts. */
function counter(chance: () => number): Next {
  let count = Math.floor(chance() * 1e7);
  const rate = chance() * 1_000;
  return (rows, at) => {
    const before = count;
    const counts = Array.from(
      { length: READINGS },
      () => (count += Math.round(rate * (0.8 + 0.4 * chance()))),
    );
    rows[at] = counts[0]!;
    rows[at + 1] = count;
    rows[at + 2] = count - before;
    rows[at + 3] = READINGS;
    rows[at + 4] = count;
  };
}

function middleAndMost(values: readonly number[]): string[] {
  return [show(quantile(values, 0.5)), show(Math.max(...values))];
}
