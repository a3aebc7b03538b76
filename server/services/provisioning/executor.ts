/** Does operations, step by step: each is written before it is done, and what became of it after. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { OperationError } from '../../../src/protocol/index.ts';
import { Endings } from './endings.ts';
import type { ExecutorDeps } from './executing.ts';
import { PLANS, PLAN_VERSION, onFailure } from './plans.ts';
import type { StageName } from './plans.ts';
import type { OperationRecord } from './record/record.ts';
import { STAGE_WORK } from './stages/index.ts';
import type { Outcome } from './stages/index.ts';
import { nextStep } from './steps.ts';
import { taskOf } from './tasks.ts';
import { workOf } from './work.ts';

/** What became of a stage that was left in the middle. */
const LEFT = Symbol('left');

/** Drives operations. */
export class Executor {
  readonly #deps: ExecutorDeps;
  readonly #endings: Endings;
  readonly #holds = new Map<string, () => void>();
  /** What interrupts the running stage of each. */
  readonly #running = new Map<string, AbortController>();
  readonly #closed = new AbortController();

  constructor(deps: ExecutorDeps) {
    this.#deps = deps;
    this.#endings = new Endings(deps);
  }

  /** Keeps the supervisor's hands off the operation's agent until it ends. */
  hold({ operation, agent }: Pick<OperationRecord, 'operation' | 'agent'>): void {
    if (agent === undefined || this.#holds.has(operation)) return;
    this.#holds.set(operation, this.#deps.supervisor.hold(agent));
  }

  /** The running stage is to stop: what was asked changes what is to be done. */
  interrupt(operation: string): void {
    this.#running.get(operation)?.abort(new WaooawError('aborted', 'The operation was cancelled'));
  }

  /** Works until it ends, pauses, or this process closes. Never throws. */
  async drive(id: string): Promise<void> {
    try {
      const operation = this.#deps.ledger.operation(id);
      if (!operation?.agent || this.#closed.signal.aborted) return;
      if (!(await this.#isUnderstood(operation))) return;
      this.hold(operation);
      await this.#deps.supervisor.idle(operation.agent);
      if (await this.#endings.replan(id)) while (!this.#closed.signal.aborted && (await this.#step(id)));
    } catch (error) {
      // What cannot be written is not done either: the next process takes it up.
      if (!this.#closed.signal.aborted) this.#deps.onError(error, `operation ${id} stands still`);
    } finally {
      this.#letGo(id);
    }
  }

  /** Stops at the next step. What is in the middle of one is left: it is done again whole. */
  close(): void {
    this.#closed.abort(new WaooawError('shutdown'));
    for (const running of this.#running.values()) running.abort(this.#closed.signal.reason);
  }

  /** @returns false when there is nothing to be done any more, or for now. */
  async #step(id: string): Promise<boolean> {
    const operation = this.#deps.ledger.operation(id);
    if (!operation) return false;
    const step = nextStep(operation, workOf(operation).plan);
    switch (step.do) {
      case 'begin':
        await this.#run(operation, step.stage as StageName);
        return true;
      case 'undo':
        await this.#undo(operation, step.stage as StageName);
        return true;
      case 'turn back':
        await this.#endings.turnBack(id);
        return true;
      case 'pause':
        await this.#endings.pause(id);
        return true;
      case 'end':
        await this.#endings.end(id, step.as);
        return true;
      case 'nothing':
        return false;
    }
  }

  async #run({ operation: id }: OperationRecord, stage: StageName): Promise<void> {
    const { journal } = this.#deps;
    // Somebody may have asked for something else just now: then it is not begun.
    if (!(await journal.begin(id, stage))) return;
    const outcome = await this.#attempt(id, stage, 'run');
    if (outcome === LEFT) return;
    if ('error' in outcome) await this.#failed(id, stage, outcome.error);
    else await journal.completed(id, stage, outcome.done);
  }

  async #undo({ operation: id }: OperationRecord, stage: StageName): Promise<void> {
    const outcome = await this.#attempt(id, stage, 'undo');
    if (outcome === LEFT) return;
    if ('error' in outcome) await this.#endings.broken(id, stage, outcome.error);
    else await this.#deps.journal.undone(id, stage, outcome.done);
  }

  async #failed(id: string, stage: StageName, error: OperationError): Promise<void> {
    const operation = this.#deps.ledger.operation(id)!;
    const { plan } = workOf(operation);
    await this.#deps.journal.failed(id, stage, error, onFailure(plan, operation.stages) !== 'stay');
  }

  async #attempt(
    id: string,
    name: StageName,
    way: 'run' | 'undo',
  ): Promise<{ readonly done: Outcome } | { readonly error: OperationError } | typeof LEFT> {
    const interrupt = new AbortController();
    // A cancelled operation is taken back undisturbed.
    if (way === 'run') this.#running.set(id, interrupt);
    const signal = AbortSignal.any([interrupt.signal, this.#closed.signal]);
    const work = STAGE_WORK[name];
    try {
      const task = taskOf(this.#deps, id, name, signal);
      const done = way === 'run' ? work.run(task) : (work.undo?.(task) ?? Promise.resolve());
      const outcome = await unlessLeft(done, this.#closed.signal);
      return outcome === LEFT ? LEFT : { done: outcome ?? {} };
    } catch (error) {
      if (this.#closed.signal.aborted) return LEFT;
      return { error: this.#errorOf(error, id, name) };
    } finally {
      this.#running.delete(id);
    }
  }

  #errorOf(error: unknown, id: string, stage: string): OperationError {
    const { onError, say } = this.#deps;
    const known = error instanceof WaooawError ? error : undefined;
    if (!known) onError(error, `stage ${stage} of operation ${id}`);
    const { code, message } = known ?? new WaooawError('internal');
    say(id, stage, message);
    return { code, message };
  }

  /** @returns false for a row that a newer program wrote, which fails and touches nothing. */
  async #isUnderstood({ operation, planVersion, stages }: OperationRecord): Promise<boolean> {
    const { plan } = workOf(this.#deps.ledger.operation(operation)!) ?? {};
    const known = (PLANS[plan] as { stages: readonly string[] } | undefined)?.stages;
    if (planVersion === PLAN_VERSION && known && stages.every(({ name }) => known.includes(name)))
      return true;
    await this.#endings.notUnderstood(operation);
    return false;
  }

  /** A paused operation keeps its agent: it stands in the middle of it. */
  #letGo(id: string): void {
    const operation = this.#deps.ledger.operation(id);
    if (operation?.state === 'paused' || this.#closed.signal.aborted) return;
    this.#holds.get(id)?.();
    this.#holds.delete(id);
  }
}

/** The outcome, unless the signal aborts before. */
async function unlessLeft<T>(done: Promise<T>, signal: AbortSignal): Promise<T | typeof LEFT> {
  let leave = (): void => undefined;
  const left = new Promise<typeof LEFT>((resolve) => {
    leave = () => resolve(LEFT);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([done, left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
