import { expect } from '@open-wc/testing';
import { Skew } from './skew.ts';

describe('Skew', () => {
  it('is nothing before the server said its time', () => {
    expect(new Skew().ms).to.equal(0);
  });

  it('credits half a round trip to an answer', () => {
    const skew = new Skew();
    skew.sample(10_000, 4_000, 300);
    expect(skew.ms).to.equal(6_150);
  });

  it('believes the message that was delayed least', () => {
    const skew = new Skew();
    for (const lateMs of [80, 15, 400]) skew.sample(10_000, 4_000 + lateMs);
    expect(skew.ms).to.equal(5_985);
  });

  it('remembers the last ten', () => {
    const skew = new Skew();
    skew.sample(10_000, 4_000);
    for (let i = 0; i < 9; i++) skew.sample(10_000, 4_100);
    expect(skew.ms).to.equal(6_000);
    skew.sample(10_000, 4_100);
    expect(skew.ms).to.equal(5_900);
  });

  it('begins anew when somebody sets a clock, in either direction', () => {
    const skew = new Skew();
    skew.sample(10_000, 10_000);
    skew.sample(10_000, 12_000);
    expect(skew.ms).to.equal(0);
    skew.sample(10_000, 12_001);
    expect(skew.ms).to.equal(-2_001);
    skew.sample(3_600_000, 0);
    expect(skew.ms).to.equal(3_600_000);
  });

  it('is not moved by what is no time', () => {
    const skew = new Skew();
    skew.sample(10_000, 4_000);
    skew.sample(NaN, 4_000);
    skew.sample(undefined as unknown as number, 4_000);
    expect(skew.ms).to.equal(6_000);
  });
});
