import { expect } from '@open-wc/testing';
import type { Columns } from '../../client/metric-window.ts';
import { seededRandom } from '../../testing/random.ts';
import { trendOf } from './trend.ts';

/** A value a second. */
function line(length: number, valueAt: (i: number) => number | null): Columns {
  const places = Array.from({ length }, (_, i) => i);
  return [places.map((i) => i * 1_000), places.map(valueAt)];
}

describe('a trend', () => {
  it('goes where the line goes', () => {
    expect(trendOf(line(60, (i) => 10 + i))).to.equal('rising');
    expect(trendOf(line(60, (i) => 100 - i))).to.equal('falling');
    expect(trendOf(line(60, () => 7))).to.equal('steady');
    expect(trendOf(line(60, (i) => -100 + i))).to.equal('rising');
    expect(trendOf(line(60, () => 0))).to.equal('steady');
  });

  it('is none of what changes by less than a twentieth over the window', () => {
    expect(trendOf(line(101, (i) => 100 + i * 0.049))).to.equal('steady');
    expect(trendOf(line(101, (i) => 100 + i * 0.06))).to.equal('rising');
  });

  it('is not told by few values, nor by none', () => {
    expect(trendOf(line(4, (i) => i))).to.equal(undefined);
    expect(trendOf(line(60, () => null))).to.equal(undefined);
    expect(trendOf([[], []])).to.equal(undefined);
    expect(trendOf(line(5, (i) => i + 1))).to.equal('rising');
  });

  it('passes over gaps', () => {
    expect(trendOf(line(60, (i) => (i > 20 && i < 40 ? null : 10 + i)))).to.equal('rising');
  });

  it('is not moved by wild values, one in five', () => {
    const random = seededRandom(3);
    for (let round = 0; round < 30; round++) {
      const wild = (i: number): number => (random() < 0.2 ? 1_000 * (random() - 0.5) : 10 + i);
      expect(trendOf(line(120, wild))).to.equal('rising');
    }
  });

  it('is none in noise without a direction', () => {
    const random = seededRandom(4);
    const found = Array.from({ length: 40 }, () => trendOf(line(300, () => 50 + 40 * (random() - 0.5))));
    expect(found.filter((trend) => trend === 'steady').length).to.be.above(37);
  });
});
