import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { random } from '../../testing/random.ts';
import { CHUNK_COLUMNS, decodeChunk, encodeChunk } from './metric-store-chunk.ts';

const SPAN = { from: 1_699_920_000_000, step: 60_000 };
const ROWS = 60;

/** Rows of a series of which every bucket folds four readings. */
function gauge(next: () => number): Float64Array {
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const readings = [next(), next(), next(), next()];
    const sum = readings.reduce((total, value) => total + value, 0);
    return [SPAN.from + i * SPAN.step, Math.min(...readings), Math.max(...readings), sum, 4, readings[3]!];
  });
  return Float64Array.from(rows.flat());
}

function counter(next: () => number): Float64Array {
  let count = 1_234_567;
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const added = [next(), next(), next(), next()];
    const sum = added.reduce((total, value) => total + value, 0);
    const min = count + added[0]!;
    count += sum;
    return [SPAN.from + i * SPAN.step, min, count, sum, 4, count];
  });
  return Float64Array.from(rows.flat());
}

/** Bytes of a bucket, having looked that every bit comes back. */
function bytesOf(rows: Float64Array): number {
  const packed = encodeChunk(rows, SPAN);
  const unpacked = decodeChunk(packed, SPAN);
  assert.deepEqual(
    Buffer.from(unpacked.buffer, unpacked.byteOffset, unpacked.byteLength),
    Buffer.from(rows.buffer),
  );
  return packed.length / (rows.length / CHUNK_COLUMNS);
}

describe('chunk of a metric store', () => {
  it('packs whole readings into three bytes a bucket, decimals into eight, a constant into half a byte', () => {
    const chance = random(1);
    let level = 1_000;
    assert.ok(bytesOf(gauge(() => (level += Math.round((chance() - 0.5) * 10)))) < 3);
    assert.ok(bytesOf(gauge(() => Math.round(50_000 + (chance() - 0.5) * 3_000) / 1_000)) < 8);
    assert.ok(bytesOf(gauge(() => 5)) < 0.6);
  });

  it('packs a counter into four bytes a bucket: its sum follows from its counts', () => {
    const chance = random(2);
    assert.ok(bytesOf(counter(() => Math.round(chance() * 200))) < 4);
    assert.ok(bytesOf(counter(() => 0)) < 0.6);
  });

  it('never takes much more than the numbers themselves', () => {
    const chance = random(3);
    assert.ok(bytesOf(gauge(chance)) < 26);
    const noise = new Float64Array(ROWS * CHUNK_COLUMNS).map(
      () => (chance() - 0.5) * 10 ** (chance() * 600 - 300),
    );
    assert.ok(bytesOf(noise) < 8 * CHUNK_COLUMNS * 1.15);
  });

  it('gives back odd numbers, gaps, one row and none to the last bit', () => {
    const odd = [
      0,
      -0,
      5e-324,
      1e308,
      -1e308,
      Infinity,
      -Infinity,
      NaN,
      2 ** 53,
      2 ** 48,
      -(2 ** 60),
      0.1 + 0.2,
      -7,
    ];
    for (let seed = 1; seed <= 60; seed += 1) {
      const chance = random(seed);
      const pool = odd.slice(Math.floor(chance() * odd.length));
      const rows: number[] = [];
      for (let i = Math.floor(chance() * 5), start = SPAN.from; i > 0 || chance() < 0.9; i -= 1) {
        start += SPAN.step * (chance() < 0.3 ? Math.floor(chance() * 40) : 1);
        const pick = () => (chance() < 0.5 ? pool[Math.floor(chance() * pool.length)]! : chance() * 100);
        rows.push(start, pick(), pick(), pick(), pick(), pick());
      }
      bytesOf(Float64Array.from(rows));
    }
    bytesOf(new Float64Array());
  });

  it('gives back decimals and their noisy sums at every scale', () => {
    for (let decimals = 0; decimals <= 10; decimals += 1) {
      const chance = random(decimals);
      bytesOf(gauge(() => Math.round((chance() - 0.3) * 1e6) / 10 ** decimals));
    }
  });

  it('says that bytes are damaged, or answers numbers: it neither hangs nor reads beyond them', () => {
    const chance = random(4);
    const whole = encodeChunk(
      gauge(() => Math.round(chance() * 100)),
      SPAN,
    );
    for (let length = 0; length < whole.length; length += 1) {
      assert.throws(() => decodeChunk(whole.subarray(0, length), SPAN), RangeError);
    }
    let refused = 0;
    for (let i = 0; i < 500; i += 1) {
      const damaged = whole.map((byte) => (chance() < 0.02 ? Math.floor(chance() * 256) : byte));
      try {
        decodeChunk(damaged, SPAN);
      } catch (error) {
        assert.ok(error instanceof RangeError, String(error));
        refused += 1;
      }
    }
    assert.ok(refused > 0);
  });
});
