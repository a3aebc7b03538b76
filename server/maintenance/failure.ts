/** What an error of the file system means to whoever asked for a backup. */
import { WaooawError } from '../../src/protocol/index.ts';

const FULL: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT']);
const TAKEN: ReadonlySet<string | undefined> = new Set(['EEXIST', 'ENOTEMPTY', 'ENOTDIR']);

/** The error in the registry's words. @param path what was worked at. */
export function storageError(error: unknown, path: string): WaooawError {
  if (error instanceof WaooawError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (FULL.has(code)) return new WaooawError('storage_full', `${path}: ${message}`, { cause: error });
  if (TAKEN.has(code)) return new WaooawError('folder_not_empty', `${path}: ${message}`, { cause: error });
  return new WaooawError('storage_failed', `${path}: ${message}`, { cause: error });
}
