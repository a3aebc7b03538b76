import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OPERATION_STATES, STAGE_STATES } from '../../../src/protocol/index.ts';
import { random } from '../../testing/random.ts';
import { overallPercent } from './percent.ts';
import type { Measured } from './percent.ts';

describe('how much is done', () => {
  it('counts each stage the same, and skipped ones not at all', () => {
    const stages: Measured[] = [
      { state: 'completed' },
      { state: 'skipped' },
      { state: 'running', percent: 50 },
      { state: 'pending', percent: 100 },
    ];
    assert.equal(overallPercent('running', stages), 50);
    assert.equal(
      overallPercent('running', [{ state: 'completed' }, { state: 'pending' }, { state: 'pending' }]),
      33.3,
    );
  });

  it('is nothing of nothing, and whole only when it is completed', () => {
    assert.equal(overallPercent('queued', []), 0);
    assert.equal(overallPercent('running', [{ state: 'skipped' }]), 0);
    assert.equal(overallPercent('running', [{ state: 'completed' }]), 99.9);
    assert.equal(overallPercent('completed', []), 100);
  });

  it('holds a percentage that cannot be to what can', () => {
    assert.equal(overallPercent('running', [{ state: 'running', percent: -5 }]), 0);
    assert.equal(overallPercent('running', [{ state: 'running', percent: 900 }]), 99.9);
  });

  it('never goes back while stages go on, whatever they are', () => {
    const next = random(7);
    for (let run = 0; run < 200; run++) {
      const stages: Measured[] = Array.from({ length: 1 + Math.floor(next() * 8) }, () => ({
        state: 'pending',
      }));
      let before = 0;
      for (let at = 0; at < stages.length;) {
        const { state, percent = 0 } = stages[at]!;
        if (state === 'pending') stages[at] = { state: 'running' };
        else if (next() < 0.5) stages[at] = { state, percent: percent + (100 - percent) * next() };
        else stages[at++] = { state: 'completed' };
        const now = overallPercent('running', stages);
        assert.ok(now >= before, `${now} after ${before}`);
        before = now;
      }
    }
  });

  it('is from 0 to 100 in every state', () => {
    for (const state of OPERATION_STATES)
      for (const one of STAGE_STATES)
        for (const percent of [undefined, 0, 37, 100]) {
          const now = overallPercent(state, [
            { state: one, ...(percent !== undefined && { percent }) },
            { state: 'pending' },
          ]);
          assert.ok(now >= 0 && now <= 100);
        }
  });
});
