/** What an operation is to do, as the journal keeps it: from this alone it is taken up again after a crash. */
import type { AgentState, DesiredState, Json } from '../../../src/protocol/index.ts';
import type { AuditEvent } from '../../ports/audit-sink.ts';
import type { PlanName } from './plans.ts';
import type { AgentRecord, AgentSpec, OperationRecord } from './record/record.ts';

/** What the agent was before: what goes back. */
export interface Before {
  readonly state: AgentState;
  readonly desired: DesiredState;
  readonly spec: AgentSpec;
  readonly live?: AgentSpec;
  readonly reason?: string;
}

/** What is to be done. Plain data, never a secret. */
export interface Work {
  readonly plan: PlanName;
  /** Instances are brought up by it, and named by its generation. */
  readonly target: AgentSpec;
  /** Index of the first instance to bring up, or to keep when there are to be fewer. */
  readonly first: number;
  readonly before: Before;
  readonly hasPort: boolean;
  /** Of `create`: it is to run. */
  readonly start: boolean;
  /** Instead of the kind's, ms. */
  readonly graceMs?: number;
  /** Who asked, for every entry that comes of it. */
  readonly actor: AuditEvent['actor'];
  readonly requestId?: string;
  readonly ip?: string;
}

/** As a row keeps it. */
export function toInput(work: Work): OperationRecord['input'] {
  return { work: work as unknown as Json };
}

/** As it was kept. */
export function workOf(operation: OperationRecord): Work {
  return operation.input.work as unknown as Work;
}

/** What an agent is now, to go back to. */
export function beforeOf({ state, desired, spec, live, reason }: AgentRecord): Before {
  return { state, desired, spec, ...(live && { live }), ...(reason !== undefined && { reason }) };
}
