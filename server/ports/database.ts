/** Port: durable rows. One writer, so that nothing ever waits for a lock. */

/** A value that a column can hold. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** A statement with `?` parameters. */
export interface Statement {
  readonly sql: string;
  readonly params?: readonly SqlValue[];
}

/** What a written statement did. */
export interface WriteResult {
  readonly changes: number;
}

/** A row by column name. */
export type Row = Readonly<Record<string, SqlValue>>;

/** A numbered step forward. Never edited once released, never run backward. */
export interface Migration {
  /** From 1, without a hole. */
  readonly version: number;
  readonly statements: readonly string[];
}

/**
 * Durable rows. Guarantees, whichever engine:
 * - A resolved `transaction` is durable: it survives a crash of the process and of the machine.
 * - A transaction takes effect whole or not at all, and transactions take effect in the order they were handed in.
 * - `read` sees every transaction that resolved before it was called.
 * - Neither blocks the event loop.
 * - A refused statement rejects with a `WaooawError`: `storage_full` on a full disk, `database_closed` after `close`,
 *   else `database_failed` with the engine's own error as its cause. It never ends the process.
 */
export interface Database {
  /** Brings the schema forward. @throws WaooawError `database_newer` when the file is newer than the list. */
  migrate(migrations: readonly Migration[]): Promise<void>;
  transaction(statements: readonly Statement[]): Promise<readonly WriteResult[]>;
  read(statement: Statement): Promise<readonly Row[]>;
  /** Finishes what was handed in, then closes. Closing twice is harmless. */
  close(): Promise<void>;
}
