/** The second place for checkpoints: a text file that only grows, one signed note after another with empty lines between. */
import { mkdir, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How far back is read at a start: some hundred checkpoints. */
const TAIL_BYTES = 65_536;
const SIGNATURE = '— ';

/** Keeps notes. */
export class CheckpointFile {
  readonly #path: string;

  /** @param path made with its folder at the first note. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Adds a note. It is on the disk when this resolves. */
  async append(note: string): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    // Opened anew each time, so that it may be moved away and archived meanwhile.
    const handle = await open(this.#path, 'a+', 0o600);
    try {
      const { size } = await handle.stat();
      await handle.appendFile(`${await between(handle, size)}${note}`);
      await handle.sync();
      if (size === 0) await syncFolder(this.#path);
    } finally {
      await handle.close();
    }
  }

  /** The last notes, oldest first, whatever they say. A note that was torn by a crash is left out. */
  async tail(): Promise<readonly string[]> {
    let handle: FileHandle;
    try {
      handle = await open(this.#path, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    try {
      const { size } = await handle.stat();
      const start = Math.max(0, size - TAIL_BYTES);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
      return notesOf(buffer.subarray(0, bytesRead).toString());
    } finally {
      await handle.close();
    }
  }
}

/** What has to stand before the next note: after a torn one it would be read as its end. */
async function between(handle: FileHandle, size: number): Promise<string> {
  if (size === 0) return '';
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() === '\n' ? '\n' : '\n\n';
}

/** A note is a text, an empty line, and its signatures. */
function notesOf(text: string): readonly string[] {
  const parts = text.split('\n\n');
  const notes: string[] = [];
  parts.forEach((part, i) => {
    const said = parts[i - 1];
    if (!part.startsWith(SIGNATURE) || said === undefined || said.startsWith(SIGNATURE)) return;
    notes.push(`${said.replace(/^\n/, '')}\n\n${part.replace(/\n$/, '')}\n`);
  });
  return notes;
}

async function syncFolder(file: string): Promise<void> {
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
