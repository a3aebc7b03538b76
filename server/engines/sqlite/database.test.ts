import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { WaooawError } from '../../../src/protocol/index.ts';
import { databaseContract } from '../../ports/database.contract.ts';
import { openSqlite } from './database.ts';

const folder = () => mkdtemp(join(tmpdir(), 'waooaw-sqlite-'));

databaseContract('sqlite', async () => {
  const path = join(await folder(), 'data', 'waooaw.db');
  const opened = [openSqlite(path)];
  return {
    database: opened[0]!,
    reopen: () => {
      const again = openSqlite(path);
      opened.push(again);
      return Promise.resolve(again);
    },
    close: async () => {
      for (const database of opened) await database.close();
      await rm(join(path, '..', '..'), { recursive: true });
    },
  };
});

describe('SQLite engine', () => {
  it('commits in WAL mode with synchronous=FULL', async () => {
    const dir = await folder();
    const database = openSqlite(join(dir, 'a.db'));
    assert.deepEqual(
      { ...(await database.read({ sql: 'PRAGMA journal_mode' }))[0] },
      { journal_mode: 'wal' },
    );
    assert.deepEqual({ ...(await database.read({ sql: 'PRAGMA synchronous' }))[0] }, { synchronous: 2 });
    await database.close();
    await rm(dir, { recursive: true });
  });

  it('keeps the good transactions of a group when one is refused', async () => {
    const dir = await folder();
    const database = openSqlite(join(dir, 'a.db'));
    await database.transaction([{ sql: 'CREATE TABLE t (id INTEGER PRIMARY KEY)' }]);
    const results = await Promise.allSettled(
      [1, 1, 2].map((id) => database.transaction([{ sql: 'INSERT INTO t VALUES (?)', params: [id] }])),
    );
    assert.deepEqual(
      results.map((r) => r.status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal((await database.read({ sql: 'SELECT * FROM t' })).length, 2);
    await database.close();
    await rm(dir, { recursive: true });
  });

  it('writes nothing of a group whose commit is refused, and goes on', async () => {
    const dir = await folder();
    const database = openSqlite(join(dir, 'a.db'));
    await database.transaction([
      { sql: 'CREATE TABLE parent (id INTEGER PRIMARY KEY)' },
      { sql: 'CREATE TABLE child (parent INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)' },
    ]);
    // A deferred constraint is looked at when the group commits, and not before.
    const orphan = { sql: 'INSERT INTO child VALUES (1)' };
    const results = await Promise.allSettled([
      database.transaction([orphan]),
      database.transaction([{ sql: 'INSERT INTO parent VALUES (2)' }]),
    ]);
    assert.deepEqual(
      results.map((r) => r.status),
      ['rejected', 'rejected'],
    );
    assert.deepEqual(await database.read({ sql: 'SELECT * FROM parent' }), []);
    await database.transaction([orphan, { sql: 'INSERT INTO parent VALUES (1)' }]);
    assert.equal((await database.read({ sql: 'SELECT * FROM child' })).length, 1);
    await database.close();
    await rm(dir, { recursive: true });
  });

  it('answers a full disk with storage_full, and writes again once there is room', async () => {
    const dir = await folder();
    const database = openSqlite(join(dir, 'a.db'));
    await database.transaction([{ sql: 'CREATE TABLE t (data BLOB)' }]);
    // SQLite reports the same code for a page limit as for a full disk.
    await database.read({ sql: 'PRAGMA max_page_count = 20' });
    const large = { sql: 'INSERT INTO t VALUES (?)', params: [new Uint8Array(200_000)] };
    await assert.rejects(
      database.transaction([large]),
      (error) => error instanceof WaooawError && error.code === 'storage_full' && error.retryable,
    );
    await database.read({ sql: 'PRAGMA max_page_count = 100000' });
    await database.transaction([large]);
    assert.equal((await database.read({ sql: 'SELECT 1 FROM t' })).length, 1);
    await database.close();
    await rm(dir, { recursive: true });
  });

  it('makes its folder for this user only', async () => {
    const dir = await folder();
    const database = openSqlite(join(dir, 'data', 'a.db'));
    await database.migrate([]);
    assert.equal((await stat(join(dir, 'data'))).mode & 0o777, 0o700);
    assert.ok((await readdir(join(dir, 'data'))).includes('a.db'));
    await database.close();
    await rm(dir, { recursive: true });
  });

  it('rejects with database_failed when the file is no database or the folder cannot be made', async () => {
    const dir = await folder();
    const path = join(dir, 'file');
    await writeFile(path, 'this is not a database, and it is long enough to be told from an empty one');
    const failed = (error: unknown) => error instanceof WaooawError && error.code === 'database_failed';
    const database = openSqlite(path);
    await assert.rejects(database.migrate([]), failed);
    await assert.rejects(database.read({ sql: 'SELECT 1' }), failed);
    await assert.rejects(database.transaction([{ sql: 'SELECT 1' }]), failed);
    await database.close();
    assert.throws(() => openSqlite(join(path, 'below', 'a.db')), failed);
    await rm(dir, { recursive: true });
  });
});
