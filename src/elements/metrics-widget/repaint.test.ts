import { expect } from '@open-wc/testing';
import { fakeTimers } from '../../testing/timers.ts';
import type { FakeTimers } from '../../testing/timers.ts';
import { Repaint } from './repaint.ts';

describe('Repaint', () => {
  let timers: FakeTimers;
  let shown: number[];
  let beginMs: number;
  const make = (): Repaint => new Repaint(() => shown.push(Date.now() - beginMs));

  beforeEach(() => {
    timers = fakeTimers();
    shown = [];
    // A tenth of a second into a quarter.
    timers.advance(350 - (Date.now() % 250));
    beginMs = Date.now() - 100;
  });
  afterEach(() => timers.restore());

  it('writes the first at once, and the next with the next quarter of a second', () => {
    const repaint = make();
    expect([repaint.waits(0), repaint.waits(0), repaint.waits(0)]).to.deep.equal([false, true, true]);
    timers.advance(1_000);
    expect(shown).to.deep.equal([250]);
  });

  it('writes what began at different times in the same moments', () => {
    const [one, other] = [make(), make()];
    one.waits(0);
    timers.advance(60);
    other.waits(0);
    one.waits(0);
    timers.advance(60);
    other.waits(0);
    timers.advance(1_000);
    expect(shown).to.deep.equal([250, 250]);
  });

  it('waits as long as it is told to, in whole quarters', () => {
    const repaint = make();
    repaint.waits(2_100);
    expect(repaint.waits(2_100)).to.equal(true);
    timers.advance(10_000);
    expect(shown).to.deep.equal([2_250]);
    expect(repaint.waits(2_100)).to.equal(false);
  });

  it('does not wait once it is renewed, nor for a clock that was set back', () => {
    const repaint = make();
    repaint.waits(60_000);
    repaint.waits(60_000);
    repaint.renew();
    expect(repaint.waits(60_000)).to.equal(false);
    const real = Date.now;
    Date.now = () => real() - 3_600_000;
    expect(repaint.waits(60_000)).to.equal(false);
    Date.now = real;
  });

  it('counts what was written for another reason, and calls nobody who has left', () => {
    const repaint = make();
    repaint.shown();
    expect(repaint.waits(0)).to.equal(true);
    repaint.stop();
    timers.advance(10_000);
    expect(shown).to.deep.equal([]);
  });

  it('of a crowd writes half of all in every other moment, and the others between', () => {
    const crowd = Array.from({ length: 100 }, make);
    const at = new Map<number, number>();
    for (const repaint of crowd) repaint.waits(0);
    for (let i = 0; i < 40; i += 1) {
      for (const repaint of crowd) repaint.waits(0);
      timers.advance(50);
    }
    for (const ms of shown) at.set(ms, (at.get(ms) ?? 0) + 1);
    const later = [...at].filter(([ms]) => ms > 750 && ms <= 1_750).sort(([a], [b]) => a - b);
    expect(later).to.deep.equal([
      [1_000, 50],
      [1_250, 50],
      [1_500, 50],
      [1_750, 50],
    ]);
    for (const repaint of crowd) repaint.stop();
  });
});
