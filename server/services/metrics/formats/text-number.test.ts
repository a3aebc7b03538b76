import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TextCursor } from './text-cursor.ts';
import { numberOf, readNumber } from './text-number.ts';

const SEED = 5;

/** The number that a text begins with, and how much of it that took. */
function read(text: string): readonly [value: number, length: number] {
  const cursor = new TextCursor(Buffer.from(text));
  const value = readNumber(cursor);
  return [value, cursor.at];
}

function same(text: string): void {
  assert.deepEqual(read(`${text} 1\n`), [Number(text), text.length], text);
}

/** Digits as people and programs write them, with a sign, a point and an exponent or without. */
const decimals = fc
  .tuple(
    fc.constantFrom('', '-', '+'),
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 24 }),
    fc.nat({ max: 24 }),
    fc.boolean(),
    fc.option(fc.tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '-', '+'), fc.nat({ max: 330 }))),
  )
  .map(([sign, digits, at, hasPoint, exponent]) => {
    const text = digits.join('');
    const number = hasPoint ? `${text.slice(0, at)}.${text.slice(at)}` : text;
    return sign + number + (exponent?.join('') ?? '');
  });

describe('a number in text', () => {
  it('is the one that Number reads, however it is written', () => {
    fc.assert(fc.property(decimals, same), { seed: SEED, numRuns: 20_000 });
  });

  it('is the one that was written, for every double', () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(double, fc.nat({ max: 20 }), (value, digits) => {
        same(String(value));
        same(value.toExponential(digits));
        if (Math.abs(value) < 1e21) same(value.toFixed(digits));
      }),
      { seed: SEED, numRuns: 10_000 },
    );
  });

  it('is exact at the edges of what is read by hand', () => {
    for (const text of [
      '0',
      '-0',
      '9007199254740991',
      '9007199254740992',
      '9007199254740993',
      '9007199254740991e22',
      '1e22',
      '1e23',
      '1e-22',
      '1e-23',
      '0.0000000000000000000001',
      '123456789012345678901234567890',
      '1.7976931348623157e308',
      '5e-324',
      '1e400',
      '1e999999999999',
      '1e-999999999999',
      '1.',
      '.5',
      '0000000000000000000000000000000000001.2e-1',
    ])
      same(text);
  });

  it('may be infinite or none, in any case', () => {
    for (const text of ['Inf', '+Inf', 'inf', 'INFINITY', '+infinity'])
      assert.deepEqual(read(`${text}\n`), [Infinity, text.length]);
    assert.deepEqual(read('-Inf\n'), [-Infinity, 4]);
    assert.deepEqual(read('NaN\n'), [NaN, 3]);
    assert.deepEqual(read('nan 1'), [NaN, 3]);
  });

  it('is not read where there is none', () => {
    for (const text of [
      '',
      ' 1',
      'a',
      '-',
      '+',
      '.',
      '-.',
      'e5',
      '1e',
      '1e+',
      '--1',
      '-NaN',
      'in',
      'na',
      '_1',
    ])
      assert.deepEqual(read(text), [NaN, 0], text);
  });

  it('ends where its digits end', () => {
    assert.deepEqual(read('0x10'), [0, 1]);
    assert.deepEqual(read('1_000'), [1, 1]);
    assert.deepEqual(read('1.2.3'), [1.2, 3]);
  });
});

describe('the value of a label', () => {
  it('is a number only as a whole', () => {
    for (const [text, value] of [
      ['0.5', 0.5],
      ['1e-04', 1e-4],
      ['+Inf', Infinity],
      ['-inf', -Infinity],
      ['Infinity', Infinity],
      ['NaN', NaN],
      ['.5', 0.5],
      ['1.', 1],
    ] as const)
      assert.equal(numberOf(text), value, text);
    for (const text of ['', ' 1', '1 ', '0x1', '1_0', 'foo', '1e', '.'])
      assert.equal(numberOf(text), undefined, text);
  });
});
