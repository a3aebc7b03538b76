/** When rules are evaluated: each on a grid of its own, a few at once, never one twice at once. */
import { createHash } from 'node:crypto';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { KeptRule } from './rules.ts';

/** What the schedule needs. */
export interface ScheduleDeps {
  readonly clock: Clock;
  /** Rules that are evaluated at once. */
  readonly concurrency: number;
  /** Evaluates a rule; never rejects. */
  evaluate(kept: KeptRule): Promise<void>;
}

interface Planned {
  readonly kept: KeptRule;
  timer: Timer;
  /** Waits for its turn, or is at it. */
  pending: boolean;
}

/** Calls `evaluate`. */
export class Schedule {
  readonly #deps: ScheduleDeps;
  readonly #planned = new Map<string, Planned>();
  readonly #queue: Planned[] = [];
  #running = 0;

  constructor(deps: ScheduleDeps) {
    this.#deps = deps;
  }

  /** Evaluates a rule from now on, in the place of one of its name. */
  plan(kept: KeptRule): void {
    const { clock } = this.#deps;
    const { name, evaluateMs, enabled } = kept.rule;
    this.forget(name);
    if (!enabled) return;
    // A phase from the name: a thousand rules of one interval spread over it, and a restart changes nothing.
    const phaseMs = createHash('sha256').update(name).digest().readUInt32BE() % evaluateMs;
    const firstMs = (phaseMs - (clock.now() % evaluateMs) + evaluateMs) % evaluateMs;
    const planned: Planned = {
      kept,
      pending: false,
      timer: clock.after(firstMs, () => {
        planned.timer = clock.every(evaluateMs, () => this.#due(planned));
        this.#due(planned);
      }),
    };
    this.#planned.set(name, planned);
  }

  /** Evaluates a rule no more. */
  forget(name: string): void {
    this.#planned.get(name)?.timer.cancel();
    this.#planned.delete(name);
  }

  close(): void {
    for (const name of [...this.#planned.keys()]) this.forget(name);
  }

  #due(planned: Planned): void {
    if (planned.pending) {
      planned.kept.counts.overruns += 1;
      return;
    }
    planned.pending = true;
    this.#queue.push(planned);
    this.#next();
  }

  #next(): void {
    if (this.#running >= this.#deps.concurrency) return;
    const planned = this.#queue.shift();
    if (!planned) return;
    this.#running += 1;
    void this.#run(planned).finally(() => {
      this.#running -= 1;
      planned.pending = false;
      this.#next();
    });
  }

  async #run(planned: Planned): Promise<void> {
    // Replaced or removed while it waited.
    if (this.#planned.get(planned.kept.rule.name) === planned) await this.#deps.evaluate(planned.kept);
  }
}

/** What a promise gives, or an error when it takes too long; whoever was asked is not waited for. */
export async function within<T>(clock: Clock, timeoutMs: number, promise: Promise<T>): Promise<T> {
  let timer: Timer | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = clock.after(timeoutMs, () =>
      reject(new WaooawError('request_timeout', `No answer to the query within ${timeoutMs} ms`)),
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer?.cancel();
  }
}
