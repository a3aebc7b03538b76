/** Reads a file of configuration again once it, or a file that it names, has changed. What is not valid changes nothing. */
import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import { sameStamps, stampsOf } from './file-stamps.ts';
import type { FileStamps } from './file-stamps.ts';
import type { Clock, Timer } from './ports/clock.ts';
import { Serial } from './serial.ts';

/** What is read has not changed for so long: half of a file would be another file, and an empty one would say nothing, ms. */
const SETTLE_MS = 100;

/** What a file said, and what it was made of. */
export interface WatchedFile {
  /** Where it is. */
  readonly path: string;
  /** The file itself, and those that it names, as they were when they were read. */
  readonly files: FileStamps;
}

/** How it is watched. */
export interface WatchOptions<File extends WatchedFile> {
  readonly clock: Clock;
  /** Between two looks where the folder does not tell, ms; default 5,000. */
  readonly pollMs?: number;
  /** Reads it. */
  readonly read: (path: string) => Promise<File>;
  /** Takes what the file says now, whole; what this throws is told, and stands as nothing that was read. */
  readonly changed: (file: File) => Promise<void> | void;
  /** Told once of each change that is not valid. */
  readonly onError: (error: unknown) => void;
}

/** A file that is watched. */
export interface FileWatch {
  /** Watches no more; resolves once nothing is read or taken any more. */
  close(): Promise<void>;
}

/**
 * Watches the file, and those that it names.
 * @param first as it was read, with what the files were then: what has changed since is noticed.
 */
export function watchConfigFile<File extends WatchedFile>(
  first: File,
  options: WatchOptions<File>,
): FileWatch {
  const { clock, pollMs = 5_000, read, changed, onError } = options;
  const serial = new Serial();
  const folders = new Map<string, FSWatcher>();
  let { files } = first;
  let closed = false;
  let settling: Timer | undefined;
  /** What the files are where that is not what was read, and since when. */
  let unsettled: { readonly files: FileStamps; readonly at: number } | undefined;

  const look = async (): Promise<void> => {
    if (closed) return;
    const now = await stampsOf(files.keys());
    if (closed) return;
    if (sameStamps(files, now)) {
      unsettled = undefined;
      return;
    }
    if (!unsettled || !sameStamps(unsettled.files, now)) unsettled = { files: now, at: clock.monotonicMs() };
    if (clock.monotonicMs() - unsettled.at < SETTLE_MS) {
      lookSoon();
      return;
    }
    unsettled = undefined;
    // Told once: what is not valid now is not read again until it changes.
    files = now;
    try {
      const file = await read(first.path);
      if (closed) return;
      files = file.files;
      watchFolders();
      await changed(file);
    } catch (error) {
      if (!closed) onError(error);
    }
  };
  const lookSoon = (): void => {
    if (closed) return;
    settling ??= clock.after(SETTLE_MS, () => {
      settling = undefined;
      void serial.run(look);
    });
  };

  const watchFolders = (): void => {
    const wanted = new Set([...files.keys()].map((path) => dirname(path)));
    for (const [folder, watcher] of folders) {
      if (wanted.has(folder)) continue;
      watcher.close();
      folders.delete(folder);
    }
    for (const folder of wanted) {
      if (folders.has(folder)) continue;
      // Where a folder cannot be watched, looking now and then is what is left.
      const unwatched = (): void => {
        folders.get(folder)?.close();
        folders.delete(folder);
      };
      try {
        folders.set(folder, watch(folder, { persistent: false }, lookSoon).on('error', unwatched));
      } catch {
        unwatched();
      }
    }
  };

  watchFolders();
  // What was written between the reading and the watching.
  lookSoon();
  const poll = clock.every(pollMs, () => void serial.run(look));

  return {
    async close() {
      closed = true;
      poll.cancel();
      settling?.cancel();
      for (const watcher of folders.values()) watcher.close();
      folders.clear();
      await serial.idle();
    },
  };
}
