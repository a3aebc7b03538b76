import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { WaooawError } from '../../../src/protocol/index.ts';
import { metricStoreContract } from '../../ports/metric-store.contract.ts';
import type { MetricStore, StoreSize } from '../../ports/metric-store.ts';
import type { MetricStoreOptions } from './metric-store-messages.ts';
import { openMetricStore } from './metric-store.ts';

const folder = () => mkdtemp(join(tmpdir(), 'waooaw-metrics-'));
/** So short that nearly every write seals something, and late rows find their span sealed. */
const SHORT = { 60_000: 3, 300_000: 4, 3_600_000: 2, 86_400_000: 1 } as const;

const fixture = (options: MetricStoreOptions) => async () => {
  const path = join(await folder(), 'data', 'metrics.db');
  const opened = [openMetricStore(path, options)];
  return {
    store: opened[0]!,
    reopen: () => {
      const again = openMetricStore(path, options);
      opened.push(again);
      return Promise.resolve(again);
    },
    close: async () => {
      for (const store of opened) await store.close();
      await rm(join(path, '..', '..'), { recursive: true });
    },
  };
};

metricStoreContract('sqlite', fixture({}));
metricStoreContract('sqlite, sealed early', fixture({ spanBuckets: SHORT }));

const MINUTE = 60_000;
/** The first start of a span, and of a day. */
const DAY = 1_699_920_000_000;
const failed = (error: unknown) => error instanceof WaooawError && error.code === 'database_failed';

function rowsAt(start: number, series: number, value = 0.5): Float64Array {
  const rows = Array.from({ length: series }, (_, i) => [i + 1, start, value, value, value, 1, value]);
  return Float64Array.from(rows.flat());
}

function writeAt(store: MetricStore, start: number, series: number, value?: number): Promise<void> {
  const block = { tier: MINUTE, rows: rowsAt(start, series, value), sketches: [] } as const;
  return store.write({ series: [], blocks: [block] });
}

const opened: MetricStore[] = [];

function open(path: string, options?: MetricStoreOptions): MetricStore {
  const store = openMetricStore(path, options);
  opened.push(store);
  return store;
}

/** Runs a test with the path of a file in a new folder. */
const withPath = (test: (path: string) => Promise<void>) => async () => {
  const dir = await folder();
  try {
    await test(join(dir, 'metrics.db'));
  } finally {
    for (const store of opened.splice(0)) await store.close();
    await rm(dir, { recursive: true });
  }
};

/** What the file says of itself to another reader. */
function ask(path: string, sql: string): number {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return Number(Object.values(database.prepare(sql).get() ?? {})[0]);
  } finally {
    database.close();
  }
}

/** Waits for what the thread does between questions: each question leaves it one slice. */
async function until(store: MetricStore, done: (size: StoreSize) => boolean): Promise<void> {
  for (let i = 0; i < 2_000; i += 1) if (done(await store.size())) return;
  assert.fail('It was never done');
}

describe('SQLite metric store', () => {
  it(
    'makes its folder for this user only, and a file with a log that can give space back',
    withPath(async (path) => {
      const inside = join(path, 'data', 'metrics.db');
      const store = open(inside);
      await store.open();
      assert.equal((await stat(join(path, 'data'))).mode & 0o777, 0o700);
      assert.ok((await readdir(join(path, 'data'))).includes('metrics.db-wal'));
      assert.equal(ask(inside, 'PRAGMA auto_vacuum'), 2);
      await store.close();
      assert.deepEqual(await readdir(join(path, 'data')), ['metrics.db']);
    }),
  );

  it(
    'refuses a file of a newer release, and leaves it as it is',
    withPath(async (path) => {
      const database = new DatabaseSync(path);
      database.exec('PRAGMA user_version = 99');
      database.close();
      const store = open(path);
      await assert.rejects(store.open(), (error) => {
        return (
          error instanceof WaooawError && error.code === 'database_newer' && error.message.includes('99')
        );
      });
      await store.close();
      assert.equal(ask(path, 'SELECT count(*) FROM sqlite_schema'), 0);
    }),
  );

  it(
    'rejects with database_failed when the file is no database, is not opened yet, or its folder cannot be made',
    withPath(async (path) => {
      await writeFile(path, 'this is not a database, and it is long enough to be told from an empty one');
      const store = open(path);
      await assert.rejects(store.size(), failed);
      await assert.rejects(store.open(), failed);
      await assert.rejects(writeAt(store, DAY, 1), failed);
      await assert.rejects(store.prune(MINUTE, DAY), failed);
      await store.close();
      assert.throws(() => openMetricStore(join(path, 'below', 'metrics.db')), failed);
    }),
  );

  it(
    'seals a span once it is over: a chunk a series in place of its rows, in a tenth of the room',
    withPath(async (path) => {
      const store = open(path);
      await store.open();
      for (let i = 0; i < 72; i += 1) await writeAt(store, DAY + i * MINUTE, 40, i / 4);
      assert.equal(ask(path, 'SELECT count(*) FROM chunk'), 0);
      await writeAt(store, DAY + 72 * MINUTE, 40);
      await until(store, () => ask(path, 'SELECT min(start) FROM slab') >= DAY + 60 * MINUTE);
      assert.equal(ask(path, 'SELECT count(*) FROM chunk'), 40);
      assert.ok(ask(path, 'SELECT sum(length(data)) FROM chunk') < (40 * 60 * 48) / 10);
      assert.equal((await store.size()).buckets[MINUTE], 40 * 73);
      const { rows } = await store.read(MINUTE, [40], DAY, DAY + 73 * MINUTE);
      assert.deepEqual(
        rows.subarray(59 * 7, 61 * 7),
        Float64Array.from(
          [59, 60].flatMap((i) => {
            const value = i / 4;
            return [40, DAY + i * MINUTE, value, value, value, 1, value];
          }),
        ),
      );
      await store.close();
    }),
  );

  it(
    'takes a late row over the sealed one, and merges it when it seals again',
    withPath(async (path) => {
      const store = open(path, { spanBuckets: SHORT });
      await store.open();
      const rows = rowsAt(DAY, 2);
      const sketches = [
        [0, Uint8Array.of(1, 2)],
        [1, Uint8Array.of(3)],
      ] as const;
      await store.write({ series: [], blocks: [{ tier: MINUTE, rows, sketches }] });
      await writeAt(store, DAY + 5 * MINUTE, 1);
      await until(store, () => ask(path, 'SELECT min(start) FROM slab') > DAY);
      await writeAt(store, DAY, 1, 7);
      const first = async () => {
        const found = await store.read(MINUTE, undefined, DAY, DAY + MINUTE);
        return [[...found.rows], found.sketches];
      };
      const expected = [[1, DAY, 7, 7, 7, 1, 7, 2, DAY, 0.5, 0.5, 0.5, 1, 0.5], [[1, Uint8Array.of(3)]]];
      assert.deepEqual(await first(), expected);
      await writeAt(store, DAY + 6 * MINUTE, 1);
      await until(store, () => ask(path, 'SELECT min(start) FROM slab') > DAY);
      assert.equal((await store.size()).buckets[MINUTE], 4);
      assert.deepEqual(await first(), expected);
      await store.close();
    }),
  );

  it(
    'knows the newest start, and which series have a bucket, when all that is left is sealed',
    withPath(async (path) => {
      const store = open(path, { spanBuckets: SHORT });
      await store.open();
      const described = [3, 4].map((id) => ({ id, name: 'load', tags: {}, kind: 'gauge' }) as const);
      await store.write({ series: described, blocks: [] });
      await writeAt(store, DAY + MINUTE, 3);
      await writeAt(store, DAY + 9 * MINUTE, 1);
      await until(store, () => ask(path, 'SELECT count(*) FROM chunk') >= 3);
      await store.close();
      const database = new DatabaseSync(path);
      database.exec('DELETE FROM slab');
      database.close();
      const again = open(path, { spanBuckets: SHORT });
      await again.open();
      assert.equal(await again.newest(MINUTE), DAY + MINUTE);
      assert.equal(await again.sweep([]), 1);
      assert.deepEqual(
        (await again.open()).map(({ id }) => id),
        [3],
      );
      await again.close();
    }),
  );

  it(
    'gives the space of pruned buckets back to the disk, and sweeps what they leave',
    withPath(async (path) => {
      const store = open(path);
      await store.open();
      const described = Array.from({ length: 1_000 }, (_, i) => {
        return { id: i + 1, name: 'load', tags: { host: `h${i}` }, kind: 'gauge' } as const;
      });
      await store.write({ series: described, blocks: [] });
      for (let i = 0; i < 60; i += 1) await writeAt(store, DAY + i * MINUTE, 1_000, Math.sqrt(i));
      assert.ok((await store.size()).bytes > 60_000 * 48);
      // A write that comes while it prunes is taken.
      await Promise.all([store.prune(MINUTE, DAY + 60 * MINUTE), writeAt(store, DAY + 61 * MINUTE, 10)]);
      await until(store, ({ bytes }) => bytes < 60_000 * 48 * 0.6);
      assert.equal(await store.sweep([11]), 989);
      await store.prune(MINUTE, DAY + 300 * MINUTE);
      assert.equal(await store.sweep([7]), 10);
      assert.deepEqual((await store.size()).buckets[MINUTE], 0);
      await store.close();
    }),
  );

  it(
    'answers a full file with storage_full, keeps what it took, and takes more once there is room',
    withPath(async (path) => {
      const store = open(path, { maxBytes: 400_000 });
      await store.open();
      let taken = 0;
      const full = (error: unknown) =>
        error instanceof WaooawError && error.code === 'storage_full' && error.retryable;
      await assert.rejects(async () => {
        for (; taken < 1_000; taken += 1) await writeAt(store, DAY + taken * MINUTE, 100, Math.sqrt(taken));
      }, full);
      await assert.rejects(writeAt(store, DAY + 2_000 * MINUTE, 1_000), full);
      const { rows } = await store.read(MINUTE, undefined, DAY, DAY + 9_000 * MINUTE);
      assert.equal(rows.length / 7, taken * 100);
      await store.prune(MINUTE, DAY + 9_000 * MINUTE);
      await writeAt(store, DAY + 9_000 * MINUTE, 100);
      assert.equal((await store.size()).buckets[MINUTE], 100);
      await store.close();
    }),
  );

  it(
    'reads around a damaged chunk, and seals around it',
    withPath(async (path) => {
      const options = { spanBuckets: SHORT };
      const store = open(path, options);
      await store.open();
      await writeAt(store, DAY, 100);
      await writeAt(store, DAY + 5 * MINUTE, 1);
      await until(store, () => ask(path, 'SELECT min(start) FROM slab') > DAY);
      await store.close();
      const database = new DatabaseSync(path);
      database.exec("UPDATE chunk SET data = x'00' WHERE series = 2");
      database.close();
      const again = open(path, options);
      await again.open();
      await assert.rejects(again.read(MINUTE, undefined, DAY, DAY + 1), failed);
      assert.equal((await again.read(MINUTE, [1], DAY, DAY + 1)).rows.length, 7);
      await writeAt(again, DAY + MINUTE, 100);
      await writeAt(again, DAY + 6 * MINUTE, 1);
      // Three of the four slabs: the first one's chunk of series 2 cannot be merged.
      await until(again, () => ask(path, `SELECT count(*) FROM slab WHERE start = ${DAY + MINUTE}`) <= 1);
      assert.equal((await again.read(MINUTE, [2], DAY + 5 * MINUTE, DAY + 6 * MINUTE)).rows.length, 0);
      await again.close();
    }),
  );

  it(
    'rejects with database_failed when pages are damaged, and the process lives',
    withPath(async (path) => {
      const store = open(path, { spanBuckets: SHORT });
      await store.open();
      for (let i = 0; i < 40; i += 1) await writeAt(store, DAY + i * MINUTE, 200, Math.sqrt(i));
      await store.close();
      const bytes = await readFile(path);
      await writeFile(path, bytes.fill(0xa5, 3 * 8_192));
      const again = open(path, { spanBuckets: SHORT });
      await again.open().catch(() => undefined);
      await assert.rejects(again.read(MINUTE, undefined, DAY, DAY * 2), failed);
      await assert.rejects(writeAt(again, DAY + 40 * MINUTE, 200), failed);
      await assert.rejects(again.prune(MINUTE, DAY * 2), failed);
      await again.close();
    }),
  );
});
