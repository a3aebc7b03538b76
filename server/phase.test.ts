import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nextOnGrid, phaseOf } from './phase.ts';
import { random } from './testing/random.ts';

describe('a phase', () => {
  it('is the same for the same key, and on the interval', () => {
    for (const intervalMs of [1, 7, 1_000, 86_400_000]) {
      const phase = phaseOf('database', intervalMs);
      assert.equal(phaseOf('database', intervalMs), phase);
      assert.ok(Number.isInteger(phase) && phase >= 0 && phase < intervalMs);
    }
  });

  it('spreads keys that hardly differ over the interval', () => {
    for (const intervalMs of [1_000, 5_000, 30_000, 60_000]) {
      const tenths = Array.from({ length: 10 }, () => 0);
      for (let i = 0; i < 1_000; i++)
        tenths[Math.floor((phaseOf(`check-${i}`, intervalMs) / intervalMs) * 10)]! += 1;
      for (const count of tenths) assert.ok(count > 60 && count < 150, `${count} of 1,000 in a tenth`);
    }
  });
});

describe('the next point of a grid', () => {
  it('is the first after a moment, never the moment itself', () => {
    const chance = random(3);
    for (let i = 0; i < 2_000; i++) {
      const interval = 1 + Math.floor(chance() * 50);
      const phase = Math.floor(chance() * interval);
      const after = Math.floor(chance() * 1_000) + 100;
      let expected = after + 1;
      while (expected % interval !== phase) expected += 1;
      assert.equal(nextOnGrid(after, interval, phase), expected);
    }
  });
});
