import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSystemClock } from '../../engines/system/clock.ts';
import { block } from '../../testing/event-loop.ts';
import { createUnsteadyClock } from '../../testing/unsteady-clock.ts';
import { createStallWatch } from './stall.ts';

describe('a process that stands still', () => {
  it('is noticed by what is under way, before the next timer and after it', () => {
    const clock = createUnsteadyClock();
    const stall = createStallWatch({ clock }).begin();
    clock.advance(5_000);
    assert.equal(stall.stoodStill(), false);
    clock.stand(1_200);
    assert.equal(stall.stoodStill(), true);
    clock.advance(500);
    assert.equal(stall.stoodStill(), true);
    stall.end();
  });

  it('is noticed in earnest', async () => {
    const stall = createStallWatch({ clock: createSystemClock(), stallMs: 200 }).begin();
    await block(400);
    assert.equal(stall.stoodStill(), true);
    stall.end();
  });

  it('is not blamed for less than `stallMs`, in one piece or in several', () => {
    const clock = createUnsteadyClock();
    const stall = createStallWatch({ clock, stallMs: 600 }).begin();
    for (const stood of [false, false, true]) {
      clock.stand(250);
      clock.advance(1_000);
      assert.equal(stall.stoodStill(), stood);
    }
    stall.end();
  });

  it('is blamed for half of the time that was given', () => {
    const clock = createUnsteadyClock();
    const stall = createStallWatch({ clock }).begin();
    clock.stand(400);
    clock.advance(100);
    assert.deepEqual(
      [stall.stoodStill(), stall.stoodStill(1_000), stall.stoodStill(700)],
      [false, false, true],
    );
    stall.end();
  });

  it('is noticed by the wall clock where the machine slept', () => {
    const clock = createUnsteadyClock();
    const stall = createStallWatch({ clock }).begin();
    clock.putWall(60_000);
    assert.equal(stall.stoodStill(), true);
    clock.advance(200);
    assert.equal(stall.stoodStill(), true);
    stall.end();
  });

  it('is not suspected for a wall clock that is put back, nor for the unrest of timers', () => {
    const clock = createUnsteadyClock();
    const stall = createStallWatch({ clock, stallMs: 100 }).begin();
    clock.putWall(-60_000);
    assert.equal(stall.stoodStill(), false);
    for (let i = 0; i < 50; i++) {
      clock.stand(40);
      clock.advance(100);
    }
    assert.equal(stall.stoodStill(), false);
    stall.end();
  });

  it('is no excuse for what began after it', () => {
    const clock = createUnsteadyClock();
    const watch = createStallWatch({ clock });
    const first = watch.begin();
    clock.stand(5_000);
    // The timer that is late has not been called yet.
    const second = watch.begin();
    clock.advance(200);
    assert.deepEqual([first.stoodStill(), second.stoodStill()], [true, false]);
    first.end();
    second.end();
  });

  it('is not looked for while nothing is under way', () => {
    const clock = createUnsteadyClock();
    const watch = createStallWatch({ clock });
    const first = watch.begin();
    const second = watch.begin();
    first.end();
    first.end();
    assert.equal(clock.pending, 1);
    second.end();
    assert.equal(clock.pending, 0);
    clock.stand(5_000);
    const third = watch.begin();
    assert.equal(third.stoodStill(), false);
    third.end();
  });
});
