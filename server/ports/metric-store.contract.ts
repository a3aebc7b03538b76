/** Contract suite of the MetricStore port. Every engine runs it against the real thing. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaooawError } from '../../src/protocol/index.ts';
import { MetricStoreModel, type ModelRow } from '../testing/metric-store-model.ts';
import { random } from '../testing/random.ts';
import {
  type BucketBlock,
  type MetricStore,
  ROW_LENGTH,
  STORED_TIERS,
  type StoredSeries,
  type StoredTier,
} from './metric-store.ts';

/** A store under test. `reopen` opens the same storage again, as a restarted server would, once the store is closed. */
export interface MetricStoreFixture {
  readonly store: MetricStore;
  reopen(): Promise<MetricStore>;
  close(): Promise<void>;
}

const MINUTE = 60_000;
/** A day's beginning, so that it is a start in every tier. */
const DAY = 1_699_920_000_000;
/** Numbers that formats get wrong. */
const ODD = [0, -0, -1, 0.1 + 0.2, 1e308, -1e308, 5e-324, 2 ** 53, -(2 ** 60), 0.001, 1 / 3, 12_345.678];

const coded = (code: string) => (error: unknown) => error instanceof WaooawError && error.code === code;

const cpu: StoredSeries = { id: 1, name: 'cpu', tags: { host: 'a', zone: 'grüße "1"' }, kind: 'gauge' };
const requests: StoredSeries = {
  id: 2,
  name: 'requests_total',
  tags: {},
  kind: 'counter',
  unit: 'count',
  help: 'Requests, all of them.',
};

/** A row of a bucket in which everything is told from the value. */
function row(series: number, start: number, value = 1): number[] {
  return [series, start, value, value + 2, 3 * value, 3, value + 1];
}

function block(rows: readonly number[][], tier: StoredTier = MINUTE, sketches: BucketBlock['sketches'] = []) {
  return { tier, rows: Float64Array.from(rows.flat()), sketches };
}

function write(store: MetricStore, rows: readonly number[][], tier?: StoredTier): Promise<void> {
  return store.write({ series: [], blocks: [block(rows, tier)] });
}

function rowsOf({ rows }: BucketBlock): number[][] {
  return Array.from({ length: rows.length / ROW_LENGTH }, (_, i) => [
    ...rows.subarray(i * ROW_LENGTH, (i + 1) * ROW_LENGTH),
  ]);
}

async function all(store: MetricStore, tier: StoredTier = MINUTE): Promise<number[][]> {
  return rowsOf(await store.read(tier, undefined, 0, Number.MAX_SAFE_INTEGER));
}

/** Declares the suite for one engine. */
export function metricStoreContract(engine: string, create: () => Promise<MetricStoreFixture>): void {
  const withStore = (test: (fixture: MetricStoreFixture) => Promise<void>) => async () => {
    const fixture = await create();
    try {
      assert.deepEqual(await fixture.store.open(), []);
      await test(fixture);
    } finally {
      await fixture.close();
    }
  };

  describe(`MetricStore contract: ${engine}`, () => {
    it(
      'gives back every number to the last bit, in every tier',
      withStore(async ({ store, reopen }) => {
        const rows = ODD.map((value, i) => [
          i + 1,
          DAY,
          value,
          ODD.at(i - 1)!,
          ODD.at(i - 2)!,
          i,
          ODD.at(i - 3)!,
        ]);
        await store.write({ series: [], blocks: STORED_TIERS.map((tier) => block(rows, tier)) });
        for (const tier of STORED_TIERS) assert.deepEqual(await all(store, tier), rows);
        await store.close();
        const again = await reopen();
        await again.open();
        for (const tier of STORED_TIERS) assert.deepEqual(await all(again, tier), rows);
      }),
    );

    it(
      'remembers series, and takes a changed description in place of the one before',
      withStore(async ({ store, reopen }) => {
        await store.write({ series: [requests, cpu], blocks: [] });
        const changed = { ...cpu, unit: 'ratio', help: 'Share of the time at work.' };
        await store.write({ series: [changed], blocks: [] });
        await store.close();
        assert.deepEqual(await (await reopen()).open(), [changed, requests]);
      }),
    );

    it(
      'replaces a row by a later one of its series, tier and start, within a batch too',
      withStore(async ({ store }) => {
        await write(store, [row(1, DAY, 1), row(2, DAY, 2)]);
        await write(store, [row(1, DAY, 3), row(1, DAY, 4)]);
        await write(store, [row(1, DAY, 9)], 300_000);
        assert.deepEqual(await all(store), [row(1, DAY, 4), row(2, DAY, 2)]);
        assert.deepEqual(await all(store, 300_000), [row(1, DAY, 9)]);
      }),
    );

    it(
      'answers by series id, then start, whatever the order of writing',
      withStore(async ({ store }) => {
        const written = [row(300, DAY), row(2, DAY + 2 * MINUTE), row(300, DAY - MINUTE), row(2, DAY)];
        await write(store, written);
        await write(store, [row(2, DAY + MINUTE), row(41, DAY)]);
        assert.deepEqual(await all(store), [
          row(2, DAY),
          row(2, DAY + MINUTE),
          row(2, DAY + 2 * MINUTE),
          row(41, DAY),
          row(300, DAY - MINUTE),
          row(300, DAY),
        ]);
      }),
    );

    it(
      'reads what begins in the range, its end left out, of the named series alone',
      withStore(async ({ store }) => {
        await write(
          store,
          [1, 2, 3].flatMap((series) => [0, 1, 2, 3].map((i) => row(series, DAY + i * MINUTE))),
        );
        const read = async (series: readonly number[] | undefined, from: number, to: number) =>
          rowsOf(await store.read(MINUTE, series, from, to));
        assert.deepEqual(await read([3, 1], DAY + MINUTE, DAY + 3 * MINUTE), [
          row(1, DAY + MINUTE),
          row(1, DAY + 2 * MINUTE),
          row(3, DAY + MINUTE),
          row(3, DAY + 2 * MINUTE),
        ]);
        assert.equal((await read(undefined, DAY + 1, DAY + MINUTE + 1)).length, 3);
        assert.deepEqual(await read([], DAY, DAY + MINUTE), []);
        assert.deepEqual(await read([7], DAY, DAY + MINUTE), []);
        assert.deepEqual(await read([1], DAY + MINUTE, DAY), []);
        assert.equal((await store.read(300_000, undefined, DAY, DAY + MINUTE)).tier, 300_000);
      }),
    );

    it(
      'keeps sketches beside their rows, and forgets one with the row that it belonged to',
      withStore(async ({ store }) => {
        const sketches = [
          [0, Uint8Array.of(1, 2, 3)],
          [2, Uint8Array.of()],
        ] as const;
        const rows = [row(5, DAY), row(1, DAY), row(2, DAY)];
        await store.write({ series: [], blocks: [block(rows, MINUTE, sketches)] });
        const read = async () => (await store.read(MINUTE, undefined, DAY, DAY + 1)).sketches;
        assert.deepEqual(await read(), [
          [1, Uint8Array.of()],
          [2, Uint8Array.of(1, 2, 3)],
        ]);
        await write(store, [row(2, DAY)]);
        assert.deepEqual(await read(), [[2, Uint8Array.of(1, 2, 3)]]);
        assert.deepEqual((await store.read(MINUTE, [5], DAY, DAY + 1)).sketches, [
          [0, Uint8Array.of(1, 2, 3)],
        ]);
      }),
    );

    it(
      'takes rows of a series that nobody described, and writes without any rows',
      withStore(async ({ store }) => {
        await store.write({ series: [], blocks: [] });
        await store.write({ series: [], blocks: [block([])] });
        await write(store, [row(77, DAY)]);
        assert.deepEqual(await all(store), [row(77, DAY)]);
        assert.deepEqual(await store.open(), []);
      }),
    );

    it(
      'takes nothing of a write when one row names no bucket, and goes on',
      withStore(async ({ store }) => {
        const bad = [row(0, DAY), row(1.5, DAY), row(Number.NaN, DAY), row(1, DAY + 1), row(1, Number.NaN)];
        for (const one of bad) {
          const blocks = [block([row(2, DAY)]), block([row(1, DAY), one])];
          await assert.rejects(store.write({ series: [cpu], blocks }), coded('database_failed'));
        }
        assert.deepEqual(await all(store), []);
        assert.deepEqual(await store.open(), []);
        await write(store, [row(1, DAY)]);
        assert.deepEqual(await all(store), [row(1, DAY)]);
      }),
    );

    it(
      'takes writes in the order they were handed in',
      withStore(async ({ store }) => {
        await Promise.all(Array.from({ length: 50 }, (_, i) => write(store, [row(1, DAY, i)])));
        assert.deepEqual(await all(store), [row(1, DAY, 49)]);
      }),
    );

    it(
      'takes rows that are part of a larger array, and one array for two tiers',
      withStore(async ({ store }) => {
        const both = Float64Array.from([row(1, DAY), row(2, DAY)].flat());
        const blocks = [
          { tier: MINUTE, rows: both.subarray(0, ROW_LENGTH), sketches: [] },
          { tier: 300_000, rows: both.subarray(ROW_LENGTH), sketches: [] },
        ] as const;
        await store.write({ series: [], blocks });
        assert.deepEqual(await all(store), [row(1, DAY)]);
        assert.deepEqual(await all(store, 300_000), [row(2, DAY)]);
      }),
    );

    it(
      'knows the newest start of each tier',
      withStore(async ({ store, reopen }) => {
        assert.equal(await store.newest(MINUTE), undefined);
        await write(store, [row(9, DAY + MINUTE), row(1, DAY)]);
        await write(store, [row(1, DAY - 90 * MINUTE)]);
        await write(store, [row(1, DAY)], 86_400_000);
        await store.close();
        const again = await reopen();
        await again.open();
        assert.equal(await again.newest(MINUTE), DAY + MINUTE);
        assert.equal(await again.newest(300_000), undefined);
        assert.equal(await again.newest(86_400_000), DAY);
      }),
    );

    it(
      'prunes a tier of what begins before, never of more, and leaves the other tiers alone',
      withStore(async ({ store }) => {
        const starts = Array.from({ length: 300 }, (_, i) => DAY + i * MINUTE);
        await write(
          store,
          starts.map((start) => row(1, start)),
        );
        await write(store, [row(1, DAY)], 300_000);
        await store.prune(MINUTE, DAY + 250 * MINUTE);
        const left = (await all(store)).map(([, start]) => start!);
        assert.deepEqual(
          left.filter((start) => start >= DAY + 250 * MINUTE),
          starts.slice(250),
        );
        assert.ok(left.length < 300);
        await store.prune(MINUTE, DAY + 10_000 * MINUTE);
        assert.deepEqual(await all(store), []);
        assert.deepEqual(await all(store, 300_000), [row(1, DAY)]);
      }),
    );

    it(
      'sweeps series that have no bucket left, except those it is told to keep',
      withStore(async ({ store }) => {
        const series = [1, 2, 3, 400].map((id) => ({ ...cpu, id }));
        await store.write({ series, blocks: [block([row(2, DAY)]), block([row(400, DAY)], 3_600_000)] });
        assert.equal(await store.sweep([3]), 1);
        assert.deepEqual(
          (await store.open()).map(({ id }) => id),
          [2, 3, 400],
        );
        assert.equal(await store.sweep([]), 1);
        await store.prune(3_600_000, DAY * 2);
        assert.equal(await store.sweep([]), 1);
        assert.deepEqual(
          (await store.open()).map(({ id }) => id),
          [2],
        );
      }),
    );

    it(
      'says how much it holds',
      withStore(async ({ store }) => {
        await store.write({
          series: [cpu, requests],
          blocks: [block([row(1, DAY), row(2, DAY)]), block([row(1, DAY)], 3_600_000)],
        });
        const { bytes, series, buckets } = await store.size();
        assert.ok(bytes > 0);
        assert.equal(series, 2);
        assert.deepEqual(buckets, { 60_000: 2, 300_000: 0, 3_600_000: 1, 86_400_000: 0 });
        await store.prune(3_600_000, DAY * 2);
        assert.equal((await store.size()).buckets[3_600_000], 0);
      }),
    );

    it(
      'finishes what was handed in before it closes, and refuses what comes after',
      withStore(async ({ store, reopen }) => {
        const writing = write(store, [row(1, DAY)]);
        const pruning = store.prune(300_000, DAY);
        await Promise.all([store.close(), writing, pruning]);
        await store.close();
        const calls = [
          () => store.open(),
          () => write(store, [row(2, DAY)]),
          () => store.write({ series: [], blocks: [] }),
          () => store.read(MINUTE, undefined, 0, 1),
          () => store.newest(MINUTE),
          () => store.prune(MINUTE, 0),
          () => store.sweep([]),
          () => store.size(),
        ];
        for (const call of calls) await assert.rejects(call(), coded('database_closed'));
        const again = await reopen();
        await again.open();
        assert.deepEqual(await all(again), [row(1, DAY)]);
      }),
    );

    for (const seed of [1, 2, 3]) {
      it(
        `agrees with a map after any writes, late rows, prunes and restarts (seed ${seed})`,
        withStore(async (fixture) => {
          await agreesWithModel(fixture, random(seed));
        }),
      );
    }
  });
}

async function agreesWithModel({ store: first, reopen }: MetricStoreFixture, chance: () => number) {
  const below = (limit: number): number => Math.floor(chance() * limit);
  const model = new MetricStoreModel();
  let store = first;
  let now = 0;
  for (let step = 0; step < 200; step += 1) {
    const tier = STORED_TIERS[below(STORED_TIERS.length)]!;
    const what = chance();
    if (what < 0.6) {
      now += below(3);
      const rows: ModelRow[] = [];
      const count = chance() < 0.1 ? 0 : 1 + below(60);
      for (let i = 0; i < count; i += 1) {
        const late = chance() < 0.2 ? below(30) : below(2);
        const numbers = Array.from({ length: 5 }, () =>
          chance() < 0.3 ? ODD[below(ODD.length)]! : below(1_000) / 10,
        );
        rows.push({
          numbers: [1 + below(70), DAY + (now - late) * tier, ...numbers],
          sketch: chance() < 0.2 ? Uint8Array.from({ length: below(20) }, () => below(256)) : undefined,
        });
      }
      model.write(tier, rows);
      const sketches = rows.flatMap(({ sketch }, i) => (sketch ? [[i, sketch] as const] : []));
      const numbers = rows.map((one) => [...one.numbers]);
      await store.write({ series: [], blocks: [block(numbers, tier, sketches)] });
    } else if (what < 0.95) {
      const from = DAY + (now - below(60)) * tier + below(2);
      const to = chance() < 0.5 ? from + below(20) * tier : DAY * 2;
      const series = chance() < 0.5 ? undefined : Array.from({ length: below(5) }, () => 1 + below(70));
      model.check(await store.read(tier, series, from, to), series, from, to);
      model.checkNewest(tier, await store.newest(tier));
    } else if (what < 0.97) {
      const before = DAY + (now - 20 - below(20)) * tier;
      await store.prune(tier, before);
      model.prune(tier, before);
    } else {
      await store.close();
      store = await reopen();
      await store.open();
    }
  }
  for (const tier of STORED_TIERS) {
    model.check(await store.read(tier, undefined, 0, DAY * 2), undefined, 0, DAY * 2);
  }
}
