/** Follows an instance's output: what it hears is new, and in order. */
import type { LogLine } from '../../../src/protocol/index.ts';
import { endOf, readOn } from './log-reader.ts';
import type { LogPlace } from './log-reader.ts';

/** One who listens. */
export class Follower {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #listener: (lines: readonly LogLine[]) => void;
  readonly #onError: (error: unknown) => void;
  #place: LogPlace | undefined;
  #reading = false;
  #again = false;
  #stopped = false;

  /**
   * Begins after what is there now.
   * @param maxBytes at once; whoever falls behind is told the newest.
   */
  constructor(
    folder: string,
    maxBytes: number,
    listener: (lines: readonly LogLine[]) => void,
    onError: (error: unknown) => void,
  ) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#listener = listener;
    this.#onError = onError;
    this.#place = endOf(folder);
  }

  /** There may be more. */
  look(): void {
    this.#again = true;
    if (!this.#reading) void this.#read();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #read(): Promise<void> {
    this.#reading = true;
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        const { lines, place } = await readOn(this.#folder, this.#place, this.#maxBytes);
        this.#place = place;
        // It may have been stopped meanwhile.
        if (lines.length > 0 && !this.#isStopped()) this.#listener(lines);
      }
    } catch (error) {
      this.#onError(error);
    } finally {
      this.#reading = false;
    }
  }

  #isStopped(): boolean {
    return this.#stopped;
  }
}
