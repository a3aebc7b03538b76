/** What an error of SQLite means to whoever asked. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { Failure } from './messages.ts';

// https://sqlite.org/rescode.html
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
/** After one of these nobody knows what the disk holds, and a second try may lie. */
const LOST: ReadonlySet<number> = new Set([READONLY, IOERR, CORRUPT, CANTOPEN]);

/**
 * The code of an error, and its words.
 * @param writing what failed was a write: then a disk that fails is `storage_failed`.
 */
export function failureOf(error: unknown, writing: boolean): Failure {
  const { message, errcode = 0 } = error as Error & { errcode?: number };
  const primary = errcode & 0xff;
  if (primary === FULL) return { code: 'storage_full', message };
  if (writing && LOST.has(primary)) return { code: 'storage_failed', message };
  if (
    error instanceof WaooawError &&
    (error.code === 'idempotency_conflict' || error.code === 'bad_request')
  ) {
    return { code: error.code, message };
  }
  return { code: 'database_failed', message };
}

/** The error that a failure is on the other side. */
export function errorOf({ code, message }: Failure): WaooawError {
  return new WaooawError(code, message);
}
