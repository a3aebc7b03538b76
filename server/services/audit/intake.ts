/** What callers of the API say was done, made into entries: with whoever asks where nobody else is named, and always with who said it. */
import { hash } from 'node:crypto';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { ErrorDetail } from '../../../src/protocol/index.ts';
import { VIA_TAG, newAuditEntry } from '../../../src/protocol/audit.schema.ts';
import type { NewAuditEntry } from '../../../src/protocol/audit.schema.ts';
import type { AuditEvent } from '../../ports/audit-sink.ts';
import type { Identity } from '../../ports/identity.ts';
import { SYSTEM, actorOf } from './actor.ts';
import { badEntry, detailsOf } from './entry.ts';
import type { Origin, RecordOptions } from './index.ts';
import type { AuditLimits } from './limits.ts';

/** Who asks, and from where. */
export interface Caller {
  readonly identity: Identity;
  readonly from: Origin;
  /** The header, as it was sent. */
  readonly idempotencyKey?: string | undefined;
}

/** What is to be recorded. */
export interface Intake {
  readonly events: readonly AuditEvent[];
  readonly options: RecordOptions;
}

/** Longest idempotency key, characters. */
const MAX_KEY = 128;

/**
 * Reads the body of `POST /api/audit`.
 * @throws WaooawError `bad_entry` naming each bad place, `bad_request` for an idempotency key that is none.
 */
export function readIntake(body: unknown, caller: Caller, limits: AuditLimits): Intake {
  const { entries, pointer } = entriesOf(body, limits);
  const details: ErrorDetail[] = [];
  const events: AuditEvent[] = [];
  entries.forEach((entry, i) => {
    const parsed = newAuditEntry.safeParse(entry);
    const reserved = parsed.success ? reservedIn(parsed.data) : undefined;
    if (reserved)
      details.push({
        pointer: `${pointer(i)}${reserved}`,
        code: 'bad_entry',
        message: 'this is for the server itself to record',
      });
    else if (parsed.success) events.push(eventOf(parsed.data, caller));
    else details.push(...detailsOf(parsed.error.issues, pointer(i)));
  });
  if (details.length > 0) throw badEntry(details.slice(0, 20));
  return { events, options: { pointer, ...idempotencyOf(body, caller) } };
}

function entriesOf(
  body: unknown,
  { maxBatchEntries }: AuditLimits,
): { readonly entries: readonly unknown[]; readonly pointer: (index: number) => string } {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, 'entries'))
    return { entries: [body], pointer: () => '' };
  const { entries, ...rest } = body as { entries: unknown };
  const refuse = (pointer: string, message: string): never => {
    throw badEntry([{ pointer, code: 'bad_entry', message }]);
  };
  for (const key of Object.keys(rest)) refuse(`/${key}`, 'expected nothing beside entries');
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > maxBatchEntries)
    return refuse('/entries', `expected a list of 1 to ${maxBatchEntries}`);
  return { entries, pointer: (i) => `/entries/${i}` };
}

/** What the trail says of itself nobody else can say. @returns the place of what is reserved. */
function reservedIn({ actor, action, resource }: NewAuditEntry): string | undefined {
  if (actor?.kind === SYSTEM.kind && actor.id === SYSTEM.id) return '/actor';
  if (/^(audit_.*|archive|rotate_key)$/.test(action)) return '/action';
  return resource.type === 'audit' ? '/resource/type' : undefined;
}

/** Who recorded an entry stands in it: nobody can speak for somebody else unseen, nor come from elsewhere than they do. */
function eventOf(entry: NewAuditEntry, { identity, from }: Caller): AuditEvent {
  const { requestId, ip } = from;
  const own = entry.actor === undefined;
  return {
    ...(requestId !== undefined && { requestId }),
    ...entry,
    ...(own && { ip, requestId }),
    actor: entry.actor ?? actorOf(identity),
    tags: { ...entry.tags, [VIA_TAG]: identity.id },
  } as AuditEvent;
}

/** One caller's key is not another's. */
function idempotencyOf(body: unknown, { identity, idempotencyKey: key }: Caller): RecordOptions {
  if (key === undefined) return {};
  if (key.length === 0 || key.length > MAX_KEY)
    throw new WaooawError('bad_request', `idempotency-key: expected 1 to ${MAX_KEY} characters`);
  const bodyHash = hash('sha256', JSON.stringify(body), 'buffer');
  return { idempotency: { key: `${identity.id}\n${key}`, bodyHash } };
}
