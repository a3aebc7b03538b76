/** Entries of the audit trail as events: what happened in a sentence, and what else is known of it. No view in it. */
import { AUDIT_ACTIONS } from '../../protocol/audit.ts';
import type { AuditActor, AuditRecord, AuditResource } from '../../protocol/audit.ts';
import type { Json } from '../../protocol/frames.ts';
import type { StateWord } from '../../protocol/states.ts';
import type { TimelineActor, TimelineEvent } from '../../protocol/timeline.ts';
import { timelineAuditMessages } from './audit-words.ts';
import type { TimelineAuditMessages } from './audit-words.ts';

const ENDINGS = { success: '', failure: 'Failed', refused: 'Refused' } as const;

/** Types of resources with a name in the reader's language. */
const THINGS = [
  'agent',
  'service',
  'operation',
  'check',
  'alert',
  'alert-rule',
  'silence',
  'api-key',
] as const;

/** The facts of an entry that an event has no field of its own for. In this order they are shown. */
export interface AuditDetails {
  readonly level: string;
  readonly result: string;
  readonly resource?: { readonly type: string; readonly id: string; readonly name?: string };
  readonly reason?: string;
  readonly error?: string;
  readonly ip?: string;
  readonly session?: string;
  readonly requestId?: string;
  /** Names of fields that this reader may not see, or that were erased. */
  readonly hidden?: readonly string[];
  readonly details?: Json;
}

/**
 * An entry as an event. The same entry and language give the same event.
 * @param locale BCP 47, of its title; the language has to be loaded, else it is in English.
 */
export function eventOf(record: AuditRecord, locale: string): TimelineEvent {
  return eventIn(record, timelineAuditMessages.get(locale));
}

/** The same, in the words of another event: whatever language has come since. Without them in that of the locale. */
export function eventLike(event: TimelineEvent, record: AuditRecord, locale: string): TimelineEvent {
  return eventIn(record, wordings.get(event) ?? timelineAuditMessages.get(locale));
}

/** In which words an event was told. */
const wordings = new WeakMap<TimelineEvent, TimelineAuditMessages>();

function eventIn(record: AuditRecord, texts: TimelineAuditMessages): TimelineEvent {
  const { sequence, time, action, before, after, tags, reason, error } = record;
  const actor = actorOf(record.actor, texts);
  const description = reason ?? error;
  const event: TimelineEvent = {
    id: `audit-${sequence}`,
    time: time / 1000,
    type: action,
    title: titleOf(record, texts),
    ...(description !== undefined && { description }),
    ...(actor && { actor }),
    status: statusOf(record),
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    details: detailsOf(record),
    ...(tags && { tags }),
    sequence,
  };
  wordings.set(event, texts);
  return event;
}

/** What happened, in a sentence. */
export function titleOf(record: AuditRecord, texts: TimelineAuditMessages): string {
  const { action, result } = record;
  const who = actorOf(record.actor, texts)?.name ?? texts.somebody;
  const what = thingOf(record.resource, texts);
  const ending = ENDINGS[result] ?? '';
  const known = AUDIT_ACTIONS.find((name) => name === action);
  if (known) return texts[`${known}${ending}`](who, what);
  return texts[`own${ending}`](who, action.replace(/[_.:-]+/g, ' ').trim(), what);
}

/** A word of the vocabulary: what became of it and, where it was done, how grave it is. */
export function statusOf({ result, level }: Pick<AuditRecord, 'result' | 'level'>): StateWord {
  if (result === 'failure') return level === 'critical' ? 'critical' : 'failed';
  if (result === 'refused') return level === 'critical' ? 'critical' : 'warning';
  return level === 'info' ? 'success' : level;
}

function detailsOf(record: AuditRecord): Json {
  const { level, result, resource, reason, error, ip, session, requestId, hidden, details } = record;
  const known: AuditDetails = {
    level,
    result,
    ...(resource && { resource: { ...resource } }),
    ...(reason !== undefined && { reason }),
    ...(error !== undefined && { error }),
    ...(ip !== undefined && { ip }),
    ...(session !== undefined && { session }),
    ...(requestId !== undefined && { requestId }),
    ...(hidden && { hidden: Object.keys(hidden).sort() }),
    ...(details !== undefined && { details }),
  };
  return { ...known };
}

function actorOf(actor: AuditActor | undefined, texts: TimelineAuditMessages): TimelineActor | undefined {
  if (!actor) return undefined;
  const { id, kind } = actor;
  const unnamed = kind === 'anonymous' ? texts.anonymous : kind === 'system' ? texts.system : id;
  return { id, name: actor.name || unnamed, kind };
}

function thingOf(resource: AuditResource | undefined, texts: TimelineAuditMessages): string {
  if (!resource) return texts.something;
  const { type, id, name } = resource;
  if (type === 'audit') return texts.audit;
  const known = THINGS.find((thing) => thing === type);
  return texts.thing(known ? texts[known] : type.replace(/[_.:-]+/g, ' '), name || id);
}
