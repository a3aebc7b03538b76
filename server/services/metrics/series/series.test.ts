import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MetricKind } from '../../../../src/protocol/index.ts';
import { createManualClock } from '../../../engines/memory/clock.ts';
import { random } from '../../../testing/random.ts';
import type { ClassicHistogram, ExponentialHistogram } from '../formats/format.ts';
import { FineTiers } from './fine-tiers.ts';
import { DEFAULT_METRICS_LIMITS } from '../limits.ts';
import { Series } from './series.ts';

const START = 1_750_000_020_000;

function setUp(kind: MetricKind, gate = { openFrom: START - 300_000, heldFrom: 0, openMinutes: 8 }): Series {
  return new Series({ name: 'x', tags: {}, kind, source: 'test', id: 1, gate });
}

/** What all buckets together say. */
function total(series: Series): { sum: number; count: number; last: number } {
  let [sum, count, last] = [0, 0, NaN];
  series.minutes.each(0, (bucket) => {
    sum += bucket.sum;
    count += bucket.count;
    last = bucket.last;
  });
  return { sum, count, last };
}

describe('a counter', () => {
  it('grows by what came on top; its first count is history', () => {
    const series = setUp('counter');
    for (const [i, count] of [100, 103, 103, 110].entries()) series.sample(count, START + i * 1_000);
    assert.deepEqual(total(series), { sum: 10, count: 4, last: 110 });
  });

  it('that is less than before has begun anew', () => {
    const series = setUp('counter');
    for (const [i, count] of [100, 105, 3, 4].entries()) series.sample(count, START + i);
    assert.equal(total(series).sum, 5 + 3 + 1);
  });

  it('that was created later has begun anew, however high it is', () => {
    const series = setUp('counter');
    series.sample(100, START, START - 3_600_000);
    series.sample(140, START + 1_000, START - 3_600_000);
    series.sample(200, START + 2_000, START + 1_500);
    assert.equal(total(series).sum, 40 + 200);
  });

  it('that was created while we listened counts from its first count on', () => {
    const series = setUp('counter');
    series.sample(7, START, START - 5_000);
    series.sample(9, START + 1_000, START - 5_000);
    assert.equal(total(series).sum, 9);
    const older = setUp('counter');
    older.sample(7, START, START - 400_000);
    assert.equal(total(older).sum, 0);
  });

  it('is not grown by what comes out of order: that is part of a later count already', () => {
    const series = setUp('counter');
    series.sample(10, START);
    series.sample(30, START + 5_000);
    assert.equal(series.sample(20, START + 2_000), undefined);
    series.sample(31, START + 6_000);
    assert.deepEqual(total(series), { sum: 21, count: 4, last: 31 });
  });

  it('goes on after a restart of ours where it stood', () => {
    const series = setUp('counter');
    series.resume({ count: 50, createdAt: Number.NaN, at: START - 60_000 });
    series.sample(58, START);
    assert.equal(total(series).sum, 8);
  });

  it('can be told by what came on top alone', () => {
    const series = setUp('counter');
    for (const by of [2, 0, 5]) series.increment(by, START);
    assert.deepEqual(total(series), { sum: 7, count: 3, last: 7 });
  });

  for (const seed of [1, 2, 3]) {
    it(`grows as a plain reference does, resets and all, seed ${seed}`, () => {
      const chance = random(seed);
      const series = setUp('counter');
      let [count, expected, before] = [Math.floor(chance() * 100), 0, NaN];
      for (let i = 0; i < 2_000; i++) {
        if (chance() < 0.02) count = 0;
        count += Math.floor(chance() * 5);
        series.sample(count, START + i * 100);
        expected += Number.isNaN(before) ? 0 : count < before ? count : count - before;
        before = count;
      }
      assert.equal(total(series).sum, expected);
    });
  }
});

describe('a histogram', () => {
  const classic = (counts: number[], sum: number): ClassicHistogram => ({
    bounds: [1, 2],
    counts,
    sum,
    count: counts.reduce((a, b) => a + b),
  });

  it('of cumulative counts holds what came between two', () => {
    const series = setUp('histogram');
    series.histogram(classic([10, 5, 1], 20), 'cumulative', START);
    assert.equal(total(series).count, 0);
    series.histogram(classic([12, 5, 2], 26), 'cumulative', START + 1_000);
    assert.deepEqual(total(series), { sum: 6, count: 3, last: 2 });
    // The sender has begun anew.
    series.histogram(classic([1, 0, 0], 0.5), 'cumulative', START + 2_000);
    assert.deepEqual(total(series), { sum: 6.5, count: 4, last: 0.5 });
  });

  it('that was created while we listened counts from its first count on, and once', () => {
    const series = setUp('histogram');
    for (let i = 1; i <= 3; i++)
      series.histogram(classic([6 * i, 0, 0], i), 'cumulative', START + i, START - 1_000);
    assert.equal(total(series).count, 18);
    series.histogram(classic([20, 0, 0], 9), 'cumulative', START + 9, START + 5);
    assert.equal(total(series).count, 38, 'begun anew, however many');
  });

  it('that comes out of order is part of a later count already', () => {
    const series = setUp('histogram');
    series.histogram(classic([1, 0, 0], 1), 'cumulative', START);
    series.histogram(classic([5, 0, 0], 5), 'cumulative', START + 2_000);
    assert.equal(series.histogram(classic([3, 0, 0], 3), 'cumulative', START + 1_000), undefined);
    assert.equal(total(series).count, 4);
  });

  it('of other bounds than before, or of another kind, is taken whole', () => {
    const series = setUp('histogram');
    series.histogram(classic([1, 1, 1], 4), 'cumulative', START);
    series.histogram({ bounds: [1], counts: [2, 2], sum: 6, count: 4 }, 'cumulative', START + 1);
    assert.equal(total(series).count, 4);
  });

  it('whose scale became coarser is compared on the coarser one', () => {
    const series = setUp('histogram');
    const point = (scale: number, offset: number, counts: number[]): ExponentialHistogram => ({
      scale,
      zeroThreshold: 0,
      zeroCount: 0,
      positive: { offset, counts },
      negative: { offset: 0, counts: [] },
      sum: NaN,
      count: counts.reduce((a, b) => a + b),
    });
    series.histogram(point(1, 4, [1, 1, 1, 1]), 'cumulative', START);
    series.histogram(point(0, 2, [3, 2]), 'cumulative', START + 1);
    assert.equal(total(series).count, 1);
    series.histogram(point(0, 2, [1, 4]), 'cumulative', START + 2);
    assert.equal(total(series).count, 1 + 5, 'fewer in a bucket: begun anew');
  });

  it('of delta counts holds all of each', () => {
    const series = setUp('histogram');
    new FineTiers(DEFAULT_METRICS_LIMITS, createManualClock(START)).offer(series);
    series.histogram(classic([1, 0, 0], 1), 'delta', START);
    series.histogram(classic([1, 2, 0], 4), 'delta', START);
    assert.equal(series.fine?.tenSeconds.row(START)?.[4], 4);
    assert.deepEqual(total(series), { sum: 5, count: 4, last: 4 / 3 });
  });

  it('of single observations holds a sketch of them', () => {
    const series = setUp('histogram');
    for (let i = 1; i <= 100; i++) series.sample(i, START);
    series.minutes.each(0, ({ sketch, count }) => {
      assert.equal(count, 100);
      const { value = 0 } = sketch?.quantile(0.95) ?? {};
      assert.ok(Math.abs(value - 95) < 95 * 0.011, `${value}`);
    });
  });
});

describe('a series', () => {
  it('takes nothing of a closed minute, and counts it', () => {
    const gate = { openFrom: START, heldFrom: 0, openMinutes: 8 };
    for (const kind of ['gauge', 'counter', 'histogram'] as const) {
      const series = setUp(kind, gate);
      assert.equal(series.sample(1, START - 1), 'time_too_old');
      assert.equal(series.increment(1, START - 1), 'time_too_old');
      assert.equal(series.observe(1, START - 1), 'time_too_old');
      assert.equal(series.histogram(classicOne, 'delta', START - 1), 'time_too_old');
      assert.deepEqual([series.lateDropped, series.minutes.size], [4, 0]);
    }
  });

  it('forgets the future when the clock is back from there', () => {
    const gate = { openFrom: START, heldFrom: 0, openMinutes: 8 };
    const series = setUp('gauge', gate);
    new FineTiers(DEFAULT_METRICS_LIMITS, createManualClock(START)).offer(series);
    series.sample(1, START);
    series.sample(2, START + 86_400_000);
    gate.openFrom = START + 60_000;
    series.rewind(gate.openFrom);
    assert.equal(series.sample(3, START + 61_000), undefined);
    const plain = setUp('gauge', gate);
    plain.rewind(gate.openFrom);
    assert.ok(plain.bytes < series.bytes);
    assert.equal(series.minutes.newestStart, START + 60_000);
    assert.deepEqual(
      series.fine?.second.rows(0, Infinity).map(([, value]) => value),
      [3],
    );
  });
});

const classicOne: ClassicHistogram = { bounds: [1], counts: [1, 0], sum: 1, count: 1 };

describe('a series that has ended', () => {
  it('says so until it speaks again', () => {
    const series = setUp('gauge');
    let returns = 0;
    series.end(() => (returns += 1));
    series.sample(1, START);
    series.sample(2, START + 1);
    assert.deepEqual([series.ended, returns], [false, 1]);
  });

  it('stands where it stood; what is no counter stands nowhere', () => {
    const counter = setUp('counter');
    counter.sample(7, START, START - 400_000);
    assert.deepEqual(counter.standing, { count: 7, createdAt: START - 400_000, at: START });
    const gauge = setUp('gauge');
    assert.equal(gauge.standing, undefined);
    gauge.resume({ count: 5, createdAt: Number.NaN, at: START });
    gauge.sample(9, START + 1);
    assert.equal(total(gauge).sum, 9);
  });

  it('tells of the first change since its watchers were told, and of an earlier one by its time', () => {
    const series = setUp('gauge');
    const told: number[] = [];
    series.sample(1, START);
    series.watch({ changed: () => undefined });
    series.sample(1, START + 5);
    series.onChange = ({ changedFrom }) => void told.push(changedFrom);
    for (const at of [4, 3, 9]) series.sample(1, START + at);
    assert.deepEqual([told, series.changedFrom], [[], START + 3]);
    series.changedFrom = Number.POSITIVE_INFINITY;
    series.sample(1, START + 7);
    assert.deepEqual(told, [START + 7]);
  });

  it('takes up memory for its buckets, sketches included', () => {
    const [plain, histogram] = [setUp('gauge'), setUp('histogram')];
    for (const series of [plain, histogram]) {
      new FineTiers(DEFAULT_METRICS_LIMITS, createManualClock(START)).offer(series);
      series.sample(1, START);
    }
    assert.ok(plain.bytes > 0 && histogram.bytes > plain.bytes);
  });
});

describe('fine tiers', () => {
  it('go to new series while there is room, then to those that are wanted, from those that nobody watches', () => {
    const fine = new FineTiers({ ...DEFAULT_METRICS_LIMITS, maxFineSeries: 2 }, createManualClock(START));
    const [a, b, c, d] = [setUp('gauge'), setUp('gauge'), setUp('gauge'), setUp('gauge')];
    for (const series of [a, b, c]) fine.offer(series);
    assert.deepEqual(
      [a, b, c].map((series) => series.fine !== undefined),
      [true, true, false],
    );
    b.watch({ changed: () => undefined });
    assert.equal(fine.want([a]), START, 'since it was stored before, from now on');
    assert.equal(fine.want([c]), START);
    assert.deepEqual(
      [a, b, c].map((series) => series.fine !== undefined),
      [false, true, true],
    );
    c.watch({ changed: () => undefined });
    assert.equal(fine.want([d]), undefined, 'all are watched');
    assert.equal(fine.want([a, b, c]), undefined, 'more than there are');
    fine.release(c);
    assert.equal(fine.want([d]), START);
    assert.equal(fine.size, 2);
  });
});
