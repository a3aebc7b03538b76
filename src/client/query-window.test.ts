import { expect } from '@open-wc/testing';
import type { QueryAnswer, QueryPoint } from '../protocol/queries.ts';
import { seededRandom } from '../testing/random.ts';
import { QueryWindow } from './query-window.ts';

/** The server's clock of a test: six steps of ten seconds have passed. */
const NOW = 60_000;

function answerOf(points: readonly QueryPoint[], more: Partial<QueryAnswer> = {}): QueryAnswer {
  return {
    metric: 'cpu',
    aggregation: 'avg',
    across: 'avg',
    by: [],
    kind: 'gauge',
    from: 0,
    to: 70_000,
    stepMs: 10_000,
    tierMs: 10_000,
    series: 1,
    groups: [{ key: '', tags: {}, series: 1, points, gaps: [] }],
    lateDropped: 0,
    ...more,
  };
}

function windowOf(points: readonly QueryPoint[], more: Partial<QueryAnswer> = {}, nowMs = NOW): QueryWindow {
  const past = new QueryWindow(() => nowMs);
  past.snapshot(answerOf(points, more));
  return past;
}

/** One value each ten seconds. */
const steps = (...values: number[]): QueryPoint[] => values.map((value, i) => [i * 10_000, value]);

describe('QueryWindow', () => {
  it('is nothing until it was answered, and again when cleared', () => {
    const past = new QueryWindow(() => NOW);
    expect([past.answer, past.line, past.lines.size]).to.deep.equal([undefined, undefined, 0]);
    past.snapshot(answerOf(steps(1)));
    expect(past.line?.empty).to.equal(false);
    past.clear();
    expect([past.answer, past.line]).to.deep.equal([undefined, undefined]);
  });

  it('puts times and values side by side, over the window that was asked for', () => {
    const { line } = windowOf(steps(1, 2, 3));
    expect(line?.columns()).to.deep.equal([
      [0, 10_000, 20_000],
      [1, 2, 3],
    ]);
    expect([line?.windowMs, line?.stepMs]).to.deep.equal([70_000, 10_000]);
  });

  it('replaces a step by a later word of it, and sorts a late one in', () => {
    const past = windowOf([
      [0, 1],
      [20_000, 3],
    ]);
    const points: QueryPoint[] = [
      [20_000, 4],
      [10_000, 2],
    ];
    past.update({ to: 70_000, groups: [{ key: '', points }] });
    past.update({ to: 70_000, groups: [{ key: '', points }] });
    expect(past.line?.columns()[1]).to.deep.equal([1, 2, 4]);
  });

  it('learns what its metric is with its first series', () => {
    const { unit: _, kind: __, ...unknown } = answerOf([], { aggregation: 'avg' });
    const past = new QueryWindow(() => NOW);
    past.update({ to: 70_000, groups: [], about: { aggregation: 'avg', across: 'avg', unit: 'bytes' } });
    expect(past.answer).to.equal(undefined);
    past.snapshot(unknown);
    past.update({
      to: 70_000,
      groups: [{ key: '', points: [[10_000, 2]] }],
      about: { aggregation: 'rate', across: 'sum', kind: 'counter', unit: 'bytes' },
    });
    expect(past.answer).to.include({ aggregation: 'rate', across: 'sum', kind: 'counter', unit: 'bytes' });
    past.update({ to: 70_000, groups: [] });
    expect(past.answer?.unit).to.equal('bytes');
  });

  it('drops what is older than its window, and keeps a step of which some is inside', () => {
    const past = windowOf(steps(1, 2, 3, 4, 5, 6, 7));
    past.update({ to: 85_000, groups: [] });
    expect(past.line?.columns()[0]?.[0]).to.equal(10_000);
    past.update({ to: 500_000, groups: [] });
    expect(past.line?.empty).to.equal(true);
  });

  it('draws a silence as a gap, whether it is long or the server told of it', () => {
    const gaps = [[10_000, 20_000]] as const;
    const points: QueryPoint[] = [
      [0, 1],
      [20_000, 3],
      [30_000, 4],
      [40_000, 5],
      [50_000, 6],
      [80_000, 9],
    ];
    const { line } = windowOf(points, { groups: [{ key: '', tags: {}, series: 1, points, gaps }] }, 90_000);
    expect(line?.columns()).to.deep.equal([
      [0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000, 80_000],
      [1, null, 3, 4, 5, 6, null, 9],
    ]);
  });

  it('does not take it for a silence that something is sampled less often than once a step', () => {
    const points = [0, 3, 6, 9, 12, 20].map((i): QueryPoint => [i * 10_000, i]);
    const past = windowOf(points, { to: 210_000 }, 300_000);
    expect(past.line?.columns()[1]).to.deep.equal([0, 3, 6, 9, 12, null, 20]);
    past.update({ to: 210_000, groups: [{ key: '', points: [[150_000, 15]] }] });
    expect(past.line?.columns()[1]).to.deep.equal([0, 3, 6, 9, 12, 15, 20]);
  });

  for (const aggregation of ['avg', 'min', 'max', 'last'] as const) {
    it(`shows the newest step of ${aggregation}, also while it runs`, () => {
      const { line } = windowOf(steps(1, 2, 3, 4, 5, 6, 7), { aggregation });
      expect(line?.latest()).to.deep.equal({ start: 60_000, last: 7 });
      expect(line?.columns()[1]).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
    });
  }

  for (const aggregation of ['rate', 'increase', 'delta', 'sum', 'count', 'p50', 'p99'] as const) {
    it(`shows the newest step of ${aggregation} that is over, so that a running one does not sag`, () => {
      const { line } = windowOf(steps(9, 9, 9, 9, 9, 9, 1), { aggregation });
      expect(line?.latest()).to.deep.equal({ start: 50_000, last: 9 });
      expect(line?.columns()[1]).to.deep.equal([9, 9, 9, 9, 9, 9]);
      expect(line?.range()).to.deep.equal({ min: 9, max: 9, avg: 9 });
    });
  }

  it('shows a running step where there is no other', () => {
    const { line } = windowOf([[60_000, 4]], { aggregation: 'rate' });
    expect(line?.latest()?.last).to.equal(4);
    expect(line?.columns()).to.deep.equal([[60_000], [4]]);
    expect(line?.range()?.max).to.equal(4);
  });

  it('passes over a step that is ahead of the clock, unless there is no other', () => {
    expect(windowOf([...steps(1, 2), [90_000, 5]]).line?.latest()?.last).to.equal(2);
    expect(windowOf([[90_000, 5]]).line?.latest()?.last).to.equal(5);
  });

  it('tells lowest, highest and mean of a span', () => {
    const { line } = windowOf(steps(5, 1, 3, 9));
    expect(line?.range()).to.deep.equal({ min: 1, max: 9, avg: 4.5 });
    expect(line?.range(10_000, 30_000)).to.deep.equal({ min: 1, max: 3, avg: 2 });
    expect(line?.range(50_000)).to.equal(undefined);
  });

  it('keeps what it knew when the server has forgotten, and the gap between', () => {
    const past = windowOf(steps(1, 2, 3));
    past.snapshot(answerOf([[60_000, 7]]));
    expect(past.line?.columns()).to.deep.equal([
      [0, 10_000, 20_000, 30_000, 60_000],
      [1, 2, 3, null, 7],
    ]);
  });

  it('begins anew when the answer is in other steps or made otherwise', () => {
    const past = windowOf(steps(1, 2));
    past.snapshot(answerOf([[60_000, 7]], { stepMs: 20_000 }));
    expect(past.line?.columns()[1]).to.deep.equal([7]);
    past.snapshot(answerOf([[40_000, 5]], { stepMs: 20_000, aggregation: 'max' }));
    expect(past.line?.columns()[1]).to.deep.equal([5]);
  });

  it('has a line a group: new ones come, and others go', () => {
    const tags = { agent: 'a' };
    const past = windowOf([], {
      by: ['agent'],
      groups: [{ key: '{agent="a"}', tags, series: 2, points: steps(1), gaps: [] }],
    });
    past.update({
      to: 70_000,
      groups: [
        { key: '{agent="a"}', series: 3, points: [[10_000, 2]] },
        { key: '{agent="b"}', tags: { agent: 'b' }, series: 1, points: [[10_000, 5]] },
      ],
    });
    const said = [...past.lines].map(([key, line]) => [
      key,
      line.series,
      line.tags['agent'],
      line.latest()?.last,
    ]);
    expect(said).to.deep.equal([
      ['{agent="a"}', 3, 'a', 2],
      ['{agent="b"}', 1, 'b', 5],
    ]);
    past.update({ to: 70_000, groups: [{ key: '{agent="a"}', points: [], gone: true }] });
    expect([...past.lines.keys()]).to.deep.equal(['{agent="b"}']);
    past.snapshot(answerOf(steps(1)));
    expect([...past.lines.keys()]).to.deep.equal(['']);
  });

  it('leaves out points that are none', () => {
    const bad = [[NaN, 1], [0, NaN], [0, Infinity], [10_000, 2], []] as unknown as QueryPoint[];
    expect(windowOf(bad).line?.columns()).to.deep.equal([[10_000], [2]]);
  });

  it('is the same whatever order the updates come in', () => {
    const random = seededRandom(7);
    const all = steps(...Array.from({ length: 7 }, (_, i) => i));
    for (let round = 0; round < 40; round++) {
      const past = windowOf([]);
      for (const point of [...all].sort(() => random() - 0.5))
        past.update({ to: 70_000, groups: [{ key: '', points: [point] }] });
      expect(past.line?.columns()[1]).to.deep.equal([0, 1, 2, 3, 4, 5, 6]);
    }
  });
});
