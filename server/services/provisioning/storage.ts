/** How much a folder holds, found out in bounded work. */
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';

/** Blocks that `stat` counts, bytes (POSIX). */
const BLOCK = 512;
/** Files that are looked at at once. */
const AT_ONCE = 32;

/** What was found. */
export interface Held {
  readonly bytes: number;
  readonly files: number;
  /** There is more than was looked at. */
  readonly partial: boolean;
}

/**
 * Adds up what a folder holds. Links are not followed, and of a file with two names there is one.
 * @param maxEntries files and folders that are looked at, at most.
 * @returns nothing held where there is no such folder.
 */
export async function heldBy(folder: string, maxEntries: number): Promise<Held> {
  const folders = [folder];
  const seen = new Set<string>();
  let [bytes, files, entries] = [0, 0, 0];

  const count = async (path: string): Promise<void> => {
    // What was removed meanwhile holds nothing.
    const held = await lstat(path, { bigint: true }).catch(() => undefined);
    if (!held) return;
    if (held.nlink > 1n) {
      const file = `${held.dev}:${held.ino}`;
      if (seen.has(file)) return;
      seen.add(file);
    }
    files += 1;
    // Of a file with holes, what it takes and not what it seems.
    bytes += Math.min(Number(held.size), Number(held.blocks) * BLOCK);
  };

  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    const opened = await opendir(at).catch(() => undefined);
    if (!opened) continue;
    let counting: Promise<void>[] = [];
    for await (const entry of opened) {
      entries += 1;
      if (entries > maxEntries) {
        await Promise.all(counting);
        return { bytes, files, partial: true };
      }
      const path = join(at, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else counting.push(count(path));
      if (counting.length < AT_ONCE) continue;
      await Promise.all(counting);
      counting = [];
    }
    await Promise.all(counting);
  }
  return { bytes, files, partial: false };
}
