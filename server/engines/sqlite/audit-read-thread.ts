/** The thread that reads the audit trail: it sees what is committed, and waits for no append. */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { ReadAnswer, ReaderData, ReadRequest, ReadResponse, ScanRequest } from './audit-messages.ts';
import { AuditReader } from './audit-reader.ts';
import { ScanQueue } from './audit-scans.ts';
import { AuditSearch, type Steps } from './audit-search.ts';

const port = parentPort;
if (!port) throw new Error('The reader runs as a worker thread only');
const { path, scans: limits } = workerData as ReaderData;
const database = new DatabaseSync(path, { readOnly: true });
database.exec('PRAGMA busy_timeout = 5000; PRAGMA cache_size = -32000;');
let opened: { readonly reader: AuditReader; readonly search: AuditSearch } | undefined;
const scans = new ScanQueue<ReadAnswer>(
  { done: (id, ok) => answer({ id, ok }), failed },
  () => performance.now(),
  limits,
);
let turning = false;

// What is answered at once is; searches go on between two messages.
port.on('message', (request: ReadRequest) => {
  const { id } = request;
  try {
    if ('cancel' in request) {
      scans.cancel(request.cancel);
      answer({ id, ok: null });
    } else if (isScan(request)) {
      scans.add(id, stepsOf(request));
      if (!turning) setImmediate(turn);
      turning = true;
    } else inOneMoment(() => answer({ id, ok: read(request) }));
  } catch (error) {
    failed(id, error);
  }
});

function turn(): void {
  inOneMoment(() => scans.turn());
  turning = !scans.idle;
  if (turning) setImmediate(turn);
}

/** What is read is of one state of the file. */
function inOneMoment(work: () => void): void {
  try {
    database.exec('BEGIN');
    work();
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK');
  }
}

function answer(response: ReadResponse): void {
  port?.postMessage(response);
}

function failed(id: number, error: unknown): void {
  const told = error instanceof WaooawError && (error.code === 'bad_request' || error.code === 'query_limit');
  const code = told ? error.code : 'database_failed';
  answer({ id, failed: { code, message: (error as Error).message } });
}

function isScan(request: ReadRequest): request is ScanRequest {
  return 'call' in request && ['find', 'range', 'count', 'facet'].includes(request.call);
}

function* stepsOf({ call, ask }: ScanRequest): Steps<ReadAnswer> {
  const { search } = (opened ??= open());
  switch (call) {
    case 'find':
      return yield* search.find(ask.filter, ask.before, ask.limit);
    case 'range':
      return yield* search.range(ask.from, ask.limit, ask.filter);
    case 'count':
      return yield* search.count(ask.filter, ask.atMost);
    case 'facet':
      return yield* search.facet(ask.field, ask.filter, ask);
  }
}

function read({ call, ask }: Exclude<ReadRequest, ScanRequest | { readonly cancel: number }>): ReadAnswer {
  const { reader } = (opened ??= open());
  switch (call) {
    case 'get': {
      const row = ask >= reader.extent().first ? reader.get(ask) : undefined;
      return row ?? null;
    }
    case 'inclusion': {
      const tree = reader.tree(ask.size);
      if (!Number.isSafeInteger(ask.index) || ask.index < 0 || ask.index >= ask.size) {
        throw new WaooawError('bad_request', `A tree of ${ask.size} has no leaf ${ask.index}`);
      }
      return tree.inclusion(ask.index, ask.size);
    }
    case 'consistency': {
      const tree = reader.tree(ask.second);
      if (!Number.isSafeInteger(ask.first) || ask.first < 0 || ask.first > ask.second) {
        throw new WaooawError(
          'bad_request',
          `A tree of ${ask.first} is not the beginning of one of ${ask.second}`,
        );
      }
      return tree.consistency(ask.first, ask.second);
    }
    case 'root': {
      const size = ask ?? reader.extent().size;
      return { size, root: reader.tree(size).root(size) };
    }
    case 'checkpoints':
      return reader.checkpoints(ask);
    case 'first':
      return reader.extent().first;
  }
}

function open(): { reader: AuditReader; search: AuditSearch } {
  const reader = new AuditReader(database);
  return { reader, search: new AuditSearch(database, reader) };
}
