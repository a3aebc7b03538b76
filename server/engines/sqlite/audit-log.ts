/** Engine: the audit trail in the SQLite file; appended to by the thread that owns it, read by a second one. */
import { stat } from 'node:fs/promises';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { AuditLog, AuditRow, NewAuditRow, TreeHead } from '../../ports/audit-log.ts';
import type { Database, Statement } from '../../ports/database.ts';
import type { ReadCalls, ReaderData, ReadRequest, ReadResponse } from './audit-messages.ts';
import { factsOf, type RawRow } from './audit-reader.ts';
import { FileThread } from './file-thread.ts';
import type { ScanLimits } from './audit-scans.ts';
import type { Done, WriteQueue } from './write-queue.ts';

/** Sources run as TypeScript, the published package as JavaScript: the thread's file has this file's ending. */
const READER = new URL(
  import.meta.url.endsWith('.ts') ? './audit-read-thread.ts' : './audit-read-thread.js',
  import.meta.url,
);
const [SEED_BYTES, LEAF_BYTES] = [16, 32];

type ReadThread = FileThread<ReadRequest, ReadResponse, ReaderData>;

/** The trail, and what ends the thread that reads it. */
export interface OpenAuditLog {
  readonly auditLog: AuditLog;
  close(): Promise<void>;
}

/**
 * @param queue of the thread that owns the file.
 * @param read answers once that thread has opened the file: only then another can read it.
 */
export function openAuditLog(
  path: string,
  queue: WriteQueue,
  read: Database['read'],
  scans: ScanLimits = {},
): OpenAuditLog {
  let starting: Promise<ReadThread> | undefined;
  let newest: TreeHead | undefined;

  const start = async (): Promise<ReadThread> => {
    await read({ sql: 'SELECT 1' });
    return new FileThread<ReadRequest, ReadResponse, ReaderData>(READER, { path, scans });
  };
  const ask = async <K extends keyof ReadCalls>(
    call: K,
    what: ReadCalls[K]['ask'],
    signal?: AbortSignal,
  ): Promise<ReadCalls[K]['answer']> => {
    if (queue.closed) throw new WaooawError('database_closed');
    starting ??= start();
    const thread = await starting;
    signal?.throwIfAborted();
    let asked = 0;
    const answer = thread.ask((id) => {
      asked = id;
      return { id, call, ask: what } as ReadRequest;
    });
    const response = await (signal ? unlessAborted(thread, asked, answer, signal) : answer);
    if ('failed' in response) throw new WaooawError(response.failed.code, response.failed.message);
    return response.ok;
  };
  /** Answers of two groups may be taken in any order. */
  const remember = ({ head }: Done): void => {
    if (head && head.size > (newest?.size ?? -1)) newest = head;
  };

  const auditLog: AuditLog = {
    async append(rows, alongside = []) {
      const refused = rows.find((row) => row.seed.length !== SEED_BYTES || row.leaf.length !== LEAF_BYTES);
      if (refused) throw new WaooawError('bad_request', 'A seed has 16 bytes, and a leaf 32');
      const done = await queue.add(
        { append: rows.length, key: keyOf(rows), alongside: plain(alongside) },
        rows,
      );
      remember(done);
      const { outcome, head } = done;
      if (!('first' in outcome) || !head)
        throw new WaooawError('database_failed', 'The writer gave no place');
      const sequences = Array.from({ length: outcome.count }, (_, i) => outcome.first + i);
      return { sequences, replayed: outcome.replayed, head };
    },

    async head() {
      return newest ?? (await ask('root', undefined));
    },

    find: async (filter, { before = Number.MAX_SAFE_INTEGER, limit, signal }) =>
      (await ask('find', { filter, before, limit }, signal)).map(rowOf),
    range: async (from, limit, filter, { signal } = {}) =>
      (await ask('range', { from, limit, filter }, signal)).map(rowOf),
    async get(sequence) {
      const row = await ask('get', sequence);
      return row ? rowOf(row) : undefined;
    },
    count: (filter, atMost, { signal } = {}) => ask('count', { filter, atMost }, signal),
    facet: (field, filter, { limit, tag, signal }) => ask('facet', { field, filter, limit, tag }, signal),
    inclusion: (index, size) => ask('inclusion', { index, size }),
    consistency: (first, second) => ask('consistency', { first, second }),
    root: async (size) => (await ask('root', size)).root,

    async saveCheckpoint({ size, text, at }) {
      const sql = 'INSERT INTO audit_checkpoint (size, text, at) VALUES (?, ?, ?)';
      await queue.add({ statements: [{ sql, params: [size, text, at] }] });
    },
    checkpoints: (limit) => ask('checkpoints', limit),
    first: () => ask('first', null),

    async prune(below) {
      const { outcome } = await queue.add({ prune: below });
      return 'pruned' in outcome ? outcome.pruned : 0;
    },

    async bytes() {
      const sizes = ['', '-wal'].map(
        async (ending) => (await stat(path + ending).catch(() => undefined))?.size ?? 0,
      );
      return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    },
  };

  return {
    auditLog,
    async close() {
      const thread = await starting?.catch(() => undefined);
      await thread?.end();
    },
  };
}

/** Waits for an answer, or gives the question up. @throws the signal's reason. */
function unlessAborted(
  thread: ReadThread,
  asked: number,
  answer: Promise<ReadResponse>,
  signal: AbortSignal,
): Promise<ReadResponse> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      thread.forget(asked);
      thread.ask((id) => ({ id, cancel: asked })).catch(reject);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** A row as the port has it. */
export function rowOf({ sequence, time, seed, leaf, facts, erased }: RawRow): AuditRow {
  return {
    sequence,
    facts: factsOf({ time, facts }),
    seed,
    leaf,
    ...(erased === null ? {} : { erased: JSON.parse(erased) as NonNullable<AuditRow['erased']> }),
  };
}

function keyOf(rows: readonly NewAuditRow[]): NewAuditRow['idempotency'] {
  return rows.find(({ idempotency }) => idempotency)?.idempotency;
}

/** Statements as they can be sent, whatever else their objects carry. */
function plain(statements: readonly Statement[]): Statement[] {
  return statements.map(({ sql, params = [] }) => ({ sql, params }));
}
