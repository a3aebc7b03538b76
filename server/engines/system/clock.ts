/** Engine: the system's clock. */
import { performance } from 'node:perf_hooks';
import type { Clock, Timer } from '../../ports/clock.ts';

/** The operating system's time, with timers that do not keep the process alive. */
export function createSystemClock(): Clock {
  const timer = (handle: NodeJS.Timeout): Timer => {
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  };
  return {
    now: () => Date.now(),
    monotonicMs: () => performance.now(),
    after: (delayMs, call) => timer(setTimeout(guarded(call), delayMs)),
    every: (intervalMs, call) => timer(setInterval(guarded(call), intervalMs)),
  };
}

/** A call that throws is reported as a warning, so that one bad timer cannot end the server. */
function guarded(call: () => void): () => void {
  return () => {
    try {
      call();
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  };
}
