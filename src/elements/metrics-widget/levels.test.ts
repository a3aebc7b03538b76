import { expect } from '@open-wc/testing';
import { fakeTimers } from '../../testing/timers.ts';
import type { FakeTimers } from '../../testing/timers.ts';
import type { ChartThreshold } from './chart-options.ts';
import { LevelWatch, levelOf } from './levels.ts';

const HIGH: ChartThreshold[] = [
  { value: 0.8, severity: 'degraded' },
  { value: 0.95, severity: 'critical' },
];

describe('the level of a number', () => {
  it('is that of the worst threshold it has reached', () => {
    const levels = [0.5, 0.79, 0.8, 0.94, 0.95, 5].map((value) => levelOf(value, HIGH, 'above'));
    expect(levels).to.deep.equal(['ok', 'ok', 'degraded', 'degraded', 'critical', 'critical']);
  });

  it('gets worse downwards where it is told so', () => {
    const low: ChartThreshold[] = [
      { value: 5, severity: 'critical' },
      { value: 20, severity: 'degraded' },
    ];
    const levels = [50, 21, 20, 6, 5, -5].map((value) => levelOf(value, low, 'below'));
    expect(levels).to.deep.equal(['ok', 'ok', 'degraded', 'degraded', 'critical', 'critical']);
  });

  it('is ok without thresholds', () => {
    expect(levelOf(1e9, [], 'above')).to.equal('ok');
  });
});

describe('LevelWatch', () => {
  let timers: FakeTimers;
  let told: string[];
  let watch: LevelWatch;
  beforeEach(() => {
    timers = fakeTimers();
    told = [];
    watch = new LevelWatch((level, before) => told.push(`${before} → ${level}`));
  });
  afterEach(() => timers.restore());

  it('says nothing of the first level', () => {
    watch.see('critical', 1_000);
    timers.advance(60_000);
    expect(told).to.deep.equal([]);
  });

  it('tells of another when it has lasted', () => {
    watch.see('ok', 1_000);
    watch.see('critical', 1_000);
    timers.advance(999);
    watch.see('critical', 1_000);
    expect(told).to.deep.equal([]);
    timers.advance(1);
    expect(told).to.deep.equal(['ok → critical']);
    watch.see('ok', 1_000);
    timers.advance(1_000);
    expect(told).to.deep.equal(['ok → critical', 'critical → ok']);
  });

  it('does not tell of one that trembles', () => {
    watch.see('ok', 1_000);
    for (let i = 0; i < 20; i++) {
      watch.see(i % 2 === 0 ? 'degraded' : 'ok', 1_000);
      timers.advance(600);
    }
    timers.advance(5_000);
    expect(told).to.deep.equal([]);
  });

  it('begins anew with each other level', () => {
    watch.see('ok', 1_000);
    watch.see('degraded', 1_000);
    timers.advance(900);
    watch.see('critical', 1_000);
    timers.advance(900);
    expect(told).to.deep.equal([]);
    timers.advance(100);
    expect(told).to.deep.equal(['ok → critical']);
  });

  it('forgets: what is seen next is the first again', () => {
    watch.see('ok', 1_000);
    watch.see('critical', 1_000);
    watch.forget();
    timers.advance(60_000);
    watch.see('critical', 1_000);
    timers.advance(60_000);
    expect(told).to.deep.equal([]);
  });
});
