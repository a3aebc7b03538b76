import { expect } from '@open-wc/testing';
import { seededRandom } from '../testing/random.ts';
import { base64, equalBytes, fromBase64, quoted } from './bytes.ts';
import { ProofFailed } from './failed.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

/** RFC 4648, section 10. */
const VECTORS = [
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg=='],
  ['fooba', 'Zm9vYmE='],
  ['foobar', 'Zm9vYmFy'],
] as const;

describe('base64', () => {
  it('reads and writes the vectors of RFC 4648', () => {
    for (const [text, encoded] of VECTORS) {
      expect(base64(utf8(text))).to.equal(encoded);
      expect([...fromBase64(encoded)]).to.deep.equal([...utf8(text)]);
    }
  });

  it('agrees with the platform for bytes of every value and length', () => {
    const random = seededRandom(3);
    for (let length = 0; length < 100; length++) {
      const bytes = Uint8Array.from({ length }, () => Math.floor(random() * 256));
      expect(base64(bytes)).to.equal(btoa(String.fromCharCode(...bytes)));
      expect([...fromBase64(base64(bytes))]).to.deep.equal([...bytes]);
    }
  });

  it('takes no second spelling of the same bytes', () => {
    for (const text of [
      'Zg',
      'Zm9\u20ac',
      '\ud800m9v',
      'Zg=',
      'Zg===',
      'Zh==',
      'Zm9=',
      ' Zg==',
      'Zg==\n',
      'Zm-v',
      'Z',
      '=',
      '====',
      'Zg==Zg==',
    ]) {
      expect(() => fromBase64(text), text).to.throw(ProofFailed, /is not base64/);
    }
  });
});

describe('equalBytes', () => {
  it('sees another length and another byte', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    expect(equalBytes(bytes, Uint8Array.of(1, 2, 3))).to.equal(true);
    for (const other of [[1, 2], [1, 2, 3, 4], [1, 2, 4], []]) {
      expect(equalBytes(bytes, Uint8Array.from(other))).to.equal(false);
    }
  });
});

describe('quoted', () => {
  it('spells control characters out, and cuts what is long', () => {
    expect(quoted('a\u0007b')).to.equal('"a\\u0007b"');
    expect(quoted(undefined)).to.equal('undefined');
    expect(quoted('x'.repeat(1_000))).to.have.lengthOf(80);
  });
});
