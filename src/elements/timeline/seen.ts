/** Remembers what the reader had seen when they left: the page was hidden, closed, or the timeline taken away. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { readStored, writeStored } from '../../context/storage.ts';

/** What it needs to know. */
export interface SeenSettings {
  /** The newest event that is shown, ms since 1970; undefined: none is. */
  readonly newest: () => number | undefined;
  /** The server's clock, ms since 1970. */
  readonly now: () => number;
  /** Under which name the browser remembers it; empty: not beyond this page. */
  readonly name: () => string;
  /** The reader left at another moment than was known. */
  readonly changed: () => void;
}

/** So far clocks may differ, ms. */
const AHEAD_MS = 24 * 60 * 60_000;
const KEY = 'waooaw.timeline.seen.';

/** For one timeline. */
export class Seen implements ReactiveController {
  /** Time of the newest event that was shown when the reader left last, ms since 1970. */
  leftAt: number | undefined;
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #settings: SeenSettings;
  #name = '';

  constructor(host: ReactiveControllerHost & HTMLElement, settings: SeenSettings) {
    this.#host = host;
    this.#settings = settings;
    host.addController(this);
  }

  hostConnected(): void {
    document.addEventListener('visibilitychange', this.#looked);
    window.addEventListener('pagehide', this.#leave);
    this.#recall();
  }

  hostUpdate(): void {
    this.#recall();
  }

  hostDisconnected(): void {
    document.removeEventListener('visibilitychange', this.#looked);
    window.removeEventListener('pagehide', this.#leave);
    // Who only moves it has not left.
    queueMicrotask(() => this.#host.isConnected || this.#leave());
  }

  #recall(): void {
    const name = this.#settings.name();
    if (name === this.#name) return;
    this.#name = name;
    const stored = Number((name && readStored('localStorage', KEY + name)) || NaN);
    if (Number.isNaN(stored)) return;
    this.leftAt = stored;
    this.#settings.changed();
  }

  readonly #looked = (): void => {
    if (document.visibilityState === 'hidden') this.#leave();
  };

  readonly #leave = (): void => {
    const { newest, now } = this.#settings;
    const time = newest();
    if (time === undefined) return;
    // Nothing would ever be newer than what is dated far ahead.
    const seenAt = time > now() + AHEAD_MS ? now() : time;
    if (this.#name) writeStored('localStorage', KEY + this.#name, String(seenAt));
    if (seenAt === this.leftAt) return;
    this.leftAt = seenAt;
    this.#settings.changed();
  };
}
