import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { random } from '../../testing/random.ts';
import { LineCutter } from './line-cutter.ts';

function cut(chunks: readonly (string | Buffer)[], maxBytes = 100): string[] {
  const cutter = new LineCutter(maxBytes);
  const lines = chunks.flatMap((chunk) => cutter.push(Buffer.from(chunk)));
  return [...lines, ...cutter.end()].map(String);
}

describe('LineCutter', () => {
  it('cuts at line ends of both kinds, and keeps empty lines', () => {
    assert.deepEqual(cut(['a\nb\r\n\nc\r', '\nd']), ['a', 'b', '', 'c', 'd']);
    assert.deepEqual(cut(['a\rb\n']), ['a\rb']);
    assert.deepEqual(cut([]), []);
    assert.deepEqual(cut(['a\n']), ['a']);
  });

  it('cuts the same lines however the bytes arrive', () => {
    const bytes = Buffer.from('eins\nzwei zwei\r\n\ngrüße an 🦀\nende');
    for (let seed = 1; seed <= 50; seed++) {
      const chance = random(seed);
      const chunks: Buffer[] = [];
      for (let from = 0; from < bytes.length;) {
        const to = from + 1 + Math.floor(chance() * 6);
        chunks.push(bytes.subarray(from, to));
        from = to;
      }
      assert.deepEqual(cut(chunks), ['eins', 'zwei zwei', '', 'grüße an 🦀', 'ende'], `seed ${seed}`);
    }
  });

  it('cuts a line that is too long between two characters, and holds no more of it', () => {
    assert.deepEqual(cut(['abcdef\nok\n'], 4), ['abcd…', 'ok']);
    assert.deepEqual(cut(['abcd\n'], 4), ['abcd']);
    assert.deepEqual(cut(['ab', 'cd', 'ef', 'gh\nok'], 4), ['abcd…', 'ok']);
    assert.deepEqual(cut(['abcü!\n'], 4), ['abc…']);
    assert.deepEqual(cut(['aü🦀!\n'], 6), ['aü…']);
    assert.deepEqual(cut(['aü🦀!\n'], 7), ['aü🦀…']);
    assert.deepEqual(cut(['a€€\n'], 5), ['a€…']);
  });

  it('passes bytes on that are no text', () => {
    const cutter = new LineCutter(3);
    assert.deepEqual(cutter.push(Buffer.from([0x80, 0x80, 0x80, 0x80, 0x0a])), [
      Buffer.concat([Buffer.from([0x80, 0x80, 0x80]), Buffer.from('…')]),
    ]);
  });

  it('does not hold the chunk that the rest came in', () => {
    const cutter = new LineCutter(100);
    const chunk = Buffer.from('whole\nrest');
    cutter.push(chunk);
    chunk.fill('x');
    assert.deepEqual(cutter.end().map(String), ['rest']);
  });
});
