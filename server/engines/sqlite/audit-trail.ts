/** The audit trail of a file that nobody need be serving: for `waooaw audit verify --database`. */
import { DatabaseSync } from 'node:sqlite';
import type { AuditRow, CheckpointRow } from '../../ports/audit-log.ts';
import { rowOf } from './audit-log.ts';
import { AuditReader } from './audit-reader.ts';
import { FANOUT } from './audit-tree.ts';

/** All of a trail, one after the other. */
export interface AuditTrail {
  /** Entries that were ever appended. */
  readonly size: number;
  /** The first sequence that was not pruned. */
  readonly first: number;
  /** Rows in the order of their sequence. A row that was taken out by force is missing here; nothing takes its place. */
  rows(from?: number): Iterable<AuditRow>;
  /** Leaf hashes of the entries below `first`, in order. */
  prunedLeaves(): Iterable<Uint8Array>;
  /** The oldest first. */
  checkpoints(): readonly CheckpointRow[];
  close(): void;
}

/**
 * Opens the file and only reads it; it may be in use. What is appended meanwhile is not seen.
 * @throws the engine's own error where the file is missing, or no database of ours.
 */
export function openAuditTrail(path: string): AuditTrail {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.exec('PRAGMA busy_timeout = 5000; BEGIN');
    const reader = new AuditReader(database);
    const { size, first } = reader.extent();
    return {
      size,
      first,
      *rows(from = first) {
        for (const row of reader.up(from, size + 1)) yield rowOf(row);
      },
      *prunedLeaves() {
        for (let position = 0; position * FANOUT < first - 1; position += 1) yield* reader.below(0, position);
      },
      checkpoints: () => reader.checkpoints(-1).reverse(),
      close: () => database.close(),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}
