/** The thread that owns the SQLite file: the only writer, so that nothing ever meets a lock. */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { GroupWriter } from './group-writer.ts';
import { failureOf } from './failure.ts';
import type { Request, Response, WriterData } from './messages.ts';

const CHECKPOINT_PAGES = 4_000;
/** Transactions that share a commit, at most: a reply must not wait for a backlog without end. */
const GROUP = 4_096;

type WriteRequest = Extract<Request, { readonly write: unknown }>;

const port = parentPort;
if (!port) throw new Error('The writer runs as a worker thread only');

const { path, options } = workerData as WriterData;
const database = new DatabaseSync(path);
// WAL with FULL: a commit returns after its fsync, so an acknowledgement survives a power cut. Pages are copied into the
// file by the statement below and not by the commit, which would keep a failed fsync of the file to itself.
database.exec(
  'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -16000;',
);
const walPages = database.prepare('PRAGMA wal_checkpoint(NOOP)');
const checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
const writer = new GroupWriter(database, options);
let pruning = false;

port.on('message', (request: Request) => {
  // What arrived while the last group was written is the next group.
  let next: Request | undefined = request;
  while (next) {
    if ('write' in next) {
      const group: WriteRequest[] = [];
      let count = 0;
      for (; next && 'write' in next && count < GROUP; next = received()) {
        group.push(next);
        count += next.write.length;
      }
      write(group);
    } else {
      other(next);
      next = received();
    }
  }
});

function received(): Request | undefined {
  return (receiveMessageOnPort(port!) as { message: Request } | undefined)?.message;
}

function answer(response: Response): void {
  port?.postMessage(response);
}

function write(group: readonly WriteRequest[]): void {
  const { outcomes, head } = writer.write(group);
  group.forEach(({ id }, i) => answer({ id, outcomes: outcomes[i]!, head }));
  copyPages();
  if (!pruning) prune();
}

/** After the answers, which need not wait for it. */
function copyPages(): void {
  if (writer.failed) return;
  try {
    if (Number(walPages.get()?.['log']) >= (options.checkpointPages ?? CHECKPOINT_PAGES)) checkpoint.get();
  } catch (error) {
    writer.fail(error);
  }
}

/** A slice a turn, so that appends come in between. */
function prune(): void {
  pruning = writer.pruneSome();
  if (!pruning) return;
  copyPages();
  setImmediate(prune);
}

function other(request: Exclude<Request, WriteRequest>): void {
  const { id } = request;
  if ('read' in request) {
    try {
      const { sql, params = [] } = request.read;
      answer({ id, rows: database.prepare(sql).all(...params) });
    } catch (error) {
      answer({ id, failed: failureOf(error, false) });
    }
    return;
  }
  close();
  answer({ id, closed: true });
  port?.close();
}

function close(): void {
  if (!writer.failed) {
    database.close();
    return;
  }
  // The last to close copies the log into the file and syncs it. After a sync that failed, one that works proves nothing: a
  // reader in its place leaves the log as it is, for whoever opens the file anew.
  const reader = new DatabaseSync(path, { readOnly: true });
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM sqlite_schema').get();
  database.close();
  reader.close();
}
