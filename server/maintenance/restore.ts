/** Puts a backup into an empty data folder, and proves that it is what was copied. */
import { mkdirSync } from 'node:fs';
import { readFile, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { fromBase64, verifierOf } from '../../src/proof/index.ts';
import { WaooawError } from '../../src/protocol/index.ts';
import { lockFolder } from '../engines/process/folder-lock.ts';
import { MIGRATIONS } from '../migrations.ts';
import { newestCheckpoint, verifyDatabase } from '../verify.ts';
import type { VerifiedTrail } from '../verify.ts';
import { foldersOf } from './backup.ts';
import { copyFile, hashFile, sync } from './copy-file.ts';
import type { Read } from './copy-file.ts';
import { checkDatabase } from './database-file.ts';
import { storageError } from './failure.ts';
import { AUDIT_KEYS, DATABASES, LOCK, RESTORING, ROWS } from './layout.ts';
import { readManifest } from './manifest.ts';
import type { BackupFile, Manifest } from './manifest.ts';

/** What is to be restored, and where to. */
export interface RestoreRequest {
  /** The backup's folder. */
  readonly backup: string;
  /** Made if need be; nothing may be in it. */
  readonly dataDir: string;
  /** Keys that must have signed the audit trail, as `<name>+<id>+<base64>`. Empty: those that the backup has, its own word. */
  readonly verifiers: readonly string[];
  /** Only checks the backup. Default false. */
  readonly dryRun?: boolean;
}

/** What was restored. */
export interface RestoreReport {
  readonly createdAt: string;
  readonly release: string;
  readonly files: number;
  readonly bytes: number;
  readonly trail: VerifiedTrail;
  /** A server of this release brings the rows' schema forward when it starts. */
  readonly migrates: boolean;
}

/** Names that an empty folder may have: what file systems and the lock put there. */
const EMPTY = new Set(['lost+found']);

const ring = z.looseObject({
  origin: z.string(),
  keys: z.array(z.looseObject({ publicKey: z.base64() })),
});

/**
 * Restores a backup. Every file is held to its hash, every database to its own structure, and every entry of the audit trail to what
 * was signed. Where something is wrong nothing is left in the data folder; a process that is killed meanwhile leaves a mark with which
 * no server starts.
 * @throws WaooawError `bad_backup`, `database_newer`, `data_folder_in_use`, `folder_not_empty`, `storage_full`, `storage_failed`;
 *   TrailFailed or ProofFailed where the audit trail is not as it was signed.
 */
export async function restore(request: RestoreRequest): Promise<RestoreReport> {
  const backup = resolve(request.backup);
  const manifest = await readManifest(backup);
  checkSchema(backup, manifest);
  if (request.dryRun) {
    for (const file of manifest.files) {
      hold(backup, file, await hashFile(join(backup, file.name)).catch(rethrown(backup)));
    }
    return check(backup, manifest, request.verifiers);
  }

  const dataDir = resolve(request.dataDir);
  const isOurs = makeFolder(dataDir);
  const giveBack = lockFolder(join(dataDir, LOCK));
  let restored = false;
  try {
    await checkEmpty(dataDir);
    try {
      const report = await fill(backup, dataDir, manifest, request.verifiers);
      restored = true;
      return report;
    } catch (error) {
      await clear(dataDir, manifest);
      throw worded(error, dataDir);
    }
  } finally {
    giveBack();
    if (!restored && isOurs) await rmdir(dataDir).catch(() => undefined);
  }
}

async function fill(
  backup: string,
  dataDir: string,
  manifest: Manifest,
  verifiers: readonly string[],
): Promise<RestoreReport> {
  const mark = join(dataDir, RESTORING);
  await writeFile(mark, `from ${backup}\n`, { mode: 0o600, flag: 'wx' });
  await sync(dataDir);
  for (const file of manifest.files) {
    hold(backup, file, await copyFile(join(backup, file.name), join(dataDir, file.name)));
  }
  const folders = new Set(manifest.files.flatMap(({ name }) => foldersOf(name)));
  for (const name of [...folders, '.']) await sync(join(dataDir, name));
  const report = await check(dataDir, manifest, verifiers);
  await rm(mark);
  await sync(dataDir);
  return report;
}

/** Reads what is there: databases, and the trail. */
async function check(
  folder: string,
  { files, schemas, createdAt, release }: Manifest,
  pinned: readonly string[],
): Promise<RestoreReport> {
  for (const name of DATABASES) {
    if (!files.some((file) => file.name === name)) continue;
    const schema = checkDatabase(join(folder, name));
    if (schema === schemas[name]) continue;
    throw new WaooawError(
      'bad_backup',
      `${join(folder, name)} has schema ${schema}, and not ${schemas[name]}`,
    );
  }
  // A trail without any entry was never signed, which only a pinned key can object to.
  const isSigned = newestCheckpoint(join(folder, ROWS)) !== undefined;
  const own = isSigned ? await ownVerifiers(folder, files) : [];
  const verifiers = pinned.length > 0 ? pinned : own;
  const trail = await verifyDatabase(join(folder, ROWS), { verifiers, kept: [] });
  return {
    createdAt,
    release,
    files: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    trail,
    migrates: (schemas[ROWS] ?? 0) < newest(),
  };
}

function hold(folder: string, { name, bytes, sha256 }: BackupFile, read: Read | undefined): void {
  if (!read) throw new WaooawError('bad_backup', `${join(folder, name)} is missing`);
  if (read.bytes === bytes && read.sha256 === sha256) return;
  throw new WaooawError('bad_backup', `${join(folder, name)} is not what was copied: its hash is another`);
}

function checkSchema(backup: string, { schemas, release }: Manifest): void {
  const schema = schemas[ROWS] ?? 0;
  if (schema <= newest()) return;
  throw new WaooawError(
    'database_newer',
    `${backup} was made by release ${release} and has schema ${schema}; this release knows up to ${newest()}`,
  );
}

function newest(): number {
  return MIGRATIONS.at(-1)?.version ?? 0;
}

/** The public keys that lie beside the trail. */
async function ownVerifiers(folder: string, files: readonly BackupFile[]): Promise<readonly string[]> {
  if (!files.some(({ name }) => name === AUDIT_KEYS)) return [];
  try {
    const { origin, keys } = ring.parse(JSON.parse(await readFile(join(folder, AUDIT_KEYS), 'utf8')));
    return keys.map(({ publicKey }) => verifierOf(origin, fromBase64(publicKey)));
  } catch (cause) {
    throw new WaooawError('bad_backup', `${join(folder, AUDIT_KEYS)} is no key file`, { cause });
  }
}

/** @returns whether it was not there before. */
function makeFolder(path: string): boolean {
  try {
    return mkdirSync(path, { recursive: true, mode: 0o700 }) !== undefined;
  } catch (error) {
    throw worded(error, path);
  }
}

async function checkEmpty(dataDir: string): Promise<void> {
  const names = await readdir(dataDir);
  const found = names.find((name) => !EMPTY.has(name) && !name.startsWith(LOCK));
  if (found === undefined) return;
  throw new WaooawError(
    'folder_not_empty',
    `${dataDir} has ${found} in it; a backup is restored into an empty folder`,
  );
}

/** The mark goes last. */
async function clear(dataDir: string, { files }: Manifest): Promise<void> {
  const tops = new Set(files.map(({ name }) => name.split('/')[0]!));
  for (const name of [...tops, RESTORING]) {
    await rm(join(dataDir, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Errors of the file system in the registry's words; what is wrong with a trail is told as it is. */
function worded(error: unknown, path: string): unknown {
  return typeof (error as NodeJS.ErrnoException).syscall === 'string' ? storageError(error, path) : error;
}

function rethrown(path: string): (error: unknown) => never {
  return (error) => {
    throw worded(error, path);
  };
}
