/** Shapes of the audit trail: its entries, its API and its channels. */
import type { Json } from './frames.ts';

/** How grave an entry is, from the least. */
export const AUDIT_LEVELS = ['info', 'warning', 'error', 'critical'] as const;

/** How grave an entry is. */
export type AuditLevel = (typeof AUDIT_LEVELS)[number];

/** What became of an action. `refused`: whoever asked may not. */
export const AUDIT_RESULTS = ['success', 'failure', 'refused'] as const;

/** What became of an action. */
export type AuditResult = (typeof AUDIT_RESULTS)[number];

/** Actions that have a name of ours. Hosts name their own by {@link AUDIT_ACTION}. */
export const AUDIT_ACTIONS = [
  'create',
  'update',
  'delete',
  'start',
  'stop',
  'restart',
  'upgrade',
  'rollback',
  'login',
  'logout',
  'access',
  'modify_config',
] as const;

/** How an action is written. */
export const AUDIT_ACTION = /^[a-z][a-z0-9_.:-]{0,63}$/;

/** What acts. */
export const AUDIT_ACTOR_KINDS = ['user', 'service', 'agent', 'system', 'anonymous'] as const;

/** Who acted. */
export interface AuditActor {
  readonly id: string;
  readonly kind: (typeof AUDIT_ACTOR_KINDS)[number];
  /** For people. */
  readonly name?: string;
}

/** What was acted on. */
export interface AuditResource {
  readonly type: string;
  readonly id: string;
  /** For people. */
  readonly name?: string;
}

/**
 * Fields whose values the tree knows only by a salted hash: one can be erased, or kept from whoever may not see it, and
 * every proof holds as before.
 */
export const SALTED_FIELDS = [
  'actor',
  'after',
  'before',
  'details',
  'error',
  'ip',
  'reason',
  'resource',
  'session',
  'tags',
] as const;

/** A field that can be left out without breaking a proof. */
export type SaltedField = (typeof SALTED_FIELDS)[number];

/** What somebody did, before it has its place in the trail. */
export interface AuditFacts {
  /** µs since 1970, by the server's clock: it may go backwards, the sequence never does. */
  readonly time: number;
  readonly actor: AuditActor;
  /** One of {@link AUDIT_ACTIONS}, or the host's own. */
  readonly action: string;
  readonly level: AuditLevel;
  readonly resource: AuditResource;
  readonly result: AuditResult;
  /** Why it was done, in the words of whoever did it. */
  readonly reason?: string;
  /** Why it failed or was refused: a code of ours, or a host's words. */
  readonly error?: string;
  readonly ip?: string;
  /** Connection or login that it belongs to. */
  readonly session?: string;
  readonly requestId?: string;
  readonly before?: Json;
  readonly after?: Json;
  /** Whatever else is worth knowing. */
  readonly details?: Json;
  /** `agent`, `service` and `environment` are those that a page's context narrows by. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** An entry as it stands in the trail. */
export interface AuditEntry extends AuditFacts {
  /** From 1, without a hole: its leaf in the tree is number `sequence - 1`. */
  readonly sequence: number;
}

/** An entry as somebody may see it. */
export interface AuditRecord extends Omit<AuditEntry, 'actor' | 'resource'> {
  /** Absent: hidden or erased. */
  readonly actor?: AuditActor;
  readonly resource?: AuditResource;
  /** Fields that were kept from this reader, or erased: base64 of the hash that stands for each in the tree. */
  readonly hidden?: Readonly<Partial<Record<SaltedField, string>>>;
}

/** Answer to `GET /api/audit`, newest first. */
export interface AuditPage {
  readonly items: readonly AuditRecord[];
  /** Where the next page begins; absent on the last one. New entries never move it. */
  readonly next?: string;
}

/** First message of an `audit` channel: the newest entries, newest first. */
export interface AuditSnapshot {
  readonly items: readonly AuditRecord[];
  /** Entries in the trail. */
  readonly size: number;
}

/** A publication on an `audit` channel: in order of the sequence, oldest first. */
export interface AuditUpdate {
  readonly items: readonly AuditRecord[];
}

/** Values of one field, and how many entries have each, most first. */
export interface AuditFacet {
  readonly field: string;
  readonly values: readonly { readonly value: string; readonly count: number }[];
  /** More values than are listed. */
  readonly more: boolean;
}

/** What it takes to check that an entry stands in the trail. Hashes and salts are base64. */
export interface AuditProof {
  /** The entry as this reader may see it. */
  readonly entry: AuditRecord;
  /** Salt of every salted field that the entry shows. */
  readonly salts: Readonly<Partial<Record<SaltedField, string>>>;
  /** RFC 6962 inclusion proof of leaf `sequence - 1` in the checkpoint's tree, from the leaf up. */
  readonly path: readonly string[];
  /** A signed C2SP tlog-checkpoint whose size is at least `sequence`. */
  readonly checkpoint: string;
}

/** Answer to `GET /api/audit/consistency`: the tree of `first` entries is the beginning of that of `second`. */
export interface AuditConsistency {
  readonly first: number;
  readonly second: number;
  readonly path: readonly string[];
}

/** A key that checkpoints were signed with. */
export interface AuditKey {
  /** C2SP verifier key: `<name>+<id>+<base64>`. What a host pins. */
  readonly verifier: string;
  /** ms since 1970. */
  readonly since: number;
  /** When another key took its place. */
  readonly until?: number;
}
