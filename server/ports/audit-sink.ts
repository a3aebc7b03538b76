/** Port: where services record what was done. Implemented by the audit service. */
import type { AuditFacts } from '../../src/protocol/index.ts';
import type { Statement } from './database.ts';

/** What a service says of one action. The time is the audit service's to tell. */
export type AuditEvent = Omit<AuditFacts, 'time'>;

/**
 * Commits the statements of a change together with the entry that tells of it: both or neither.
 * @param what the change, for the entry.
 * @throws WaooawError `audit_unavailable`, and then nothing was done; the database's own.
 */
export type Commit<T> = (statements: readonly Statement[], what: T) => Promise<void>;

/**
 * The audit trail's narrow door.
 * - `record` resolves once the entry is durable, together with `alongside`: both or neither.
 * - Entries get one order; concurrent calls never fork it.
 * - Where the trail cannot be written, a level that is set to `block` rejects with `audit_unavailable`, and nothing of
 *   `alongside` is written; one that is set to `gap` resolves with `undefined`, and the trail says later how many are missing.
 *   `alongside` always blocks: a change without its entry is impossible.
 */
export interface AuditSink {
  /** @param alongside statements that commit in the entry's own transaction. */
  record(
    event: AuditEvent,
    alongside?: readonly Statement[],
  ): Promise<{ readonly sequence: number } | undefined>;
}
