import { expect } from '@open-wc/testing';
import { FakeClock } from '../testing/clock.ts';
import { Retry } from './retry.ts';

function retry(random = 1): { clock: FakeClock; retry: Retry } {
  const clock = new FakeClock();
  return { clock, retry: new Retry({ clock, random: () => random, stableMs: 10_000 }) };
}

describe('Retry', () => {
  it('doubles from half a second to twenty, and past two seconds only as the trouble lasts', () => {
    const { clock, retry: tries } = retry();
    const waits = Array.from({ length: 8 }, () => {
      const waitMs = tries.waitMs('back-off');
      clock.advance(waitMs);
      return waitMs;
    });
    expect(waits).to.deep.equal([500, 1_000, 2_000, 3_500, 7_000, 14_000, 20_000, 20_000]);
  });

  it('waits two seconds at most in a trouble that is as short, however often it was tried', () => {
    const { clock, retry: tries } = retry();
    const waits = Array.from({ length: 6 }, () => tries.waitMs('back-off'));
    expect(waits).to.deep.equal([500, 1_000, 2_000, 2_000, 2_000, 2_000]);
    clock.advance(5_000);
    expect(tries.waitMs('back-off')).to.equal(5_000);
  });

  it('keeps to a first wait that was chosen longer', () => {
    const tries = new Retry({ clock: new FakeClock(), random: () => 1, stableMs: 10_000, firstMs: 6_000 });
    expect(tries.waitMs('back-off')).to.equal(6_000);
  });

  it('believes "at once" once, and backs off from a server that goes on saying so', () => {
    const { retry: tries } = retry();
    const waits = [1, 2, 3].map(() => tries.waitMs('at-once'));
    expect(waits).to.deep.equal([500, 1_000, 2_000]);
  });

  it('comes back at once after a server that was hard to reach restarts', () => {
    const { clock, retry: tries } = retry();
    for (let i = 0; i < 5; i++) tries.waitMs('back-off');
    clock.advance(60_000);
    expect(tries.waitMs('at-once')).to.equal(500);
    expect(tries.waitMs('at-once')).to.equal(20_000);
  });

  it('spreads over the window of a move, half a minute at most, and once', () => {
    const { retry: tries } = retry(0.5);
    expect(tries.waitMs('at-once', 15_000)).to.equal(7_500);
    expect(tries.waitMs('at-once', 15_000)).to.equal(500);
    expect(retry(1).retry.waitMs('at-once', 600_000)).to.equal(30_000);
    expect(retry(1).retry.waitMs('back-off', 15_000)).to.equal(500);
  });

  it('knows of no window where a server names none that is one', () => {
    for (const withinMs of [NaN, -5, 'soon', {}, null] as unknown as number[])
      expect(retry(1).retry.waitMs('at-once', withinMs), String(withinMs)).to.be.within(0, 500);
    expect(retry(1).retry.waitMs('at-once', Infinity)).to.equal(30_000);
  });

  it('forgets only after a connection that lasted', () => {
    const { clock, retry: tries } = retry();
    for (let i = 0; i < 3; i++) tries.waitMs('at-once');
    tries.joined();
    clock.advance(9_999);
    tries.left();
    clock.advance(10_000);
    expect(tries.waitMs('at-once'), 'the fourth').to.equal(4_000);
    tries.joined();
    clock.advance(10_000);
    expect(tries.waitMs('at-once')).to.equal(500);
    expect(clock.waiting).to.equal(0);
  });
});
