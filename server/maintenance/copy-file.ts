/** Copies a file durably, hashing what it copies. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Bytes read at once. */
const CHUNK_BYTES = 1_048_576;
const OWNER_ONLY = 0o700;
const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** A file as it was read. */
export interface Read {
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/**
 * Copies a file to where none is, and the folders above it, for this user only. It is on the disk when this resolves.
 * @returns what was copied; undefined where the file is gone by now, or is no file.
 */
export async function copyFile(from: string, to: string): Promise<Read | undefined> {
  const source = await openFile(from);
  if (!source) return undefined;
  try {
    const { mode } = await source.stat();
    await mkdir(dirname(to), { recursive: true, mode: OWNER_ONLY });
    // What its owner may run he may run afterwards.
    const copy = await open(to, 'wx', 0o600 | (mode & 0o100));
    try {
      const read = await readThrough(source, (chunk) => copy.writeFile(chunk));
      await copy.sync();
      return read;
    } finally {
      await copy.close();
    }
  } finally {
    await source.close();
  }
}

/** Reads a file through. @returns undefined where there is none. */
export async function hashFile(path: string): Promise<Read | undefined> {
  const source = await openFile(path);
  if (!source) return undefined;
  try {
    return await readThrough(source);
  } finally {
    await source.close();
  }
}

/** Makes what was written to a file, or to a folder's list of names, outlast a power cut. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

type Handle = Awaited<ReturnType<typeof open>>;

async function readThrough(source: Handle, take?: (chunk: Buffer) => Promise<void>): Promise<Read> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  const hash = createHash('sha256');
  let bytes = 0;
  for (;;) {
    const { bytesRead } = await source.read(buffer, 0, CHUNK_BYTES);
    if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') };
    const chunk = buffer.subarray(0, bytesRead);
    hash.update(chunk);
    bytes += bytesRead;
    await take?.(chunk);
  }
}

/** Neither through a link nor waiting for whoever writes to a pipe. */
async function openFile(path: string): Promise<Handle | undefined> {
  let handle: Handle;
  try {
    handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ELOOP', 'ENXIO'].includes(code)) return undefined;
    throw error;
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  return undefined;
}
