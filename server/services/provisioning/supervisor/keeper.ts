/** When one agent is looked at: whenever something asks for it, never twice at once, and not while an operation works on it. */
import type { Clock, Timer } from '../../../ports/clock.ts';
import { Tending } from './tending.ts';
import type { TendingDeps } from './tending.ts';

/** Longest sleep, ms. */
const LONGEST_WAIT_MS = 3_600_000;

/** What it takes. */
export interface KeeperDeps extends TendingDeps {
  readonly clock: Clock;
  /** A look failed as a whole, which it should not. */
  readonly onError: (error: unknown, what: string) => void;
}

/** Looks after one agent. */
export class Keeper {
  readonly #agent: string;
  readonly #deps: KeeperDeps;
  readonly #tending: Tending;
  #holds = 0;
  #asked = false;
  #looking: Promise<void> | undefined;
  #timer: Timer | undefined;
  #closed = false;

  constructor(agent: string, deps: KeeperDeps) {
    this.#agent = agent;
    this.#deps = deps;
    this.#tending = new Tending(agent, deps);
  }

  /** Somebody else works on it. */
  get isHeld(): boolean {
    return this.#holds > 0;
  }

  /** Nothing is under way. */
  get isIdle(): boolean {
    return this.#looking === undefined;
  }

  /** Keeps its hands off until what it returns is called. */
  hold(): () => void {
    this.#holds += 1;
    this.#timer?.cancel();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holds -= 1;
      if (this.isHeld) return;
      this.#tending.anew();
      this.look();
    };
  }

  /** Resolves once what is under way has ended. */
  async idle(): Promise<void> {
    while (this.#looking) await this.#looking;
  }

  /** Asks for a look, which begins in this turn when none is under way. */
  look(): void {
    if (!this.#isFree()) return;
    this.#asked = true;
    this.#looking ??= this.#run();
  }

  /** Asks for a look which tries at once what failed before. */
  retry(): void {
    this.#tending.retry();
    this.look();
  }

  /** Looks no more, and resolves once what is under way has ended. */
  close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    return this.idle();
  }

  #isFree(): boolean {
    return !this.isHeld && !this.#closed;
  }

  async #run(): Promise<void> {
    const isFree = (): boolean => this.#isFree();
    // Whoever asks in this very turn asks for the same look.
    await Promise.resolve();
    while (this.#asked && isFree()) {
      this.#asked = false;
      this.#timer?.cancel();
      try {
        this.#wait(await this.#tending.look(isFree));
      } catch (error) {
        this.#deps.onError(error, `agent ${this.#agent} cannot be looked after`);
        this.#wait(this.#deps.limits.agentRetryDelayMs);
      }
    }
    this.#looking = undefined;
    // It may have been held, and released, in between.
    if (this.#asked && isFree()) this.look();
  }

  #wait(forMs: number | undefined): void {
    if (forMs === undefined || !this.#isFree()) return;
    this.#timer = this.#deps.clock.after(Math.min(forMs, LONGEST_WAIT_MS), () => this.look());
  }
}
