/** For tests: the health record over a real database, with a clock that the test holds in its hands. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { CheckStatus, Incident } from '../../src/protocol/index.ts';
import { createManualClock } from '../engines/memory/clock.ts';
import type { ManualClock } from '../engines/memory/clock.ts';
import { openSqlite } from '../engines/sqlite/database.ts';
import { MIGRATIONS } from '../migrations.ts';
import type { Database } from '../ports/database.ts';
import { openRecord } from '../services/health/record/index.ts';
import type { Began, HealthRecord, Kept, RecordLimits } from '../services/health/record/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What a test brings. */
export interface RecordingParts {
  readonly clock?: ManualClock;
  readonly folder?: string;
  readonly limits?: Partial<RecordLimits>;
}

/** What a test gets. */
export interface Recording {
  readonly record: HealthRecord;
  readonly kept: Kept;
  readonly clock: ManualClock;
  readonly database: Database;
  readonly folder: string;
  /** What could not be done, as it was told. */
  readonly errors: string[];
  /** Transactions that the database is to refuse. */
  readonly refuse: { next: number };
  /** Rows of every transaction that was tried. */
  readonly tried: number[];
  /** Says how a check is shown, as of its last result, which is of now unless the change says otherwise. */
  show(change: Partial<CheckStatus>, began?: Began): Incident | undefined;
  /** The first column of what a statement reads. */
  column(sql: string): Promise<unknown[]>;
  stop(): Promise<void>;
}

/** A check that is up, with defaults. */
export function aStatus(change: Partial<CheckStatus> = {}): CheckStatus {
  return {
    check: 'api',
    title: 'API',
    kind: 'http',
    source: 'api',
    state: 'up',
    word: 'up',
    since: 0,
    critical: true,
    intervalMs: 1_000,
    ...change,
  };
}

/** Opens the record; it ends with the test. */
export async function recording(t: TestContext, parts: RecordingParts = {}): Promise<Recording> {
  const { clock = createManualClock(), folder = temporaryFolder(), limits = {} } = parts;
  const errors: string[] = [];
  const tried: number[] = [];
  const refuse = { next: 0 };
  const sqlite = openSqlite(join(folder, 'waooaw.db'));
  await sqlite.migrate(MIGRATIONS);
  const database: Database = {
    ...sqlite,
    transaction(statements) {
      tried.push(statements.length);
      if (refuse.next <= 0) return sqlite.transaction(statements);
      refuse.next -= 1;
      return sqlite.transaction([...statements, { sql: 'not a statement' }]);
    },
  };
  const onError = (error: unknown, what: string): void => void errors.push(`${what}: ${String(error)}`);
  const record = openRecord({ database, clock, limits, onError });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= record.close().then(() => sqlite.close()));
  t.after(stop);
  const kept = await record.load();
  tried.length = 0;
  return {
    record,
    kept,
    clock,
    database,
    folder,
    errors,
    refuse,
    tried,
    show(change, began) {
      const now = clock.now();
      const { state = 'up' } = change;
      return record.observed(aStatus({ at: now, since: now, word: state, ...change }), began);
    },
    async column(sql) {
      return (await database.read({ sql })).map((row) => Object.values(row)[0]);
    },
    stop,
  };
}
