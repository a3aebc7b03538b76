import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TokenBucket } from './token-bucket.ts';

describe('TokenBucket', () => {
  it('lets a burst pass and then says how long to wait', () => {
    const bucket = new TokenBucket(10, 3, 0);
    assert.deepEqual([bucket.take(0), bucket.take(0), bucket.take(0)], [0, 0, 0]);
    assert.equal(bucket.take(0), 100);
  });

  it('does not charge for what it refused', () => {
    const bucket = new TokenBucket(10, 1, 0);
    bucket.take(0);
    for (let i = 0; i < 50; i++) assert.equal(bucket.take(0), 100);
    assert.equal(bucket.take(100), 0);
  });

  it('lets the sustained rate pass, for as long as it likes', () => {
    const bucket = new TokenBucket(4, 1, 0);
    for (let ms = 0; ms < 100_000; ms += 250) assert.equal(bucket.take(ms), 0);
    assert.equal(bucket.take(99_750), 250);
  });

  it('counts parts of a token, and rounds the wait up', () => {
    const bucket = new TokenBucket(3, 1, 0);
    bucket.take(0);
    assert.equal(bucket.take(100), 234);
    assert.equal(bucket.take(333), 1);
    assert.equal(bucket.take(334), 0);
  });

  it('holds no more than a burst, however long it was quiet', () => {
    const bucket = new TokenBucket(1_000, 2, 0);
    const taken = [1, 2, 3].map(() => bucket.take(3_600_000));
    assert.deepEqual(taken, [0, 0, 1]);
  });
});
