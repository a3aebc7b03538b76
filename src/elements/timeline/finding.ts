/** What somebody types to find, and the way from match to match. */
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { Finder } from './finder.ts';

/** What it needs, and whom it tells. */
export interface FindingSettings {
  /** What is searched, newest first. */
  readonly events: () => Iterable<TimelineEvent>;
  /** Brings an event into view. */
  readonly reveal: (id: string) => void;
  readonly changed: () => void;
  /** A search is done, or another match is shown. */
  readonly found: () => void;
  /** Nothing is searched for any more. */
  readonly ended: () => void;
}

/** Typing rests for so long before it is searched for, ms. */
const TYPED_MS = 150;

/** For one timeline. */
export class Finding {
  readonly finder: Finder;
  /** What is in the field. */
  typed = '';
  readonly #settings: FindingSettings;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(settings: FindingSettings) {
    this.#settings = settings;
    this.finder = new Finder(settings.changed);
  }

  /** Something is searched for. */
  get active(): boolean {
    return this.finder.words.length > 0;
  }

  type(text: string): void {
    this.typed = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.search(text), TYPED_MS);
    this.#settings.changed();
  }

  /** Searches, and shows the first match unless one is shown. @returns how many there are. */
  async search(text: string): Promise<number> {
    this.typed = text;
    const { finder } = this;
    if (!(await finder.find(text, this.#settings.events()))) return finder.found.length;
    if (!this.active) this.#settings.ended();
    else {
      if (finder.at < 0) this.#go(1);
      this.#settings.found();
    }
    return finder.found.length;
  }

  /** Other events are listed: what is found is of them. The view stays where it is. */
  async again(): Promise<void> {
    if (this.active && !this.finder.searching) await this.finder.find(this.typed, this.#settings.events());
  }

  /** Shows the next match, or the one before. */
  step(by: 1 | -1): void {
    this.#go(by);
    this.#settings.found();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.finder.stop();
  }

  #go(by: 1 | -1): void {
    const id = this.finder.step(by);
    if (id !== undefined) this.#settings.reveal(id);
  }
}
