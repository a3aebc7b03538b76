import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckState, CheckWord } from '../../../src/protocol/index.ts';
import { overallOf, sinceOf, wordOf, worstOf } from './word.ts';

const STATES: readonly CheckState[] = ['unknown', 'up', 'degraded', 'down'];

describe('the word', () => {
  it('is paused, else maintenance, else unreachable, else the state', () => {
    for (const state of STATES) {
      for (let bits = 0; bits < 8; bits++) {
        const standing = {
          state,
          paused: (bits & 4) > 0,
          maintenance: (bits & 2) > 0,
          unreachable: (bits & 1) > 0,
        };
        const expected =
          bits >= 4 ? 'paused' : bits >= 2 ? 'maintenance' : bits === 1 ? 'unreachable' : state;
        assert.equal(wordOf(standing), expected);
      }
    }
  });
});

describe('a word began', () => {
  const shown = (word: CheckWord, since: number) => ({ word, since });

  it('when it was first shown, while it stays', () => {
    assert.equal(sinceOf(shown('down', 100), 'down', 900), 100);
    assert.equal(sinceOf(shown('down', 100), 'down', 900, 800), 100);
  });

  it('with the first result that led to it, where the check’s own results did', () => {
    assert.equal(sinceOf(shown('up', 100), 'down', 900, 800), 800);
    assert.equal(sinceOf(undefined, 'down', 900, 800), 800);
  });

  it('now, where something else led to it', () => {
    assert.equal(sinceOf(shown('up', 100), 'down', 900), 900);
    assert.equal(sinceOf(undefined, 'unknown', 900), 900);
    for (const word of ['paused', 'maintenance', 'unreachable'] as const) {
      assert.equal(sinceOf(shown('up', 100), word, 900, 800), 900);
      assert.equal(sinceOf(shown(word, 100), 'down', 900, 800), 900);
    }
  });

  it('never before the word that it follows, nor in the future', () => {
    assert.equal(sinceOf(shown('degraded', 850), 'down', 900, 800), 850);
    assert.equal(sinceOf(shown('degraded', 950), 'down', 900, 800), 900);
  });
});

describe('the worst', () => {
  it('is unknown of nothing, and unknown never masks a failure', () => {
    assert.equal(worstOf([]), 'unknown');
    assert.equal(worstOf(['up', 'unknown', 'up']), 'unknown');
    assert.equal(worstOf(['unknown', 'degraded', 'up']), 'degraded');
    assert.equal(worstOf(['degraded', 'down', 'unknown']), 'down');
  });

  it('is of the critical checks of which something can be said', () => {
    const check = (word: CheckWord, critical = true, state: CheckState = 'down') => ({
      word,
      critical,
      state,
    });
    assert.equal(overallOf([]), 'unknown');
    assert.equal(overallOf([check('up', true, 'up'), check('down', false)]), 'up');
    assert.equal(
      overallOf([check('up', true, 'up'), check('paused'), check('maintenance'), check('unreachable')]),
      'up',
    );
    assert.equal(overallOf([check('up', true, 'up'), check('unknown', true, 'unknown')]), 'unknown');
    assert.equal(overallOf([check('unknown', true, 'unknown'), check('down')]), 'down');
  });
});
