/** What the trail is told of the supervisor's doings, and what becomes of the agent's record with it. */
import type { InstanceExit } from '../../../../src/protocol/index.ts';
import type { AuditEvent } from '../../../ports/audit-sink.ts';
import type { AgentRecord, Change } from '../record/record.ts';
import { wordsOfExit } from './words.ts';

/** A change of an agent's record with its entry. */
export type AgentChange = Change & { readonly agent: AgentRecord; readonly event: AuditEvent };

const ACTOR = { id: 'supervisor', kind: 'system' } as const;
/** Of the reason of an entry, characters. */
const MAX_REASON = 1_024;

function eventOf(
  { agent, title, tags, kind }: AgentRecord,
  said: Pick<AuditEvent, 'action' | 'level' | 'result'> & Partial<AuditEvent>,
): AuditEvent {
  return {
    actor: ACTOR,
    resource: { type: 'agent', id: agent, name: title },
    tags: { ...tags, agent, kind },
    ...said,
    ...(said.reason !== undefined && { reason: said.reason.slice(0, MAX_REASON) }),
  };
}

/** An instance that ended by itself is started anew. */
export function restarted(record: AgentRecord, name: string, exit: InstanceExit, now: number): AgentChange {
  return {
    agent: { ...record, restarts: record.restarts + 1, changedAt: now },
    event: eventOf(record, {
      action: 'restart',
      level: 'warning',
      result: 'success',
      reason: `${name} ${wordsOfExit(exit)}`,
      details: { instance: name, exit: detailsOf(exit), restarts: record.restarts + 1 },
    }),
  };
}

/** An instance that is meant to run, and does not though nothing befell it, is started. */
export function broughtBack(record: AgentRecord, name: string, why: string): AgentChange {
  return {
    agent: record,
    event: eventOf(record, {
      action: 'start',
      level: 'info',
      result: 'success',
      reason: `${name} ${why}`,
      details: { instance: name },
    }),
  };
}

/** An instance that is not meant to run is ended. */
export function cleared(record: AgentRecord, name: string): AgentChange {
  return {
    agent: record,
    event: eventOf(record, {
      action: 'stop',
      level: 'warning',
      result: 'success',
      reason: `${name} is not meant to run`,
      details: { instance: name },
    }),
  };
}

/** It ended too often, and is left alone. */
export function crashed(
  record: AgentRecord,
  name: string,
  exit: InstanceExit,
  ends: number,
  now: number,
): AgentChange {
  return {
    agent: { ...record, state: 'errored', reason: 'crashed', since: now, changedAt: now },
    event: eventOf(record, {
      action: 'restart',
      level: 'error',
      result: 'failure',
      error: 'agent_crashed',
      reason: `${name} ${wordsOfExit(exit)}, for the ${ends}. time lately`,
      details: { instance: name, exit: detailsOf(exit), ends },
    }),
  };
}

/** All its instances ended, and its kind does not want them back. */
export function wentOut(record: AgentRecord, failed: boolean, now: number): AgentChange {
  const { live: _, reason: __, ...rest } = record;
  const agent: AgentRecord = failed
    ? { ...record, state: 'errored', reason: 'ended', since: now, changedAt: now }
    : { ...rest, state: 'stopped', desired: 'stopped', since: now, changedAt: now };
  return {
    agent,
    event: eventOf(record, {
      action: 'stop',
      level: failed ? 'error' : 'info',
      result: failed ? 'failure' : 'success',
      ...(failed && { error: 'agent_crashed' }),
      reason: failed ? 'It failed, and its kind does not want it back' : 'It has done its work',
    }),
  };
}

/** For an agent that there is no record of. */
export function orphanCleared(agent: string, name: string): AuditEvent {
  return {
    actor: ACTOR,
    action: 'stop',
    level: 'warning',
    result: 'success',
    resource: { type: 'agent', id: agent },
    reason: `${name} is of an agent that is not there any more`.slice(0, MAX_REASON),
    details: { instance: name },
  };
}

function detailsOf({ at, code, signal, reason }: InstanceExit): Record<string, string | number> {
  return {
    at,
    ...(code !== undefined && { code }),
    ...(signal !== undefined && { signal }),
    ...(reason !== undefined && { reason }),
  };
}
