import { expect } from '@open-wc/testing';
import { elapsedOf, overUsual, rangeText, timeLeft } from './estimate.ts';
import { operationNow, stageNow } from '../../testing/trackers.ts';
import { workOf, workOfStages } from './stages.ts';
import type { StageInput } from './stages.ts';
import { barsOf } from './waterfall.ts';

const MIN = 60_000;
const usual = (p50: number, p90: number) => ({ p50Ms: p50 * MIN, p90Ms: p90 * MIN, runs: 9 });
const work = (...stages: StageInput[]) =>
  workOfStages(stages.map((stage, i) => ({ title: `S${i}`, ...stage })));
const only = (stage: StageInput) => work(stage).stages[0]!;

describe('how long a stage has taken', () => {
  it('is its own, what lies between its times, or what has gone by', () => {
    expect(elapsedOf(only({ durationMs: 5 }), 100)).to.equal(5);
    expect(elapsedOf(only({ state: 'completed', startedAt: 10, endedAt: 30 }), 100)).to.equal(20);
    expect(elapsedOf(only({ state: 'running', startedAt: 10 }), 100)).to.equal(90);
    expect(elapsedOf(only({ state: 'running', startedAt: 200 }), 100), 'a clock that is behind').to.equal(0);
    expect(elapsedOf(only({ state: 'failed', startedAt: 10 }), 100), 'nobody told its end').to.equal(
      undefined,
    );
    expect(elapsedOf(only({}), 100)).to.equal(undefined);
  });

  it('is over the usual beyond nine of ten runs, and while it runs', () => {
    const stage = { startedAt: 0, expected: usual(2, 5) };
    expect(overUsual(only({ ...stage, state: 'running' }), 9 * MIN)).to.equal(4 * MIN);
    expect(overUsual(only({ ...stage, state: 'running' }), 4 * MIN)).to.equal(0);
    expect(overUsual(only({ ...stage, state: 'completed' }), 9 * MIN)).to.equal(0);
    expect(overUsual(only({ startedAt: 0, state: 'running' }), 9 * MIN)).to.equal(0);
  });
});

describe('how much longer the whole may take', () => {
  it('adds what is usually left, and how far each may be off as of independent ones', () => {
    const left = timeLeft(
      work(
        { state: 'completed' },
        { state: 'running', startedAt: 0, expected: usual(4, 7) },
        { expected: usual(2, 6) },
      ),
      1 * MIN,
    );
    expect(left).to.deep.equal({ p50Ms: 5 * MIN, p90Ms: 10 * MIN });
  });

  it('is not told where it is not known of a stage, when nothing is left, or when nothing runs', () => {
    expect(timeLeft(work({ state: 'running', startedAt: 0, expected: usual(1, 2) }, {}), 0)).to.equal(
      undefined,
    );
    expect(timeLeft(work({ state: 'running', startedAt: 0, expected: usual(1, 2) }), 5 * MIN)).to.equal(
      undefined,
    );
    expect(timeLeft(work({ expected: usual(1, 2) }), 0)).to.equal(undefined);
  });

  it('is told in the unit that fits, as a range or as one', () => {
    const text = (p50Ms: number, p90Ms: number, locale = 'en') =>
      rangeText({ p50Ms, p90Ms }, locale).replace(/\s/g, ' ');
    expect(text(3 * MIN, 5 * MIN)).to.equal('3–5 min');
    expect(text(12_000, 44_000)).to.equal('10–45 sec');
    expect(text(100, 300), 'never nothing').to.equal('5 sec');
    expect(text(60 * MIN, 150 * MIN)).to.equal('1–2.5 hr');
    expect(text(3 * MIN, 3 * MIN)).to.equal('3 min');
    expect(text(3 * MIN, 5 * MIN, 'de')).to.equal('3–5 Min.');
  });
});

describe('the waterfall', () => {
  it('tells waiting from running: from when the one before was over', () => {
    const { bars, from, to } = barsOf(
      work(
        { state: 'completed', startedAt: 100, endedAt: 200 },
        { state: 'running', startedAt: 250 },
        { state: 'pending' },
      ),
      400,
    );
    expect([from, to]).to.deep.equal([100, 400]);
    expect(bars.map((bar) => [bar.waitedFrom, bar.from, bar.to])).to.deep.equal([
      [100, 100, 200],
      [200, 250, 400],
      [undefined, undefined, undefined],
    ]);
  });

  it('does not count as waiting what ran beside another, and ends what failed without an end', () => {
    const { bars, to } = barsOf(
      work({ state: 'completed', startedAt: 100, durationMs: 300 }, { state: 'failed', startedAt: 200 }),
      900,
    );
    expect(bars[1]).to.deep.include({ waitedFrom: 200, from: 200, to: 200 });
    expect(to).to.equal(400);
  });

  it('waits on while the whole goes on and no stage runs, from when it was asked for', () => {
    const queued = workOf(
      operationNow({ state: 'queued', createdAt: 100, stages: [stageNow('a'), stageNow('b')] }),
    )!;
    const { bars, from, to } = barsOf(queued, 700);
    expect([from, to]).to.deep.equal([100, 700]);
    expect(bars[0]).to.deep.include({ waitedFrom: 100, to: 700 });
    expect(bars[1]?.waitedFrom).to.equal(undefined);
    const ended = workOf(operationNow({ state: 'cancelled', createdAt: 100, stages: [stageNow('a')] }))!;
    expect(barsOf(ended, 700).bars[0]?.waitedFrom).to.equal(undefined);
  });
});
