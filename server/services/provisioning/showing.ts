/** How agents and operations are shown, from what is kept of them. */
import { isEnded } from '../../../src/protocol/index.ts';
import type {
  AgentInstance,
  AgentStatus,
  OperationAction,
  OperationStage,
  OperationStatus,
  StageExpectation,
} from '../../../src/protocol/index.ts';
import type { Ledger } from './ledger.ts';
import { legalActions, legalCommands } from './legality.ts';
import { overallPercent } from './percent.ts';
import { canCancel } from './plans.ts';
import type { AgentRecord, OperationRecord, StageRecord } from './record/record.ts';
import { workOf } from './work.ts';

/** Where stable ports listen. */
const HOST = '127.0.0.1';

/** What it is shown by. */
export interface ShowingDeps {
  readonly ledger: Ledger;
  readonly place: (operation: string) => number | undefined;
  readonly expected: (kind: string, type: string, stage: string) => StageExpectation | undefined;
  readonly instances: (agent: AgentRecord) => readonly AgentInstance[];
  readonly secrets: (agent: AgentRecord) => readonly string[];
}

/** Shows. */
export class Showing {
  readonly #deps: ShowingDeps;

  constructor(deps: ShowingDeps) {
    this.#deps = deps;
  }

  agent(record: AgentRecord): AgentStatus {
    const { ledger, instances, secrets } = this.#deps;
    const { agent, title, kind, state, since, desired, spec, reason, previous, port, tags } = record;
    const latest = ledger.latestOf(agent);
    const operation = latest?.incarnation === record.incarnation ? latest : undefined;
    const busy = operation !== undefined && !isEnded(operation.state);
    return {
      agent,
      title,
      kind,
      version: spec.version,
      ...(previous && { previousVersion: previous.version }),
      state,
      ...(reason !== undefined && { reason }),
      since,
      desired,
      generation: spec.generation,
      replicas: spec.replicas,
      parameters: spec.parameters,
      secrets: secrets(record),
      tags,
      ...(port !== undefined && { address: { host: HOST, port } }),
      instances: instances(record),
      restarts: record.restarts,
      ...(operation && { operation: operation.operation }),
      busy,
      actions: busy ? [] : legalCommands(state, previous !== undefined),
      createdAt: record.createdAt,
      createdBy: record.createdBy,
    };
  }

  operation(record: OperationRecord): OperationStatus {
    const { type, agent, state, stages } = record;
    const { incarnation: _incarnation, planVersion: _version, input: _input, ...rest } = record;
    const place = state === 'queued' ? this.#deps.place(record.operation) : undefined;
    const kind = agent === undefined ? undefined : this.#deps.ledger.agent(agent)?.kind;
    return {
      ...rest,
      stages: stages.map((stage) => this.#stage(stage, kind, type)),
      percent: overallPercent(state, stages),
      actions: this.actions(record),
      ...(place !== undefined && { queuePlace: place }),
    };
  }

  /** What may be asked of it now. */
  actions(record: OperationRecord): readonly OperationAction[] {
    const { source, state, stages, action } = record;
    if (source === 'host') return [];
    const work = workOf(record);
    return legalActions({
      state,
      canCancel: canCancel(work.plan, stages),
      canRetry: this.#canRetry(record),
      ...(action && action.phase !== 'done' && { asked: action.name }),
    });
  }

  /** Nothing was done with the agent since, and it is meant to be what it was meant to become. */
  #canRetry({ operation, agent, incarnation, generation }: OperationRecord): boolean {
    const { ledger } = this.#deps;
    const now = agent === undefined ? undefined : ledger.agent(agent);
    if (!now || now.state === 'revoked' || now.incarnation !== incarnation) return false;
    return now.spec.generation === generation && ledger.latestOf(now.agent)?.operation === operation;
  }

  #stage(
    { external: _external, compensated: _compensated, ...stage }: StageRecord,
    kind: string | undefined,
    type: string,
  ): OperationStage {
    const isToCome = stage.state === 'pending' || stage.state === 'running';
    const expected = isToCome && kind !== undefined ? this.#deps.expected(kind, type, stage.name) : undefined;
    return { ...stage, ...(expected && { expected }) };
  }
}
