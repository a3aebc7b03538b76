/** Copies what a data folder holds into a folder of its own, while its server runs. */
import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { VERSION, WaooawError } from '../../src/protocol/index.ts';
import { copyFile, hashFile, sync } from './copy-file.ts';
import { copyDatabase } from './database-file.ts';
import { storageError } from './failure.ts';
import { DATABASES, RESTORING, ROWS, filesOf } from './layout.ts';
import { MANIFEST } from './manifest.ts';
import type { BackupFile, Manifest } from './manifest.ts';

/** What is to be copied, and where to. */
export interface BackupRequest {
  readonly dataDir: string;
  /** A folder that is not there yet, or empty. The folder above it has to be there. */
  readonly target: string;
  /** Also what agents keep, which is copied as it is found: those that write meanwhile may be halfway. Default false. */
  readonly storage?: boolean;
  /** ms since 1970. */
  readonly now: number;
}

/** What was copied. */
export interface BackupReport {
  /** Absolute. */
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
  /** Names of what is neither a file nor a folder, and was passed over. */
  readonly skipped: readonly string[];
}

/**
 * Makes a backup: all of it, or nothing that has its name. Databases are as they were at one moment each, and everything that was
 * acknowledged before this was called is in them. The server is not asked, and need not run.
 * @throws WaooawError `not_found` where there is no database, `folder_not_empty`, `storage_full`, `restore_unfinished`,
 *   `bad_backup` where a copy is not sound, else `database_failed` or `storage_failed` with the system's reason.
 */
export async function backUp(request: BackupRequest): Promise<BackupReport> {
  const dataDir = resolve(request.dataDir);
  const target = resolve(request.target);
  await checkSource(dataDir);
  await checkTarget(dataDir, target);
  const unfinished = `${target}.unfinished-${randomUUID()}`;
  try {
    await mkdir(unfinished, { mode: 0o700 });
    const report = await fill(unfinished, dataDir, request);
    // Onto an empty folder too, and onto no other.
    await rename(unfinished, target);
    await sync(dirname(target));
    return { folder: target, ...report };
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw storageError(error, target);
  }
}

async function fill(
  folder: string,
  dataDir: string,
  { storage = false, now }: BackupRequest,
): Promise<Omit<BackupReport, 'folder'>> {
  const files: BackupFile[] = [];
  const skipped: string[] = [];
  const add = async (name: string): Promise<void> => {
    const read = await copyFile(join(dataDir, name), join(folder, name));
    if (read) files.push({ name, ...read });
  };

  const { before } = await filesOf(dataDir, false);
  for (const name of before) await add(name);
  const schemas: Record<string, number> = {};
  for (const name of DATABASES) {
    if (!(await isThere(join(dataDir, name)))) continue;
    schemas[name] = await copyDatabase(join(dataDir, name), join(folder, name));
    files.push({ name, ...(await hashFile(join(folder, name)))! });
  }
  const then = await filesOf(dataDir, storage);
  skipped.push(...then.skipped);
  for (const name of then.after) await add(name);

  const manifest: Manifest = {
    waooaw: 'backup',
    version: 1,
    release: VERSION,
    createdAt: new Date(now).toISOString(),
    schemas,
    storage,
    files,
  };
  const path = join(folder, MANIFEST);
  await writeFile(path, `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
  await sync(path);
  const folders = new Set(files.flatMap(({ name }) => foldersOf(name)));
  for (const name of [...folders, '.']) await sync(join(folder, name));
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0), skipped };
}

/** Folders that a name leads through, the innermost first. */
export function foldersOf(name: string): string[] {
  const parts = name.split('/').slice(0, -1);
  return parts.map((_, at) => parts.slice(0, parts.length - at).join('/'));
}

async function checkSource(dataDir: string): Promise<void> {
  if (await isThere(join(dataDir, RESTORING)))
    throw new WaooawError('restore_unfinished', `${dataDir} holds part of a backup, and no data folder`);
  if (await isThere(join(dataDir, ROWS))) return;
  throw new WaooawError('not_found', `${dataDir} is no data folder: it has no ${ROWS}`);
}

async function checkTarget(dataDir: string, target: string): Promise<void> {
  const way = relative(dataDir, target);
  if (way === '' || !(way === '..' || way.startsWith(`..${sep}`)))
    throw new WaooawError('bad_request', `${target} is within the data folder; a backup is not`);
  const names = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') return ['itself'];
    throw storageError(error, target);
  });
  if (names.length > 0)
    throw new WaooawError('folder_not_empty', `${target} is there already; nothing is overwritten`);
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}
