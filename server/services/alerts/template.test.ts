import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { figure, fillIn } from './template.ts';

const labels = { agent: 'mail-7', odd: '{{value}} {{label.agent}} $1 $& \\', html: '<img src=x onerror=y>' };

describe('a template', () => {
  for (const [title, text, value, expected] of [
    ['without placeholders stays as it is', 'all $& of it }} {', 1, 'all $& of it }} {'],
    ['holds value and labels, with spaces or without', '{{value}} of {{ label.agent }}', 5, '5 of mail-7'],
    ['says ? for a value that is not there', '{{value}}', undefined, '?'],
    ['says nothing for a label that is not there', '[{{label.none}}]', 1, '[]'],
    ['knows own labels only', '[{{label.constructor}}{{label.__proto__}}]', 1, '[]'],
    ['does not look at what was filled in', '{{label.odd}}', 1, labels.odd],
    ['leaves escaping to whoever shows it', '{{label.html}}', 1, labels.html],
    ['runs nothing', '{{value.constructor("x")}} {{#each}}', 1, '{{value.constructor("x")}} {{#each}}'],
  ] as const) {
    it(title, () => assert.equal(fillIn(text, { value, labels }), expected));
  }

  it('never grows without end', () => {
    const text = '{{label.long}}'.repeat(300);
    assert.equal(fillIn(text, { labels: { long: 'x'.repeat(256) } }).length, 8_192);
  });

  it('writes figures with six digits that count', () => {
    for (const [value, text] of [
      [0.1 + 0.2, '0.3'],
      [1_234_567, '1234570'],
      [-0.000_012_345_678, '-0.0000123457'],
      [1e21, '1e+21'],
      [0, '0'],
    ] as const) {
      assert.equal(figure(value), text);
    }
  });
});
