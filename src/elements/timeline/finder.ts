/** Finds words in all events that are listed, also in those that are not rendered: a browser's own search misses those. */
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { searchText, wordsOf } from './event-filter.ts';

/** Searching gives way to the page after so long, ms. */
const SLICE_MS = 8;
/** Looks at the clock after so many events. */
const EVERY = 256;

/** One search at a time. */
export class Finder {
  /** Folded words that are searched for. */
  words: readonly string[] = [];
  /** Ids of what was found, newest first. */
  found: readonly string[] = [];
  /** Which of them is shown; -1: none yet. */
  at = -1;
  searching = false;
  readonly #changed: () => void;
  #search = 0;

  /** @param changed found more, or is done. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** The id of the match that is shown. */
  get current(): string | undefined {
    return this.found[this.at];
  }

  /**
   * Searches for all words of a text.
   * @param events newest first.
   * @returns whether it came to an end, and was not overtaken by another search.
   */
  async find(text: string, events: Iterable<TimelineEvent>): Promise<boolean> {
    const search = (this.#search += 1);
    const before = this.current;
    this.words = wordsOf(text);
    this.searching = this.words.length > 0;
    const found: string[] = [];
    let begun = performance.now();
    let count = 0;
    for (const event of this.searching ? events : []) {
      count += 1;
      if (count % EVERY === 0 && performance.now() - begun > SLICE_MS) {
        await nextTask();
        if (search !== this.#search) return false;
        begun = performance.now();
      }
      const said = searchText(event);
      if (this.words.every((word) => said.includes(word))) found.push(event.id);
    }
    this.searching = false;
    this.found = found;
    this.at = before === undefined ? -1 : found.indexOf(before);
    this.#changed();
    return true;
  }

  /** Goes to the next match, or the one before; after the last comes the first. @returns its id. */
  step(by: 1 | -1): string | undefined {
    const { length } = this.found;
    if (length === 0) return undefined;
    this.at = this.at < 0 ? (by > 0 ? 0 : length - 1) : (this.at + by + length) % length;
    this.#changed();
    return this.current;
  }

  /** Ends a search that goes on. */
  stop(): void {
    this.#search += 1;
    this.searching = false;
  }
}

/** Behind whatever waits: a press, a frame. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
