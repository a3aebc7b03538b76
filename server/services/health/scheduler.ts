/** When checks run: each on a grid of its own, never twice at once, and never too many at once. */
import { WaooawError } from '../../../src/protocol/index.ts';
import { nextOnGrid, phaseOf } from '../../phase.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import { Heap } from './heap.ts';
import { Lanes } from './lanes.ts';
import type { Place } from './lanes.ts';
import { Skew } from './skew.ts';
import { createStallWatch } from './stall.ts';
import type { Stall, StallWatch } from './stall.ts';

const MAX_CONCURRENT = 64;
const MAX_PER_HOST = 6;
/** A check that is new runs within this, ms, wherever its grid stands. */
const FIRST_WITHIN_MS = 1_000;
/** Longest sleep, ms: a machine's own sleep, and a wall clock that was moved, are noticed no later. */
const LONGEST_WAIT_MS = 30_000;
/** A wall clock that moved further than this against the monotonic one was set, or the machine slept, ms. */
const JUMP_MS = 1_000;

/** What the scheduler takes. */
export interface SchedulerOptions {
  readonly clock: Clock;
  /**
   * Runs a check. Called in the turn in which the check gets its slot. It must settle after its signal aborted: until
   * then it holds its slot, and `close` waits for it.
   */
  run(id: string, signal: AbortSignal, stall: Stall): Promise<void>;
  /** Most runs at once; more wait in line. Default 64. */
  readonly maxConcurrent?: number | undefined;
  /** Most runs at once against one host. Default 6. */
  readonly maxPerHost?: number | undefined;
  /** Standing still for as long during a run makes `stall.stoodStill` true, ms. Default 1,000. */
  readonly stallMs?: number | undefined;
  /** Told of what `run` rejects with, unless `runNow` asked for it. */
  readonly onError: (error: unknown) => void;
}

/** When a check runs. */
export interface Timing {
  /** ms, 1 or more. */
  readonly intervalMs: number;
  /** What the cap per host counts by; absent: only the cap of all applies. */
  readonly host?: string | undefined;
  /** Where on the interval it runs, ms. Default: by its id, so that checks spread and a restart keeps it. */
  readonly phaseMs?: number | undefined;
  /** The first run begins now, in this turn when there is a slot. Default: within a second. */
  readonly atOnce?: boolean | undefined;
}

/** The scheduler's account of itself. */
export interface SchedulerStats {
  readonly checks: number;
  readonly running: number;
  /** Due, and waiting for a slot. */
  readonly waiting: number;
  /** Points of the grid left out because the run before was not over. */
  readonly overruns: number;
  /** How late runs began against their grid in the last minute, ms, 99th percentile. */
  readonly skewP99Ms: number;
}

/** Runs checks on their grids. */
export interface Scheduler {
  /** Runs a check from now on, or at another rhythm. A check that has its rhythm already goes on undisturbed. */
  set(id: string, timing: Timing): void;
  /** Runs it no more: a run under way is aborted, one that waits is dropped. An id that is not there does no harm. */
  remove(id: string): void;
  /**
   * Runs a check once, beside its grid, within the same caps. Resolves when the run ended, and rejects with what it does.
   * @throws WaooawError `not_found`, also when it is removed while it waits; `conflict` while it runs or waits for a slot;
   * `unavailable` once closed.
   */
  runNow(id: string): Promise<void>;
  stats(): SchedulerStats;
  /** Aborts every run, and resolves when all have settled. Twice is harmless. */
  close(): Promise<void>;
}

interface Entry {
  readonly id: string;
  timing: Timing;
  /** The next point, ms since 1970. What lies in the heap for another is out of date. */
  due: number;
  /** Waits for its first run. */
  fresh: boolean;
  pending: Run | undefined;
}

interface Run {
  readonly controller: AbortController;
  place: Place | undefined;
  /** It waits for a slot no more. */
  begun: boolean;
  /** Of `runNow`. */
  readonly waiter: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;
}

/** Begins with no check. */
export function createScheduler(options: SchedulerOptions): Scheduler {
  return new Grids(options);
}

class Grids implements Scheduler {
  readonly #options: SchedulerOptions;
  readonly #clock: Clock;
  readonly #lanes: Lanes;
  readonly #stalls: StallWatch;
  readonly #skew = new Skew();
  readonly #entries = new Map<string, Entry>();
  readonly #dues = new Heap<Entry>();
  readonly #underWay = new Set<Promise<void>>();
  #timer: Timer | undefined;
  /** What the timer waits for, ms since 1970. */
  #wakeAt = Infinity;
  /** Wall clock less monotonic clock at the last look, ms. */
  #offsetMs: number;
  #overruns = 0;
  #closed = false;

  constructor(options: SchedulerOptions) {
    const { clock, maxConcurrent = MAX_CONCURRENT, maxPerHost = MAX_PER_HOST, stallMs } = options;
    this.#options = options;
    this.#clock = clock;
    this.#lanes = new Lanes(maxConcurrent, maxPerHost);
    this.#stalls = createStallWatch({ clock, stallMs });
    this.#offsetMs = clock.now() - clock.monotonicMs();
  }

  set(id: string, timing: Timing): void {
    if (this.#closed) return;
    const now = this.#clock.now();
    const known = this.#entries.get(id);
    if (known) {
      const before = known.timing;
      known.timing = timing;
      if (before.intervalMs === timing.intervalMs && before.phaseMs === timing.phaseMs) return;
      const next = nextPoint(known, now);
      // One that never ran does not wait longer for it than before.
      this.#plan(known, known.fresh ? Math.min(known.due, next) : next);
    } else {
      const entry: Entry = { id, timing, due: NaN, fresh: true, pending: undefined };
      this.#entries.set(id, entry);
      if (timing.atOnce) {
        this.#planAfterFirst(entry, now);
        this.#ask(entry, undefined, undefined);
      } else {
        const soon = now + phaseOf(id, FIRST_WITHIN_MS);
        const next = nextPoint(entry, now);
        this.#plan(entry, next - now <= FIRST_WITHIN_MS ? next : soon);
      }
    }
    this.#wait();
  }

  remove(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    this.#drop(entry, new WaooawError('not_found', `There is no check "${id}" any more`));
  }

  runNow(id: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new WaooawError('unavailable', 'Checks run no more');
      const entry = this.#entries.get(id);
      if (!entry) throw new WaooawError('not_found', `There is no check "${id}"`);
      if (entry.pending) throw new WaooawError('conflict', `Check "${id}" is under way`);
      this.#ask(entry, undefined, { resolve, reject });
    });
  }

  stats(): SchedulerStats {
    return {
      checks: this.#entries.size,
      running: this.#lanes.running,
      waiting: this.#lanes.waiting,
      overruns: this.#overruns,
      skewP99Ms: this.#skew.p99Ms(this.#clock.monotonicMs()),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    this.#dues.clear();
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    for (const entry of entries) this.#drop(entry, new WaooawError('unavailable', 'Checks run no more'));
    await Promise.all(this.#underWay);
  }

  /** Everything that is due begins or gets in line, once however often it was due. */
  #look(): void {
    const now = this.#clock.now();
    const offsetMs = now - this.#clock.monotonicMs();
    const jumpedMs = offsetMs - this.#offsetMs;
    this.#offsetMs = offsetMs;
    if (jumpedMs < -JUMP_MS) this.#planAnew(now);
    while (this.#dues.lowest !== undefined && this.#dues.lowest <= now) {
      const due = this.#dues.lowest;
      const entry = this.#dues.pop()!;
      if (this.#entries.get(entry.id) !== entry || entry.due !== due) continue;
      if (entry.fresh) this.#planAfterFirst(entry, now);
      else this.#plan(entry, nextPoint(entry, now));
      // What was due while the machine slept is not late by our fault.
      if (!entry.pending) this.#ask(entry, jumpedMs > JUMP_MS ? undefined : due, undefined);
      else this.#overruns += 1;
    }
  }

  /** The wall clock was put back: nothing waits until it is where it was. */
  #planAnew(now: number): void {
    for (const entry of this.#entries.values()) this.#plan(entry, Math.min(entry.due, nextPoint(entry, now)));
  }

  #plan(entry: Entry, due: number): void {
    if (entry.due === due) return;
    entry.due = due;
    this.#dues.push(due, entry);
    if (this.#dues.size > 2 * this.#entries.size + 64) this.#tidy();
  }

  /** Leaves out what was planned otherwise since, and what was removed. */
  #tidy(): void {
    this.#dues.clear();
    for (const entry of this.#entries.values()) this.#dues.push(entry.due, entry);
  }

  /** A first run is not on the grid: the second comes at the first point that is not right behind it. */
  #planAfterFirst(entry: Entry, now: number): void {
    entry.fresh = false;
    this.#plan(entry, nextPoint(entry, now + entry.timing.intervalMs / 2));
  }

  /** One timer for all. */
  #wait(): void {
    const now = this.#clock.now();
    const next = this.#dues.lowest ?? Infinity;
    if (next >= this.#wakeAt || this.#closed) return;
    this.#timer?.cancel();
    this.#wakeAt = next;
    this.#timer = this.#clock.after(Math.min(Math.max(0, next - now), LONGEST_WAIT_MS), () => {
      this.#wakeAt = Infinity;
      this.#look();
      this.#wait();
    });
  }

  #ask(entry: Entry, due: number | undefined, waiter: Run['waiter']): void {
    const run: Run = { controller: new AbortController(), place: undefined, begun: false, waiter };
    entry.pending = run;
    const place = this.#lanes.ask(entry.timing.host, () => this.#begin(entry, run, due));
    run.place = place;
  }

  #begin(entry: Entry, run: Run, due: number | undefined): void {
    run.begun = true;
    if (due !== undefined) this.#skew.add(this.#clock.monotonicMs(), this.#clock.now() - due);
    const done = this.#run(entry, run);
    this.#underWay.add(done);
    void done.then(() => this.#underWay.delete(done));
  }

  /** Never rejects. */
  async #run(entry: Entry, run: Run): Promise<void> {
    const stall = this.#stalls.begin();
    let tell: (() => void) | undefined;
    try {
      // Called now; what it throws is a rejection, which comes when the run has its place.
      await new Promise<void>((resolve) =>
        resolve(this.#options.run(entry.id, run.controller.signal, stall)),
      );
      tell = run.waiter?.resolve;
    } catch (error) {
      tell = () => (run.waiter ? run.waiter.reject(error as Error) : this.#options.onError(error));
    }
    stall.end();
    entry.pending = undefined;
    run.place?.leave();
    // Last, so that whoever asked may ask again.
    tell?.();
  }

  #drop({ pending }: Entry, why: Error): void {
    if (!pending) return;
    if (pending.begun) {
      pending.controller.abort();
      return;
    }
    pending.place?.leave();
    pending.waiter?.reject(why);
  }
}

/** The next point of a check's grid. */
function nextPoint({ id, timing: { intervalMs, phaseMs } }: Entry, after: number): number {
  return nextOnGrid(after, intervalMs, phaseMs ?? phaseOf(id, intervalMs));
}
