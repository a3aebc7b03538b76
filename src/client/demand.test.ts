import { expect } from '@open-wc/testing';
import { demandOf, leastDemand, PAUSED } from './demand.ts';

describe('demand', () => {
  it('of several listeners is that of the least patient', () => {
    expect(leastDemand([1_000, 250, PAUSED])).to.equal(250);
    expect(leastDemand([1_000, 0])).to.equal(0);
  });

  it('of nobody, or of listeners that all wait, is none', () => {
    expect(leastDemand([])).to.equal(PAUSED);
    expect(leastDemand([PAUSED, PAUSED])).to.equal(PAUSED);
  });

  it('that is no number of milliseconds asks for all', () => {
    expect([demandOf(-1), demandOf(NaN), demandOf(0), demandOf(5), demandOf(PAUSED)]).to.deep.equal([
      0,
      0,
      0,
      5,
      PAUSED,
    ]);
  });
});
