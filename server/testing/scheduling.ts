/** For tests: a scheduler on a clock moved by hand, and what it ran. */
import { createScheduler } from '../services/health/scheduler.ts';
import type { Scheduler, SchedulerOptions } from '../services/health/scheduler.ts';
import { createUnsteadyClock } from './unsteady-clock.ts';
import type { UnsteadyClock } from './unsteady-clock.ts';

/** On a whole minute, so that grids are easy to read. */
export const START = 1_750_000_020_000;

/** A run that began. */
export interface Begun {
  readonly id: string;
  /** ms since the start. */
  readonly at: number;
  readonly signal: AbortSignal;
  end(): void;
  fail(error: Error): void;
}

/** A scheduler whose runs the test ends. */
export interface Setup {
  readonly clock: UnsteadyClock;
  readonly scheduler: Scheduler;
  /** Every run that began. */
  readonly begun: Begun[];
  readonly errors: unknown[];
  /** `a@0 b@250`, of those since the last call. */
  news(): string;
  /** Moves time in small steps, and lets what ended be noticed. */
  pass(ms: number): Promise<void>;
}

/** @param endAfterMs undefined: a run ends when the test says so. */
export function startScheduling(
  endAfterMs: number | undefined,
  options: Partial<SchedulerOptions> = {},
): Setup {
  const clock = createUnsteadyClock(START);
  const begun: Begun[] = [];
  const errors: unknown[] = [];
  let told = 0;
  const scheduler = createScheduler({
    clock,
    run: (id, signal) =>
      new Promise((resolve, reject) => {
        begun.push({ id, at: clock.now() - START, signal, end: resolve, fail: reject });
        signal.addEventListener('abort', () => resolve());
        if (endAfterMs !== undefined) clock.after(endAfterMs, resolve);
      }),
    onError: (error) => errors.push(error),
    ...options,
  });
  return {
    clock,
    scheduler,
    begun,
    errors,
    news() {
      const text = begun.slice(told).map(({ id, at }) => `${id}@${at}`);
      told = begun.length;
      return text.join(' ');
    },
    async pass(ms) {
      for (let left = ms; left > 0; left -= 50) {
        clock.advance(Math.min(50, left));
        await settled();
      }
    },
  };
}

/** Lets promises be followed; nothing here waits for the loop itself. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 8; i++) await Promise.resolve();
}
