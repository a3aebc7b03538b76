/** Follows the logs in a folder, and counts their lines by level. */
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What a line may be. `other` names none of the rest. */
export const LEVELS = ['error', 'warn', 'info', 'other'] as const;

/** What a line may be. */
export type Level = (typeof LEVELS)[number];

/** How many lines of each level came. */
export type LevelCounts = Readonly<Record<Level, number>>;

/** What is read at once, bytes. */
const CHUNK_BYTES = 65_536;
/** A line without an end that is longer is counted as it is, characters. */
const MAX_LINE = 65_536;

/** One file, and how far it has been read. */
interface Place {
  inode: number;
  offset: number;
  /** What came of a line whose end has not come yet. */
  rest: string;
}

/** Counts the lines that are and that come in all `*.log` files below a folder. */
export class LogTail {
  readonly #folder: string;
  readonly #contains: string;
  readonly #places = new Map<string, Place>();
  readonly #counts: Record<Level, number> = { error: 0, warn: 0, info: 0, other: 0 };

  /** @param contains only lines with this in it count; empty: all. */
  constructor(folder: string, contains = '') {
    this.#folder = folder;
    this.#contains = contains;
  }

  /** Reads what came since the last look. @throws when the folder is not there. */
  async look(): Promise<LevelCounts & { readonly files: number; readonly lines: number }> {
    const seen = new Set<string>();
    for (const entry of await readdir(this.#folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.log')) continue;
      const path = join(entry.parentPath, entry.name);
      seen.add(path);
      await this.#read(path);
    }
    for (const path of this.#places.keys()) if (!seen.has(path)) this.#places.delete(path);
    const lines = LEVELS.reduce((sum, level) => sum + this.#counts[level], 0);
    return { ...this.#counts, files: seen.size, lines };
  }

  async #read(path: string): Promise<void> {
    // It may have been rotated away since it was listed.
    const file = await open(path).catch(() => undefined);
    if (!file) return;
    try {
      const { ino, size } = await file.stat();
      let place = this.#places.get(path);
      // Another file under this name, or the same one emptied, is read from its beginning.
      if (place?.inode !== ino || size < place.offset) {
        this.#places.set(path, (place = { inode: ino, offset: 0, rest: '' }));
      }
      const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, place.offset);
        if (bytesRead === 0) return;
        place.offset += bytesRead;
        this.#take(place, buffer.toString('latin1', 0, bytesRead));
      }
    } finally {
      await file.close();
    }
  }

  #take(place: Place, text: string): void {
    const lines = (place.rest + text).split('\n');
    place.rest = lines.pop() ?? '';
    if (place.rest.length > MAX_LINE) {
      lines.push(place.rest);
      place.rest = '';
    }
    for (const line of lines) {
      if (line.includes(this.#contains)) this.#counts[levelOf(line)] += 1;
    }
  }
}

/** The level that a line names first. */
export function levelOf(line: string): Level {
  const word = /\b(?:(error|fatal)|(warn(?:ing)?)|(info))\b/i.exec(line);
  return word?.[1] ? 'error' : word?.[2] ? 'warn' : word?.[3] ? 'info' : 'other';
}
