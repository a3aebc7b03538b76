import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MetricKind } from '../../../../src/protocol/index.ts';
import { Lane, MAX_ROWS } from './lane.ts';
import { Series } from './series.ts';

const START = 1_750_000_020_000;
const GATE = { openFrom: START - 300_000, heldFrom: 0, openMinutes: 8 };

function make(kind: MetricKind = 'gauge', name = 'x'): Series {
  return new Series({ name, tags: {}, kind, source: 'test', id: 1, gate: GATE });
}

/** Takes a body, as an intake does. @returns which numbers waited. */
function take(lane: Lane, timeMs: number, body: readonly (readonly [Series, number])[]): boolean[] {
  lane.begin(timeMs);
  const waited = body.map(([series, value]) => {
    const waits = lane.take(series, value);
    if (!waits) series.sample(value, timeMs);
    return waits;
  });
  lane.end();
  return waited;
}

/** One that waits from now on. */
function waiting(kind: MetricKind = 'gauge'): { lane: Lane; series: Series } {
  const [lane, series] = [new Lane(), make(kind)];
  take(lane, START, [[series, 1]]);
  assert.deepEqual(take(lane, START + 1_000, [[series, 2]]), [true]);
  return { lane, series };
}

const counted = (series: Series): number[] => {
  const found: number[] = [];
  series.minutes.each(0, ({ count, sum, last }) => found.push(count, sum, last));
  return found;
};

describe('a lane', () => {
  it('lets a series wait once it stood at the same place twice', () => {
    const [lane, a, b] = [new Lane(), make(), make()];
    assert.deepEqual(
      take(lane, START, [
        [a, 1],
        [b, 10],
      ]),
      [false, false],
    );
    assert.deepEqual(
      take(lane, START + 1, [
        [a, 2],
        [b, 20],
      ]),
      [true, true],
    );
    // Another order is direct once, then known.
    assert.deepEqual(
      take(lane, START + 2, [
        [b, 30],
        [a, 3],
      ]),
      [false, false],
    );
    assert.deepEqual(
      take(lane, START + 3, [
        [b, 40],
        [a, 4],
      ]),
      [true, true],
    );
    // What is left out and what comes behind does not disturb those before.
    assert.deepEqual(take(lane, START + 4, [[b, 50]]), [true]);
    assert.deepEqual(
      take(lane, START + 5, [
        [b, 60],
        [a, 5],
      ]),
      [true, false],
    );
    assert.deepEqual(
      [counted(a), counted(b)],
      [
        [5, 15, 5],
        [6, 210, 60],
      ],
    );
  });

  it('holds no more bodies than it has rows, however long nobody looks', () => {
    const { lane, series } = waiting();
    for (let i = 2; i < 3 * MAX_ROWS; i++) take(lane, START + i * 100, [[series, i]]);
    const sum = 1 + 2 + ((3 * MAX_ROWS - 1) * (3 * MAX_ROWS)) / 2 - 1;
    assert.deepEqual(counted(series), [3 * MAX_ROWS, sum, 3 * MAX_ROWS - 1]);
  });

  it('takes a line that a body holds twice in the order in which it stood', () => {
    const [lane, series] = [new Lane(), make('counter')];
    for (let i = 0; i < 4; i++)
      take(lane, START + i, [
        [series, 10 * i],
        [series, 10 * i + 3],
      ]);
    assert.deepEqual(counted(series), [8, 33, 33]);
  });

  it('shares a series with another lane', () => {
    const [one, other, series] = [new Lane(), new Lane(), make('counter')];
    for (let i = 0; i < 5; i++) {
      take(one, START + 2 * i, [[series, 2 * i]]);
      take(other, START + 2 * i + 1, [[series, 2 * i + 1]]);
    }
    assert.deepEqual(counted(series), [10, 9, 9]);
  });

  it('shows what came of a body that is not read to its end', () => {
    const { lane, series } = waiting();
    const last = make();
    lane.begin(START + 2_000);
    assert.equal(lane.take(series, 3), true);
    assert.deepEqual(counted(series), [3, 6, 3]);
    assert.equal(lane.take(last, 1), false);
    lane.end();
    take(lane, START + 3_000, [
      [series, 4],
      [last, 2],
    ]);
    assert.deepEqual(counted(series), [4, 10, 4]);
  });
});

describe('a series of which numbers wait', () => {
  it('knows how new it is without folding anything in, whatever order the clock gave', () => {
    const { lane, series } = waiting();
    take(lane, START + 500, [[series, 3]]);
    assert.equal(series.newestAt, START + 1_000);
    assert.equal(series.unsavedFrom, START);
    assert.equal(series.newestAt, START + 1_000);
  });

  it('says where a counter stands, and does not grow by what came out of order', () => {
    const { lane, series } = waiting('counter');
    take(lane, START + 5_000, [[series, 30]]);
    take(lane, START + 2_000, [[series, 20]]);
    take(lane, START + 6_000, [[series, 31]]);
    assert.deepEqual(series.standing, { count: 31, createdAt: NaN, at: START + 6_000 });
    assert.deepEqual(counted(series), [5, 30, 31]);
  });

  it('folds in what it was told before fine tiers are given, and after', async () => {
    const { lane, series } = waiting();
    const { BucketRing } = await import('../tiers/bucket-ring.ts');
    const rings = {
      since: START + 1_500,
      second: new BucketRing(1_000, 60),
      tenSeconds: new BucketRing(10_000, 60),
    };
    series.fine = rings;
    take(lane, START + 2_000, [[series, 3]]);
    assert.deepEqual(series.fine.second.rows(0, Infinity), [[START + 2_000, 3]]);
    take(lane, START + 3_000, [[series, 4]]);
    series.fine = undefined;
    assert.deepEqual(
      rings.second.rows(0, Infinity).map(([, value]) => value),
      [3, 4],
    );
    assert.deepEqual(counted(series), [4, 10, 4]);
  });

  it('waits no more once it is watched, has ended or is let go', () => {
    const watcher = { changed: () => undefined };
    for (const leave of [
      (series: Series) => series.watch(watcher),
      (series: Series) => series.end(() => undefined),
      (series: Series) => series.retire(),
    ]) {
      const { lane, series } = waiting();
      leave(series);
      // Folded in already: what is asked of the lane now changes nothing.
      assert.equal(lane.newestAt(0), -1);
      assert.deepEqual(take(lane, START + 2_000, [[series, 3]]), [false]);
      assert.deepEqual(counted(series), [3, 6, 3]);
    }
    const { lane, series } = waiting();
    series.watch(watcher);
    series.unwatch(watcher);
    assert.deepEqual(take(lane, START + 2_000, [[series, 3]]), [true]);
  });

  it('is none of observations', () => {
    const [lane, series] = [new Lane(), make('histogram')];
    for (let i = 0; i < 3; i++) assert.deepEqual(take(lane, START + i, [[series, i]]), [false]);
  });
});
