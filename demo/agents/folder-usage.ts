/** How much is in a folder. */
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** What is in a folder and below. */
export interface FolderUsage {
  readonly files: number;
  readonly bytes: number;
  /** The file that was written last, from the folder on; absent in an empty one. */
  readonly newest?: string;
}

/** Counts. What goes while it is counted does not count. @throws when the folder is not there. */
export async function usageOf(folder: string): Promise<FolderUsage> {
  let [files, bytes, newestAt] = [0, 0, -Infinity];
  let newest: string | undefined;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const found = await stat(path).catch(() => undefined);
    if (!found) continue;
    files += 1;
    bytes += found.size;
    if (found.mtimeMs <= newestAt) continue;
    newestAt = found.mtimeMs;
    newest = relative(folder, path);
  }
  return { files, bytes, ...(newest !== undefined && { newest }) };
}

/** `3.2 MB`. */
export function bytesText(bytes: number): string {
  const [unit, size] = bytes < 1e6 ? ['kB', 1e3] : bytes < 1e9 ? ['MB', 1e6] : ['GB', 1e9];
  return `${(bytes / size).toFixed(1)} ${unit}`;
}
