/** Contract suite of the Clock port. Every engine runs it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Clock } from './clock.ts';

/** A clock under test, and how to let time pass: really, or by hand. */
export interface ClockFixture {
  readonly clock: Clock;
  /** Lets at least `ms` pass and every due call run. */
  pass(ms: number): Promise<void>;
}

/** Declares the suite for one engine. */
export function clockContract(engine: string, create: () => ClockFixture): void {
  describe(`Clock contract: ${engine}`, () => {
    it('tells whole milliseconds since 1970', () => {
      const { clock } = create();
      assert.ok(Number.isInteger(clock.now()) && clock.now() > 0);
    });

    it('never goes back, and measures what passed', async () => {
      const { clock, pass } = create();
      const start = clock.monotonicMs();
      await pass(20);
      assert.ok(clock.monotonicMs() - start >= 19);
    });

    it('runs a call once, no earlier than asked', async () => {
      const { clock, pass } = create();
      const start = clock.monotonicMs();
      const ran: number[] = [];
      clock.after(15, () => ran.push(clock.monotonicMs() - start));
      await pass(60);
      assert.equal(ran.length, 1);
      assert.ok((ran[0] ?? 0) >= 14, `ran after ${ran[0]} ms`);
    });

    it('runs calls in the order of their time, then of their scheduling', async () => {
      const { clock, pass } = create();
      const order: string[] = [];
      clock.after(40, () => order.push('late'));
      clock.after(10, () => order.push('first'));
      clock.after(10, () => order.push('second'));
      await pass(80);
      assert.deepEqual(order, ['first', 'second', 'late']);
    });

    it('never runs a cancelled call, and cancelling again is harmless', async () => {
      const { clock, pass } = create();
      let ran = 0;
      const once = clock.after(10, () => ran++);
      const repeated = clock.every(10, () => ran++);
      once.cancel();
      once.cancel();
      repeated.cancel();
      await pass(50);
      assert.equal(ran, 0);
    });

    it('repeats until cancelled, also from inside the call', async () => {
      const { clock, pass } = create();
      let ran = 0;
      const timer = clock.every(10, () => {
        ran += 1;
        if (ran === 3) timer.cancel();
      });
      // A busy machine drops ticks: wait for the third, then for what must not come.
      while (ran < 3) await pass(20);
      await pass(50);
      assert.equal(ran, 3);
    });

    it('runs the others when a call throws', async () => {
      const { clock, pass } = create();
      let ran = 0;
      clock.after(5, () => {
        throw new Error('a call failed');
      });
      clock.after(10, () => ran++);
      await pass(50);
      assert.equal(ran, 1);
    });
  });
}
