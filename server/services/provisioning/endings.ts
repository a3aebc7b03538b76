/** How operations turn: begun otherwise than planned, paused, taken back, ended. */
import { isDeepStrictEqual } from 'node:util';
import type { WaooawError } from '../../../src/protocol/index.ts';
import type { OperationError, OperationType } from '../../../src/protocol/index.ts';
import type { ExecutorDeps } from './executing.ts';
import { withStage } from './journal.ts';
import { assertLegal } from './legality.ts';
import { planWork } from './planning.ts';
import type { AgentRecord, OperationRecord } from './record/record.ts';
import { settled, turningBack } from './settling.ts';
import { isCancelled, stagesAtEnd } from './steps.ts';
import type { Ending } from './steps.ts';
import { toInput, workOf } from './work.ts';
import type { Work } from './work.ts';

/** Turns operations. */
export class Endings {
  readonly #deps: ExecutorDeps;

  constructor(deps: ExecutorDeps) {
    this.#deps = deps;
  }

  /**
   * While it waited the agent went on living: before its first step it is planned anew for what the agent is by now.
   * @returns false when what was asked is not legal any more; then it is over.
   */
  async replan(id: string): Promise<boolean> {
    const { journal, ledger } = this.#deps;
    const operation = ledger.operation(id);
    const agent = ledger.agent(operation?.agent ?? '');
    if (!operation || !agent || !isUnbegun(operation) || isCancelled(operation)) return true;
    const work = workOf(operation);
    if (agent.state === work.before.state && isDeepStrictEqual(agent.live, work.before.live)) return true;
    let isLegal = true;
    await journal.write(id, (now, record, at) => {
      if (!record || !isUnbegun(now)) return undefined;
      const { live: _live, reason: _reason, ...known } = work.before;
      const { state, live, reason } = record;
      const before = { ...known, state, ...(live && { live }), ...(reason !== undefined && { reason }) };
      const { type } = now as { type: OperationType };
      const refused = refusalOf(type, record);
      if (refused) {
        isLegal = false;
        return this.#ended(now, record, { ...work, before }, 'rolled-back', at, refused);
      }
      const { hasPort, start } = work;
      const planned = planWork({ type, before, spec: record.spec, hasPort, start, asked: work });
      return {
        operation: { ...now, stages: planned.stages, input: toInput({ ...work, ...planned.work }) },
        happened: { phase: 'planned', details: { plan: planned.work.plan, state } },
      };
    });
    return isLegal;
  }

  /** It stands where it is. */
  async pause(id: string): Promise<void> {
    await this.#deps.journal.write(id, (operation) => {
      const { action } = operation;
      if (action?.name !== 'pause') return undefined;
      return {
        operation: { ...operation, state: 'paused', action: { ...action, phase: 'in-effect' } },
        happened: { phase: 'paused' },
      };
    });
  }

  /** From here on what was done is taken back. */
  async turnBack(id: string): Promise<void> {
    await this.#deps.journal.write(id, (operation, agent, at) => {
      const { action, error } = operation;
      return {
        operation: {
          ...operation,
          // One that a process before this was killed in the middle of.
          stages: operation.stages.map((stage) =>
            stage.state === 'running' ? { ...stage, state: 'cancelled', endedAt: at } : stage,
          ),
          state: 'rolling-back',
          ...(action && isCancelled(operation) && { action: { ...action, phase: 'in-effect' } }),
        },
        agent: agent && turningBack(agent, at, error?.code ?? 'cancelled'),
        happened: { phase: 'rolling-back' },
      };
    });
  }

  /** It is over. */
  async end(id: string, as: Ending): Promise<void> {
    await this.#deps.journal.write(id, (operation, agent, at) =>
      this.#ended(operation, agent, workOf(operation), as, at),
    );
    this.#deps.say(id, undefined, `The operation is ${as}`);
  }

  /** What was to be taken back could not be. It is tried once, and not again: a person has to look. */
  async broken(id: string, stage: string, error: OperationError): Promise<void> {
    await this.#deps.journal.write(id, (operation, agent, at) => {
      const work = workOf(operation);
      const before = operation.error?.message ?? 'It was cancelled';
      const both: OperationError = {
        code: operation.error?.code ?? error.code,
        message: `${before}; and ${stage} could not be taken back: ${error.message}`,
      };
      const stages = withStage(operation, stage, (one) => ({ ...one, error }));
      return this.#ended({ ...operation, stages }, agent, work, 'failed', at, both, true);
    });
    this.#deps.say(id, stage, 'It could not be taken back');
  }

  /** A newer program wrote it. */
  async notUnderstood(id: string): Promise<void> {
    const error = { code: 'plan_unknown', message: 'The operation was planned by another release' };
    await this.#deps.journal.write(id, (operation, _agent, at) => ({
      operation: { ...operation, state: 'failed', endedAt: at, error },
      happened: { phase: 'failed', error },
    }));
  }

  #ended(
    operation: OperationRecord,
    agent: AgentRecord | undefined,
    work: Work,
    as: Ending,
    at: number,
    refused?: OperationError,
    isBroken = false,
  ) {
    const { action } = operation;
    const error = refused ?? operation.error;
    const told = { ...operation, ...(error && { error }) };
    const next = agent && settled(agent, { operation: told, work, as, isBroken, at });
    const isGone = next?.state === 'revoked';
    return {
      operation: {
        ...told,
        state: as,
        stages: stagesAtEnd(operation.stages, as),
        endedAt: at,
        input: toInput(work),
        ...(action && { action: { ...action, phase: 'done' as const } }),
      },
      agent: next,
      happened: {
        phase: as,
        ...(error && as !== 'cancelled' && { error }),
        ...(operation.result && { details: operation.result }),
      },
      ...(isGone && { statements: this.#deps.tools.resources.releaseRows(agent!) }),
    };
  }
}

function isUnbegun({ stages }: OperationRecord): boolean {
  return stages.every(({ attempts }) => attempts === 0);
}

function refusalOf(type: OperationType, { agent, state, previous }: AgentRecord): OperationError | undefined {
  // The draft that it makes is there by now.
  if (type === 'create') return undefined;
  try {
    assertLegal(type, { agent, state, canRollBack: previous !== undefined });
    return undefined;
  } catch (error) {
    const { code, message } = error as WaooawError;
    return { code, message };
  }
}
