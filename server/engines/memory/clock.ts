/** Engine: a clock moved by hand, for tests. */
import type { Clock, Timer } from '../../ports/clock.ts';

/** A clock that stands still until told otherwise. */
export interface ManualClock extends Clock {
  /** Calls that are due some time. */
  readonly pending: number;
  /** Moves time forward, running every due call at its own time, in order. */
  advance(ms: number): void;
}

interface Call {
  readonly order: number;
  at: number;
  readonly everyMs: number | undefined;
  readonly run: () => void;
}

/** @param startMs the wall clock's first reading, ms since 1970. */
export function createManualClock(startMs = 1_750_000_000_000): ManualClock {
  let elapsed = 0;
  let scheduled = 0;
  const calls = new Set<Call>();

  const schedule = (delayMs: number, everyMs: number | undefined, run: () => void): Timer => {
    const call: Call = { order: scheduled++, at: elapsed + delayMs, everyMs, run };
    calls.add(call);
    return { cancel: () => void calls.delete(call) };
  };

  const nextDue = (until: number): Call | undefined => {
    let next: Call | undefined;
    for (const call of calls) {
      if (call.at > until) continue;
      if (!next || call.at < next.at || (call.at === next.at && call.order < next.order)) next = call;
    }
    return next;
  };

  return {
    get pending() {
      return calls.size;
    },
    now: () => startMs + Math.floor(elapsed),
    monotonicMs: () => elapsed,
    after: (delayMs, call) => schedule(delayMs, undefined, call),
    every: (intervalMs, call) => schedule(intervalMs, intervalMs, call),
    advance(ms) {
      const until = elapsed + ms;
      for (let call = nextDue(until); call; call = nextDue(until)) {
        elapsed = Math.max(elapsed, call.at);
        if (call.everyMs === undefined) calls.delete(call);
        else call.at += call.everyMs;
        try {
          call.run();
        } catch {
          // The port promises that one failing call does not stop the others.
        }
      }
      elapsed = until;
    },
  };
}
