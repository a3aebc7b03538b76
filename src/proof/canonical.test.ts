import { expect } from '@open-wc/testing';
import type { Json } from '../protocol/index.ts';
import { MAX_CANONICAL_DEPTH, NotCanonical, canonical } from './canonical.ts';
import { hexOf } from './verifier.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

/** RFC 8785, appendix B: the bits of a number, and how it is written. */
const NUMBERS = [
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
] as const;

function numberOf(bits: string): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(`0x${bits}`));
  return view.getFloat64(0);
}

const failureOf = (value: unknown): NotCanonical => {
  try {
    canonical(value as Json);
  } catch (error) {
    return error as NotCanonical;
  }
  throw new Error(`${String(value)} was written`);
};

describe('canonical JSON', () => {
  it('writes the numbers of RFC 8785, appendix B', () => {
    for (const [bits, text] of NUMBERS) expect(canonical(numberOf(bits)), bits).to.equal(text);
  });

  it('has no word for NaN and the infinities', () => {
    for (const bits of ['7fffffffffffffff', '7ff0000000000000', 'fff0000000000000']) {
      expect(failureOf(numberOf(bits))).to.be.instanceOf(NotCanonical);
    }
  });

  it('writes the document of RFC 8785, sections 3.2.2 to 3.2.4, to the byte', () => {
    const document = JSON.parse(`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
      "literals": [null, true, false]
    }`) as Json;
    expect(hexOf(utf8(canonical(document)))).to.equal(
      '7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a' +
        '5b3333333333333333332e333333333333332c31652b33302c342e352c302e3030322c31652d3237' +
        '5d2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d',
    );
  });

  it('sorts the keys of RFC 8785, section 3.2.3, by their UTF-16 code units', () => {
    const document = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect([...canonical(document).matchAll(/:"([^"]*)"/g)].map(([, value]) => value)).to.deep.equal([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  it('leaves characters as they are, composed or not, and escapes only what JSON must', () => {
    expect(canonical('A\u030a\u00c5\u2028')).to.equal('"A\u030a\u00c5\u2028"');
    expect(canonical('\u0000\u0008\u0009\u000a\u000b\u000c\u000d\u001f\u007f"\\/')).to.equal(
      '"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\u007f\\"\\\\/"',
    );
  });

  it('does not depend on the order in which an object was made, at any level', () => {
    expect(canonical({ b: { d: 1, c: [{ f: 1, e: 2 }] }, a: null })).to.equal(
      '{"a":null,"b":{"c":[{"e":2,"f":1}],"d":1}}',
    );
    expect(canonical(JSON.parse('{"b":1,"__proto__":2,"a":3}') as Json)).to.equal(
      '{"__proto__":2,"a":3,"b":1}',
    );
  });

  it('names the place of what it cannot write', () => {
    const place = (value: unknown) => [failureOf(value).pointer, failureOf(value).message] as const;
    expect(place(undefined)).to.deep.equal(['', 'The value is undefined, which is no JSON value']);
    expect(place({ a: [1, { 'b/c~': undefined }] })[0]).to.equal('/a/1/b~1c~0');
    expect(place([1, , 3])[0]).to.equal('/1'); // eslint-disable-line no-sparse-arrays -- a hole is what is meant
    expect(place({ a: 1n })[1]).to.equal('/a is bigint, which is no JSON value');
    expect(place([() => 1])[1]).to.equal('/0 is function, which is no JSON value');
    expect(place({ n: NaN })[1]).to.equal('/n is NaN, which is no JSON number');
    expect(place({ t: 'a\ud800b' })[1]).to.match(/^\/t has a lone surrogate: "a\\ud800b"$/);
    expect(place({ '\udc00': 1 })[1]).to.include('lone surrogate');
  });

  it('passes on what is not about the value', () => {
    const failed = new Error('not now');
    const value = {
      list: [
        {
          get late(): Json {
            throw failed;
          },
        },
      ],
    };
    expect(() => canonical(value)).to.throw(failed);
  });

  it('refuses what is nested too deeply, instead of running out of stack', () => {
    const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as Json;
    expect(canonical(nested(MAX_CANONICAL_DEPTH))).to.have.lengthOf(2 * MAX_CANONICAL_DEPTH);
    expect(failureOf(nested(MAX_CANONICAL_DEPTH + 1)).message).to.match(/nested more than 512 levels deep$/);
    expect(failureOf(nested(1_000_000)).message).to.match(/nested more than 512 levels deep$/);
  });
});
