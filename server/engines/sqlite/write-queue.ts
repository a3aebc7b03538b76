/** What waits for the writer thread: all of a turn of the event loop goes to it at once. */
import { setImmediate as endOfTurn } from 'node:timers/promises';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { NewAuditRow, TreeHead } from '../../ports/audit-log.ts';
import { errorOf } from './failure.ts';
import type { FileThread } from './file-thread.ts';
import type { Outcome, PackedRows, Request, Response, Write, WriterData } from './messages.ts';

/** Transactions that do not wait for the end of the turn: the writer begins while the others are still made. */
const ENOUGH = 64;
const SEED_BYTES = 16;
const ROW_BYTES = 48;

/** The writer thread as its queue sees it. */
export type WriterThread = FileThread<Request, Response, WriterData>;

/** What became of a transaction, and the audit trail's tree after its commit where the group appended. */
export interface Done {
  readonly outcome: Exclude<Outcome, { readonly failed: unknown }>;
  readonly head: TreeHead | undefined;
}

interface Waiting {
  readonly write: Write;
  readonly rows: readonly NewAuditRow[];
  resolve(done: Done): void;
  reject(error: Error): void;
}

/** Gathers transactions, and hands each its outcome. */
export class WriteQueue {
  readonly #thread: WriterThread;
  #waiting: Waiting[] = [];
  #flushing: NodeJS.Immediate | undefined;
  #closed = false;

  constructor(thread: WriterThread) {
    this.#thread = thread;
  }

  /** Takes nothing any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * @param rows what an append appends.
   * @throws WaooawError `database_closed`, or why it was refused.
   */
  add(write: Write, rows: readonly NewAuditRow[] = []): Promise<Done> {
    if (this.#closed) return Promise.reject(new WaooawError('database_closed'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, rows, resolve, reject });
      if (this.#waiting.length === ENOUGH) void this.#flush();
      else this.#flushing ??= setImmediate(() => void this.#flush());
    });
  }

  /** Refuses what comes from now on, and waits for what is there. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#flush();
  }

  async #flush(): Promise<void> {
    if (this.#flushing) clearImmediate(this.#flushing);
    this.#flushing = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length === 0) return;
    try {
      const rows = pack(waiting.flatMap((one) => one.rows));
      const write = waiting.map((one) => one.write);
      const memory = [rows.times.buffer, rows.hashes.buffer] as ArrayBuffer[];
      const response = await this.#thread.ask((id) => ({ id, write, rows }), memory);
      // Whoever hears of it goes on, and the writer answers that within the same turn: timers would never have theirs.
      await endOfTurn();
      if (!('outcomes' in response)) throw new WaooawError('database_failed', 'The writer gave no outcome');
      response.outcomes.forEach((outcome, i) => {
        if ('failed' in outcome) waiting[i]?.reject(errorOf(outcome.failed));
        else waiting[i]?.resolve({ outcome, head: response.head });
      });
    } catch (error) {
      for (const one of waiting) one.reject(error as Error);
    }
  }
}

function pack(rows: readonly NewAuditRow[]): PackedRows {
  const times = new Float64Array(rows.length);
  const hashes = new Uint8Array(rows.length * ROW_BYTES);
  const facts = rows.map(({ facts: { time, ...rest }, seed, leaf }, i) => {
    times[i] = time;
    hashes.set(seed, i * ROW_BYTES);
    hashes.set(leaf, i * ROW_BYTES + SEED_BYTES);
    return JSON.stringify(rest);
  });
  return { facts, times, hashes };
}
