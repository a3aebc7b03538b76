import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openSqlite } from '../engines/sqlite/database.ts';
import { openMetricStore } from '../engines/sqlite/metric-store.ts';
import { MIGRATIONS } from '../migrations.ts';
import { coded, startServer, temporaryFolder } from '../testing/harness.ts';
import { readSchema } from './database-file.ts';
import { migrateFolder } from './index.ts';

const NEWEST = MIGRATIONS.at(-1)!.version;

/** A data folder of an earlier release, with a row in it. */
async function earlier(version: number): Promise<string> {
  const dataDir = temporaryFolder();
  const database = openSqlite(join(dataDir, 'waooaw.db'));
  await database.migrate(MIGRATIONS.filter((step) => step.version <= version));
  await database.transaction([{ sql: "INSERT INTO heartbeat VALUES ('kept', 7)" }]);
  await database.close();
  const store = openMetricStore(join(dataDir, 'metrics.db'));
  await store.open();
  await store.close();
  return dataDir;
}

async function rowsOf(dataDir: string): Promise<readonly unknown[]> {
  const database = openSqlite(join(dataDir, 'waooaw.db'));
  const rows = await database.read({ sql: 'SELECT id, at FROM heartbeat' });
  await database.close();
  return rows.map((row) => ({ ...row }));
}

const namesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => !/-(wal|shm)$/.test(name))
    .sort();

describe('a migration', () => {
  it('is tried on a copy, which is removed, and then done', async () => {
    const version = 1;
    const dataDir = await earlier(version);
    const would = await migrateFolder({ dataDir, dryRun: true });
    assert.deepEqual(would, [
      { name: 'waooaw.db', from: version, to: NEWEST },
      { name: 'metrics.db', from: 1, to: 1 },
    ]);
    assert.equal(readSchema(join(dataDir, 'waooaw.db')), version);
    assert.deepEqual(namesIn(dataDir), ['metrics.db', 'waooaw.db']);

    assert.deepEqual(await migrateFolder({ dataDir }), would);
    assert.equal(readSchema(join(dataDir, 'waooaw.db')), NEWEST);
    assert.deepEqual(await rowsOf(dataDir), [{ id: 'kept', at: 7 }]);
    const [again] = await migrateFolder({ dataDir });
    assert.deepEqual(again, { name: 'waooaw.db', from: NEWEST, to: NEWEST });
    assert.deepEqual(namesIn(dataDir), ['metrics.db', 'waooaw.db']);
  });

  it('is one of what there is: a folder may have no metrics yet', async () => {
    const dataDir = await earlier(1);
    for (const name of readdirSync(dataDir)) if (name.startsWith('metrics.db')) rmSync(join(dataDir, name));
    const would = await migrateFolder({ dataDir, dryRun: true });
    assert.deepEqual(would, [{ name: 'waooaw.db', from: 1, to: NEWEST }]);
    assert.deepEqual(await migrateFolder({ dataDir }), would);
  });

  it('that would fail says so beforehand, and has changed nothing', async () => {
    const dataDir = await earlier(NEWEST);
    const migrations = [...MIGRATIONS, { version: NEWEST + 1, statements: ['ALTER TABLE nowhere ADD x'] }];
    for (const dryRun of [true, false]) {
      await assert.rejects(
        migrateFolder({ dataDir, dryRun, migrations }),
        coded('database_failed', 'nowhere'),
      );
      assert.equal(readSchema(join(dataDir, 'waooaw.db')), NEWEST);
      assert.deepEqual(namesIn(dataDir), ['metrics.db', 'waooaw.db']);
    }
  });

  it('refuses what a newer release wrote, what is no data folder, and what was half restored', async () => {
    const dataDir = await earlier(NEWEST);
    const migrations = MIGRATIONS.slice(0, 2);
    for (const dryRun of [true, false])
      await assert.rejects(migrateFolder({ dataDir, dryRun, migrations }), coded('database_newer'));
    await assert.rejects(migrateFolder({ dataDir: temporaryFolder() }), coded('not_found', 'waooaw.db'));
  });

  it('of a running server is tried only', async (t) => {
    const dataDir = temporaryFolder();
    await startServer(t, { dataDir });
    const [rows] = await migrateFolder({ dataDir, dryRun: true });
    assert.deepEqual(rows, { name: 'waooaw.db', from: NEWEST, to: NEWEST });
  });
});
