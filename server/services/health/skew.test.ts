import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { random } from '../../testing/random.ts';
import { Skew } from './skew.ts';

describe('the skew', () => {
  it('is 0 when nothing began, and when nothing was late', () => {
    const skew = new Skew();
    assert.equal(skew.p99Ms(0), 0);
    for (let i = 0; i < 100; i++) skew.add(i, i % 2 === 0 ? 0 : -5);
    assert.equal(skew.p99Ms(100), 0);
  });

  it('is the 99th percentile, at most 10 % too high', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const chance = random(seed);
      const skew = new Skew();
      const all = Array.from({ length: 1 + Math.floor(chance() * 400) }, () =>
        Math.floor(chance() ** 4 * 1e6),
      );
      all.forEach((lateMs, i) => skew.add(i * 100, lateMs));
      const sorted = all.sort((a, b) => a - b);
      const exact = sorted[sorted.length - 1 - Math.floor(sorted.length * 0.01)]!;
      const found = skew.p99Ms(40_000);
      assert.ok(
        found >= Math.floor(exact) && found <= exact * 1.1 + 1,
        `seed ${seed}: ${found} for ${exact}`,
      );
    }
  });

  it('forgets what is older than a minute', () => {
    const skew = new Skew();
    skew.add(1_000, 5_000);
    skew.add(59_000, 10);
    assert.ok(skew.p99Ms(59_999) >= 5_000);
    assert.ok(skew.p99Ms(60_000) <= 11);
    assert.equal(skew.p99Ms(200_000), 0);
    skew.add(601_000, 20);
    assert.ok(skew.p99Ms(601_000) >= 20 && skew.p99Ms(601_000) <= 22, 'a slice is used again');
  });

  it('takes any lateness', () => {
    const skew = new Skew();
    skew.add(0, Number.MAX_SAFE_INTEGER);
    assert.ok(skew.p99Ms(0) > 86_400_000);
  });
});
