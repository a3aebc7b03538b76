/** Rows that are written behind: gathered while the service goes on, and kept while the database refuses. */
import type { Clock, Timer } from '../../../ports/clock.ts';
import type { Database, Statement } from '../../../ports/database.ts';
import { Serial } from '../../../serial.ts';

/** Rows of one transaction, at most. */
const BATCH = 2_000;

/** One row, or what stands for it. */
export interface Unwritten<Value = unknown> {
  /** A later row of the same key takes the place of one that waits. */
  readonly key: string;
  /** What the row says, for whoever asks before it is written. */
  readonly value?: Value;
  /** Made when it is written, and not before. */
  statement(): Statement;
}

/** What writing behind needs. */
export interface WriteBehindDeps {
  readonly database: Database;
  readonly clock: Clock;
  /** The longest that a row waits, ms. */
  readonly intervalMs: number;
  /** Rows that wait, at most. */
  readonly maxRows: number;
  readonly onError: (error: unknown, what: string) => void;
}

/** Gathers rows and writes them, in the order in which their keys came first. */
export class WriteBehind {
  readonly #deps: WriteBehindDeps;
  readonly #serial = new Serial();
  #waiting = new Map<string, Unwritten>();
  #writing = new Map<string, Unwritten>();
  #timer: Timer | undefined;
  #soon: NodeJS.Immediate | undefined;
  /** The database refused the last time. It is asked again by the timer only. */
  #refused = false;
  /** Rows that were lost since the database refused. */
  #lost = 0;
  #closed = false;

  constructor(deps: WriteBehindDeps) {
    this.#deps = deps;
  }

  /** Takes a row. `soon`: it is written at the end of the turn. */
  put(row: Unwritten, soon = false): void {
    if (this.#closed) return;
    // The last word of a key comes last, so that what is given up is what was not changed for longest.
    this.#waiting.delete(row.key);
    this.#waiting.set(row.key, row);
    if (this.#waiting.size > this.#deps.maxRows) this.#drop();
    if (soon && !this.#refused) this.#soon ??= setImmediate(() => void this.#try());
    else this.#arm();
  }

  /** Rows that may not be there yet for a read that begins now, in their order. */
  *unwritten(): IterableIterator<Unwritten> {
    yield* this.#writing.values();
    yield* this.#waiting.values();
  }

  /** Resolves when all that waits is durable. Rejects with the database's own error; then it goes on waiting. */
  flush(): Promise<void> {
    return this.#serial.run(() => this.#write());
  }

  /** Writes what waits, and takes nothing any more. What the database refuses is told, and lost. */
  async close(): Promise<void> {
    await this.#try();
    this.#closed = true;
    this.#disarm();
  }

  #drop(): void {
    const [oldest] = this.#waiting.keys();
    this.#waiting.delete(oldest!);
    this.#lost += 1;
  }

  async #try(): Promise<void> {
    // It was told already.
    await this.flush().catch(() => undefined);
  }

  async #write(): Promise<void> {
    this.#disarm();
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting].slice(0, BATCH);
      this.#writing = new Map(batch);
      for (const [key] of batch) this.#waiting.delete(key);
      try {
        await this.#deps.database.transaction(batch.map(([, row]) => row.statement()));
      } catch (error) {
        // What came meanwhile is newer.
        this.#waiting = new Map([...this.#writing, ...this.#waiting]);
        while (this.#waiting.size > this.#deps.maxRows) this.#drop();
        this.#refuse(error);
        throw error;
      } finally {
        this.#writing = new Map();
      }
    }
    this.#refused = false;
    if (this.#lost > 0)
      this.#deps.onError(new Error(`${this.#lost} rows`), 'rows of the health record are lost');
    this.#lost = 0;
  }

  #refuse(error: unknown): void {
    if (!this.#refused) this.#deps.onError(error, 'the health record cannot be written, and waits');
    this.#refused = true;
    this.#arm();
  }

  #arm(): void {
    this.#timer ??= this.#deps.clock.after(this.#deps.intervalMs, () => void this.#try());
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#soon) clearImmediate(this.#soon);
    this.#soon = undefined;
  }
}
