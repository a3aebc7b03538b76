/** What the event loop's side and the writer thread say to each other. */
import type { TreeHead } from '../../ports/audit-log.ts';
import type { Row, Statement, WriteResult } from '../../ports/database.ts';
import type { ScanLimits } from './audit-scans.ts';

/** How a thread is told which file is its own. */
export interface WriterData {
  readonly path: string;
  readonly options: SqliteOptions;
}

/** How a file is opened. */
export interface SqliteOptions {
  /**
   * Audit entries are indexed as they are appended. Default true. Without it every search compares row by row; what is
   * missing is indexed by the first append once it is true again.
   */
  readonly auditIndex?: boolean;
  /** Pages in the write-ahead log from which on they are copied into the file. Default 4,000, of 4 KiB each. */
  readonly checkpointPages?: number;
  /** How long searches of the audit trail may take. */
  readonly auditScans?: ScanLimits;
}

/** What makes an append happen once. */
export interface Key {
  readonly key: string;
  readonly bodyHash: Uint8Array;
}

/** Audit entries on their way: a few large values instead of many small ones, which would cost the event loop more. */
export interface PackedRows {
  /** JSON, without the time. */
  readonly facts: readonly string[];
  /** µs since 1970. */
  readonly times: Float64Array;
  /** 48 bytes a row: the seed, then the leaf. */
  readonly hashes: Uint8Array;
}

/** One transaction. `append` takes the next so many of the request's packed rows. */
export type Write =
  | { readonly statements: readonly Statement[] }
  | { readonly append: number; readonly key: Key | undefined; readonly alongside: readonly Statement[] }
  | { readonly prune: number };

/** Work for the writer. `write` carries every transaction handed in during one turn of the event loop. */
export type Request =
  | { readonly id: number; readonly write: readonly Write[]; readonly rows: PackedRows }
  | { readonly id: number; readonly read: Statement }
  | { readonly id: number; readonly close: true };

/** Why the writer refused. */
export interface Failure {
  readonly code:
    'storage_full' | 'storage_failed' | 'database_failed' | 'idempotency_conflict' | 'bad_request';
  readonly message: string;
}

/** What became of one transaction. */
export type Outcome =
  | { readonly ok: readonly WriteResult[] }
  | { readonly first: number; readonly count: number; readonly replayed: boolean }
  | { readonly pruned: number }
  | { readonly failed: Failure };

/** The writer's answer. `head`: the tree after the commit, where there was an append. */
export type Response =
  | { readonly id: number; readonly outcomes: readonly Outcome[]; readonly head: TreeHead | undefined }
  | { readonly id: number; readonly rows: readonly Row[] }
  | { readonly id: number; readonly failed: Failure }
  | { readonly id: number; readonly closed: true };
