import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HistogramLines } from './text-histogram.ts';

const fill = (lines: HistogramLines, ...buckets: (readonly [bound: number, count: number])[]) => {
  for (const [bound, count] of buckets) lines.bucket(bound, count);
  return lines.take();
};

function refused(point: ReturnType<HistogramLines['take']>, why: RegExp): void {
  assert.ok(typeof point === 'string');
  assert.match(point, why);
}

describe('the lines of a histogram', () => {
  it('become buckets that count for themselves', () => {
    const lines = new HistogramLines();
    lines.sum = 7;
    lines.count = 5;
    assert.deepEqual(fill(lines, [1, 2], [2, 2], [Infinity, 5]), {
      bounds: [1, 2],
      counts: [2, 0, 3],
      sum: 7,
      count: 5,
    });
    assert.deepEqual(fill(lines, [Infinity, 5]), { bounds: [], counts: [5], sum: NaN, count: 5 });
  });

  it('never change a point that was handed out', () => {
    const lines = new HistogramLines();
    const points = [
      fill(lines, [1, 1], [2, 2], [Infinity, 3]),
      fill(lines, [1, 1], [2, 2], [3, 2], [Infinity, 3]),
      fill(lines, [1, 1], [5, 2], [Infinity, 3]),
      fill(lines, [1, 1], [Infinity, 3]),
      fill(lines, [4, 2], [1, 1], [Infinity, 3]),
      fill(lines, [1, 1], [4, 2], [6, 2], [Infinity, 3]),
      fill(lines, [0, 1], [Infinity, 3]),
    ];
    assert.deepEqual(
      points.map((point) => (typeof point === 'string' ? point : point.bounds)),
      [[1, 2], [1, 2, 3], [1, 5], [1], [1, 4], [1, 4, 6], [0]],
    );
  });

  it('share their bounds from one point to the next where these are the same', () => {
    const lines = new HistogramLines();
    const [one, two] = [fill(lines, [1, 1], [Infinity, 3]), fill(lines, [1, 2], [Infinity, 3])];
    assert.ok(typeof one === 'object' && typeof two === 'object');
    assert.equal(one.bounds, two.bounds);
    assert.notDeepEqual(one.counts, two.counts);
  });

  it('are refused where they make no histogram', () => {
    const lines = new HistogramLines();
    refused(fill(lines, [1, 1]), /Inf/);
    refused(fill(lines, [1, 1], [1, 1], [Infinity, 1]), /once/);
    refused(fill(lines, [1, 2], [2, 1], [Infinity, 3]), /count less/);
    refused(fill(lines, [1, -1], [Infinity, 3]), /count less/);
    assert.equal(typeof fill(lines, [Infinity, 0]), 'object');
  });

  it('know their first and last bound', () => {
    const lines = new HistogramLines();
    assert.deepEqual([lines.firstBound, lines.lastBound], [Infinity, -Infinity]);
    lines.bucket(1, 1);
    lines.bucket(2, 1);
    assert.deepEqual([lines.firstBound, lines.lastBound], [1, 2]);
    lines.bucket(Infinity, 1);
    assert.equal(lines.lastBound, Infinity);
    lines.clear();
    assert.equal(lines.lastBound, -Infinity);
  });
});
