/** The thread that reads the audit trail: it sees what is committed, and waits for no append. */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { ReadCalls, ReaderData, ReadRequest, ReadResponse } from './audit-messages.ts';
import { AuditMatcher } from './audit-facts.ts';
import { AuditReader, factsOf, type RawRow } from './audit-reader.ts';
import { AuditSearch } from './audit-search.ts';

const port = parentPort;
if (!port) throw new Error('The reader runs as a worker thread only');
const database = new DatabaseSync((workerData as ReaderData).path, { readOnly: true });
database.exec('PRAGMA busy_timeout = 5000; PRAGMA cache_size = -32000;');
let opened: { readonly reader: AuditReader; readonly search: AuditSearch } | undefined;

port.on('message', (request: ReadRequest) => {
  const { id } = request;
  try {
    database.exec('BEGIN');
    answer({ id, ok: read(request) });
  } catch (error) {
    const code =
      error instanceof WaooawError && error.code === 'bad_request' ? error.code : 'database_failed';
    answer({ id, failed: { code, message: (error as Error).message } });
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK');
  }
});

function answer(response: ReadResponse): void {
  port?.postMessage(response);
}

/** All of one answer is of one moment. */
function read({ call, ask }: ReadRequest): ReadCalls[keyof ReadCalls]['answer'] {
  opened ??= open();
  const { reader, search } = opened;
  switch (call) {
    case 'find':
      return search.find(ask.filter, ask.before, ask.limit);
    case 'range':
      return range(reader, ask);
    case 'get': {
      const row = ask >= reader.extent().first ? reader.get(ask) : undefined;
      return row ?? null;
    }
    case 'count':
      return search.count(ask.filter, ask.atMost);
    case 'facet': {
      const { field, filter, limit, tag } = ask;
      return search.facet(field, filter, { limit, ...(tag === undefined ? {} : { tag }) });
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

function range(reader: AuditReader, { from, limit, filter }: ReadCalls['range']['ask']): RawRow[] {
  const rows: RawRow[] = [];
  const matcher = filter && new AuditMatcher(filter);
  const { first, size } = reader.extent();
  if (limit <= 0) return rows;
  for (const row of reader.up(Math.max(from, first), size + 1)) {
    if (!matcher || matcher.matches(factsOf(row))) rows.push(row);
    if (rows.length >= limit) break;
  }
  return rows;
}
