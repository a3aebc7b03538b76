/** Whether nobody but its owner can change what a path leads to: what may be run is decided by whoever can write there. */
import { lstat, readFile, readlink } from 'node:fs/promises';
import { dirname, join, parse, resolve, sep } from 'node:path';

const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
/** In such a folder nobody takes away what is another's. */
const STICKY = 0o1000;
/** As the system counts them. */
const MAX_LINKS = 40;

/** What is looked at of a file or folder. */
export interface Held {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  isDirectory(): boolean;
}

/** Whose word counts. */
export interface Trusted {
  /** Users who may decide what runs: the server's own, root, and whoever owns the server's program. */
  readonly users: ReadonlySet<number>;
  /** The user is the group's only member. */
  readonly isPrivate: (gid: number, uid: number) => boolean;
}

/** Who is trusted here; undefined where the system knows no users. */
export async function trustedHere(): Promise<Trusted | undefined> {
  const own = process.geteuid?.();
  if (own === undefined) return undefined;
  // Whoever can change the server's program need not change what it runs.
  const { uid } = await lstat(import.meta.dirname);
  const [groups, users] = await Promise.all(['/etc/group', '/etc/passwd'].map(tableOf));
  return {
    users: new Set([0, own, uid]),
    isPrivate: (gid, of) => isPrivateGroup(groups!, users!, gid, of),
  };
}

/**
 * Why a path cannot be trusted: somebody else may write to the file or folder, or to a folder or link on the way to it.
 * @param path absolute.
 * @returns undefined where it can be, and where nothing is there.
 */
export async function distrust(path: string, trusted: Trusted): Promise<string | undefined> {
  const { root } = parse(path);
  let at = root;
  let rest = partsOf(path);
  let links = 0;
  for (;;) {
    const held = await lstat(at).catch(() => undefined);
    if (!held) return undefined;
    if (held.isSymbolicLink()) {
      links += 1;
      if (links > MAX_LINKS) return `${path} leads in a circle`;
      const target = resolve(dirname(at), await readlink(at));
      rest = [...partsOf(target), ...rest];
      at = root;
      continue;
    }
    const why = problemOf(held, rest.length > 0, trusted);
    if (why !== undefined) return `${at} ${why}`;
    const [next] = rest;
    if (next === undefined) return undefined;
    at = join(at, next);
    rest = rest.slice(1);
  }
}

/** @param onTheWay it only holds what is looked for: then what is sticky may be anybody's. */
export function problemOf(held: Held, onTheWay: boolean, { users, isPrivate }: Trusted): string | undefined {
  const { uid, gid, mode } = held;
  if (!users.has(uid)) return `belongs to user ${uid}, who could change what runs`;
  if (onTheWay && (mode & STICKY) !== 0) return undefined;
  if ((mode & OTHERS_WRITE) !== 0) return 'is writable by everybody (chmod o-w)';
  if ((mode & GROUP_WRITES) !== 0 && !isPrivate(gid, uid)) return `is writable by group ${gid} (chmod g-w)`;
  return undefined;
}

/** A group that only one user is in, as many systems give to each. @param groups @param users lines of `/etc/group` and `/etc/passwd`. */
export function isPrivateGroup(
  groups: readonly (readonly string[])[],
  users: readonly (readonly string[])[],
  gid: number,
  uid: number,
): boolean {
  const group = groups.find(([, , id]) => id === String(gid));
  const owner = users.find(([, , id]) => id === String(uid))?.[0];
  if (!group || owner === undefined) return false;
  const members = (group[3] ?? '').split(',').filter((name) => name !== '');
  const primary = users.filter(([, , , id]) => id === String(gid)).map(([name]) => name);
  return [...members, ...primary].every((name) => name === owner);
}

function partsOf(path: string): readonly string[] {
  return path.split(sep).filter((part) => part !== '');
}

async function tableOf(path: string): Promise<readonly (readonly string[])[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').map((line) => line.split(':'));
}
