/** Says through the page's one announcer that something happened: how many, and not each. */
import { pageAnnouncer } from '../../a11y/announcer.ts';

/** What comes within this is counted together, ms. */
const GATHER_MS = 1_000;
/** On a busy page no more often than this, ms. */
const EVERY_MS = 15_000;

let made = 0;

/** The voice of one timeline. */
export class Announcing {
  /** Of this timeline: its newer sentence takes the place of the one that waits. */
  readonly #key = `timeline-${(made += 1)}`;
  readonly #text: (count: number) => string;
  #count = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saidAt = -Infinity;

  /** @param text words a count. */
  constructor(text: (count: number) => string) {
    this.#text = text;
    // Made now, although nothing is said yet: screen readers miss what a region says that has only just appeared.
    pageAnnouncer();
  }

  /** So many more events came. */
  came(count: number): void {
    this.#count += count;
    if (this.#count === 0) return;
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#saidAt = performance.now();
        this.say(this.#text(this.#count), 'new');
        this.#count = 0;
      },
      Math.max(GATHER_MS, this.#saidAt + EVERY_MS - performance.now()),
    );
  }

  /** Says a sentence, once it is its turn. @param about what it is about: a newer one replaces it. */
  say(text: string, about: string): void {
    pageAnnouncer().announce(text, 'polite', { key: `${this.#key}-${about}` });
  }

  /** Says nothing of what was about to be said. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#count = 0;
  }
}
