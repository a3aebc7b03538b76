/** Contract suite of the Database port. Every engine runs it against the real thing. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaooawError } from '../../src/protocol/index.ts';
import type { Database, Migration } from './database.ts';

/** A database under test. `reopen` closes nothing: it opens the same storage again, as a restarted server would. */
export interface DatabaseFixture {
  readonly database: Database;
  reopen(): Promise<Database>;
  close(): Promise<void>;
}

const MIGRATIONS: readonly Migration[] = [
  { version: 1, statements: ['CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)'] },
];

const insert = (id: number, name: string) => ({
  sql: 'INSERT INTO item (id, name) VALUES (?, ?)',
  params: [id, name],
});
const ids = { sql: 'SELECT id FROM item ORDER BY id' };
const coded = (code: string) => (error: unknown) => error instanceof WaooawError && error.code === code;

/** Declares the suite for one engine. */
export function databaseContract(engine: string, create: () => Promise<DatabaseFixture>): void {
  const withDatabase = (test: (fixture: DatabaseFixture) => Promise<void>) => async () => {
    const fixture = await create();
    try {
      await fixture.database.migrate(MIGRATIONS);
      await test(fixture);
    } finally {
      await fixture.close();
    }
  };

  describe(`Database contract: ${engine}`, () => {
    it(
      'reads what was written, with every kind of value',
      withDatabase(async ({ database }) => {
        await database.transaction([
          { sql: 'CREATE TABLE kinds (i INTEGER, r REAL, t TEXT, b BLOB, n TEXT)' },
          {
            sql: 'INSERT INTO kinds VALUES (?, ?, ?, ?, ?)',
            params: [42, 1.5, 'grüße', new Uint8Array([1, 2]), null],
          },
        ]);
        const [row] = await database.read({ sql: 'SELECT * FROM kinds' });
        assert.deepEqual({ ...row }, { i: 42, r: 1.5, t: 'grüße', b: new Uint8Array([1, 2]), n: null });
      }),
    );

    it(
      'takes a transaction whole or not at all',
      withDatabase(async ({ database }) => {
        await assert.rejects(
          database.transaction([insert(1, 'one'), insert(2, 'one')]),
          coded('database_failed'),
        );
        assert.deepEqual(await database.read(ids), []);
      }),
    );

    it(
      'goes on after a refused statement, and says how many rows a statement changed',
      withDatabase(async ({ database }) => {
        await assert.rejects(database.transaction([{ sql: 'nonsense' }]), coded('database_failed'));
        const results = await database.transaction([insert(1, 'one'), { sql: 'UPDATE item SET id = id' }]);
        assert.deepEqual(
          results.map((r) => r.changes),
          [1, 1],
        );
      }),
    );

    it(
      'takes concurrent transactions in the order they were handed in',
      withDatabase(async ({ database }) => {
        await Promise.all(
          Array.from({ length: 50 }, (_, i) => database.transaction([insert(i + 1, `item ${i}`)])),
        );
        const rows = await database.read({ sql: 'SELECT id FROM item ORDER BY rowid' });
        assert.deepEqual(
          rows.map((row) => row['id']),
          Array.from({ length: 50 }, (_, i) => i + 1),
        );
      }),
    );

    it(
      'keeps what it acknowledged when the storage is opened again',
      withDatabase(async ({ database, reopen }) => {
        await database.transaction([insert(7, 'seven')]);
        await database.close();
        const again = await reopen();
        await again.migrate(MIGRATIONS);
        assert.deepEqual(
          (await again.read(ids)).map((row) => row['id']),
          [7],
        );
      }),
    );

    it(
      'migrates forward once, and refuses storage that is newer than the program',
      withDatabase(async ({ database, reopen }) => {
        const second: Migration = { version: 2, statements: ['ALTER TABLE item ADD COLUMN note TEXT'] };
        await database.migrate([...MIGRATIONS, second]);
        await database.migrate([...MIGRATIONS, second]);
        await database.close();
        const again = await reopen();
        await assert.rejects(again.migrate(MIGRATIONS), coded('database_newer'));
      }),
    );

    it(
      'leaves the schema as it was when a migration fails',
      withDatabase(async ({ database }) => {
        const broken: Migration = { version: 2, statements: ['CREATE TABLE half (id INTEGER)', 'nonsense'] };
        await assert.rejects(database.migrate([...MIGRATIONS, broken]), coded('database_failed'));
        await assert.rejects(database.read({ sql: 'SELECT * FROM half' }), coded('database_failed'));
        await database.migrate(MIGRATIONS);
      }),
    );

    it(
      'finishes what was handed in before it closes, and refuses what comes after',
      withDatabase(async ({ database }) => {
        const writing = database.transaction([insert(1, 'one')]);
        await Promise.all([database.close(), writing]);
        await database.close();
        await assert.rejects(database.transaction([insert(2, 'two')]), coded('database_closed'));
        await assert.rejects(database.read(ids), coded('database_closed'));
      }),
    );
  });
}
