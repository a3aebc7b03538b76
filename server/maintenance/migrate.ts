/** Brings the databases of a data folder to this release's schemas, or tries that on a copy. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { WaooawError } from '../../src/protocol/index.ts';
import { lockFolder } from '../engines/process/folder-lock.ts';
import { openSqlite } from '../engines/sqlite/database.ts';
import { openMetricStore } from '../engines/sqlite/metric-store.ts';
import { MIGRATIONS } from '../migrations.ts';
import type { Migration } from '../ports/database.ts';
import { checkDatabase, copyDatabase, readSchema } from './database-file.ts';
import { storageError } from './failure.ts';
import { DATABASES, LOCK, METRICS, ROWS } from './layout.ts';
import { refuseUnfinished } from './unfinished.ts';

/** Which folder. */
export interface MigrateRequest {
  readonly dataDir: string;
  /** On a copy, which is removed again: it says whether it would work, and how long it takes. Default false. */
  readonly dryRun?: boolean;
  /** The steps; this release's by default. */
  readonly migrations?: readonly Migration[];
}

/** What became of one database. */
export interface MigratedDatabase {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Does what the next start of a server would do, with no server.
 * @returns each database with its schema before and after; a dry run says what would be.
 * @throws WaooawError `not_found`, `data_folder_in_use` (a dry run may work beside a server), `database_newer`, `storage_full`,
 *   `database_failed` naming the statement that was refused, `bad_backup` where a copy is not sound.
 */
export async function migrateFolder(request: MigrateRequest): Promise<readonly MigratedDatabase[]> {
  const { dryRun = false, migrations = MIGRATIONS } = request;
  const dataDir = resolve(request.dataDir);
  if (!existsSync(join(dataDir, ROWS)))
    throw new WaooawError('not_found', `${dataDir} is no data folder: it has no ${ROWS}`);
  refuseUnfinished(dataDir);
  return dryRun ? onCopy(dataDir, migrations) : inPlace(dataDir, migrations);
}

async function inPlace(dataDir: string, migrations: readonly Migration[]): Promise<MigratedDatabase[]> {
  const giveBack = lockFolder(join(dataDir, LOCK));
  try {
    return await stepUp(dataDir, migrations);
  } finally {
    giveBack();
  }
}

/** Within the data folder: on the same disk, and where the server's user may write. */
async function onCopy(dataDir: string, migrations: readonly Migration[]): Promise<MigratedDatabase[]> {
  const folder = join(dataDir, `migration-${randomUUID()}`);
  try {
    await mkdir(folder, { mode: 0o700 });
    for (const name of DATABASES) {
      if (existsSync(join(dataDir, name))) await copyDatabase(join(dataDir, name), join(folder, name));
    }
    const done = await stepUp(folder, migrations);
    for (const { name } of done) checkDatabase(join(folder, name));
    return done;
  } catch (error) {
    throw storageError(error, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function stepUp(folder: string, migrations: readonly Migration[]): Promise<MigratedDatabase[]> {
  const done: MigratedDatabase[] = [];
  const step = async (name: string, work: (path: string) => Promise<void>): Promise<void> => {
    const path = join(folder, name);
    const from = readSchema(path);
    await work(path);
    done.push({ name, from, to: readSchema(path) });
  };
  await step(ROWS, async (path) => {
    const database = openSqlite(path);
    try {
      await database.migrate(migrations);
    } finally {
      await database.close();
    }
  });
  if (!existsSync(join(folder, METRICS))) return done;
  await step(METRICS, async (path) => {
    const store = openMetricStore(path);
    try {
      await store.open();
    } finally {
      await store.close();
    }
  });
  return done;
}
