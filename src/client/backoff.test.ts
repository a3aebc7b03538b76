import { expect } from '@open-wc/testing';
import { seededRandom } from '../testing/random.ts';
import { backoffMs } from './backoff.ts';

describe('backoffMs', () => {
  it('doubles its upper bound with every try, up to the cap', () => {
    const most = Array.from({ length: 8 }, (_, attempt) => backoffMs(attempt, 1));
    expect(most).to.deep.equal([500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]);
  });

  it('starts and ends where it is told to', () => {
    const options = { firstMs: 10, capMs: 35 };
    expect([0, 1, 2, 3].map((attempt) => backoffMs(attempt, 1, options))).to.deep.equal([10, 20, 35, 35]);
  });

  it('stays within its bounds for every try and every chance', () => {
    const random = seededRandom(7);
    for (let attempt = 0; attempt < 200; attempt++) {
      const waitMs = backoffMs(attempt, random());
      expect(waitMs).to.be.within(0, Math.min(20_000, 500 * 2 ** attempt));
    }
  });

  it('spreads a fleet over the whole time, from nothing to the bound', () => {
    const random = seededRandom(11);
    const tenths = new Set(Array.from({ length: 1_000 }, () => Math.floor(backoffMs(3, random()) / 400)));
    expect([...tenths].sort((a, b) => a - b)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('waits whole milliseconds, also after more tries than doubling can count', () => {
    for (const attempt of [0, 1, 30, 31, 1_000, 1e9]) {
      expect(Number.isInteger(backoffMs(attempt, 0.123_456)), String(attempt)).to.equal(true);
    }
  });
});
