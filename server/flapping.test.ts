import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changePercent, changesIn, flaps, remember, STATES } from './flapping.ts';
import { random } from './testing/random.ts';

const LIMITS = { flapStartPercent: 30, flapStopPercent: 20 };

describe('flapping', () => {
  it('weighs a change from 0.75 for the oldest of 21 states to 1.25 for the newest', () => {
    assert.equal(changePercent(''), 0);
    assert.equal(changePercent('1'), 0);
    assert.equal(changePercent('0'.repeat(21)), 0);
    assert.equal(changePercent(`0${'1'.repeat(20)}`), 75 / 20);
    assert.equal(changePercent(`${'0'.repeat(20)}1`), 125 / 20);
    assert.ok(Math.abs(changePercent('01'.repeat(10) + '0') - 100) < 1e-9);
    assert.equal(changePercent('01'), 125 / 20, 'a short history ends now, too');
  });

  it('puts the example of the Nagios documentation below its unweighted 35 %', () => {
    // Changes at the 3rd, 4th, 5th, 9th, 12th, 16th and 19th of 20 possible ones: most are old, and so weigh less.
    const at = new Set([3, 4, 5, 9, 12, 16, 19]);
    let history = 'u';
    for (let i = 1; i <= 20; i++) history += at.has(i) === (history.at(-1) === 'u') ? 'd' : 'u';
    assert.equal(history.length, STATES);
    assert.equal(changesIn(history), 7);
    assert.ok(Math.abs(changePercent(history) - (7 * 0.75 + (61 * 0.5) / 19) * 5) < 1e-9);
    assert.equal(changePercent(history).toFixed(1), '34.3');
  });

  it('begins at the upper limit, goes on between the two, and ends at the lower', () => {
    let history = '';
    let flapping = false;
    const see = (letter: string): boolean => {
      history = remember(history, letter);
      return (flapping = flaps(history, flapping, LIMITS));
    };
    assert.deepEqual([...'010101'].map(see), [false, false, false, false, false, false]);
    assert.equal(see('0'), true, 'the sixth change');
    let calm = 0;
    while (see('0')) {
      calm += 1;
      assert.ok(changePercent(history) > 20);
      assert.ok(calm < 21);
    }
    assert.ok(calm > 0);
    assert.ok(changePercent(history) <= 20);
    assert.equal(history.length, 21);
  });

  it('tells three states apart as well as two, and does not care which they are', () => {
    const chance = random(7);
    for (let trace = 0; trace < 500; trace++) {
      const states = Array.from({ length: 1 + Math.floor(chance() * 40) }, () => Math.floor(chance() * 3));
      const seen = states.slice(-STATES);
      // As the documentation has it: over all possible changes, the missing ones taken to be none.
      const padded = [...Array.from({ length: STATES - seen.length }, () => seen[0]), ...seen];
      const weights = padded.slice(1).map((state, i) => (state === padded[i] ? 0 : 0.75 + (0.5 * i) / 19));
      const expected = (weights.reduce((sum, weight) => sum + weight, 0) / 20) * 100;
      for (const letters of ['ugd', 'abc']) {
        const history = states.reduce((text, state) => remember(text, letters[state]!), '');
        assert.ok(Math.abs(changePercent(history) - expected) < 1e-9);
        assert.equal(changesIn(history), weights.filter((weight) => weight > 0).length);
      }
    }
  });
});
