/** What the audit trail is told of operations: that one was taken, each stage, and how it ended. */
import { RESERVED_TAGS } from '../../../src/protocol/index.ts';
import type { Json, OperationError } from '../../../src/protocol/index.ts';
import type { AuditEvent } from '../../ports/audit-sink.ts';
import type { Asked } from './provisioning.ts';
import type { AgentRecord, OperationRecord } from './record/record.ts';
import { workOf } from './work.ts';

/** What happened. */
export interface Happened {
  readonly phase: string;
  readonly stage?: string;
  readonly error?: OperationError;
  /** More to know. */
  readonly details?: Readonly<Record<string, Json>>;
}

/** What the trail holds of an error's text, characters. */
const MAX_REASON = 1_024;

/** An entry of an operation of ours. Who asked for it stands in each. */
export function entryOf(
  { operation, type, agent, ...rest }: OperationRecord,
  record: Pick<AgentRecord, 'title' | 'tags'> | undefined,
  { phase, stage, error, details }: Happened,
): AuditEvent {
  const { actor, requestId, ip } = workOf({ operation, type, ...rest });
  return {
    actor,
    action: type,
    level: error ? 'warning' : 'info',
    resource: { type: 'agent', id: agent ?? operation, ...(record && { name: record.title }) },
    result: error ? 'failure' : 'success',
    ...(error && { error: error.code, reason: error.message.slice(0, MAX_REASON) }),
    ...(requestId !== undefined && { requestId }),
    ...(ip !== undefined && { ip }),
    details: { operation, phase, ...(stage !== undefined && { stage }), ...details },
    ...(record && { tags: contextTags(record.tags) }),
  };
}

/** An entry of what somebody did with an operation, ours or a host's. */
export function actionEntry(
  { operation, title, type, agent }: OperationRecord,
  action: string,
  { actor, requestId, ip }: Asked,
  details: Readonly<Record<string, Json>> = {},
  error?: OperationError,
): AuditEvent {
  return {
    actor,
    action,
    level: error ? 'warning' : 'info',
    resource: { type: 'operation', id: operation, name: title },
    result: error ? 'failure' : 'success',
    ...(error && { error: error.code, reason: error.message.slice(0, MAX_REASON) }),
    ...(requestId !== undefined && { requestId }),
    ...(ip !== undefined && { ip }),
    details: { type, ...details },
    ...(agent !== undefined && { tags: { agent } }),
  };
}

/** Those that a page's context narrows by. */
function contextTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.values(RESERVED_TAGS).flatMap((name) => (tags[name] === undefined ? [] : [[name, tags[name]]])),
  );
}
