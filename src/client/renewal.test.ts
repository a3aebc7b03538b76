import { expect } from '@open-wc/testing';
import { FakeClock } from '../testing/clock.ts';
import { until } from '../testing/until.ts';
import type { Answer, Link } from './link.ts';
import { Renewal, renewalMs } from './renewal.ts';
import { TokenSource } from './token.ts';

const DAY_MS = 86_400_000;

/** A renewal whose link remembers what it was asked. */
function renewal(
  expiresAt: number | undefined,
  aheadMs = 0,
): { clock: FakeClock; asked: Answer[]; stop: () => void } {
  const clock = new FakeClock(0);
  const asked: Answer[] = [];
  const link = { ask: (_: string, answer: Answer) => asked.push(answer), authorize: () => undefined };
  const settings = {
    clock,
    token: new TokenSource(() => 'token'),
    serverNow: () => clock.now() + aheadMs,
    fail: () => undefined,
    renewed: () => undefined,
  };
  const made = new Renewal(settings, link as unknown as Link, expiresAt);
  return { clock, asked, stop: () => made.stop() };
}

describe('renewal', () => {
  it('is due at 80 % of the life that is left, or a minute before its end where that is later', () => {
    expect(renewalMs(3_600_000)).to.equal(3_540_000);
    expect(renewalMs(300_000)).to.equal(240_000);
    expect(renewalMs(60_000)).to.equal(48_000);
    expect(renewalMs(10_000)).to.equal(8_000);
  });

  it('is not tried when it is too late', () => {
    expect(renewalMs(999)).to.equal(undefined);
    expect(renewalMs(-5)).to.equal(undefined);
    expect(renewal(500).clock.waiting).to.equal(0);
  });

  it('goes by the server’s clock', async () => {
    const { clock, asked } = renewal(1_010_000, 1_000_000);
    clock.advance(7_999);
    expect(clock.waiting).to.equal(1);
    clock.advance(1);
    await until(() => asked.length === 1, 'the renewal');
  });

  it('of a token that outlives what a timer can count to waits in steps', async () => {
    const { clock, asked } = renewal(90 * DAY_MS);
    clock.advance(90 * DAY_MS - 60_001);
    await Promise.resolve();
    expect([asked.length, clock.waiting]).to.deep.equal([0, 1]);
    clock.advance(1);
    await until(() => asked.length === 1, 'the renewal');
  });

  it('is not due at all at a time that is none, and in steps at one that never comes', () => {
    expect(renewalMs(NaN)).to.equal(undefined);
    expect(renewal('soon' as unknown as number).clock.waiting).to.equal(0);
    const { clock, asked } = renewal(Infinity);
    clock.advance(60 * DAY_MS);
    expect([asked.length, clock.waiting]).to.deep.equal([0, 1]);
  });

  it('is not due for a token that never expires, nor once it was stopped', async () => {
    expect(renewal(undefined).clock.waiting).to.equal(0);
    const { clock, asked, stop } = renewal(10_000);
    clock.advance(8_000);
    stop();
    await Promise.resolve();
    expect([asked.length, clock.waiting]).to.deep.equal([0, 0]);
  });

  it('whose link ends before the answer is forgotten', async () => {
    const { clock, asked, stop } = renewal(10_000);
    clock.advance(8_000);
    await until(() => asked.length === 1, 'the renewal');
    asked[0]?.(undefined);
    stop();
    asked[0]?.({ id: 1, ok: { expiresAt: 100_000 } });
    expect(clock.waiting).to.equal(0);
  });
});
