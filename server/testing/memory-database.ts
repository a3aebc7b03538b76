/** For tests that end a thousand servers: the Database port over SQLite in memory, which outlives whoever wrote to it. */
import { DatabaseSync } from 'node:sqlite';
import { WaooawError } from '../../src/protocol/index.ts';
import { MIGRATIONS } from '../migrations.ts';
import type { Database, Row, Statement, WriteResult } from '../ports/database.ts';

/** A migrated one. What it resolved is there for the next who opens it, as what a real one made durable is. */
export class MemoryDatabase implements Database {
  readonly #sqlite = new DatabaseSync(':memory:');
  /** What is refused from now on, with what. */
  refused: WaooawError | undefined;

  constructor() {
    for (const { statements } of MIGRATIONS) for (const sql of statements) this.#sqlite.exec(sql);
  }

  migrate(): Promise<void> {
    return Promise.resolve();
  }

  async transaction(statements: readonly Statement[]): Promise<readonly WriteResult[]> {
    if (this.refused) throw this.refused;
    this.#sqlite.exec('BEGIN');
    try {
      const results = statements.map(({ sql, params = [] }) => ({
        changes: Number(this.#sqlite.prepare(sql).run(...params).changes),
      }));
      this.#sqlite.exec('COMMIT');
      return await Promise.resolve(results);
    } catch (error) {
      this.#sqlite.exec('ROLLBACK');
      throw new WaooawError('database_failed', undefined, { cause: error });
    }
  }

  async read({ sql, params = [] }: Statement): Promise<readonly Row[]> {
    return await Promise.resolve(this.#sqlite.prepare(sql).all(...params) as readonly Row[]);
  }

  /** It stays, for the next. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
