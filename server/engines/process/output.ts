/** What an instance writes: from its pipes into its log, no faster than is allowed. */
import type { Readable } from 'node:stream';
import type { LogLine } from '../../../src/protocol/index.ts';
import type { LogRotation } from '../../ports/agent-runtime.ts';
import { LineCutter } from './line-cutter.ts';
import { LogWriter } from './log-writer.ts';

/** Over which the rate is counted, ms. */
const RATE_WINDOW_MS = 1_000;
/** Between two calls that say that there are new lines, ms. */
const TELL_INTERVAL_MS = 100;

/** What it is given. */
export interface OutputOptions {
  readonly folder: string;
  readonly rotation: LogRotation;
  /** Whoever writes more waits: nothing is lost, and nobody else stands still. */
  readonly bytesPerSecond: number;
  /** Hears the newest line's number, soon after it was written. */
  readonly onLogged: (last: number) => void;
}

/** The log of a run. */
export class Output {
  readonly #options: OutputOptions;
  readonly #log: LogWriter;
  readonly #sources: { readonly stream: Readable; readonly end: () => void }[] = [];
  #window = { from: 0, bytes: 0 };
  #paused: NodeJS.Timeout | undefined;
  #telling: NodeJS.Timeout | undefined;
  #told = 0;

  constructor(options: OutputOptions) {
    this.#options = options;
    this.#log = new LogWriter(options.folder, options.rotation, () => Date.now());
    this.#told = this.#log.last;
  }

  /** Takes a pipe's output. */
  take(name: LogLine['stream'], stream: Readable): void {
    const cutter = new LineCutter(this.#options.rotation.maxLineBytes);
    this.#sources.push({ stream, end: () => this.#write(name, cutter.end()) });
    stream.on('data', (chunk: Buffer) => {
      this.#write(name, cutter.push(chunk));
      this.#count(chunk.length);
    });
    // A pipe that breaks has ended; whether its program has is seen elsewhere.
    stream.on('error', () => undefined);
  }

  /** Adds a line of our own. */
  say(text: string): void {
    this.#write('engine', [Buffer.from(text)]);
  }

  /** Writes the last lines, whole or not, and tells of them. */
  close(): void {
    clearTimeout(this.#paused);
    for (const { stream, end } of this.#sources) {
      stream.destroy();
      end();
    }
    this.#log.close();
    clearTimeout(this.#telling);
    this.#telling = undefined;
    if (this.#log.last > this.#told) this.#options.onLogged(this.#log.last);
    this.#told = Infinity;
  }

  #write(name: LogLine['stream'], lines: readonly Buffer[]): void {
    if (lines.length === 0) return;
    this.#log.write(name, lines);
    if (!this.#telling) this.#tell();
  }

  /** At once, and then no more often than is useful. */
  #tell(): void {
    if (this.#log.last <= this.#told) return;
    this.#told = this.#log.last;
    this.#options.onLogged(this.#told);
    this.#telling = setTimeout(() => {
      this.#telling = undefined;
      this.#tell();
    }, TELL_INTERVAL_MS);
  }

  #count(bytes: number): void {
    const now = performance.now();
    if (now - this.#window.from >= RATE_WINDOW_MS) this.#window = { from: now, bytes: 0 };
    this.#window.bytes += bytes;
    if (this.#paused || this.#window.bytes <= this.#options.bytesPerSecond) return;
    for (const { stream } of this.#sources) stream.pause();
    this.#paused = setTimeout(
      () => {
        this.#paused = undefined;
        for (const { stream } of this.#sources) stream.resume();
      },
      this.#window.from + RATE_WINDOW_MS - now,
    );
  }
}
