import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { unsupportedMediaType } from './media-type.ts';

describe('the refusal of a media type', () => {
  it('says what it was, or that there was none, and what is wanted', () => {
    const json = ['application/json'];
    for (const [type, taken, said] of [
      [undefined, json, 'There is no content-type; expected application/json'],
      ['', json, 'There is no content-type; expected application/json'],
      [
        'text/html',
        [...json, 'text/plain'],
        'content-type was "text/html"; expected application/json or text/plain',
      ],
    ] as const) {
      const { code, message } = unsupportedMediaType(type, new Set(taken));
      assert.deepEqual([code, message], ['unsupported_media_type', said]);
    }
  });
});
