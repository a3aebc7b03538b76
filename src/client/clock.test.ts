import { expect } from '@open-wc/testing';
import { MAX_TIMER_MS, systemClock, timerMs } from './clock.ts';

describe('a delay', () => {
  it('is kept as it is where a timer can count to it', () => {
    for (const delayMs of [0, 1, 25_000, MAX_TIMER_MS - 1, MAX_TIMER_MS])
      expect(timerMs(delayMs)).to.equal(delayMs);
  });

  it('that no timer can keep is the longest that there is, not none', () => {
    for (const delayMs of [MAX_TIMER_MS + 1, 2 ** 53, 1e308, Infinity, NaN])
      expect(timerMs(delayMs), String(delayMs)).to.equal(2_147_483_647);
  });

  it('is bounded by the system’s clock, which else would run the call at once', () => {
    const real = globalThis.setTimeout;
    const asked: unknown[] = [];
    globalThis.setTimeout = ((_: () => void, delayMs: number) => asked.push(delayMs)) as typeof setTimeout;
    try {
      for (const delayMs of [5, Infinity, NaN]) systemClock.after(delayMs, () => undefined);
    } finally {
      globalThis.setTimeout = real;
    }
    expect(asked).to.deep.equal([5, MAX_TIMER_MS, MAX_TIMER_MS]);
  });
});
