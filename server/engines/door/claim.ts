/** A folder belongs to one door at a time: the file that says to which, made in one step. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning } from '../process/identity.ts';
import type { ProcessIdentity } from '../process/identity.ts';
import { FILES } from './messages.ts';

/** Which door has the folder; undefined when none does, or nobody can tell. */
export function readClaim(folder: string): ProcessIdentity | undefined {
  try {
    return identityOf(readFileSync(join(folder, FILES.identity), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Takes the folder. @returns false while a door that runs has it. */
export function claim(folder: string, own: ProcessIdentity): boolean {
  const path = join(folder, FILES.identity);
  const mine = `${path}.${own.pid}`;
  writeFileSync(mine, JSON.stringify(own), { mode: 0o600 });
  try {
    // Twice: the first may find what a door that died has left.
    return tryLink(mine, path) || (putAside(path, `${mine}.old`) && tryLink(mine, path));
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Gives the folder back, if it is ours. */
export function unclaim(folder: string, own: ProcessIdentity): void {
  if (isSame(readClaim(folder), own)) rmSync(join(folder, FILES.identity), { force: true });
}

/** One and the same process. */
export function isSame(one: ProcessIdentity | undefined, other: ProcessIdentity): boolean {
  return one?.pid === other.pid && one.startTime === other.startTime && one.bootId === other.bootId;
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

/** Takes away what a dead door has left. @returns false when the door lives. */
function putAside(path: string, aside: string): boolean {
  try {
    const before = identityOf(readFileSync(path, 'utf8'));
    if (before && isRunning(before)) return false;
    renameSync(path, aside);
    const taken = identityOf(readFileSync(aside, 'utf8'));
    // Somebody else did the same in between, and it is theirs.
    if (taken && isRunning(taken)) {
      tryLink(aside, path);
      return false;
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function identityOf(text: string): ProcessIdentity | undefined {
  try {
    const { pid, startTime, bootId } = JSON.parse(text) as Partial<ProcessIdentity>;
    if (!Number.isSafeInteger(pid) || !Number.isSafeInteger(startTime) || typeof bootId !== 'string')
      return undefined;
    return { pid: pid!, startTime: startTime!, bootId };
  } catch {
    return undefined;
  }
}
