/** The second place for checkpoints: a text file of one signed note after another with empty lines between, and the one before it. */
import { mkdir, open, rename, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from './sync-folder.ts';

/** Characters read at once. */
const READ_CHARACTERS = 262_144;
/** Characters of a part of a note, at most: what is longer is none of ours, and is not gathered. */
const MAX_PART = 65_536;
const SIGNATURE = '— ';

/** Where the notes before those of a file are. */
export const asideOf = (path: string): string => `${path}.1`;

/** Keeps notes. */
export class CheckpointFile {
  readonly #path: string;
  readonly #maxBytes: number;
  #appendsTo: string;

  /**
   * @param path made with its folder at the first note.
   * @param maxBytes from so many bytes on it is full.
   */
  constructor(path: string, maxBytes = Infinity) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#appendsTo = path;
  }

  /** Where notes are added. */
  get path(): string {
    return this.#appendsTo;
  }

  /**
   * From here on notes are added to another file beside it, so that none of them can bury what this one says.
   * @param now ms since 1970, which is in its name.
   */
  divert(now: number): void {
    const time = new Date(now).toISOString().replaceAll(/[:.]/g, '-');
    this.#appendsTo = `${this.#path}.after-mismatch-${time}`;
  }

  /** It has grown as far as it may, and is to be put aside. */
  async isFull(): Promise<boolean> {
    if (this.#maxBytes === Infinity) return false;
    const found = await stat(this.#appendsTo).catch(() => undefined);
    return found !== undefined && found.isFile() && found.size >= this.#maxBytes;
  }

  /** Puts the file that notes are added to aside, in place of the one that was put aside before it, whose notes are gone then. */
  async putAside(): Promise<void> {
    await rename(this.#appendsTo, asideOf(this.#appendsTo));
    await syncFolder(this.#appendsTo);
  }

  /** Adds a note. It is on the disk when this resolves; where this rejects, none of it is, as far as that can be had. */
  async append(note: string): Promise<void> {
    await mkdir(dirname(this.#appendsTo), { recursive: true, mode: 0o700 });
    // Opened anew each time, so that it may be moved away and archived meanwhile.
    const handle = await open(this.#appendsTo, 'a+', 0o600);
    try {
      const { size } = await handle.stat();
      try {
        await handle.appendFile(`${await between(handle, size)}${note}`);
        await handle.sync();
      } catch (error) {
        // Of a full disk: half a note would only be in the way. A reader passes it over, should this fail too.
        await handle.truncate(size).catch(() => undefined);
        throw error;
      }
      if (size === 0) await syncFolder(this.#appendsTo);
    } finally {
      await handle.close();
    }
  }

  /**
   * All notes, oldest first and those that were put aside before them, whatever they say; no more of them is held than is asked
   * for. A last one that was torn by a crash is left out. No file is no notes.
   * @throws the file system's error where it cannot be read.
   */
  async *notes(): AsyncGenerator<string> {
    yield* notesIn(asideOf(this.#path));
    yield* notesIn(this.#path);
  }

  /** Those that the next `putAside` drops. @throws as `notes` does. */
  dropped(): AsyncGenerator<string> {
    return notesIn(asideOf(this.#appendsTo));
  }
}

async function* notesIn(path: string): AsyncGenerator<string> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    const notes = new NoteReader();
    const chunks = handle.createReadStream({
      encoding: 'utf8',
      highWaterMark: READ_CHARACTERS,
      autoClose: false,
    });
    for await (const chunk of chunks) yield* notes.take(chunk as string);
    yield* notes.end();
  } finally {
    await handle.close();
  }
}

/** A note is a text, an empty line, and its signatures. */
class NoteReader {
  #rest = '';
  /** The part before, without the newline that two notes have between them. */
  #said: string | undefined;

  *take(chunk: string): Generator<string> {
    const parts = (this.#rest + chunk).split('\n\n');
    const rest = parts.pop()!;
    this.#rest = rest.length > MAX_PART ? rest.slice(-MAX_PART) : rest;
    for (const part of parts) yield* this.#next(part);
  }

  /** What was torn does not end its line. */
  *end(): Generator<string> {
    if (this.#rest.endsWith('\n')) yield* this.#next(this.#rest.slice(0, -1));
  }

  *#next(part: string): Generator<string> {
    const said = this.#said;
    const signed = part.startsWith(SIGNATURE);
    this.#said = signed ? undefined : part.replace(/^\n/, '');
    if (signed && said !== undefined) yield `${said}\n\n${part}\n`;
  }
}

/** What has to stand before the next note: after a torn one it would be read as its end. */
async function between(handle: FileHandle, size: number): Promise<string> {
  if (size === 0) return '';
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() === '\n' ? '\n' : '\n\n';
}
