import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AnswerBuffer } from './answer-buffer.ts';

describe('the memory of an answer', () => {
  it('holds what was added since it was cleared, in order, however much', () => {
    const buffer = new AnswerBuffer();
    buffer.add(Buffer.from('ab'));
    buffer.add(Buffer.from('c'.repeat(100_000)));
    assert.equal(buffer.body.toString(), `ab${'c'.repeat(100_000)}`);
    buffer.clear();
    assert.equal(buffer.body.length, 0);
    buffer.add(Buffer.from('d'));
    assert.equal(buffer.body.toString(), 'd');
  });

  it('is used again, unless an answer was so large that keeping it would be a waste', () => {
    const buffer = new AnswerBuffer();
    buffer.add(Buffer.alloc(100_000));
    const memory = buffer.body.buffer;
    buffer.clear();
    buffer.add(Buffer.alloc(100));
    assert.equal(buffer.body.buffer, memory);
    buffer.clear();
    buffer.add(Buffer.alloc(5 * 1024 * 1024));
    const large = buffer.body.buffer;
    buffer.clear();
    buffer.add(Buffer.alloc(100));
    assert.notEqual(buffer.body.buffer, large);
  });
});
