/** Who listens on a port: a stranger who was faster must not be taken for an instance. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** `/proc/net/tcp` and `tcp6` write addresses as hexadecimal words in the order of the machine. */
const LOOPBACK_OR_ANY: ReadonlySet<string> = new Set([
  '0100007F',
  '00000000',
  '0'.repeat(32),
  `${'0'.repeat(16)}FFFF00000100007F`,
]);
/** TCP_LISTEN. */
const LISTENING = '0A';

/**
 * Inodes of the sockets that a connection to a port of 127.0.0.1 can reach.
 * @param folder where the kernel's tables are.
 * @returns undefined where the system does not tell.
 */
export function listeningInodes(port: number, folder = '/proc/net'): readonly string[] | undefined {
  const tables = ['tcp', 'tcp6'].map((name) => readTable(join(folder, name)));
  if (tables[0] === undefined) return undefined;
  return tables.flatMap((table = '') =>
    table.split('\n').flatMap((line) => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      const [address = '', hex = ''] = local.split(':');
      const isThere = state === LISTENING && Number.parseInt(hex, 16) === port;
      return isThere && LOOPBACK_OR_ANY.has(address) ? [inode] : [];
    }),
  );
}

/** Inodes of all sockets that a process holds. */
export function socketsOf(pid: number): ReadonlySet<string> {
  const inodes = new Set<string>();
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(readLink(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    }
  } catch {
    // It ended, or became another user.
  }
  return inodes;
}

function readTable(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // It was closed in between.
    return '';
  }
}
