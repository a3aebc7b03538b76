/** SQLite files as wholes: copied while a server writes to them, and checked. */
import { writeFile } from 'node:fs/promises';
import { DatabaseSync, backup } from 'node:sqlite';
import { WaooawError } from '../../src/protocol/index.ts';
import { sync } from './copy-file.ts';

/** Pages copied between two looks at what else there is to do: 16 MiB and more. */
const PAGES_AT_ONCE = 4_096;
// https://sqlite.org/rescode.html
const FULL = 13;

/**
 * Copies a database at one moment of its life, also while a server writes to it, which never waits for this. Every transaction that
 * was acknowledged before this was called is in the copy, and those during it are not.
 *
 * A read transaction is held meanwhile: SQLite's backup begins anew whenever another process has written between two of its steps,
 * and would never end beside a busy server. The write-ahead log grows until it is done.
 * @param to made anew; one file, which can be read where nothing can be written.
 * @returns the copy's schema.
 * @throws WaooawError `storage_full`, `bad_backup` where the copy is not sound, else `database_failed`.
 */
export async function copyDatabase(from: string, to: string): Promise<number> {
  try {
    // For this user only, whatever others may of what is new.
    await writeFile(to, '', { mode: 0o600, flag: 'wx' });
    const source = new DatabaseSync(from, { readOnly: true });
    try {
      source.exec('PRAGMA busy_timeout = 5000; BEGIN');
      // The moment: a transaction sees nothing before it first reads.
      source.prepare('SELECT count(*) FROM sqlite_schema').get();
      await backup(source, to, { rate: PAGES_AT_ONCE });
    } finally {
      source.close();
    }
    const copy = new DatabaseSync(to);
    try {
      // A log of its own it needs only once a server has it, who makes it one again.
      copy.exec('PRAGMA journal_mode = DELETE');
    } finally {
      copy.close();
    }
  } catch (error) {
    throw failed(from, error);
  }
  await sync(to);
  return checkDatabase(to);
}

/** @returns its schema. @throws WaooawError `bad_backup` where pages or rows are not as they were written. */
export function checkDatabase(path: string): number {
  try {
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      const [said] = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {});
      if (said !== 'ok') throw new WaooawError('bad_backup', `${path} is damaged: ${String(said)}`);
      return schemaOf(database);
    } finally {
      database.close();
    }
  } catch (cause) {
    if (cause instanceof WaooawError) throw cause;
    throw new WaooawError('bad_backup', `${path} is damaged: ${(cause as Error).message}`, { cause });
  }
}

/** The schema of a file, which a server may be using. @throws WaooawError `database_failed`. */
export function readSchema(path: string): number {
  try {
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      database.exec('PRAGMA busy_timeout = 5000');
      return schemaOf(database);
    } finally {
      database.close();
    }
  } catch (error) {
    throw failed(path, error);
  }
}

function schemaOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}

function failed(path: string, cause: unknown): WaooawError {
  const { message, errcode = 0 } = cause as Error & { errcode?: number };
  const code = (errcode & 0xff) === FULL ? 'storage_full' : 'database_failed';
  return new WaooawError(code, `${path}: ${message}`, { cause });
}
