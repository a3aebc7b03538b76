/** Reads the file of checks again once it, or a file that it names, has changed. What is not valid changes nothing. */
import { watchConfigFile } from '../../config-file-watch.ts';
import type { FileWatch, WatchOptions } from '../../config-file-watch.ts';
import { readChecksFile } from './checks-file.ts';
import type { ChecksFile } from './checks-file.ts';

export type { FileWatch as ChecksFileWatch } from '../../config-file-watch.ts';

/**
 * Watches the file, and those that it names.
 * @param first as it was read, with what the files were then: what has changed since is noticed.
 */
export function watchChecksFile(
  first: ChecksFile,
  options: Omit<WatchOptions<ChecksFile>, 'read'>,
): FileWatch {
  return watchConfigFile(first, { ...options, read: readChecksFile });
}
