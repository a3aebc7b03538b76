import { expect } from '@open-wc/testing';
import { bucketOf } from './metrics.ts';

describe('bucketOf', () => {
  it('spells a full row out, with its average', () => {
    const bucket = { start: 1_000, min: 1, max: 5, avg: 3, sum: 12, count: 4, last: 2 };
    expect(bucketOf([1_000, 1, 5, 12, 4, 2])).to.deep.equal(bucket);
  });

  it('takes a short row for a bucket of one sample', () => {
    const bucket = { start: 1_000, min: -7, max: -7, avg: -7, sum: -7, count: 1, last: -7 };
    expect(bucketOf([1_000, -7])).to.deep.equal(bucket);
  });

  it('takes an empty row for nothing at the beginning of time', () => {
    expect(bucketOf([])).to.deep.equal({ start: 0, min: 0, max: 0, avg: 0, sum: 0, count: 1, last: 0 });
  });
});
