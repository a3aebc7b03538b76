import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { random } from '../../../testing/random.ts';
import { ReadyProgress, WatchProgress } from './gate-progress.ts';
import type { Member } from './gate-progress.ts';
import type { Wellness } from './instance-watch.ts';

const GATE = { progressDeadlineMs: 10_000, minHealthyMs: 3_000 };

function member(name: string, wellness: Wellness, more: Partial<Member> = {}): Member {
  return {
    name,
    wellness,
    wellSinceMs: wellness === 'well' ? 0 : undefined,
    failures: 0,
    said: 'HTTP 503',
    ...more,
  };
}

describe('the wait for instances to be ready', () => {
  it('is over when all are, and were for long enough', () => {
    const progress = new ReadyProgress(GATE, 1_000);
    const ready = [member('a', 'well', { wellSinceMs: 1_500 }), member('b', 'well', { wellSinceMs: 2_000 })];
    assert.deepEqual(progress.judge(ready, 2_000), {
      done: false,
      waitMs: 1_000,
      percent: 80,
      detail: '2 of 2 ready, and well for 0 s of 3 s',
    });
    assert.deepEqual(progress.judge(ready, 4_500), {
      done: false,
      waitMs: 500,
      percent: 96,
      detail: '2 of 2 ready, and well for 2.5 s of 3 s',
    });
    assert.deepEqual([progress.judge(ready, 5_000).done, progress.judge(ready, 5_000).percent], [true, 100]);
  });

  it('is over at once where nothing is waited for', () => {
    assert.equal(new ReadyProgress(GATE, 0).judge([], 0).done, true);
    const gate = { ...GATE, minHealthyMs: 0 };
    assert.equal(new ReadyProgress(gate, 0).judge([member('a', 'well')], 0).done, true);
  });

  it('says what it waits for, and gives up when nothing becomes ready in time', () => {
    const progress = new ReadyProgress(GATE, 0);
    const members = [member('a', 'well'), member('b', 'starting')];
    assert.deepEqual(progress.judge(members, 9_000), {
      done: false,
      waitMs: 10_000,
      percent: 40,
      detail: '1 of 2 ready; b: HTTP 503',
    });
    assert.equal(progress.judge(members, 18_999).waitMs, 1);
    assert.throws(() => progress.judge(members, 19_000), {
      code: 'not_ready',
      message: '1 of 2 ready after 10 s without progress; b: HTTP 503',
    });
  });

  it('begins anew with one that falls, and does not wait for ever for one that falls again and again', () => {
    const progress = new ReadyProgress(GATE, 0);
    progress.judge([member('a', 'well', { wellSinceMs: 0 })], 0);
    for (let now = 1_000; now < 18_000; now += 2_000) {
      assert.equal(progress.judge([member('a', 'unwell')], now).done, false);
      const { done, percent } = progress.judge(
        [member('a', 'well', { wellSinceMs: now + 1_000 })],
        now + 1_000,
      );
      assert.deepEqual([done, percent], [false, 80]);
    }
    progress.judge([member('a', 'unwell')], 30_000);
    assert.equal(progress.judge([member('a', 'unwell')], 30_999).waitMs, 1);
    assert.throws(() => progress.judge([member('a', 'unwell')], 31_000), { code: 'not_ready' });
  });

  it('ends in any case: well for long enough, or too late', () => {
    const chance = random(9);
    for (let run = 0; run < 500; run++) {
      const gate = { progressDeadlineMs: 100 + chance() * 5_000, minHealthyMs: chance() * 2_000 };
      const progress = new ReadyProgress(gate, 0);
      const count = 1 + Math.floor(chance() * 4);
      const since = new Map<number, number>();
      let now = 0;
      let isOver = false;
      for (let looks = 0; looks < 20_000 && !isOver; looks++) {
        const members = Array.from({ length: count }, (_, i) => {
          if (chance() < 0.1) since.delete(i);
          else if (chance() < 0.3 && !since.has(i)) since.set(i, now);
          const wellSinceMs = since.get(i);
          return member(`${i}`, wellSinceMs === undefined ? 'unwell' : 'well', { wellSinceMs });
        });
        try {
          const { done, waitMs, percent } = progress.judge(members, now);
          assert.ok(waitMs >= 0 && percent >= 0 && percent <= 100);
          isOver = done;
          if (done) assert.ok([...since.values()].every((at) => now - at >= gate.minHealthyMs - 1e-6));
          now += Math.min(waitMs, 10 + chance() * 300);
        } catch (error) {
          assert.equal((error as { code: string }).code, 'not_ready');
          isOver = true;
        }
      }
      assert.ok(isOver, 'it waits for ever');
    }
  });
});

describe('the watch over instances', () => {
  it('is over when its time is, and all are well', () => {
    const progress = new WatchProgress(5_000, 3, 100);
    const well = [member('a', 'well')];
    assert.deepEqual(progress.judge(well, 2_600), {
      done: false,
      waitMs: 2_500,
      percent: 50,
      detail: '2.5 s of 5 s',
    });
    assert.equal(progress.judge(well, 5_100).done, true);
    assert.equal(new WatchProgress(0, 3, 0).judge(well, 0).percent, 100);
  });

  it('fails with the first that is not well', () => {
    const progress = new WatchProgress(5_000, 3, 0);
    assert.throws(() => progress.judge([member('a', 'well'), member('b', 'unwell')], 1), {
      code: 'not_ready',
      message: 'b is not well any more: HTTP 503',
    });
  });

  it('waits for one that was not known, until it failed as often as it may', () => {
    const progress = new WatchProgress(100, 3, 0);
    const unknown = (failures: number): Member[] => [member('a', 'starting', { failures })];
    assert.deepEqual(
      [progress.judge(unknown(2), 500).done, progress.judge(unknown(2), 500).waitMs],
      [false, Infinity],
    );
    assert.throws(() => progress.judge(unknown(3), 500), { code: 'not_ready' });
  });
});
