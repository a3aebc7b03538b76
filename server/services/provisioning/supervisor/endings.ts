/** The ends of one agent's instances: each is judged once, and what was judged is kept until it is done. */
import type { InstanceExit } from '../../../../src/protocol/index.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Instance } from '../../../ports/agent-runtime.ts';
import type { RestartPolicy } from '../kinds.ts';
import { NO_ENDS, judgeEnd } from './restart-policy.ts';
import type { Ends } from './restart-policy.ts';
import { lifeOf } from './survey.ts';

/** What is to be done about an instance that ended, and when. */
export type Ending =
  /** It was asked to, by somebody who did not mean that it should stay so: a machine that went down, a server's end. */
  | { readonly kind: 'again' }
  | { readonly kind: 'restart'; readonly waitMs: number; readonly exit: InstanceExit }
  | { readonly kind: 'crashed'; readonly ends: number; readonly exit: InstanceExit }
  | { readonly kind: 'over'; readonly failed: boolean };

interface Judged {
  /** Which life it was that ended. */
  readonly life: string;
  readonly ending: Ending;
  /** Of a restart, monotonic ms. */
  readonly dueMs: number;
}

/** Of one agent. */
export class Endings {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #ends = new Map<string, Ends>();
  readonly #judged = new Map<string, Judged>();

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** What is to be done about an instance that has ended. The same end is the same answer, but for the time that passed. */
  of(instance: Instance, policy: RestartPolicy): Ending {
    const { name, startedAt } = instance;
    const life = lifeOf(instance);
    const exit = instance.exit ?? { at: this.#clock.now() };
    if (exit.reason === 'stopped') return { kind: 'again' };
    const known = this.#judged.get(name);
    if (known?.life === life) return this.#now(known);
    const { verdict, ends } = judgeEnd(
      this.#ends.get(name) ?? NO_ENDS,
      { startedAt, exit },
      policy,
      this.#random,
    );
    this.#ends.set(name, ends);
    // Time that it lay there before anybody looked counts: what ended while we were away is started at once.
    const lainMs = Math.max(0, this.#clock.now() - exit.at);
    const dueMs =
      this.#clock.monotonicMs() + (verdict.kind === 'restart' ? Math.max(0, verdict.delayMs - lainMs) : 0);
    const ending: Ending =
      verdict.kind === 'over'
        ? verdict
        : verdict.kind === 'crashed'
          ? { ...verdict, exit }
          : { kind: 'restart', waitMs: 0, exit };
    const judged: Judged = { life, ending, dueMs };
    this.#judged.set(name, judged);
    return this.#now(judged);
  }

  /** Somebody took the agent in hand: how often it ended before says nothing of what it is now. */
  forget(): void {
    this.#ends.clear();
    this.#judged.clear();
  }

  #now({ ending, dueMs }: Judged): Ending {
    if (ending.kind !== 'restart') return ending;
    return { ...ending, waitMs: Math.max(0, dueMs - this.#clock.monotonicMs()) };
  }
}
