/** Runs probes: on the scheduler's grid, within the time they have, and never believing what was our own fault. */
import type { Clock } from '../../ports/clock.ts';
import type { HealthLimits } from './limits.ts';
import { look } from './look.ts';
import type { Found } from './look.ts';
import { createScheduler } from './scheduler.ts';
import type { Scheduler } from './scheduler.ts';
import type { Stall } from './stall.ts';
import type { Watched } from './watched.ts';

/** What it takes. */
export interface RunsDeps {
  readonly clock: Clock;
  readonly limits: HealthLimits;
  /** A run ended. Never called for one whose check was retired, replaced or paused meanwhile. */
  readonly ended: (watched: Watched, found: Found) => void;
  readonly onError: (error: unknown, what: string) => void;
}

/** Its account of itself. */
export interface RunStats {
  readonly running: number;
  readonly waiting: number;
  readonly runs: Readonly<Record<'up' | 'degraded' | 'down' | 'none', number>>;
  readonly overruns: number;
  readonly stuck: number;
  readonly skewP99Ms: number;
}

/** Looks. */
export class Runs {
  readonly #deps: RunsDeps;
  readonly #scheduler: Scheduler;
  readonly #watched = new Map<string, Watched>();
  readonly #counts = { up: 0, degraded: 0, down: 0, none: 0 };
  #stuck = 0;

  constructor(deps: RunsDeps) {
    const { clock, limits, onError } = deps;
    this.#deps = deps;
    this.#scheduler = createScheduler({
      clock,
      run: (check, signal, stall) => this.#run(check, signal, stall),
      maxConcurrent: limits.checkConcurrency,
      maxPerHost: limits.checkConcurrencyPerHost,
      stallMs: limits.checkStallMs,
      onError: (error) => onError(error, 'a check cannot be run'),
    });
  }

  /** Looks from now on. One of a service keeps the rhythm of its registration, and says at once how it is. */
  set(watched: Watched): void {
    const { check, intervalMs, host, source } = watched.settings;
    this.#watched.set(check, watched);
    const own = source === 'service' && {
      phaseMs: this.#deps.clock.now() % intervalMs,
      atOnce: true,
    };
    this.#scheduler.set(check, { intervalMs, host, ...own });
  }

  /** Looks no more; the look under way is told to stop, and what it finds does not count. */
  remove({ settings: { check } }: Watched): void {
    this.#scheduler.remove(check);
    this.#watched.delete(check);
  }

  /** The same for good: once nothing runs, the probe lets go of what it holds. */
  retire(watched: Watched): void {
    if (watched.gone) return;
    watched.gone = true;
    if (this.#watched.get(watched.settings.check) === watched) this.remove(watched);
    // What a service registered may not heed its signal: nobody waits for it.
    if (!watched.running || watched.settings.source === 'service') watched.probe.close?.();
  }

  /** Looks once now. @throws WaooawError `conflict` while it runs. */
  now({ settings: { check } }: Watched): Promise<void> {
    return this.#scheduler.runNow(check);
  }

  stats(): RunStats {
    const { running, waiting, overruns, skewP99Ms } = this.#scheduler.stats();
    return { running, waiting, runs: { ...this.#counts }, overruns, stuck: this.#stuck, skewP99Ms };
  }

  close(): Promise<void> {
    return this.#scheduler.close();
  }

  async #run(check: string, signal: AbortSignal, stall: Stall): Promise<void> {
    const watched = this.#watched.get(check);
    // One that was paused and resumed while its probe takes long to let go is looked at when that is over.
    if (!watched || watched.running) return;
    const { settings, probe } = watched;
    const { timeoutMs, source } = settings;
    const { clock, ended } = this.#deps;
    watched.running = true;
    const looked = look(probe, { clock, timeoutMs, signal });
    let found = await looked.found;
    // A thing of our own is as bad as it is; a thing of others is not to be blamed for what we could not see.
    if (found.result && found.result.state !== 'up' && source !== 'service' && stall.stoodStill(timeoutMs))
      found = { why: 'The server itself stood still' };
    if (!signal.aborted) {
      this.#counts[found.result?.state ?? 'none'] += 1;
      ended(watched, found);
    }
    this.#stuck += 1;
    await (source === 'service' ? Promise.race([looked.released, abortOf(signal)]) : looked.released);
    this.#stuck -= 1;
    watched.running = false;
    if (watched.gone && source !== 'service') probe.close?.();
  }
}

function abortOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
