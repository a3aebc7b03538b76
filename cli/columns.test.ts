import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { columns, duration, plain } from './columns.ts';

describe('columns', () => {
  it('are as wide as their widest cell, without spaces at the end', () => {
    assert.deepEqual(
      columns(
        ['A', 'NAME'],
        [
          ['1', 'x'],
          ['222', 'longer'],
        ],
      ),
      ['A    NAME', '1    x', '222  longer'],
    );
    assert.deepEqual(columns(['A', 'B'], []), ['A  B']);
  });
});

describe('what others wrote', () => {
  it('moves no cursor and turns no direction', () => {
    assert.equal(
      plain('a\x1b[2Jb\r\n\u009bc\u202ed\u2028'),
      'a\u{fffd}[2Jb\u{fffd}\u{fffd}\u{fffd}c\u{fffd}d\u{fffd}',
    );
    assert.equal(plain('wörter, 文字 and ✓'), 'wörter, 文字 and ✓');
  });
});

describe('a length of time', () => {
  it('is as short as it can be read', () => {
    assert.deepEqual([-5, 0, 1_240, 9_949, 10_000, 119_499, 120_000, 7_140_000, 7_200_000].map(duration), [
      '0.0 s',
      '0.0 s',
      '1.2 s',
      '9.9 s',
      '10 s',
      '119 s',
      '2 min',
      '119 min',
      '2 h',
    ]);
  });
});
