/** For tests: a clock moved by hand that also stands still and is put forward or back. */
import { createManualClock } from '../engines/memory/clock.ts';
import type { ManualClock } from '../engines/memory/clock.ts';

/** A clock that does what clocks of real machines do. */
export interface UnsteadyClock extends ManualClock {
  /** The wall clock is set: forward, as after the machine's own sleep, or back; timers know nothing of it. */
  putWall(byMs: number): void;
  /** The process stands still: time goes on and no timer is called. */
  stand(forMs: number): void;
}

/** @param startMs the wall clock's first reading, ms since 1970. */
export function createUnsteadyClock(startMs?: number): UnsteadyClock {
  const clock = createManualClock(startMs);
  let wallMs = 0;
  let stoodMs = 0;
  return {
    get pending() {
      return clock.pending;
    },
    now: () => clock.now() + wallMs + stoodMs,
    monotonicMs: () => clock.monotonicMs() + stoodMs,
    after: (delayMs, call) => clock.after(delayMs, call),
    every: (intervalMs, call) => clock.every(intervalMs, call),
    advance: (ms) => clock.advance(ms),
    putWall: (byMs) => void (wallMs += byMs),
    stand: (forMs) => void (stoodMs += forMs),
  };
}
