import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TextCursor } from './text-cursor.ts';
import { keyOf, prefixEnd, readLabels, readMetricName, unescape } from './text-labels.ts';
import type { Label } from './text-labels.ts';

const cursorAt = (text: string): TextCursor => new TextCursor(Buffer.from(text));
const written = (labels: readonly Label[]): string =>
  `{${labels.map(([name, value]) => `${name}="${value.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`).join(',')}}`;

const labelSets = fc.uniqueArray(
  fc.tuple(fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,5}$/), fc.string({ unit: 'grapheme' })),
  {
    selector: ([name]) => name,
    maxLength: 6,
  },
);

describe('labels', () => {
  it('are read as they were written, whatever their values hold', () => {
    fc.assert(
      fc.property(labelSets, fc.boolean(), (labels, strict) => {
        const text = written(labels);
        const cursor = cursorAt(`${text} 1\n`);
        assert.deepEqual(readLabels(cursor, strict), labels);
        assert.equal(cursor.at, Buffer.byteLength(text));
      }),
      { seed: 5, numRuns: 2_000 },
    );
  });

  it('end where the look that skips them says', () => {
    fc.assert(
      fc.property(labelSets, (labels) => {
        const text = `name${written(labels)} `;
        assert.equal(prefixEnd(cursorAt(`${text}1 2\n`)), Buffer.byteLength(text));
      }),
      { seed: 5, numRuns: 1_000 },
    );
    assert.equal(prefixEnd(cursorAt('  a \t{ b = "}" }\t 1\n')), 18);
    assert.equal(prefixEnd(cursorAt('a 1\n')), 2);
    assert.equal(prefixEnd(cursorAt('a{b="\n')), 5);
    assert.equal(prefixEnd(cursorAt('a{b="\\\n')), 6);
    assert.equal(prefixEnd(cursorAt('\n')), 0);
  });

  it('have one key in any order, and another for every other set', () => {
    fc.assert(
      fc.property(labelSets, labelSets, (a, b) => {
        assert.equal(keyOf('x', a), keyOf('x', a.toReversed()));
        const isSame = JSON.stringify(a.toSorted()) === JSON.stringify(b.toSorted());
        assert.equal(keyOf('x', a) === keyOf('x', b), isSame);
      }),
      { seed: 5, numRuns: 2_000 },
    );
    assert.notEqual(
      keyOf('x', [['a', '1,b=1:2']]),
      keyOf('x', [
        ['a', '1'],
        ['b', '2'],
      ]),
    );
  });

  it('may have blanks and a comma at their end where the format is not strict', () => {
    const cursor = cursorAt('{ a = "1" ,\tb="2", } 1\n');
    assert.deepEqual(readLabels(cursor, false), [
      ['a', '1'],
      ['b', '2'],
    ]);
    assert.equal(cursor.at, 20);
    for (const text of ['{ a="1"}', '{a ="1"}', '{a= "1"}', '{a="1" }', '{a="1",}', '{,}']) {
      assert.equal(readLabels(cursorAt(`${text} 1\n`), true), undefined, text);
    }
    assert.equal(readLabels(cursorAt('{,} 1\n'), false), undefined);
  });

  it('say what was expected where they are broken', () => {
    for (const [text, at, fault] of [
      ['{1="1"}', 1, 'a label name'],
      ['{a"1"}', 2, '= behind the label name'],
      ['{a=1}', 3, 'a value in "quotes"'],
      ['{a="1', 5, 'a quote that ends the value'],
      ['{a="1\\', 6, 'a quote that ends the value'],
      ['{a="1"b="2"}', 6, 'a comma or }'],
      ['{a="1"', 6, 'a comma or }'],
      ['{a="1",a="2"}', 7, 'each label once'],
      ['{a:b="1"}', 2, '= behind the label name'],
    ] as const) {
      const cursor = cursorAt(`${text}\n`);
      assert.equal(readLabels(cursor, true), undefined, text);
      assert.deepEqual([cursor.at, cursor.fault], [at, fault], text);
    }
  });
});

describe('the name of a metric', () => {
  it('is letters, digits, _ and :, and begins with no digit', () => {
    assert.equal(readMetricName(cursorAt('a:B_1{')), 'a:B_1');
    assert.equal(readMetricName(cursorAt(':a b')), ':a');
    for (const text of ['1a', '{', '', 'é', '-', '\0'])
      assert.equal(readMetricName(cursorAt(`${text}\n`)), undefined);
  });
});

describe('escapes', () => {
  it('are of a backslash, a quote and a new line; any other backslash stands for itself', () => {
    assert.equal(unescape('a\\\\b\\"c\\nd'), 'a\\b"c\nd');
    assert.equal(unescape('\\foo\\'), '\\foo\\');
    assert.equal(unescape('\\\\n'), '\\n');
  });
});
