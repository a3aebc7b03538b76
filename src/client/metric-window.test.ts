import { expect } from '@open-wc/testing';
import type { BucketRow, MetricSnapshot } from '../protocol/metrics.ts';
import { seededRandom } from '../testing/random.ts';
import { MetricWindow } from './metric-window.ts';

function snapshot(rows: readonly BucketRow[], stepMs = 1_000): MetricSnapshot {
  return { series: 'a', name: 'a', tags: {}, kind: 'gauge', stepMs, windowMs: 600_000, rows };
}

function windowOf(...rows: BucketRow[]): MetricWindow {
  const past = new MetricWindow(60_000);
  past.snapshot(snapshot(rows));
  return past;
}

describe('MetricWindow', () => {
  it('is empty until it was told something, and again when cleared', () => {
    const past = new MetricWindow(60_000);
    expect(past.empty).to.equal(true);
    expect(past.latest()).to.equal(undefined);
    expect(past.range()).to.equal(undefined);
    expect(past.columns()).to.deep.equal([[], []]);
    past.update({ rows: [[1_000, 5]] });
    expect(past.empty).to.equal(false);
    past.clear();
    expect(past.empty).to.equal(true);
  });

  it('finds the step of rows that come without one, so that only a real gap is drawn as one', () => {
    const past = new MetricWindow(600_000);
    past.replace([0, 5, 10, 15, 40, 45].map((seconds) => [seconds * 1_000, seconds]));
    expect(past.columns()).to.deep.equal([
      [0, 5_000, 10_000, 15_000, 20_000, 40_000, 45_000],
      [0, 5, 10, 15, null, 40, 45],
    ]);
    past.replace([[1_000, 1]]);
    expect(past.columns()).to.deep.equal([[1_000], [1]]);
  });

  it('takes a row without its count for one sample', () => {
    expect(windowOf([1_000, 2, 4, 6]).columns()).to.deep.equal([[1_000], [6]]);
  });

  it('puts times and averages side by side', () => {
    const past = windowOf([1_000, 5], [2_000, 1, 9, 12, 3, 2]);
    expect(past.columns()).to.deep.equal([
      [1_000, 2_000],
      [5, 4],
    ]);
  });

  it('replaces a bucket by a later row of the same start', () => {
    const past = windowOf([1_000, 5], [2_000, 6]);
    past.update({
      rows: [
        [2_000, 6, 8, 14, 2, 8],
        [1_000, 7],
      ],
    });
    expect(past.columns()).to.deep.equal([
      [1_000, 2_000],
      [7, 7],
    ]);
    expect(past.latest()?.last).to.equal(8);
  });

  it('sorts a late row in', () => {
    const past = windowOf([1_000, 1], [3_000, 3]);
    past.update({
      rows: [
        [2_000, 2],
        [500, 0],
      ],
    });
    expect(past.columns()[0]).to.deep.equal([500, 1_000, 2_000, 3_000]);
    expect(past.latest()?.start).to.equal(3_000);
  });

  it('shows a silence of more than two and a half steps as a gap, one step after the last bucket', () => {
    const past = windowOf([1_000, 1], [3_500, 2], [6_001, 3]);
    expect(past.columns()).to.deep.equal([
      [1_000, 3_500, 4_500, 6_001],
      [1, 2, null, 3],
    ]);
  });

  it('measures the silence in the steps of the snapshot', () => {
    const past = new MetricWindow(600_000);
    past.snapshot(
      snapshot(
        [
          [10_000, 1],
          [30_000, 2],
          [60_000, 3],
        ],
        10_000,
      ),
    );
    expect(past.columns()[1]).to.deep.equal([1, 2, null, 3]);
  });

  it('keeps the past over a new snapshot, and shows the gap between', () => {
    const past = windowOf([1_000, 1], [2_000, 2]);
    past.snapshot(snapshot([[9_000, 9]]));
    expect(past.columns()).to.deep.equal([
      [1_000, 2_000, 3_000, 9_000],
      [1, 2, null, 9],
    ]);
  });

  it('forgets what is further back than its length, counted from the newest bucket', () => {
    const past = new MetricWindow(3_000);
    past.update({ rows: [1, 2, 3, 4, 5].map((second) => [second * 1_000, second]) });
    expect(past.columns()[0]).to.deep.equal([3_000, 4_000, 5_000]);
    past.update({ rows: [[100_000, 6]] });
    expect(past.columns()[0]).to.deep.equal([100_000]);
  });

  it('takes a new length with the next row', () => {
    const past = windowOf([1_000, 1], [2_000, 2], [3_000, 3]);
    past.windowMs = 1_500;
    past.update({ rows: [[4_000, 4]] });
    expect(past.columns()[0]).to.deep.equal([3_000, 4_000]);
  });

  it('names the lowest and the highest value that any bucket saw', () => {
    const past = windowOf([1_000, 5], [2_000, -3, 9, 12, 3, 2], [3_000, 4]);
    expect(past.range()).to.deep.equal({ min: -3, max: 9 });
  });

  it('holds the same rows in whatever order they come', () => {
    const random = seededRandom(5);
    const rows: BucketRow[] = Array.from({ length: 40 }, (_, i) => [i * 1_000, i]);
    const inOrder = windowOf(...rows).columns();
    for (let round = 0; round < 50; round++) {
      const shuffled = [...rows].sort(() => random() - 0.5);
      const past = new MetricWindow(60_000);
      for (const row of shuffled) past.update({ rows: [row] });
      expect(past.columns()).to.deep.equal(inOrder);
    }
  });

  it('says the same of what came bit by bit as of what came at once', () => {
    const random = seededRandom(11);
    const bits = new MetricWindow(20_000);
    const all: BucketRow[] = [];
    let start = 0;
    for (let i = 0; i < 500; i += 1) {
      // New buckets, gaps, the newest one again, and now and then a late one.
      if (random() < 0.6) start += random() < 0.1 ? 4_000 : 1_000;
      const at = random() < 0.05 ? start - 2_000 : start;
      const value = Math.round(random() * 100);
      const row: BucketRow =
        random() < 0.5 ? [at, value] : [at, value, value + 9, value * 3 + 9, 3, value + 1];
      all.push(row);
      bits.update({ rows: [row] });
      const newest = Math.max(...all.map(([begin = 0]) => begin));
      const kept = all.filter(([begin = 0]) => begin > newest - 20_000);
      const once = new MetricWindow(20_000);
      once.update({ rows: kept });
      expect(bits.columns()).to.deep.equal(once.columns());
      expect(bits.range()).to.deep.equal(once.range());
    }
  });

  it('hands out the same arrays for as long as it only goes on', () => {
    const past = windowOf([1_000, 1], [2_000, 2]);
    const [times, values] = past.columns();
    past.update({ rows: [[3_000, 3]] });
    expect(past.columns()[0]).to.equal(times);
    expect([times, values]).to.deep.equal([
      [1_000, 2_000, 3_000],
      [1, 2, 3],
    ]);
  });

  it('takes a snapshot of nothing', () => {
    const past = windowOf();
    expect(past.columns()).to.deep.equal([[], []]);
    past.update({ rows: [[]] });
    expect(past.latest()?.start).to.equal(0);
  });

  it('takes an empty row without losing the others', () => {
    const past = windowOf([1_000, 1]);
    past.update({ rows: [[], [500, 2]] });
    expect(past.latest()?.start).to.equal(1_000);
    expect([past.range(), past.columns()[1]]).to.deep.equal([{ min: 0, max: 2 }, [0, 2, 1]]);
  });
});
