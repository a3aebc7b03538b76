/** What becomes of an agent by an operation: pure, one function for what goes on and one for how it ends. */
import { AGENT_TRANSITIONS } from '../../../src/protocol/index.ts';
import type { AgentState } from '../../../src/protocol/index.ts';
import type { AgentRecord, AgentSpec, OperationRecord } from './record/record.ts';
import type { Ending } from './steps.ts';
import type { Work } from './work.ts';

/** How it ended, in full. */
export interface Ended {
  readonly operation: Pick<OperationRecord, 'type' | 'error' | 'stages'>;
  readonly work: Work;
  readonly as: Ending;
  /** What was to be taken back could not be. */
  readonly isBroken: boolean;
  /** ms since 1970. */
  readonly at: number;
}

/** The agent in another state; its reason goes with the state that it belonged to. */
export function inState(agent: AgentRecord, state: AgentState, at: number, reason?: string): AgentRecord {
  const { reason: _before, ...rest } = agent;
  return {
    ...rest,
    state,
    since: agent.state === state ? agent.since : at,
    changedAt: at,
    ...(reason !== undefined && { reason }),
  };
}

/** What serves from now on, if anything. */
export function serving(agent: AgentRecord, live: AgentSpec | undefined): AgentRecord {
  const { live: _before, ...rest } = agent;
  return { ...rest, ...(live && { live }) };
}

/** The specification of before is meant again, as a generation of its own: none is ever used twice. */
export function specBack(agent: AgentRecord, { before }: Work): AgentRecord {
  if (agent.spec.generation === before.spec.generation) return agent;
  return { ...agent, spec: { ...before.spec, generation: agent.spec.generation + 1 } };
}

/** As it turns back: what was only deployed never got to run. */
export function turningBack(agent: AgentRecord, at: number, reason: string): AgentRecord {
  return agent.state === 'deployed' ? inState(agent, 'errored', at, reason) : agent;
}

/** The new specification serves: from here on nothing goes back. */
export function committed(
  agent: AgentRecord,
  { target, before }: Work,
  type: string,
  at: number,
): AgentRecord {
  const isNew = type === 'upgrade' || type === 'rollback';
  return { ...serving(agent, target), changedAt: at, ...(isNew && { previous: before.spec }) };
}

/** The agent at the end of an operation. */
export function settled(agent: AgentRecord, ended: Ended): AgentRecord {
  const { as, isBroken, work, at, operation } = ended;
  if (as === 'completed') return completed(agent, ended);
  const reason = operation.error?.code ?? 'cancelled';
  if (isBroken) return errored(specBack(agent, work), at, reason);
  if (as === 'failed') return failed(agent, ended, reason);
  return back(agent, ended);
}

function completed(agent: AgentRecord, { operation, work, at }: Ended): AgentRecord {
  const { plan, target } = work;
  switch (plan) {
    case 'create':
      // One that is not to be started is provisioned by now, and stays it.
      return operation.stages.some(({ name, state }) => name === 'start' && state === 'completed')
        ? serving(inState(agent, 'running', at), target)
        : agent;
    case 'start':
    case 'restart-in-place':
      return serving(inState(agent, 'running', at), target);
    case 'revive':
      return committed(inState(agent, 'running', at), work, operation.type, at);
    case 'replace':
      return agent;
    case 'prepare': {
      const isNew = operation.type === 'upgrade' || operation.type === 'rollback';
      return { ...agent, changedAt: at, ...(isNew && { previous: work.before.spec }) };
    }
    case 'scale-up':
    case 'scale-down':
      return { ...serving(agent, target), changedAt: at };
    case 'stop':
      return serving(inState(agent, 'stopped', at), undefined);
    case 'suspend':
      return inState(agent, 'suspended', at);
    case 'resume':
      return inState(agent, 'running', at);
    case 'delete':
      return revoked(agent, at);
  }
}

function failed(agent: AgentRecord, { work, at }: Ended, reason: string): AgentRecord {
  const { plan } = work;
  // Behind the point of no return of an upgrade the new version serves, and well.
  if (plan === 'replace') return agent;
  const isCleared = plan !== 'stop' && plan !== 'delete';
  const now = isCleared ? serving(agent, undefined) : agent;
  // What was never allocated cannot be errored: the draft stays, to be tried again or deleted.
  return errored(now, at, reason);
}

function back(agent: AgentRecord, { work, at }: Ended): AgentRecord {
  const { before, plan } = work;
  if (plan === 'create') return revoked(agent, at);
  const now = { ...serving(specBack(agent, work), before.live), desired: before.desired, changedAt: at };
  if (now.state === before.state) return now;
  // What was deployed for a moment is stopped again; there is no way back to `provisioned`.
  const state = canBecome(now.state, before.state) ? before.state : 'stopped';
  return canBecome(now.state, state) ? inState(now, state, at, before.reason) : now;
}

function revoked(agent: AgentRecord, at: number): AgentRecord {
  const { live: _live, port: _port, keyId: _keyId, ...rest } = inState(agent, 'revoked', at);
  return { ...rest, desired: 'revoked' };
}

function errored(agent: AgentRecord, at: number, reason: string): AgentRecord {
  if (agent.state === 'errored' || canBecome(agent.state, 'errored'))
    return inState(agent, 'errored', at, reason);
  return { ...agent, changedAt: at };
}

function canBecome(before: AgentState, after: AgentState): boolean {
  return AGENT_TRANSITIONS[before].includes(after);
}
