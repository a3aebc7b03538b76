import { expect } from '@open-wc/testing';
import { CLOSE, closeBand } from './close.ts';
import type { CloseBand } from './close.ts';
import { CODES } from './codes.ts';

describe('the close codes', () => {
  it('are each also an error code', () => {
    expect(Object.keys(CLOSE).filter((name) => !(name in CODES))).to.deep.equal([]);
  });

  it('are numbers of their own in the range left to applications', () => {
    const codes = Object.values(CLOSE);
    expect(new Set(codes).size).to.equal(codes.length);
    for (const code of codes) expect(code).to.be.within(4000, 4499);
  });

  it('promise to be taken back exactly where the error is retryable', () => {
    for (const [name, code] of Object.entries(CLOSE)) {
      const { retryable } = CODES[name as keyof typeof CLOSE];
      expect(closeBand(code) !== 'terminal', name).to.equal(retryable);
    }
  });
});

describe('closeBand', () => {
  const bands: Record<CloseBand, readonly number[]> = {
    'at-once': [1001, 1012, 4000, CLOSE.shutdown, 4199],
    'back-off': [
      0,
      1000,
      1004,
      1005,
      1006,
      1011,
      1013,
      1015,
      3000,
      3999,
      4200,
      CLOSE.connection_limit,
      CLOSE.rate_limited,
      CLOSE.slow,
      CLOSE.unresponsive,
      CLOSE.connect_timeout,
      4399,
      4500,
      4999,
    ],
    terminal: [
      1002,
      1003,
      1007,
      1008,
      1009,
      1010,
      4400,
      CLOSE.origin_not_allowed,
      CLOSE.unsupported_protocol,
      CLOSE.binary_frame,
      4499,
    ],
  };
  for (const [band, codes] of Object.entries(bands)) {
    for (const code of codes) {
      it(`puts ${code} into ${band}`, () => expect(closeBand(code)).to.equal(band));
    }
  }
});
