/** What a data folder holds, and which of it a backup takes along. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Databases, in the order in which they are copied. The first has to be there: without it a folder is no data folder. */
export const DATABASES = ['waooaw.db', 'metrics.db'] as const;

/** The rows, and the audit trail among them. */
export const [ROWS, METRICS] = DATABASES;
/** What checkpoints are signed with. */
export const AUDIT_KEYS = 'audit-key.json';
/** The second place of checkpoints, and what is beside it: the notes before, and those after a contradiction. */
const CHECKPOINTS = 'audit-checkpoints.txt';
const ARCHIVE = 'audit-archive';
/** What secrets of agents are sealed with. */
const SECRETS = 'agents/secrets.key';
const STORAGE = 'agents/storage';
/** Of a segment that is being archived: nobody's yet. */
const UNFINISHED = '.part';

/** There while a restore is under way, or has been broken off. */
export const RESTORING = 'restore-unfinished';
/** Names the server that has the folder. */
export const LOCK = 'server.lock';

/** Files beside the databases, by when they are copied. */
export interface FileNames {
  /**
   * Before the databases: a checkpoint is saved in the database first, so that these never know of one that the copy of the
   * database lacks. The other way round the restored trail would contradict them.
   */
  readonly before: readonly string[];
  /**
   * After them: what the databases refer to. A key is made, and a segment is archived, before a row needs it.
   */
  readonly after: readonly string[];
  /** What is neither a file nor a folder, and was passed over. */
  readonly skipped: readonly string[];
}

/** Whether a backup may have a file of this name: nothing else is ever restored. */
export function isBackedUp(name: string): boolean {
  const isWhole = [...DATABASES, AUDIT_KEYS, SECRETS].some((one) => one === name);
  const isBelow = [ARCHIVE, STORAGE].some((folder) => name.startsWith(`${folder}/`));
  return isWhole || isBelow || (name.startsWith(CHECKPOINTS) && !name.includes('/'));
}

/** Names of files below a data folder, with `/` between. @param storage also what agents keep. */
export async function filesOf(dataDir: string, storage: boolean): Promise<FileNames> {
  const skipped: string[] = [];
  const top = await namesIn(dataDir);
  const before = top.filter((name) => name.startsWith(CHECKPOINTS));
  const archived = (await below(dataDir, ARCHIVE, skipped)).filter((name) => !name.endsWith(UNFINISHED));
  const kept = storage ? await below(dataDir, STORAGE, skipped) : [];
  const single = await Promise.all(
    [AUDIT_KEYS, SECRETS].map(async (name) => ((await isFile(join(dataDir, name))) ? [name] : [])),
  );
  return { before, after: [...single.flat(), ...archived, ...kept], skipped };
}

/** Every file below a folder, however deep. Links are not followed: they may lead anywhere. */
async function below(root: string, folder: string, skipped: string[]): Promise<string[]> {
  const names: string[] = [];
  const open = [folder];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const name of await namesIn(join(root, at))) {
      const path = `${at}/${name}`;
      const found = await lstat(join(root, path)).catch(() => undefined);
      if (found?.isDirectory()) open.push(path);
      else if (found?.isFile()) names.push(path);
      else if (found) skipped.push(path);
    }
  }
  return names.sort();
}

/** Sorted; none where there is no such folder. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isFile() ?? false;
}
