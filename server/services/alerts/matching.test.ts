import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { coded } from '../../testing/harness.ts';
import { compileMatchers } from './matching.ts';

const one = (operator: '=' | '!=' | '=~' | '!~', value: string) => [{ label: 'agent', operator, value }];

describe('a matcher', () => {
  for (const [operator, value, agent, expected] of [
    ['=', 'a', 'a', true],
    ['=', 'a', 'A', false],
    ['=', '', undefined, true],
    ['!=', 'a', 'b', true],
    ['!=', 'a', undefined, true],
    ['=~', 'web-.*', 'web-1', true],
    ['=~', 'web', 'web-1', false],
    ['=~', 'a|b', 'b', true],
    ['=~', '', undefined, true],
    ['!~', 'web', 'web-1', true],
    ['!~', 'web-.*', 'web-1', false],
    ['=~', '.+', 'two\nlines', false],
    ['=~', '(?s).+', 'two\nlines', true],
  ] as const) {
    it(`agent${operator}"${value}" is ${expected} for ${JSON.stringify(agent)}`, () => {
      assert.equal(
        compileMatchers(one(operator, value))({ ...(agent !== undefined && { agent }) }),
        expected,
      );
    });
  }

  it('is one of several that must all match', () => {
    const test = compileMatchers([...one('=', 'a'), { label: 'team', operator: '=', value: 'web' }]);
    assert.deepEqual([test({ agent: 'a', team: 'web' }), test({ agent: 'a' })], [true, false]);
  });

  it('takes no time that grows faster than its text', () => {
    // Backtracking would need 2^5000 steps.
    assert.equal(compileMatchers(one('=~', '(a|a)*(a+)+b'))({ agent: 'a'.repeat(5_000) }), false);
  });

  it('knows own labels only, and names the one whose expression is none', () => {
    assert.equal(compileMatchers([{ label: 'constructor', operator: '=', value: '' }])({}), true);
    for (const bad of ['(', '[', '(?=x)', '\\1', 'a**']) {
      assert.throws(
        () => compileMatchers([...one('=', 'x'), ...one('=~', bad)]),
        coded('bad_request', '/matchers/1/value'),
        bad,
      );
    }
  });
});
