/** Engine: one SQLite file (`node:sqlite`), owned by a thread of its own. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import type { Database, Migration, Row, Statement, WriteResult } from '../../ports/database.ts';
import { openAuditLog } from './audit-log.ts';
import { errorOf } from './failure.ts';
import { FileThread } from './file-thread.ts';
import type { Request, Response, SqliteOptions, WriterData } from './messages.ts';
import { WriteQueue } from './write-queue.ts';

/** Sources run as TypeScript, the published package as JavaScript: the thread's file has this file's ending. */
const WRITER = new URL(import.meta.url.endsWith('.ts') ? './writer.ts' : './writer.js', import.meta.url);

/** A file of rows, and the audit trail in it. */
export interface SqliteFile extends Database {
  /** Its tables are there after `migrate(MIGRATIONS)`. */
  readonly auditLog: AuditLog;
}

/**
 * Opens the file, and makes it and its folder (readable by this user only) if need be. Once the disk failed, everything that
 * writes is refused with `storage_failed` until the file is opened anew: a sync is never tried twice.
 * @throws WaooawError `database_failed` when the folder cannot be made; a file that cannot be opened rejects the
 *   first call.
 */
export function openSqlite(path: string, options: SqliteOptions = {}): SqliteFile {
  const thread = new FileThread<Request, Response, WriterData>(WRITER, { path, options });
  const queue = new WriteQueue(thread);
  let closing: Promise<void> | undefined;

  const transaction = async (statements: readonly Statement[]): Promise<readonly WriteResult[]> => {
    const { outcome } = await queue.add({ statements });
    return 'ok' in outcome ? outcome.ok : [];
  };

  const read = async (statement: Statement): Promise<readonly Row[]> => {
    if (queue.closed) throw new WaooawError('database_closed');
    const response = await thread.ask((id) => ({ id, read: statement }));
    if ('failed' in response) throw errorOf(response.failed);
    return 'rows' in response ? response.rows : [];
  };

  const audit = openAuditLog(path, queue, read, options.auditScans);

  return {
    auditLog: audit.auditLog,
    transaction,
    read,

    async migrate(migrations) {
      const [row] = await read({ sql: 'PRAGMA user_version' });
      const current = Number(row!['user_version']);
      const newest = migrations.at(-1)?.version ?? 0;
      if (current > newest) {
        throw new WaooawError(
          'database_newer',
          `${path} has schema ${current}; this release knows up to ${newest}. Start a newer release, or restore a backup.`,
        );
      }
      for (const { version, statements } of migrations.filter((m: Migration) => m.version > current)) {
        await transaction([...statements, `PRAGMA user_version = ${version}`].map((sql) => ({ sql })));
      }
    },

    close() {
      closing ??= (async () => {
        await queue.close();
        // The writer goes last: it copies what is in the log into the file.
        await audit.close();
        if (!thread.broken) await thread.ask((id) => ({ id, close: true }));
        await thread.end();
      })();
      return closing;
    },
  };
}
