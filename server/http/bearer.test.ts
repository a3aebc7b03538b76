import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bearerOf } from './bearer.ts';

describe('the token of an Authorization header', () => {
  it('follows the word Bearer, however it is spelt', () => {
    for (const header of ['Bearer abc', 'bearer abc', 'BEARER   abc ', ' Bearer\tabc']) {
      assert.equal(bearerOf(header), 'abc', header);
    }
  });

  it('is none without the header, and with another scheme, which is somebody else’s', () => {
    for (const header of [undefined, '', 'Basic YWRtaW46YWRtaW4=', 'Bearerabc', 'Token abc']) {
      assert.equal(bearerOf(header), undefined, header);
    }
  });

  it('is empty, and so refused instead of anonymous, where it was meant to be one and is not', () => {
    for (const header of ['Bearer', 'Bearer ', 'Bearer a b', 'Bearer a, Bearer b']) {
      assert.equal(bearerOf(header), '', header);
    }
  });
});
