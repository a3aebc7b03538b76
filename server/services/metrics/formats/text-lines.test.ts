import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TextCursor } from './text-cursor.ts';
import { KnownLine, KnownLines } from './text-lines.ts';

/** Lines that cost 100 bytes and twice their length, each chained to the one before it. */
function setUp(maxBytes: number) {
  const lines = new KnownLines(new KnownLine(), 100, maxBytes);
  let body = 0;
  /** Reads a body of names. @returns of how many it was known that they come next. */
  const read = (...names: string[]): number => {
    body += 1;
    let predicted = 0;
    let before = lines.first;
    for (const name of names) {
      const cursor = new TextCursor(Buffer.from(`${name}\n`));
      let line = before.next;
      if (line !== undefined && lines.stands(line, cursor)) predicted += 1;
      else line = lines.find(cursor, name.length);
      if (line === undefined) {
        line = new KnownLine();
        lines.keep(line, cursor, name.length);
      }
      line.body = body;
      if (line.at >= 0) before = before.next = line;
    }
    lines.endBody(body);
    return predicted;
  };
  return { lines, read, size: () => [...lines.values()].length };
}

const names = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `name_${from + i}_${'x'.repeat((from + i) % 30)} `);

describe('known lines', () => {
  it('are expected in the order in which they came last', () => {
    const { read } = setUp(1e6);
    assert.equal(read(...names(0, 100)), 0);
    assert.equal(read(...names(0, 100)), 100);
    const turned = names(0, 100).reverse();
    assert.ok(read(...turned) < 3);
    assert.equal(read(...turned), 100);
  });

  it('are found behind one that is new and behind one that is gone', () => {
    const { read } = setUp(1e6);
    const all = names(0, 50);
    read(...all);
    assert.equal(
      read(...all.slice(0, 20), 'new ', ...all.slice(20)),
      49,
      'all but the new one and the one behind it',
    );
    assert.equal(read(...all.slice(0, 20), 'new ', ...all.slice(20)), 51);
    assert.equal(read(...all.slice(0, 20), ...all.slice(21)), 48, 'all but the one behind the gap');
  });

  it('are told apart by every byte', () => {
    const { read } = setUp(1e6);
    for (let length = 1; length < 40; length += 1) {
      const text = 'a'.repeat(length);
      read(text);
      assert.equal(read(text), 1);
      for (let at = 0; at < length; at += 1)
        assert.equal(read(`${text.slice(0, at)}b${text.slice(at + 1)}`), 0, `${length}, ${at}`);
      read(text);
    }
  });

  it('are not expected behind the end of a body', () => {
    const { read } = setUp(1e6);
    read('abcdefghij ');
    assert.equal(read('abcdefgh'), 0);
  });

  it('stay within their bound: those that the last body did not have make room', () => {
    const { read, size } = setUp(20_000);
    read(...names(0, 50));
    for (let from = 100; from < 5_000; from += 100) {
      read(...names(from, 100));
      assert.ok(size() <= 150, `${size()} lines`);
    }
    read(...names(0, 50));
    read(...names(0, 50));
    assert.equal(read(...names(0, 50)), 50, 'the source that came back is known again');
  });

  it('are kept from the front where one body has too many', () => {
    const { read, size } = setUp(20_000);
    const all = names(0, 1_000);
    read(...all);
    const kept = size();
    assert.ok(kept > 50 && kept < 200, `${kept} lines`);
    assert.equal(read(...all), kept);
    assert.equal(read(...all), kept);
  });

  it('are one for each beginning', () => {
    const { lines } = setUp(1e6);
    const cursor = new TextCursor(Buffer.from('a 1\n'));
    const [one, two] = [new KnownLine(), new KnownLine()];
    lines.keep(one, cursor, 2);
    lines.keep(two, cursor, 2);
    assert.equal(lines.find(cursor, 2), one);
    assert.deepEqual([one.at, two.at], [0, -1]);
  });

  it('are read anew each time where they begin with more than 2 KiB', () => {
    const { read, size } = setUp(1e6);
    read('x'.repeat(2_049), 'y'.repeat(2_048));
    assert.equal(size(), 1);
  });
});
