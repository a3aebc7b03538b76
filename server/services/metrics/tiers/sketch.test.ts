import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { random } from '../../../testing/random.ts';
import { BoundsSketch } from './bounds-sketch.ts';
import { ExponentialSketch } from './exponential-sketch.ts';
import { decodeSketch, encodeSketch, mergeSketches } from './sketch.ts';

const QUANTILES = [0, 0.001, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 1];

/** The value of this rank: what every percentile is measured against. */
function truth(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!;
}

function sketchOf(values: readonly number[]): ExponentialSketch {
  const sketch = new ExponentialSketch();
  for (const value of values) sketch.observe(value);
  return sketch;
}

function holdsItsBound(values: readonly number[], sketch: ExponentialSketch): void {
  for (const q of QUANTILES) {
    const exact = truth(values, q);
    const { value = NaN, relativeError = 0 } = sketch.quantile(q) ?? {};
    const off = Math.abs(value - exact);
    // The last bits of a logarithm may put a value into the neighbouring bucket, at its very edge.
    assert.ok(off <= Math.abs(exact) * (relativeError + 1e-9), `q ${q}: ${value}, exactly ${exact}`);
  }
}

describe('an exponential sketch', () => {
  it('knows nothing of nothing', () => {
    assert.equal(new ExponentialSketch().quantile(0.5), undefined);
    assert.equal(new ExponentialSketch().count, 0);
  });

  const chance = random(7);
  const many = (make: (i: number) => number): number[] => Array.from({ length: 5_000 }, (_, i) => make(i));
  for (const [what, values] of [
    ['one value', [42]],
    ['the same value often', many(() => 0.25)],
    ['values of a day’s latencies', many(() => Math.exp(chance() * 8 - 6))],
    ['values of both signs and zeros', many((i) => (i % 3) - 1 + chance() * ((i % 3) - 1))],
    ['powers of two, each an edge', many((i) => 2 ** ((i % 60) - 30))],
    ['values next to edges', many((i) => 2 ** ((i % 30) - 15) * (1 + (i % 2 ? 1e-12 : -1e-12)))],
    ['values over six hundred decades', many((i) => 10 ** ((i % 600) - 300))],
    ['two far ends and nothing between', many((i) => (i % 2 ? 1e-9 : 1e9))],
    ['the smallest and the largest numbers', [5e-324, 1e-308, Number.MAX_VALUE, -Number.MAX_VALUE, 0]],
    ['a ramp that grows away from the first value', many((i) => 1.01 ** i)],
  ] as const) {
    it(`is within the bound that it states: ${what}`, () => {
      const sketch = sketchOf(values);
      assert.equal(sketch.count, values.length);
      holdsItsBound(values, sketch);
    });
  }

  it('states 1.1 % for values within a factor of four billion, and keeps it', () => {
    const sketch = sketchOf(Array.from({ length: 1_000 }, (_, i) => 1e-6 * 4e9 ** (i / 1_000)));
    assert.ok(sketch.relativeError < 0.011, `${sketch.relativeError}`);
  });

  it('says of many merged what it says of all together, whatever the order', () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(fc.array(value, { maxLength: 30 }), { maxLength: 6 }), (parts) => {
        const together = sketchOf(parts.flat());
        const merged = new ExponentialSketch();
        for (const part of parts) merged.merge(sketchOf(part));
        assert.equal(merged.count, together.count);
        if (parts.flat().length > 0) holdsItsBound(parts.flat(), merged);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('takes what a sender counted, on a finer scale and on a coarser one', () => {
    for (const scale of [10, 5, 2, -1]) {
      const base = 2 ** (2 ** -scale);
      const counts = [3, 0, 5, 2];
      const offset = Math.floor(Math.log2(50) * 2 ** scale);
      const sketch = new ExponentialSketch();
      sketch.take({
        scale,
        zeroThreshold: 0,
        zeroCount: 1,
        positive: { offset, counts },
        negative: { offset: 0, counts: [] },
        sum: 0,
        count: 11,
      });
      assert.equal(sketch.count, 11);
      const { value = 0 } = sketch.quantile(1) ?? {};
      const top = base ** (offset + 4);
      assert.ok(
        value <= top * 1.03 && value >= (top / base / base) * 0.97,
        `scale ${scale}: ${value}, top ${top}`,
      );
    }
  });
});

describe('a sketch between bounds', () => {
  it('answers within the bucket that holds the rank, and says how wide that is', () => {
    const sketch = new BoundsSketch([0.1, 0.5, 1], [0, 10, 10, 0]);
    assert.deepEqual(sketch.quantile(0.5), { value: 0.5, absoluteError: 0.4 });
    assert.deepEqual(sketch.quantile(0.75), { value: 0.75, absoluteError: 0.5 });
  });

  it('says that nothing is known above the last bound', () => {
    const sketch = new BoundsSketch([1], [1, 9]);
    assert.deepEqual(sketch.quantile(0.99), { value: 1, absoluteError: Infinity });
    assert.deepEqual(new BoundsSketch([], [4]).quantile(0.5), { value: 0, absoluteError: Infinity });
  });

  it('is merged at the bounds that both have, and loses no observation', () => {
    const one = new BoundsSketch([1, 2, 4], [1, 1, 1, 1]);
    one.merge(new BoundsSketch([1, 3, 4], [2, 2, 2, 2]));
    assert.equal(one.count, 12);
    assert.deepEqual(one.quantile(3 / 12), { value: 1, absoluteError: 1 });
    assert.deepEqual(one.quantile(9 / 12), { value: 4, absoluteError: 3 });
  });

  it('is never off by more than it says', () => {
    const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-4, max: 10, noNaN: true }), { minLength: 1, maxLength: 200 }),
        (values) => {
          const counts = new Array<number>(bounds.length + 1).fill(0);
          for (const value of values) counts[bounds.findIndex((bound) => value <= bound)]! += 1;
          const sketch = new BoundsSketch(bounds, counts);
          for (const q of QUANTILES.slice(1)) {
            const { value = NaN, absoluteError = 0 } = sketch.quantile(q) ?? {};
            assert.ok(Math.abs(value - truth(values, q)) <= absoluteError + 1e-12, `q ${q}`);
          }
        },
      ),
      { numRuns: 300, seed: 2 },
    );
  });
});

describe('sketches', () => {
  it('come back from bytes as they were', () => {
    const exponential = sketchOf([-3, 0, 1e-9, 5, 5, 7e8]);
    const bounds = new BoundsSketch([-1, 0, 2.5], [3, 0, 2 ** 40, 1]);
    for (const sketch of [exponential, bounds, new ExponentialSketch(), new BoundsSketch([], [0])]) {
      const back = decodeSketch(encodeSketch(sketch));
      assert.deepEqual(back, sketch);
    }
  });

  it('are not made of bytes that are none', () => {
    const bytes = encodeSketch(sketchOf([1, 2, 3]));
    for (let length = 0; length < bytes.length; length++) {
      assert.equal(decodeSketch(bytes.slice(0, length)), undefined, `${length} bytes`);
    }
    const chance = random(3);
    for (let i = 0; i < 2_000; i++) {
      const noise = Uint8Array.from({ length: Math.floor(chance() * 40) }, () => Math.floor(chance() * 256));
      assert.doesNotThrow(() => decodeSketch(noise));
    }
  });

  it('of two kinds are not mixed: the first stands', () => {
    const sketch = sketchOf([1, 2]);
    assert.equal(mergeSketches(sketch, new BoundsSketch([1], [5, 5])).count, 2);
    assert.equal(mergeSketches(new BoundsSketch([1], [5, 5]), sketch).count, 10);
    assert.notEqual(mergeSketches(undefined, sketch), sketch, 'a copy');
  });
});
