/** Door 3: checks the audit trail of a database file, without a server, and while one may be using it. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { WaooawError } from '../src/protocol/index.ts';
import { openAuditTrail } from './engines/sqlite/audit-trail.ts';
import type { AuditTrail } from './engines/sqlite/audit-trail.ts';
import { TrailFailed, checkedLeaves } from './services/audit/row-leaf.ts';
import { verifyTrail } from './services/audit/verification.ts';
import type { TrailCheck, VerifiedTrail } from './services/audit/verification.ts';
import type { Hashed, Portion, VerifyData } from './verify-messages.ts';

export { TrailFailed };
export type { TrailCheck, VerifiedTrail };

/** Sources run as TypeScript, the published package as JavaScript: the thread's file has this file's ending. */
const THREAD = new URL(
  import.meta.url.endsWith('.ts') ? './verify-thread.ts' : './verify-thread.js',
  import.meta.url,
);
/** Rows that are hashed at once: a thread's answer, 256 KiB. */
const PORTION_ROWS = 8_192;
const HASH_BYTES = 32;
/** More find the disk busy. */
const MAX_THREADS = 8;

/**
 * Reads the file, and changes nothing in it. What is appended meanwhile is not seen.
 * @param path of the SQLite file.
 * @throws TrailFailed at the first thing that is wrong; WaooawError `database_failed` where there is no trail to be read.
 */
export async function verifyDatabase(path: string, check: TrailCheck): Promise<VerifiedTrail> {
  const trail = opened(path);
  try {
    const { first } = trail;
    return await verifyTrail(
      {
        first,
        leaves: () => leavesOf(trail, path),
        prunedLeaves: () => trail.prunedLeaves(),
        checkpoints: () => trail.checkpoints(),
      },
      check,
    );
  } finally {
    trail.close();
  }
}

/** @returns the newest checkpoint of the file; undefined where there is none. @throws WaooawError `database_failed`. */
export function newestCheckpoint(path: string): string | undefined {
  const trail = opened(path);
  try {
    return trail.checkpoints().at(-1)?.text;
  } finally {
    trail.close();
  }
}

function opened(path: string): AuditTrail {
  try {
    return openAuditTrail(path);
  } catch (cause) {
    const { message } = cause as Error;
    throw new WaooawError('database_failed', `${path} holds no audit trail that can be read: ${message}`, {
      cause,
    });
  }
}

/** Rows are hashed by as many threads as there are processors, and handed on in their order. */
async function* leavesOf(trail: AuditTrail, path: string): AsyncGenerator<readonly Uint8Array[], void> {
  const portions = portionsOf(trail);
  if (portions.length < 2) {
    for (const { from, below } of portions) yield checkedLeaves(trail.rows(from), from, below);
    return;
  }
  const count = Math.min(MAX_THREADS, availableParallelism(), portions.length);
  const threads = Array.from({ length: count }, () => new HashingThread(path));
  try {
    // Each thread has one portion under way, and one that waits: it is never idle, and the memory is bounded.
    const ahead: Promise<Hashed>[] = [];
    let next = 0;
    const ask = (): void => {
      const portion = portions[next];
      if (portion) ahead.push(threads[next++ % count]!.hash(portion));
    };
    while (next < Math.min(portions.length, 2 * count)) ask();
    for (let answer; (answer = ahead.shift()) !== undefined; ask()) {
      const hashed = await answer;
      if ('failed' in hashed) {
        const { fault, message, sequence } = hashed.failed;
        throw new TrailFailed(fault, message, sequence);
      }
      yield slices(hashed.leaves);
    }
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

function portionsOf({ first, size }: AuditTrail): Portion[] {
  const portions: Portion[] = [];
  for (let from = first; from <= size; from += PORTION_ROWS) {
    portions.push({ from, below: Math.min(size + 1, from + PORTION_ROWS) });
  }
  return portions;
}

interface Waiting {
  readonly resolve: (hashed: Hashed) => void;
  readonly reject: (error: Error) => void;
}

/** A thread, which answers in the order in which it is asked. */
class HashingThread {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];

  constructor(path: string) {
    const data: VerifyData = { path };
    this.#worker = new Worker(THREAD, { workerData: data });
    this.#worker.on('message', (hashed: Hashed) => this.#waiting.shift()?.resolve(hashed));
    this.#worker.on('error', (cause: Error) => {
      const error = new WaooawError('database_failed', `${path} cannot be read: ${cause.message}`, { cause });
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
  }

  hash(portion: Portion): Promise<Hashed> {
    const promise = new Promise<Hashed>((resolve, reject) => void this.#waiting.push({ resolve, reject }));
    this.#worker.postMessage(portion);
    // What is left when a row before it was bad is nobody's any more.
    promise.catch(() => undefined);
    return promise;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

function slices(leaves: Uint8Array): Uint8Array[] {
  return Array.from({ length: leaves.length / HASH_BYTES }, (_, at) =>
    leaves.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
}
