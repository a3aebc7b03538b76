/** Writes an instance's output: numbered lines, in files of which only the newest are kept. */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { LogLine } from '../../../src/protocol/index.ts';
import type { LogRotation } from '../../ports/agent-runtime.ts';
import { STREAM_LETTERS, firstNumberOf, logFileName, numberOf, parseLine } from './log-format.ts';

const NEWLINE = Buffer.from('\n');

/** Lines that are written together. */
interface Batch {
  readonly parts: Buffer[];
  bytes: number;
  lines: number;
  /** Number of the first. */
  readonly first: number;
}

/** What could not be written. */
interface Lost {
  readonly lines: number;
  readonly bytes: number;
  readonly reason: string;
}

/**
 * Writes at once, so that whoever writes faster than the disk waits. A disk that is full loses lines and nothing else:
 * they are counted, and the first line after them says how many they were.
 */
export class LogWriter {
  readonly #folder: string;
  readonly #rotation: Omit<LogRotation, 'maxLineBytes'>;
  readonly #now: () => number;
  readonly #writeSync: typeof writeSync;
  #file: { readonly fd: number; size: number } | undefined;
  #last = 0;
  #lost: Lost | undefined;

  /**
   * Goes on where the last writer stopped.
   * @param folder is made if need be.
   * @param now ms since 1970.
   * @param write for tests: a disk that is full.
   */
  constructor(
    folder: string,
    rotation: Omit<LogRotation, 'maxLineBytes'>,
    now: () => number,
    write: typeof writeSync = writeSync,
  ) {
    this.#writeSync = write;
    this.#folder = folder;
    this.#rotation = rotation;
    this.#now = now;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const newest = this.#files().at(-1);
      if (newest !== undefined) this.#continue(newest);
    } catch (error) {
      this.#lose(0, 0, error);
    }
  }

  /** Number of the newest line. */
  get last(): number {
    return this.#last;
  }

  /** Adds lines, without their ends. */
  write(stream: LogLine['stream'], lines: readonly Buffer[]): void {
    if (this.#lost && lines.length > 0) this.#tellLoss();
    let batch: Batch | undefined;
    for (const text of lines) {
      const line = this.#number(stream, text);
      const filled = (this.#file?.size ?? 0) + (batch?.bytes ?? 0);
      if (filled > 0 && filled + line.bytes > this.#rotation.maxFileBytes) {
        if (batch) this.#append(batch);
        this.#close();
        batch = undefined;
      }
      if (!batch) {
        batch = line;
        continue;
      }
      batch.parts.push(...line.parts);
      batch.bytes += line.bytes;
      batch.lines++;
    }
    if (batch) this.#append(batch);
  }

  /** What is lost still is written about, if it can be. */
  close(): void {
    if (this.#lost) this.#tellLoss();
    this.#close();
  }

  #tellLoss(): void {
    const lost = this.#lost!;
    const { lines, bytes, reason } = lost;
    this.#lost = undefined;
    if (lines === 0) return;
    const text = `${lines} lines (${bytes} bytes) could not be written: ${reason}`;
    // Not counted itself when there still is no room.
    if (!this.#append(this.#number('engine', Buffer.from(text)))) this.#lost = lost;
  }

  #number(stream: LogLine['stream'], text: Buffer): Batch {
    const at = this.#now();
    this.#last = numberOf(this.#last, at);
    const head = Buffer.from(`${this.#last} ${at} ${STREAM_LETTERS[stream]} `);
    const bytes = head.length + text.length + NEWLINE.length;
    return { parts: [head, text, NEWLINE], bytes, lines: 1, first: this.#last };
  }

  /** @returns false when they are lost. */
  #append({ parts, bytes, lines, first }: Batch): boolean {
    let written = 0;
    try {
      this.#file ??= this.#open(first);
      const all = Buffer.concat(parts, bytes);
      while (written < bytes) written += this.#writeSync(this.#file.fd, all, written);
      this.#file.size += bytes;
      return true;
    } catch (error) {
      // Half a line goes again, so that the next one begins where a line begins.
      if (written > 0) this.#truncate();
      this.#lose(lines, bytes, error);
      return false;
    }
  }

  #lose(lines: number, bytes: number, error: unknown): void {
    this.#lost = {
      lines: (this.#lost?.lines ?? 0) + lines,
      bytes: (this.#lost?.bytes ?? 0) + bytes,
      reason: error instanceof Error ? error.message : String(error),
    };
  }

  #truncate(): void {
    try {
      if (this.#file) ftruncateSync(this.#file.fd, this.#file.size);
    } catch {
      this.#close();
    }
  }

  /** Room is made before it is taken: a full disk may so still have the newest lines. */
  #open(first: number): { fd: number; size: number } {
    const files = this.#files();
    for (const name of files.slice(0, Math.max(0, files.length - this.#rotation.maxFiles + 1))) {
      rmSync(join(this.#folder, name), { force: true });
    }
    return { fd: openSync(join(this.#folder, logFileName(first)), 'a', 0o600), size: 0 };
  }

  #continue(name: string): void {
    const fd = openSync(join(this.#folder, name), 'a+', 0o600);
    const { size } = fstatSync(fd);
    this.#file = { fd, size };
    this.#last = Math.max(firstNumberOf(name)!, lastNumber(fd, size));
    const end = Buffer.alloc(1);
    if (size > 0 && readSync(fd, end, 0, 1, size - 1) === 1 && !end.equals(NEWLINE)) {
      this.#append({ parts: [NEWLINE], bytes: 1, lines: 0, first: this.#last });
    }
  }

  #close(): void {
    if (this.#file) closeSync(this.#file.fd);
    this.#file = undefined;
  }

  /** Oldest first. */
  #files(): string[] {
    return readdirSync(this.#folder)
      .filter((name) => firstNumberOf(name) !== undefined)
      .sort();
  }
}

/** Of the last whole line among the last bytes; 0 when none is there. */
function lastNumber(fd: number, size: number): number {
  const tail = Buffer.alloc(Math.min(size, 65_536));
  readSync(fd, tail, 0, tail.length, size - tail.length);
  const lines = tail.toString('utf8').split('\n');
  for (const line of lines.reverse()) {
    const parsed = parseLine(line);
    if (parsed) return parsed.n;
  }
  return 0;
}
