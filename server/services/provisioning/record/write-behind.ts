/** What may wait for a while: gathered, written in one transaction after another, and kept while the database refuses. */
import type { Clock, Timer } from '../../../ports/clock.ts';
import type { Database, Statement } from '../../../ports/database.ts';
import { Serial } from '../../../serial.ts';
import type { Fence } from './fence.ts';

/** Rows that were taken to be written. */
export interface Batch {
  readonly statements: readonly Statement[];
  /** They are durable. */
  written(): void;
  /** They are not: they wait again, before what came meanwhile. */
  refused(): void;
}

/** Where rows wait. */
export interface Source {
  /** Some of what waits; undefined when nothing does, or nothing may be written now. */
  take(): Batch | undefined;
}

/** What writing behind needs. */
export interface WriteBehindDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly fence: Fence;
  /** The longest that a row waits, ms. */
  readonly intervalMs: number;
  readonly onError: (error: unknown, what: string) => void;
}

/** Writes what waits in its sources. */
export class WriteBehind {
  readonly #deps: WriteBehindDeps;
  readonly #sources: Source[] = [];
  readonly #serial = new Serial();
  #timer: Timer | undefined;
  /** The database refused the last time. */
  #refused = false;
  #closed = false;

  constructor(deps: WriteBehindDeps) {
    this.#deps = deps;
  }

  add(source: Source): void {
    this.#sources.push(source);
  }

  /** Something waits. */
  wake(): void {
    if (this.#closed) return;
    this.#timer ??= this.#deps.clock.after(this.#deps.intervalMs, () => {
      this.#timer = undefined;
      void this.#try();
    });
  }

  /** Resolves when all that waits is durable. Rejects with the database's own error, or `fenced`; then it goes on waiting. */
  flush(): Promise<void> {
    return this.#serial.run(() => this.#write());
  }

  /** Writes what waits, and takes nothing any more. What is refused is told, and lost. */
  async close(): Promise<void> {
    await this.#try();
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  async #try(): Promise<void> {
    try {
      await this.flush();
      this.#refused = false;
    } catch (error) {
      if (!this.#refused)
        this.#deps.onError(error, 'progress and logs of operations cannot be written, and wait');
      this.#refused = true;
      this.wake();
    }
  }

  async #write(): Promise<void> {
    const { database, fence } = this.#deps;
    for (;;) {
      const batches = this.#sources.flatMap((source) => source.take() ?? []);
      if (batches.length === 0) return;
      try {
        await database.transaction([fence.statement(), ...batches.flatMap(({ statements }) => statements)]);
      } catch (error) {
        for (const batch of batches) batch.refused();
        throw await fence.reason(error);
      }
      for (const batch of batches) batch.written();
    }
  }
}
