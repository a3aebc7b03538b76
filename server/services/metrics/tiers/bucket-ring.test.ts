import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BucketRow } from '../../../../src/protocol/index.ts';
import { random } from '../../../testing/random.ts';
import { BucketRing } from './bucket-ring.ts';
import type { BucketContent } from './bucket.ts';
import { BoundsSketch } from './bounds-sketch.ts';
import { ExponentialSketch } from './exponential-sketch.ts';
import type { Sketch } from './sketch.ts';
import { Steps } from './steps.ts';

const STEP = 1_000;
/** A sample of a gauge. */
const put = (ring: BucketRing, time: number, value: number): boolean => ring.add(time, value, value);
const all = (ring: BucketRing): BucketRow[] => ring.rows(0, Number.MAX_SAFE_INTEGER);

/** The same promises, kept in the plainest way: every sample is remembered. */
class NaiveRing {
  readonly #samples: { slot: number; time: number; value: number }[] = [];
  readonly #maxSlots: number;
  #newest = -1;

  constructor(maxSlots: number) {
    this.#maxSlots = maxSlots;
  }

  add(time: number, value: number): boolean {
    const slot = Math.floor(time / STEP);
    if (this.#newest >= 0 && slot <= this.#newest - this.#maxSlots) return false;
    this.#newest = Math.max(this.#newest, slot);
    this.#samples.push({ slot, time, value });
    return true;
  }

  rows(fromMs: number, toMs: number): BucketRow[] {
    const rows: BucketRow[] = [];
    for (let slot = Math.max(0, this.#newest - this.#maxSlots + 1); slot <= this.#newest; slot++) {
      const samples = this.#samples.filter((sample) => sample.slot === slot);
      const start = slot * STEP;
      if (samples.length === 0 || start < fromMs || start >= toMs) continue;
      const values = samples.map(({ value }) => value);
      const latest = samples.reduce((last, sample) => (sample.time >= last.time ? sample : last));
      if (values.length === 1) rows.push([start, values[0] ?? NaN]);
      else {
        const sum = values.reduce((a, b) => a + b);
        rows.push([start, Math.min(...values), Math.max(...values), sum, values.length, latest.value]);
      }
    }
    return rows;
  }
}

describe('BucketRing', () => {
  it('adds up to the largest number there is, never to infinity', () => {
    const ring = new BucketRing(1_000, 10);
    for (const sign of [1, -1]) {
      const at = 10_000 + sign * 1_000;
      put(ring, at, sign * 1.7e308);
      put(ring, at, sign * 1.7e308);
      assert.equal(ring.row(at)?.[3], sign * Number.MAX_VALUE);
    }
  });

  it('is empty at first', () => {
    const ring = new BucketRing(STEP, 600);
    assert.equal(ring.newestStart, -1);
    assert.deepEqual(all(ring), []);
    assert.equal(ring.row(0), undefined);
  });

  it('folds the samples of one step into one bucket', () => {
    const ring = new BucketRing(STEP, 600);
    for (const [time, value] of [
      [5_000, 3],
      [5_400, -1],
      [5_999, 2],
    ] as const) {
      assert.equal(put(ring, time, value), true);
    }
    assert.deepEqual(ring.row(5_000), [5_000, -1, 3, 4, 3, 2]);
    assert.equal(ring.newestStart, 5_000);
  });

  it('writes a bucket of one sample short', () => {
    const ring = new BucketRing(STEP, 600);
    put(ring, 5_001, 7);
    assert.deepEqual(all(ring), [[5_000, 7]]);
  });

  it('takes the sample with the latest time for the last one, however late it came in', () => {
    const ring = new BucketRing(STEP, 600);
    put(ring, 5_900, 1);
    put(ring, 5_100, 2);
    assert.equal(ring.row(5_000)?.[5], 1);
    put(ring, 5_900, 3);
    assert.equal(ring.row(5_000)?.[5], 3, 'of two at the same time, the one that came in last');
  });

  it('has no row for a step without a sample', () => {
    const ring = new BucketRing(STEP, 600);
    put(ring, 5_000, 1);
    put(ring, 9_000, 2);
    assert.deepEqual(all(ring), [
      [5_000, 1],
      [9_000, 2],
    ]);
    assert.equal(ring.row(7_000), undefined);
  });

  it('grows from its first slots to the whole window without losing a bucket', () => {
    const ring = new BucketRing(STEP, 600);
    for (let slot = 100; slot < 700; slot++) put(ring, slot * STEP, slot);
    const rows = all(ring);
    assert.equal(rows.length, 600);
    assert.deepEqual(rows[0], [100_000, 100]);
    assert.deepEqual(rows.at(-1), [699_000, 699]);
  });

  it('wraps around: each new bucket past the window evicts the oldest', () => {
    const ring = new BucketRing(STEP, 10);
    for (let slot = 0; slot < 25; slot++) put(ring, slot * STEP, slot);
    assert.deepEqual(
      all(ring).map(([start]) => start),
      [15, 16, 17, 18, 19, 20, 21, 22, 23, 24].map((slot) => slot * STEP),
    );
    assert.equal(ring.row(14_000), undefined);
  });

  it('holds nothing old after a jump over the whole window', () => {
    const ring = new BucketRing(STEP, 10);
    for (let slot = 0; slot < 10; slot++) put(ring, slot * STEP, slot);
    put(ring, 1_000_000, 1);
    assert.deepEqual(all(ring), [[1_000_000, 1]]);
  });

  it('takes a late sample within the window, before its first one too, and refuses one that the ring has passed', () => {
    const ring = new BucketRing(STEP, 100);
    put(ring, 200_000, 1);
    assert.equal(put(ring, 101_000, 2), true);
    assert.equal(put(ring, 150_000, 3), true);
    assert.equal(put(ring, 100_999, 4), false);
    assert.deepEqual(
      all(ring).map(([start]) => start),
      [101_000, 150_000, 200_000],
    );
  });

  it('answers a window from its first ms up to and without its last', () => {
    const ring = new BucketRing(STEP, 600);
    for (let slot = 0; slot < 6; slot++) put(ring, slot * STEP, slot);
    const starts = (from: number, to: number): number[] => ring.rows(from, to).map(([start = NaN]) => start);
    assert.deepEqual(starts(1_000, 4_000), [1_000, 2_000, 3_000]);
    assert.deepEqual(starts(1_001, 4_001), [2_000, 3_000, 4_000]);
    assert.deepEqual(starts(4_000, 4_000), []);
    assert.deepEqual(starts(-5_000, 500), [0]);
    assert.deepEqual(starts(6_000, 99_000), []);
  });

  for (const [maxSlots, seed] of [
    [1, 1],
    [7, 2],
    [64, 3],
    [65, 4],
    [200, 5],
    [600, 6],
  ] as const) {
    it(`does what a list of all samples does, ${maxSlots} slots, seed ${seed}`, () => {
      const chance = random(seed);
      const ring = new BucketRing(STEP, maxSlots);
      const naive = new NaiveRing(maxSlots);
      let now = Math.floor(chance() * 1e6);
      for (let i = 0; i < 1_500; i++) {
        const kind = chance();
        if (kind < 0.02) now += Math.floor(chance() * 3 * maxSlots * STEP);
        else if (kind < 0.8) now += Math.floor(chance() * STEP);
        const late = kind < 0.7 ? 0 : Math.floor(chance() * 1.3 * maxSlots * STEP);
        const time = Math.max(0, now - late);
        const value = Math.round((chance() - 0.5) * 100);
        assert.equal(put(ring, time, value), naive.add(time, value), `sample ${i} at ${time}`);
        if (i % 50 === 0) {
          assert.deepEqual(all(ring), naive.rows(0, Number.MAX_SAFE_INTEGER));
          const from = now - Math.floor(chance() * maxSlots * STEP);
          const to = from + Math.floor(chance() * maxSlots * STEP);
          assert.deepEqual(ring.rows(from, to), naive.rows(from, to));
        }
      }
      assert.deepEqual(all(ring), naive.rows(0, Number.MAX_SAFE_INTEGER));
    });
  }
});

describe('several samples at once', () => {
  for (const seed of [1, 2]) {
    it(`are folded in as if they came one by one, and written as they are read, seed ${seed}`, () => {
      const chance = random(seed);
      const [run, single] = [new BucketRing(STEP, 20), new BucketRing(STEP, 20)];
      const [times, values, amounts] = [new Float64Array(16), new Float64Array(16), new Float64Array(16)];
      let now = 1_000_000;
      for (let round = 0; round < 200; round++) {
        const count = Math.floor(chance() * 17);
        for (let i = 0; i < count; i++) {
          now += Math.floor(chance() * 700);
          times[i] = now - (chance() < 0.1 ? Math.floor(chance() * 30_000) : 0);
          values[i] = chance() - 0.5;
          amounts[i] = chance();
          single.add(times[i]!, values[i]!, amounts[i]!);
        }
        run.addRun(times, values, amounts, count);
        assert.deepEqual(all(run), all(single));
        const from = now - Math.floor(chance() * 25_000);
        const expected: number[] = [];
        single.each(from, ({ start, min, max, sum, count: n, last }) =>
          expected.push(7, start, min, max, sum, n, last),
        );
        const rows = new Float64Array(7 * 21);
        const end = run.putRows(7, from, rows, 7);
        assert.deepEqual([...rows.subarray(7, end)], expected);
      }
    });
  }
});

describe('a ring of a histogram', () => {
  const counted = (ring: BucketRing): [number, number, number][] => {
    const found: [number, number, number][] = [];
    ring.each(0, ({ start, count, sketch }) => found.push([start, count, sketch?.count ?? 0]));
    return found;
  };
  const content = (value: number, lastAt: number, sketch?: Sketch): BucketContent => ({
    min: value,
    max: value,
    sum: value,
    count: 1,
    last: value,
    lastAt,
    sketch,
  });

  for (const seed of [1, 2, 3]) {
    it(`keeps each bucket’s sketch beside it, whatever comes late, grows and goes, seed ${seed}`, () => {
      const chance = random(seed);
      const ring = new BucketRing(STEP, 40);
      let counts = new Map<number, number>();
      let now = 100_000;
      for (let i = 0; i < 2_000; i++) {
        now += Math.floor(chance() * 900);
        const time = Math.max(0, now - Math.floor(chance() ** 2 * 50_000));
        const start = time - (time % STEP);
        const sketch = new ExponentialSketch();
        sketch.observe(i);
        const taken = chance() < 0.5 ? ring.observe(time, i) : ring.merge(start, content(i, time, sketch));
        const newest = Math.max(...counts.keys(), start);
        assert.equal(taken, start > newest - 40 * STEP);
        if (taken) counts.set(start, (counts.get(start) ?? 0) + 1);
        if (chance() < 0.01) {
          ring.dropFrom(now - 5_000);
          counts = new Map([...counts].filter(([at]) => at < now - 5_000));
        }
        const kept = Math.max(...counts.keys()) - 40 * STEP;
        for (const at of counts.keys()) if (at <= kept) counts.delete(at);
      }
      assert.deepEqual(
        counted(ring),
        [...counts].sort(([a], [b]) => a - b).map(([start, count]) => [start, count, count]),
      );
      assert.ok(ring.bytes > 0);
    });
  }

  it('observes nothing where a sender has chosen bounds', () => {
    const ring = new BucketRing(STEP, 10);
    ring.merge(1_000, content(1, 1_000, new BoundsSketch([1], [1, 0])));
    ring.observe(1_500, 3);
    assert.deepEqual(counted(ring), [[1_000, 2, 1]]);
  });

  it('takes over the last of what was latest, and least and most of both', () => {
    const ring = new BucketRing(STEP, 10);
    ring.merge(1_000, content(5, 1_500));
    ring.merge(1_000, content(9, 1_400));
    ring.merge(1_000, content(2, 1_600));
    assert.deepEqual(ring.row(1_000), [1_000, 2, 9, 16, 3, 2]);
    assert.equal(ring.merge(1_000 - 20 * STEP, content(1, 0)), false);
    assert.equal(ring.observe(0, 1), true);
    const short = new BucketRing(STEP, 1);
    short.observe(5_000, 1);
    assert.equal(short.observe(1_000, 1), false);
    assert.deepEqual(ring.rows(1_000, 1_000), []);
  });

  it('adds its buckets up in steps, several to one, up to the end of what was asked for', () => {
    const ring = new BucketRing(STEP, 100);
    for (const [time, value] of [
      [10_000, 4],
      [11_000, 8],
      [12_000, 1],
      [25_000, 7],
    ] as const) {
      ring.merge(time, content(value, time + (value === 8 ? 999 : 0)));
    }
    const steps = new Steps(10_000, 10_000, 2);
    ring.accumulate(steps, 10_000, 20_000);
    assert.deepEqual(
      [steps.min, steps.max, steps.sum, steps.count, steps.last].map(([first]) => first),
      [1, 8, 13, 3, 1],
    );
    assert.equal(steps.count[1], 0);
    // A later bucket whose last sample was earlier than one that is there already.
    ring.accumulate(steps, 10_000, 11_000);
    assert.equal(steps.last[0], 1);
    const sums = new Steps(10_000, 10_000, 2);
    ring.accumulateSums(sums, 10_000, 20_000);
    assert.deepEqual([sums.sum[0], sums.count[0], sums.count[1]], [13, 3, 0]);
  });

  it('adds a bucket a step as it is, up to the end of what was asked for, around the ring’s end too', () => {
    const ring = new BucketRing(STEP, 8);
    // Twelve into a ring of eight: the oldest four are gone, and the newest lie before the others.
    for (let i = 0; i < 12; i += 1) ring.add(i * STEP, i, 10 * i);
    const steps = new Steps(4 * STEP, STEP, 8);
    ring.accumulate(steps, 4 * STEP, 11 * STEP);
    assert.deepEqual([...steps.last], [4, 5, 6, 7, 8, 9, 10, 0]);
    assert.deepEqual([...steps.sum], [40, 50, 60, 70, 80, 90, 100, 0]);
    const sums = new Steps(4 * STEP, STEP, 8);
    ring.accumulateSums(sums, 4 * STEP, 11 * STEP);
    assert.deepEqual([...sums.sum], [40, 50, 60, 70, 80, 90, 100, 0]);
    assert.deepEqual([...sums.count], [1, 1, 1, 1, 1, 1, 1, 0]);
    // What something was added to before is added to.
    sums.isClear = false;
    ring.accumulateSums(sums, 4 * STEP, 6 * STEP);
    assert.deepEqual([...sums.sum].slice(0, 3), [80, 100, 60]);
    const wide = new Steps(0, 4 * STEP, 3);
    ring.accumulateSums(wide, 4 * STEP, 12 * STEP);
    ring.accumulate(new Steps(0, 4 * STEP, 3), 4 * STEP, 12 * STEP);
    assert.deepEqual([...wide.sum], [0, 220, 380]);
  });
});
