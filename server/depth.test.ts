import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkDepth } from './depth.ts';
import { coded } from './testing/harness.ts';

const arrays = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
const objects = (levels: number): unknown => JSON.parse('{"a":'.repeat(levels) + '1' + '}'.repeat(levels));

describe('the depth of JSON', () => {
  it('may be as much as is allowed, and one level more is refused', () => {
    for (const nested of [arrays, objects]) {
      assert.doesNotThrow(() => checkDepth(nested(128), 128));
      assert.throws(() => checkDepth(nested(129), 128), coded('bad_request', '128 levels'));
      assert.throws(() => checkDepth([1, { a: nested(127) }], 128), coded('bad_request'));
      assert.doesNotThrow(() => checkDepth([1, { a: nested(126) }, []], 128));
    }
  });

  it('is that of arrays and objects only: brackets in a text, and what has none, count for nothing', () => {
    for (const value of [null, 1, true, '[[[[', '{"a":{"b":'])
      assert.doesNotThrow(() => checkDepth(value, 0));
    assert.doesNotThrow(() => checkDepth({ '[[[[': '{{{{', '{': ['[[\\"[['] }, 2));
  });

  it('is told of what no stack is high enough for, and of properties named like a prototype’s', () => {
    for (const nested of [arrays, objects])
      assert.throws(() => checkDepth(nested(400_000), 1_000), coded('bad_request'));
    const hidden = JSON.parse('{"__proto__":[[[]]],"constructor":1}') as unknown;
    assert.throws(() => checkDepth(hidden, 3), coded('bad_request'));
    assert.doesNotThrow(() => checkDepth(hidden, 4));
  });
});
