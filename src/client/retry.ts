/** When the next try is due: what was tried and how it went decides. */
import type { CloseBand } from '../protocol/close.ts';
import { backoffMs } from './backoff.ts';
import type { BackoffOptions } from './backoff.ts';
import type { ClientClock } from './clock.ts';

/** The longest wait that a server may spread its clients over, ms. */
const MAX_WITHIN_MS = 30_000;
/**
 * No wait is longer than the trouble has lasted, or than this, ms: after a short break everybody is back soon, and in a
 * long one the tries still grow rare.
 */
const EAGER_MS = 2_000;

/** What the waiting goes by. */
export interface RetrySettings extends BackoffOptions {
  readonly clock: ClientClock;
  readonly random: () => number;
  /** A connection that lasted this long starts the waiting anew, ms. */
  readonly stableMs: number;
}

/** Counts tries since the last stable connection. */
export class Retry {
  readonly #settings: RetrySettings;
  #attempt = 0;
  /** When the first wait since the last stable connection began. */
  #since: number | undefined;
  /** A server said "at once" since the last stable connection: said again it is not believed. */
  #hurried = false;
  #cancel: (() => void) | undefined;

  constructor(settings: RetrySettings) {
    this.#settings = settings;
  }

  /** Connected: if it lasts, the past is forgotten. */
  joined(): void {
    this.left();
    this.#cancel = this.#settings.clock.after(this.#settings.stableMs, () => {
      this.#attempt = 0;
      this.#since = undefined;
      this.#hurried = false;
    });
  }

  /** No longer connected. */
  left(): void {
    this.#cancel?.();
  }

  /**
   * How long to wait now, ms.
   * @param withinMs over which the server spreads its clients' return, once it asked them to move.
   */
  waitMs(band: CloseBand, withinMs = NaN): number {
    const { clock, random, firstMs = 500, capMs = 20_000 } = this.#settings;
    this.#since ??= clock.now();
    const hurry = band === 'at-once' && !this.#hurried;
    const attempt = hurry ? 0 : this.#attempt;
    this.#attempt += 1;
    if (hurry) {
      this.#hurried = true;
      if (withinMs >= 0) return Math.round(random() * Math.min(withinMs, MAX_WITHIN_MS));
    }
    const lastedMs = Math.max(firstMs, EAGER_MS, clock.now() - this.#since);
    return backoffMs(attempt, random(), { firstMs, capMs: Math.min(capMs, lastedMs) });
  }
}
