/** The fence: of all processes that ever began on a file, only the last one writes. */
import { randomUUID } from 'node:crypto';
import { WaooawError } from '../../../../src/protocol/index.ts';
import type { Database, Statement } from '../../../ports/database.ts';

/** This process's right to write. */
export class Fence {
  readonly #database: Database;
  readonly #onLost: () => void;
  #epoch = 0;
  #isLost = false;

  /** @param onLost told once, when it is found out that somebody else has the right now. */
  constructor(database: Database, onLost: () => void = () => undefined) {
    this.#database = database;
    this.#onLost = onLost;
  }

  /** Counts starts; 0 before `raise`. */
  get epoch(): number {
    return this.#epoch;
  }

  /**
   * Takes the right from whoever had it.
   * @throws WaooawError `fenced` when somebody else took it at the same time, and later.
   */
  async raise(): Promise<void> {
    const holder = randomUUID();
    const sql = 'UPDATE provisioning_epoch SET epoch = epoch + 1, holder = ?';
    await this.#database.transaction([{ sql, params: [holder] }]);
    const [row] = await this.#database.read({ sql: 'SELECT epoch, holder FROM provisioning_epoch' });
    if (row?.['holder'] !== holder) throw fenced();
    this.#epoch = Number(row['epoch']);
  }

  /** What every transaction begins with: it aborts one of a process that has the right no more. */
  statement(): Statement {
    // Whoever has not begun has no right either.
    const epoch = this.#epoch === 0 ? null : this.#epoch;
    return { sql: 'INSERT INTO provisioning_fence (epoch) VALUES (?)', params: [epoch] };
  }

  /** What a refused transaction was refused for: `fenced` when the right is lost, else what it is. */
  async reason(error: unknown): Promise<unknown> {
    if (!(error instanceof WaooawError) || error.code !== 'database_failed') return error;
    const [row] = await this.#database.read({ sql: 'SELECT epoch FROM provisioning_epoch' }).catch(() => []);
    if (!row || Number(row['epoch']) === this.#epoch) return error;
    // Who never had it has not lost it.
    if (this.#epoch > 0 && !this.#isLost) {
      this.#isLost = true;
      this.#onLost();
    }
    return fenced(error);
  }
}

function fenced(cause?: unknown): WaooawError {
  return new WaooawError('fenced', 'Another server works with this data folder now; this one must end', {
    cause,
  });
}
