/**
 * Checks in the browser that an event, as it is shown, stands in the audit trail. Loaded when somebody asks. It hashes by
 * itself, so that it works on pages of plain http too, where there is no `crypto.subtle`.
 */
import type { AuditKey, AuditProof } from '../../protocol/audit.ts';
import type { Json } from '../../protocol/frames.ts';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { NotCanonical, ProofFailed, canonical, verifyCheckpoint, verifyEntry } from '../../proof/index.ts';
import { eventLike } from './audit-events.ts';
import type { ServerApi } from '../server-api.ts';
import type { Unavailable, Verified } from './verified-state.ts';

/** With what an event is checked. */
export interface CheckOptions {
  readonly api: ServerApi;
  /** Keys that the page pins, as `<name>+<id>+<base64>`. None: the server's own are asked for. */
  readonly keys: readonly string[];
  /** Of the event's title, BCP 47. */
  readonly locale: string;
  readonly signal?: AbortSignal;
}

/** So long is an answer waited for, ms. */
const TIMEOUT_MS = 15_000;
/** What a proof says something of. The id is ours. */
const PROVEN = [
  'time',
  'type',
  'title',
  'description',
  'actor',
  'status',
  'before',
  'after',
  'details',
  'tags',
] as const satisfies readonly (keyof TimelineEvent)[];
/** By HTTP status. */
const WHY: Readonly<Record<number, Unavailable>> = {
  401: 'mayNot',
  403: 'mayNot',
  404: 'missing',
  410: 'archived',
};
/** What an event may have beside, of which the trail knows nothing. */
const UNPROVEN = ['durationMs', 'href'] as const satisfies readonly (keyof TimelineEvent)[];

/** An answer that is no proof. */
class NoProof extends Error {
  readonly state: Verified;

  constructor(state: Verified) {
    super(state.state);
    this.state = state;
  }
}

/**
 * Fetches the proof of an event's entry and checks it: the checkpoint is signed by a key that is trusted, the entry stands
 * in its tree, and what is shown is what the entry says.
 * @returns what came of it; never rejects.
 */
export async function checkEvent(event: TimelineEvent, options: CheckOptions): Promise<Verified> {
  const signals = [AbortSignal.timeout(TIMEOUT_MS), ...(options.signal ? [options.signal] : [])];
  const signal = AbortSignal.any(signals);
  try {
    const get = (path: string): Promise<unknown> => read(options.api, path, signal);
    const proof = (await get(`/audit/entries/${event.sequence}/proof`)) as AuditProof;
    if (!isProof(proof)) return { state: 'unavailable', why: 'unclear' };
    const pinned = options.keys.length > 0;
    const keys = pinned ? options.keys : keysOf(await get('/audit/keys'));
    return judge(event, proof, keys, pinned, options.locale);
  } catch (error) {
    if (error instanceof NoProof) return error.state;
    return { state: 'unavailable', why: 'unreachable' };
  }
}

function judge(
  event: TimelineEvent,
  proof: AuditProof,
  keys: readonly string[],
  pinned: boolean,
  locale: string,
): Verified {
  try {
    const { entry } = proof;
    if (entry.sequence !== event.sequence) return { state: 'failed', differs: ['sequence'] };
    // Only a signed size is believed: else a server that was caught would say that the tree is not so far yet.
    const checkpoint = verifyCheckpoint(proof.checkpoint, keys);
    const { size, signatures } = checkpoint;
    const isPending = entry.sequence > size;
    if (!isPending) verifyEntry(proof, checkpoint);
    const differs = differencesOf(event, eventLike(event, entry, locale));
    if (differs.length > 0) return { state: 'failed', differs };
    if (isPending) return { state: 'pending' };
    return { state: 'verified', size, key: signatures[0]?.name ?? '', pinned };
  } catch (error) {
    // A pinned key that is no key is as good as none: nothing was proven, and it is said why.
    const why = error instanceof Error ? error.message : String(error);
    if (error instanceof ProofFailed || error instanceof NotCanonical)
      return { state: 'failed', reason: why };
    return { state: 'unavailable', why: 'unclear' };
  }
}

/** Names of what is shown otherwise than it was proven. */
export function differencesOf(shown: TimelineEvent, proven: TimelineEvent): readonly string[] {
  const differs: string[] = [];
  if (shown.sequence !== proven.sequence) differs.push('sequence');
  for (const name of PROVEN) if (spelt(shown[name]) !== spelt(proven[name])) differs.push(name);
  for (const name of UNPROVEN) if (shown[name] !== undefined) differs.push(name);
  return differs;
}

/** The one spelling of a value: what differs in it differs in what is shown. */
function spelt(value: unknown): string {
  return value === undefined ? '' : canonical(value as Json);
}

async function read(api: ServerApi, path: string, signal: AbortSignal): Promise<unknown> {
  const response = await api.get(path, signal);
  if (response.ok) {
    try {
      return (await response.json()) as unknown;
    } catch {
      throw new NoProof({ state: 'unavailable', why: 'unclear' });
    }
  }
  throw new NoProof({ state: 'unavailable', why: WHY[response.status] ?? 'unreachable' });
}

function keysOf(answer: unknown): readonly string[] {
  const list = Array.isArray(answer) ? answer : (answer as { readonly keys?: unknown } | null)?.keys;
  const keys = Array.isArray(list) ? (list as readonly Partial<AuditKey>[]) : [];
  return keys.flatMap((key) => (typeof key?.verifier === 'string' ? [key.verifier] : []));
}

function isProof(answer: unknown): answer is AuditProof {
  const { entry, salts, path, checkpoint } = (answer ?? {}) as Partial<AuditProof>;
  return (
    typeof entry === 'object' &&
    entry !== null &&
    typeof entry.action === 'string' &&
    typeof salts === 'object' &&
    salts !== null &&
    Array.isArray(path) &&
    typeof checkpoint === 'string'
  );
}
