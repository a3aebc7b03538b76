import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaooawError } from '../../src/protocol/index.ts';
import { createManualClock } from '../engines/memory/clock.ts';
import { coded } from '../testing/harness.ts';
import { FailureLimit, MAX_ADDRESSES, networkOf } from './failures.ts';

describe('failures of an address', () => {
  for (const perMinute of [1, 11, 60, 1_000_000]) {
    it(`may be ${perMinute} at once, and as many a minute from then on`, () => {
      const clock = createManualClock();
      const limit = new FailureLimit(clock, perMinute);
      for (let i = 0; i < perMinute; i++) {
        limit.check('a');
        limit.count('a');
      }
      assert.throws(() => limit.check('a'), coded('rate_limited'));
      clock.advance(Math.ceil(60_000 / perMinute));
      limit.check('a');
      for (let i = 0; i < Math.max(1, perMinute / 60_000); i++) limit.count('a');
      assert.throws(() => limit.check('a'), coded('rate_limited'));
      clock.advance(60_000);
      limit.check('a');
    });
  }

  it('say how long to wait, and then it is over', () => {
    const clock = createManualClock();
    const limit = new FailureLimit(clock, 2);
    for (let i = 0; i < 2; i++) limit.count('a');
    for (const waited of [0, 29_999]) {
      clock.advance(waited);
      assert.throws(
        () => limit.check('a'),
        (error) => error instanceof WaooawError && error.afterMs === 30_000 - waited,
      );
    }
    clock.advance(1);
    limit.check('a');
  });

  it('count for each address by itself', () => {
    const limit = new FailureLimit(createManualClock(), 1);
    limit.count('203.0.113.9');
    assert.throws(() => limit.check('203.0.113.9'), coded('rate_limited'));
    limit.check('203.0.113.10');
    limit.check('');
  });

  it('count for a whole IPv6 network, which is one person’s', () => {
    const limit = new FailureLimit(createManualClock(), 1);
    limit.count('2001:db8:1:2::5');
    assert.throws(() => limit.check('2001:db8:1:2:ffff::1'), coded('rate_limited'));
    limit.check('2001:db8:1:3::5');
    for (const [address, network] of [
      ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
      ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
      ['2001:db8::1', '2001:db8:0:0::/64'],
      ['::1', '0:0:0:0::/64'],
      ['::', '0:0:0:0::/64'],
      ['fe80::1%eth0', 'fe80:0:0:0::/64'],
      ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
      ['192.0.2.1', '192.0.2.1'],
      ['', ''],
    ] as const) {
      assert.equal(networkOf(address), network, address);
    }
  });

  it('are remembered of the last 10,000 addresses', () => {
    const limit = new FailureLimit(createManualClock(), 1);
    limit.count('first');
    limit.count('second');
    for (let i = 2; i < MAX_ADDRESSES; i++) limit.count(`a${i}`);
    assert.throws(() => limit.check('first'), coded('rate_limited'));
    // Failing again makes it the newest.
    limit.count('first');
    limit.count('one more');
    limit.check('second');
    assert.throws(() => limit.check('first'), coded('rate_limited'));
    assert.throws(() => limit.check('one more'), coded('rate_limited'));
  });
});
