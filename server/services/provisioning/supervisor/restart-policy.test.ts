import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InstanceExit } from '../../../../src/protocol/index.ts';
import { random } from '../../../testing/random.ts';
import type { RestartPolicy } from '../kinds.ts';
import { JITTER, delayBefore, nominalDelay } from './backoff.ts';
import { NO_ENDS, isFailure, judgeEnd } from './restart-policy.ts';
import type { Ends, Verdict } from './restart-policy.ts';

const POLICY: RestartPolicy = {
  when: 'always',
  delayMs: 1_000,
  maxDelayMs: 60_000,
  stableMs: 30_000,
  maxInWindow: 5,
  windowMs: 600_000,
};
const middle = (): number => 0.5;

/** Ends at these times after lives of this length. */
function ends(
  policy: RestartPolicy,
  lives: readonly (readonly [at: number, ranMs: number, exit?: Partial<InstanceExit>])[],
): Verdict[] {
  let known: Ends = NO_ENDS;
  return lives.map(([at, ranMs, exit = { code: 1 }]) => {
    const judged = judgeEnd(known, { startedAt: at - ranMs, exit: { at, ...exit } }, policy, middle);
    known = judged.ends;
    return judged.verdict;
  });
}

describe('the wait before another attempt', () => {
  it('is a second, doubles, and stays at its longest', () => {
    assert.deepEqual(
      [0, 1, 2, 5, 6, 7, 1_000, Infinity].map((attempt) => nominalDelay(attempt, POLICY)),
      [1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000, 60_000],
    );
  });

  it('is spread by a fifth at most, whole, and never beyond its longest', () => {
    const chance = random(7);
    for (let i = 0; i < 2_000; i++) {
      const backoff = { delayMs: 1 + Math.floor(chance() * 5_000), maxDelayMs: 60_000 };
      const attempt = Math.floor(chance() * 20);
      const nominal = nominalDelay(attempt, backoff);
      const delay = delayBefore(attempt, backoff, chance);
      assert.ok(Number.isInteger(delay) && delay <= backoff.maxDelayMs);
      assert.ok(delay >= Math.floor(nominal * (1 - JITTER)) && delay <= Math.ceil(nominal * (1 + JITTER)));
    }
  });

  it('is not the same for all who failed at once', () => {
    const chance = random(3);
    const delays = Array.from({ length: 50 }, () => delayBefore(3, POLICY, chance));
    assert.ok(new Set(delays).size > 40);
  });
});

describe('an instance that ends by itself', () => {
  it('is started again, later each time, and at once again after it ran for long enough', () => {
    const delays = ends(POLICY, [
      [100, 50],
      [3_000, 1],
      [8_000, 29_999],
      [50_000, 30_000],
    ]).map((verdict) => verdict.kind === 'restart' && verdict.delayMs);
    assert.deepEqual(delays, [1_000, 2_000, 4_000, 1_000]);
  });

  it('is left alone at its fifth end in ten minutes, stable in between or not', () => {
    const minutes = (count: number): number => count * 60_000;
    const kinds = (lives: number[]): string[] =>
      ends(
        POLICY,
        lives.map((at) => [at, minutes(1)]),
      ).map(({ kind }) => kind);
    assert.deepEqual(kinds([1, 2, 3, 4, 9].map(minutes)), [
      'restart',
      'restart',
      'restart',
      'restart',
      'crashed',
    ]);
    assert.deepEqual(kinds([1, 2, 3, 4, 11, 12].map(minutes)).slice(4), ['restart', 'restart']);
  });

  it('is left alone where its kind wants that, and how it ended is said', () => {
    const over = (when: RestartPolicy['when'], exit: Partial<InstanceExit>): Verdict =>
      ends({ ...POLICY, when }, [[100, 1, exit]])[0]!;
    assert.deepEqual(over('never', { code: 0 }), { kind: 'over', failed: false });
    assert.deepEqual(over('never', { signal: 'SIGSEGV' }), { kind: 'over', failed: true });
    assert.deepEqual(over('on-failure', { code: 0 }), { kind: 'over', failed: false });
    assert.equal(over('on-failure', { code: 0, reason: 'memory' }).kind, 'restart');
    assert.equal(over('on-failure', {}).kind, 'restart');
    assert.equal(over('always', { code: 0 }).kind, 'restart');
  });

  it('has failed unless it ended with 0', () => {
    const failed = (exit: Partial<InstanceExit>): boolean => isFailure({ at: 1, ...exit });
    assert.deepEqual(
      [{ code: 0 }, { code: 2 }, { signal: 'SIGKILL' }, {}, { code: 0, reason: 'memory' } as const].map(
        failed,
      ),
      [false, true, true, true, true],
    );
  });

  it('is not taken for younger because the wall clock was put back', () => {
    const verdicts = ends(POLICY, [
      [900_000, 1],
      [900_001, 1],
      [900_002, 1],
      [900_003, 1],
      [1_000, 1],
    ]);
    assert.equal(verdicts.at(-1)?.kind, 'restart');
  });

  it('never waits less than its nominal wait less the jitter, and crashes exactly when the window says so', () => {
    const chance = random(11);
    for (let run = 0; run < 300; run++) {
      const policy: RestartPolicy = {
        ...POLICY,
        maxInWindow: 2 + Math.floor(chance() * 6),
        windowMs: 1_000 + Math.floor(chance() * 100_000),
        stableMs: 1 + Math.floor(chance() * 20_000),
      };
      let known = NO_ENDS;
      let now = 1_000_000;
      const times: number[] = [];
      let inARow = 0;
      for (let i = 0; i < 30; i++) {
        const ranMs = Math.floor(chance() * 25_000);
        now += ranMs;
        times.push(now);
        const life = { startedAt: now - ranMs, exit: { at: now, code: 1 } };
        const { verdict, ends: next } = judgeEnd(known, life, policy, chance);
        known = next;
        inARow = ranMs >= policy.stableMs ? 1 : inARow + 1;
        const inWindow = times.filter((at) => now - at < policy.windowMs).length;
        assert.ok(known.at.length <= 30 && known.inARow === inARow);
        if (inWindow >= policy.maxInWindow) {
          assert.deepEqual(verdict, { kind: 'crashed', ends: inWindow });
          break;
        }
        assert.equal(verdict.kind, 'restart');
        if (verdict.kind !== 'restart') continue;
        assert.ok(verdict.delayMs >= Math.floor(nominalDelay(inARow - 1, policy) * (1 - JITTER)));
        now += verdict.delayMs;
      }
    }
  });
});
