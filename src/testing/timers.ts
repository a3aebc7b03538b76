/** The page's own clock, moved by hand: for code that is given none. */
import { FakeClock } from './clock.ts';

/** Time as the page sees it. */
export interface FakeTimers {
  /** Lets time pass, ms. */
  advance(byMs: number): void;
  /** Gives the page its clock back. */
  restore(): void;
}

/** Puts `setTimeout`, `clearTimeout` and `Date.now` under the test's control. Promises and frames run on. */
export function fakeTimers(): FakeTimers {
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout, now: Date.now };
  const clock = new FakeClock(Date.now());
  const cancels = new Map<number, () => void>();
  // Far from the browser's own, so that clearing a timer of before does no harm.
  let lastId = 1_000_000_000;
  globalThis.setTimeout = ((call: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) => {
    const id = ++lastId;
    cancels.set(
      id,
      clock.after(delayMs, () => call(...args)),
    );
    return id;
  }) as typeof setTimeout;
  globalThis.clearTimeout = ((id?: number) => {
    if (id === undefined) return;
    if (!cancels.has(id)) real.clearTimeout.call(globalThis, id);
    cancels.get(id)?.();
  }) as typeof clearTimeout;
  Date.now = () => clock.now();
  return {
    advance: (byMs) => clock.advance(byMs),
    restore() {
      globalThis.setTimeout = real.setTimeout;
      globalThis.clearTimeout = real.clearTimeout;
      Date.now = real.now;
    },
  };
}
