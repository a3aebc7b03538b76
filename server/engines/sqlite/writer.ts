/** The thread that owns the SQLite file: the only writer, so that nothing ever meets a lock. */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { Statement, WriteResult } from '../../ports/database.ts';
import type { Failure, Outcome, Request, Response, WriterData } from './messages.ts';

/** SQLITE_FULL, https://sqlite.org/rescode.html#full */
const SQLITE_FULL = 13;

const port = parentPort;
if (!port) throw new Error('The writer runs as a worker thread only');

const database = new DatabaseSync((workerData as WriterData).path);
// WAL with FULL: a commit returns after its fsync, so an acknowledgement survives a power cut.
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;');

port.on('message', (request: Request) => {
  if ('write' in request) answer({ id: request.id, outcomes: writeAll(request.write) });
  else if ('read' in request) answer(readOne(request.id, request.read));
  else {
    database.close();
    answer({ id: request.id, closed: true });
    port?.close();
  }
});

function answer(response: Response): void {
  port?.postMessage(response);
}

/** Group commit: each transaction stands or falls by itself (a savepoint), and all share one fsync. */
function writeAll(transactions: readonly (readonly Statement[])[]): Outcome[] {
  try {
    database.exec('BEGIN IMMEDIATE');
    const outcomes = transactions.map(writeOne);
    database.exec('COMMIT');
    return outcomes;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    const failed = failureOf(error);
    return transactions.map(() => ({ failed }));
  }
}

function writeOne(statements: readonly Statement[]): Outcome {
  database.exec('SAVEPOINT one');
  try {
    const ok = statements.map(run);
    database.exec('RELEASE one');
    return { ok };
  } catch (error) {
    // SQLite may have rolled the whole transaction back by itself (a full disk does that); then nothing of the
    // group stands, and the caller's COMMIT fails for all of it.
    if (!database.isTransaction) throw error;
    database.exec('ROLLBACK TO one; RELEASE one');
    return { failed: failureOf(error) };
  }
}

function run({ sql, params = [] }: Statement): WriteResult {
  return { changes: Number(database.prepare(sql).run(...params).changes) };
}

function readOne(id: number, { sql, params = [] }: Statement): Response {
  try {
    return { id, rows: database.prepare(sql).all(...params) };
  } catch (error) {
    return { id, failed: failureOf(error) };
  }
}

function failureOf(error: unknown): Failure {
  const { message, errcode } = error as Error & { errcode?: number };
  return { full: errcode === SQLITE_FULL, message };
}
