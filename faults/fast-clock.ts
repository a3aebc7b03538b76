/** Time that runs faster than the machine's, so that the default timeouts fit a run of a tenth of a second. */
import type { Clock } from '../server/ports/clock.ts';
import { timerMs } from '../src/client/clock.ts';
import type { ClientClock } from '../src/client/index.ts';

/** One time for both sides. */
export interface FastClock {
  readonly server: Clock;
  readonly client: ClientClock;
  /** From now on so many of its milliseconds pass in one of the machine's. */
  setRate(rate: number): void;
}

/** @param rate how many of its milliseconds pass in one of the machine's. */
export function fastClock(rate: number): FastClock {
  let from = { machineMs: performance.now(), elapsedMs: 0 };
  const started = Date.now();
  const elapsed = (): number => from.elapsedMs + (performance.now() - from.machineMs) * rate;
  const now = (): number => started + Math.floor(elapsed());
  return {
    setRate(to) {
      from = { machineMs: performance.now(), elapsedMs: elapsed() };
      rate = to;
    },
    server: {
      now,
      monotonicMs: elapsed,
      after(delayMs, call) {
        const handle = setTimeout(call, delayMs / rate).unref();
        return { cancel: () => clearTimeout(handle) };
      },
      every(intervalMs, call) {
        const handle = setInterval(call, intervalMs / rate).unref();
        return { cancel: () => clearInterval(handle) };
      },
    },
    client: {
      now,
      after(delayMs, call) {
        const handle = setTimeout(call, timerMs(delayMs / rate)).unref();
        return () => clearTimeout(handle);
      },
    },
  };
}
