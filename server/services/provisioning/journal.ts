/** The journal: what an operation is about to do, and what became of it, each in one transaction with its entry. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { ErrorCode, OperationError } from '../../../src/protocol/index.ts';
import type { Clock } from '../../ports/clock.ts';
import { entryOf } from './entries.ts';
import type { Happened } from './entries.ts';
import type { Ledger } from './ledger.ts';
import type { AgentRecord, Change, OperationRecord, StageRecord } from './record/record.ts';
import { turningBack } from './settling.ts';
import type { Outcome } from './stages/index.ts';
import { isCancelled, nextStep } from './steps.ts';
import { workOf } from './work.ts';

/** What it takes. */
export interface JournalDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  /** The longest between two attempts to write, ms. */
  readonly maxRetryMs: number;
  readonly onError: (error: unknown, what: string) => void;
}

/** What is to be written of an operation, beside what goes without saying. */
export interface Noted {
  readonly operation: OperationRecord;
  readonly agent?: AgentRecord | undefined;
  readonly happened: Happened;
  readonly took?: Change['took'];
  readonly statements?: Change['statements'];
}

/** While these last it is tried again: the step was done, and must not be done otherwise. */
const PASSING: readonly ErrorCode[] = [
  'audit_unavailable',
  'storage_full',
  'storage_failed',
  'database_failed',
  'unavailable',
];
const FIRST_RETRY_MS = 250;

/** Writes operations. */
export class Journal {
  readonly #deps: JournalDeps;
  readonly #closed = new AbortController();

  constructor(deps: JournalDeps) {
    this.#deps = deps;
  }

  /** Gives up what could not be written yet. */
  close(): void {
    this.#closed.abort();
  }

  /**
   * Writes what `next` answers, however long the journal cannot be written.
   * @returns whether it answered anything. @throws WaooawError `fenced`, `bad_transition`, `shutdown`.
   */
  async write(
    id: string,
    next: (operation: OperationRecord, agent: AgentRecord | undefined, at: number) => Noted | undefined,
  ): Promise<boolean> {
    const { ledger, clock, maxRetryMs, onError } = this.#deps;
    const lane = ledger.operation(id)?.agent ?? id;
    for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(waitMs * 2, maxRetryMs)) {
      try {
        const written = await ledger.change(lane, () => {
          const operation = ledger.operation(id);
          const noted = operation && next(operation, ledger.agent(lane), clock.now());
          return noted && changeOf(noted, ledger.agent(lane));
        });
        return written !== undefined;
      } catch (error) {
        const code = error instanceof WaooawError ? error.code : undefined;
        if (!code || !PASSING.includes(code) || this.#closed.signal.aborted) throw error;
        if (waitMs === FIRST_RETRY_MS) onError(error, `operation ${id} cannot be written, and waits`);
        await this.#wait(waitMs);
      }
    }
  }

  /** The intent. @returns false when something else is to be done by now. */
  begin(id: string, name: string): Promise<boolean> {
    return this.write(id, (operation, _agent, at) => {
      const step = nextStep(operation, workOf(operation).plan);
      if (step.do !== 'begin' || step.stage !== name) return undefined;
      const { action } = operation;
      const stages = withStage(operation, name, ({ title, description, attempts }) => ({
        name,
        title,
        ...(description !== undefined && { description }),
        state: 'running',
        startedAt: at,
        attempts: attempts + 1,
      }));
      return {
        operation: {
          ...operation,
          stages,
          state: 'running',
          startedAt: operation.startedAt ?? at,
          ...(action?.name === 'resume' && { action: { ...action, phase: 'done' } }),
          ...(action?.name === 'retry' && { action: { ...action, phase: 'in-effect' } }),
        },
        happened: { phase: 'begun', stage: name },
      };
    });
  }

  /** It is done. */
  async completed(id: string, name: string, outcome: Outcome): Promise<void> {
    const { external, result, statements } = outcome;
    await this.write(id, (operation, agent, at) => {
      const { startedAt = at } = operation.stages.find((stage) => stage.name === name) ?? {};
      return {
        operation: {
          ...operation,
          stages: withStage(operation, name, (stage) => ({
            ...settledStage(stage, at),
            state: 'completed',
            ...(external && { external }),
          })),
          ...(result && { result: { ...operation.result, ...result } }),
        },
        agent: agent && outcome.agent?.(agent, at),
        happened: { phase: 'completed', stage: name, ...(result && { details: result }) },
        ...(statements && { statements }),
        ...(agent && { took: { kind: agent.kind, type: operation.type, stage: name, ms: at - startedAt } }),
      };
    });
  }

  /** It failed, or was left off because somebody cancelled. @param turnsBack what was done is taken back. */
  async failed(id: string, name: string, error: OperationError, turnsBack: boolean): Promise<void> {
    await this.write(id, (operation, agent, at) => {
      if (isCancelled(operation)) {
        const stages = withStage(operation, name, (stage) => ({
          ...settledStage(stage, at),
          state: 'cancelled',
        }));
        return { operation: { ...operation, stages }, happened: { phase: 'cancelled', stage: name } };
      }
      const stages = withStage(operation, name, (stage) => ({
        ...settledStage(stage, at),
        state: 'failed',
        error,
      }));
      return {
        operation: { ...operation, stages, error, ...(turnsBack && { state: 'rolling-back' }) },
        ...(turnsBack && { agent: agent && turningBack(agent, at, error.code) }),
        happened: { phase: 'failed', stage: name, error },
      };
    });
  }

  /** What it did is taken back. */
  async undone(id: string, name: string, outcome: Outcome): Promise<void> {
    await this.write(id, (operation, agent, at) => ({
      operation: {
        ...operation,
        stages: withStage(operation, name, (stage) => ({ ...stage, compensated: true })),
        ...(outcome.result && { result: { ...operation.result, ...outcome.result } }),
      },
      agent: agent && outcome.agent?.(agent, at),
      happened: { phase: 'compensated', stage: name },
    }));
  }

  #wait(ms: number): Promise<void> {
    const { signal } = this.#closed;
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        timer.cancel();
        reject(new WaooawError('shutdown'));
      };
      const timer = this.#deps.clock.after(ms, () => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
      signal.addEventListener('abort', stop, { once: true });
    });
  }
}

/** A change of it, with its entry. */
export function changeOf(
  { operation, agent, happened, took, statements }: Noted,
  before: AgentRecord | undefined,
): Change & { readonly event: ReturnType<typeof entryOf> } {
  const next = { ...operation, revision: operation.revision + 1 };
  return {
    operation: next,
    ...(agent && { agent }),
    ...(took && { took }),
    ...(statements && { statements }),
    event: entryOf(next, agent ?? before, happened),
  };
}

/** The operation's stages, with one of them changed. */
export function withStage(
  { stages }: OperationRecord,
  name: string,
  change: (stage: StageRecord) => StageRecord,
): readonly StageRecord[] {
  return stages.map((stage) => (stage.name === name ? change(stage) : stage));
}

function settledStage({ percent: _percent, ...stage }: StageRecord, at: number): StageRecord {
  return { ...stage, endedAt: at };
}
