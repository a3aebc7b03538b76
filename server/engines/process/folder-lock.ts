/** A folder belongs to one process at a time: the file that names it, taken and handed on in single steps. */
import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { WaooawError } from '../../../src/protocol/index.ts';
import { identify, isRunning } from './identity.ts';
import type { ProcessIdentity } from './identity.ts';

/** Told of what was done just now. */
type Steps = (step: 'judged' | 'claimed') => void;

/** Who has a folder. Only the pid is known where the system does not tell more. */
export type LockHolder = Pick<ProcessIdentity, 'pid'> & Partial<ProcessIdentity>;

/** Files that this process has, and how often. */
const held = new Map<string, { text: string; count: number }>();

/**
 * Takes a lock file, and makes its folder (for this user only) if need be. What a process that is dead, or was of another start of
 * the machine, has left is taken over. Within a process it may be taken more than once.
 * @param onStep called within a takeover: so that tests can come in between.
 * @returns gives it back; a second call does nothing.
 * @throws WaooawError `data_folder_in_use` with the pid of the process that has it; `storage_full`, or `database_failed` with the
 *   system's reason, when it can be neither read nor written.
 */
export function lockFolder(file: string, onStep: Steps = () => undefined): () => void {
  const path = resolve(file);
  const mine = held.get(path);
  if (mine && tryRead(path) === mine.text) mine.count += 1;
  else held.set(path, { text: take(path, onStep), count: 1 + (mine?.count ?? 0) });
  let isOurs = true;
  return () => {
    if (!isOurs) return;
    isOurs = false;
    giveBack(path);
  };
}

/** Whose lock a text is; undefined for none that was ever written here. */
export function holderOf(text: string): LockHolder | undefined {
  try {
    const { pid, startTime, bootId } = JSON.parse(text) as Partial<ProcessIdentity>;
    if (!Number.isSafeInteger(pid) || pid! < 1) return undefined;
    const isWhole = Number.isSafeInteger(startTime) && typeof bootId === 'string';
    return { pid: pid!, ...(isWhole && { startTime: startTime!, bootId }) };
  } catch {
    return undefined;
  }
}

/** True while that process runs. Where the system does not tell who a process is, its pid has to do. */
export function isAlive({ pid, startTime, bootId }: LockHolder): boolean {
  if (startTime !== undefined && bootId !== undefined && identify(process.pid))
    return isRunning({ pid, startTime, bootId });
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process lives all the same.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function take(path: string, onStep: Steps): string {
  const own: LockHolder = identify(process.pid) ?? { pid: process.pid };
  // The token makes every lock one of its kind, also where pids come again.
  const token = randomUUID();
  const text = JSON.stringify({ ...own, token });
  const draft = `${path}.${token}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    write(draft, text);
    while (!tryTake(path, draft, own, onStep));
    return text;
  } catch (error) {
    throw error instanceof WaooawError ? error : failed(path, error as NodeJS.ErrnoException);
  } finally {
    remove(draft);
  }
}

/**
 * Nobody removes the lock of the dead: whoever comes upon one claims to be its heir, by a file named for that very lock, which only
 * one can make. Heirs that died have heirs of their own. The last one puts its lock into the place of the first, in one step.
 * @returns false when somebody was faster, and all is to be looked at anew.
 */
function tryTake(path: string, draft: string, own: LockHolder, onStep: Steps): boolean {
  const first = read(path);
  if (first === undefined) return tryLink(draft, path);
  const claims: string[] = [];
  for (let last = first; ;) {
    const holder = holderOf(last);
    // One of ours that is not remembered here is of another thread, or of another copy of this module.
    if (holder && isAlive(holder) && !isSame(holder, own)) throw inUse(path, holder);
    const claim = `${path}.heir-${createHash('sha256').update(last).digest('hex').slice(0, 32)}`;
    claims.push(claim);
    onStep('judged');
    if (tryLink(draft, claim)) break;
    const heir = read(claim);
    // It was there, and is gone: its owner is done.
    if (heir === undefined) return false;
    last = heir;
  }
  onStep('claimed');
  // A claim that came too late, after the heir was done, finds another lock in the place of the first.
  const isHeir = read(path) === first;
  if (isHeir) renameSync(draft, path);
  for (const claim of isHeir ? claims : claims.slice(-1)) remove(claim);
  return isHeir;
}

function giveBack(path: string): void {
  const lock = held.get(path)!;
  lock.count -= 1;
  if (lock.count > 0) return;
  held.delete(path);
  if (tryRead(path) === lock.text) remove(path);
}

/** What is left behind is that of a dead process soon, and no reason to fail. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Whatever stands there is not ours.
  }
}

function inUse(path: string, { pid }: LockHolder): WaooawError {
  return new WaooawError(
    'data_folder_in_use',
    `The server with process id ${pid} works with ${dirname(path)}. Stop it, or choose another folder by WAOOAW_DATA_DIR.`,
  );
}

function failed(path: string, cause: NodeJS.ErrnoException): WaooawError {
  const code = cause.code === 'ENOSPC' || cause.code === 'EDQUOT' ? 'storage_full' : 'database_failed';
  return new WaooawError(code, `${path} cannot be taken: ${cause.message}`, { cause });
}

function isSame(one: LockHolder, other: LockHolder): boolean {
  return one.pid === other.pid && one.startTime === other.startTime && one.bootId === other.bootId;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function tryRead(path: string): string | undefined {
  try {
    return read(path);
  } catch {
    return undefined;
  }
}

function write(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    // Unlike a rename it fails when there is one.
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
