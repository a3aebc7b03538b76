/** Port: the rows of the audit trail, their tree, and how they are found. */
import type { AuditFacts, ParsedQuery, SaltedField } from '../../src/protocol/index.ts';
import type { Statement } from './database.ts';

/** An entry that is to be appended. Its leaf was hashed by the caller, who knows the format; the log only orders leaves. */
export interface NewAuditRow {
  readonly facts: AuditFacts;
  /** 16 random bytes, of which the salts of its fields are made. */
  readonly seed: Uint8Array;
  /** RFC 6962 hash of its leaf, 32 bytes. */
  readonly leaf: Uint8Array;
  /**
   * The same key again appends nothing, nor what goes alongside. Scoped to a caller by the caller. An append has one key: that
   * of the first of its rows that has one. It is kept as long as the row.
   */
  readonly idempotency?: { readonly key: string; readonly bodyHash: Uint8Array };
}

/** An entry as it is stored. */
export interface AuditRow {
  readonly sequence: number;
  /** An erased field is absent here, and its hash is in `erased`. */
  readonly facts: Partial<AuditFacts> & Pick<AuditFacts, 'time' | 'action' | 'level' | 'result'>;
  readonly seed: Uint8Array;
  readonly leaf: Uint8Array;
  readonly erased?: Readonly<Partial<Record<SaltedField, string>>>;
}

/** The tree after an append. */
export interface TreeHead {
  readonly size: number;
  /** RFC 6962 root, 32 bytes; of no entries: SHA-256 of nothing. */
  readonly root: Uint8Array;
}

/** What an append did. */
export interface Appended {
  /** Of each row, in the order they were handed in. */
  readonly sequences: readonly number[];
  /** The idempotency key had been used before with the same body: these are the sequences of that time. */
  readonly replayed: boolean;
  /** The tree with these rows and whatever committed with them. */
  readonly head: TreeHead;
}

/**
 * Conditions that all hold, as the query language has them. A `text` occurs in the entry's text: actor, action, resource, reason, error,
 * and the strings of before, after, details and tags. Words are runs of letters and digits, whatever their case and accents; a text
 * without one occurs nowhere.
 */
export interface AuditFilter extends ParsedQuery {
  readonly not?: readonly AuditFilter[];
  /** Keeps what this reader may not see from being found: actions that are left out. */
  readonly withoutActions?: readonly string[];
  /**
   * Fields that an entry must not be found by, neither by their text nor by a condition: as if no entry had them. That of the
   * outermost filter counts, for those in `not` too.
   */
  readonly blind?: readonly SaltedField[];
}

/** Fields whose values can be counted. */
export type FacetField = 'actor' | 'action' | 'level' | 'result' | 'resourceType' | 'tag';

/** Of a search: it looks through as much of the trail as it must. */
export interface SearchOptions {
  /** Aborted: the search ends, and its promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A checkpoint that was signed. */
export interface CheckpointRow {
  readonly size: number;
  readonly text: string;
  /** ms since 1970. */
  readonly at: number;
}

/**
 * The rows of the audit trail. Guarantees, whichever engine:
 * - A resolved `append` is durable: it survives a crash of the process and of the machine, together with `alongside`.
 * - All rows of an append, and `alongside`, take effect together or not at all.
 * - Rows get sequences from 1 without a hole, in the order that appends take effect, whoever calls at once.
 * - Rows are never changed nor removed but by `prune`; the engine refuses to, as far as it can.
 * - Reads see every append that resolved before they were called, never block the event loop, and do not wait for appends.
 * - Searches (`find`, `range`, `count`, `facet`) take turns, and no other read waits for one. One that works longer than the engine
 *   lets it rejects with `query_limit`.
 * - A full disk rejects with `storage_full` and later appends may succeed; any other failure to write or to sync rejects with
 *   `storage_failed`, and so does every append after it until the file is opened anew: a sync is never tried twice.
 */
export interface AuditLog {
  /** @throws WaooawError `idempotency_conflict` where a key was used with another body. */
  append(rows: readonly NewAuditRow[], alongside?: readonly Statement[]): Promise<Appended>;
  head(): Promise<TreeHead>;
  /** Newest first, below `before` (exclusive). At most `limit` rows. */
  find(
    filter: AuditFilter,
    page: { readonly before?: number; readonly limit: number } & SearchOptions,
  ): Promise<readonly AuditRow[]>;
  /** In order of the sequence, from `from` on; for exports, archives and verification. */
  range(
    from: number,
    limit: number,
    filter?: AuditFilter,
    options?: SearchOptions,
  ): Promise<readonly AuditRow[]>;
  get(sequence: number): Promise<AuditRow | undefined>;
  count(filter: AuditFilter, atMost: number, options?: SearchOptions): Promise<number>;
  /** @param page `tag`: whose values are counted; without it those of the field `tag` are the tags' names. */
  facet(
    field: FacetField,
    filter: AuditFilter,
    page: { readonly limit: number; readonly tag?: string } & SearchOptions,
  ): Promise<readonly { readonly value: string; readonly count: number }[]>;
  /** RFC 6962 inclusion proof of leaf `index` in the tree of the first `size`, hashes from the leaf up. @throws WaooawError `bad_request` beyond the tree. */
  inclusion(index: number, size: number): Promise<readonly Uint8Array[]>;
  /** RFC 6962 consistency proof between the trees of the first `first` and `second`. */
  consistency(first: number, second: number): Promise<readonly Uint8Array[]>;
  /** Root of the tree of the first `size`. */
  root(size: number): Promise<Uint8Array>;
  saveCheckpoint(checkpoint: CheckpointRow): Promise<void>;
  /** Newest first. */
  checkpoints(limit: number): Promise<readonly CheckpointRow[]>;
  /** The first sequence that has not been pruned. */
  first(): Promise<number>;
  /**
   * Removes the rows below a sequence that is one more than a multiple of `SEGMENT_ROWS`, and keeps what proofs need of them.
   * @returns how many are no longer there to be read; their room is freed little by little, between appends.
   * @throws WaooawError `bad_request` for any other sequence, or one beyond the tree.
   */
  prune(below: number): Promise<number>;
  /** Bytes on disk, where the engine can tell. */
  bytes(): Promise<number>;
}

/** Rows of a segment: what is archived and pruned as one. A multiple of 256. */
export const SEGMENT_ROWS = 65_536;
