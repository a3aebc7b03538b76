/** Engine: one SQLite file (`node:sqlite`), owned by a thread of its own. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { Database, Migration, Row, Statement, WriteResult } from '../../ports/database.ts';
import { FileThread } from './file-thread.ts';
import type { Failure, Request, Response, WriterData } from './messages.ts';

/** Sources run as TypeScript, the published package as JavaScript: the thread's file has this file's ending. */
const WRITER = new URL(import.meta.url.endsWith('.ts') ? './writer.ts' : './writer.js', import.meta.url);

interface QueuedWrite {
  readonly statements: readonly Statement[];
  resolve(results: readonly WriteResult[]): void;
  reject(error: Error): void;
}

/**
 * Opens the file, and makes it and its folder (readable by this user only) if need be.
 * @throws WaooawError `database_failed` when the folder cannot be made; a file that cannot be opened rejects the
 *   first call.
 */
export function openSqlite(path: string): Database {
  const thread = new FileThread<Request, Response, WriterData>(WRITER, { path });
  let queue: QueuedWrite[] = [];
  let closing: Promise<void> | undefined;

  const flush = async (): Promise<void> => {
    const writes = queue;
    queue = [];
    if (writes.length === 0) return;
    try {
      const response = await thread.ask((id) => ({ id, write: writes.map((write) => write.statements) }));
      if (!('outcomes' in response)) throw new WaooawError('database_failed', 'The writer gave no outcome');
      response.outcomes.forEach((outcome, i) => {
        if ('ok' in outcome) writes[i]?.resolve(outcome.ok);
        else writes[i]?.reject(errorOf(outcome.failed));
      });
    } catch (error) {
      for (const write of writes) write.reject(error as Error);
    }
  };

  const transaction = (statements: readonly Statement[]): Promise<readonly WriteResult[]> => {
    if (closing) return Promise.reject(new WaooawError('database_closed'));
    return new Promise((resolve, reject) => {
      queue.push({ statements, resolve, reject });
      if (queue.length === 1) setImmediate(() => void flush());
    });
  };

  const read = async (statement: Statement): Promise<readonly Row[]> => {
    if (closing) throw new WaooawError('database_closed');
    const response = await thread.ask((id) => ({ id, read: statement }));
    if ('failed' in response) throw errorOf(response.failed);
    return 'rows' in response ? response.rows : [];
  };

  return {
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
        await flush();
        if (!thread.broken) await thread.ask((id) => ({ id, close: true }));
        await thread.end();
      })();
      return closing;
    },
  };
}

function errorOf(failure: Failure): WaooawError {
  return new WaooawError(failure.full ? 'storage_full' : 'database_failed', failure.message);
}
