/** Whether files have changed since they were read. */
import { stat } from 'node:fs/promises';

/** What each file was when it was read, by its path. */
export type FileStamps = ReadonlyMap<string, string>;

/**
 * What a file is now: another one, or one that was written since, is another stamp. Taken before the file is read, so that what
 * is written meanwhile is noticed afterwards.
 */
export async function stampOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs].join(':');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** What the same files are now. */
export async function stampsOf(paths: Iterable<string>): Promise<FileStamps> {
  return new Map(await Promise.all([...paths].map(async (path) => [path, await stampOf(path)] as const)));
}

/** Both are of the same files, and none has changed. */
export function sameStamps(one: FileStamps, other: FileStamps): boolean {
  return one.size === other.size && [...one].every(([path, stamp]) => other.get(path) === stamp);
}
