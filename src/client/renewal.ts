/** Renews the token of a live connection, without a break. Loaded where there is a token that expires or is replaced. */
import type { Refreshed } from '../protocol/frames.ts';
import type { ClientClock } from './clock.ts';
import type { Failure } from './make-error.ts';
import type { Link } from './link.ts';
import type { TokenSource } from './token.ts';

/** What a timer can count to, ms. Not the clock's own: for one number the chunk would have to share its. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** No renewal is tried any more this close to expiry, ms. */
const TOO_LATE_MS = 1_000;
/** A token with a long life is renewed this long before its end, ms. */
const AHEAD_MS = 60_000;

/** What a renewal needs. */
export interface RenewalSettings {
  readonly clock: ClientClock;
  readonly token: TokenSource;
  /** The corrected clock, ms since 1970: a wrong one would renew too late. */
  readonly serverNow: () => number;
  /** @param failure undefined: there was no token to bring. */
  readonly fail: (failure: Failure | undefined, cause?: unknown) => void;
  /** The server took the new token. */
  readonly renewed: () => void;
}

/** When to renew a token that has this long to live, ms from now; undefined when it is too late, or no time at all. */
export function renewalMs(leftMs: number): number | undefined {
  return leftMs >= TOO_LATE_MS ? Math.max(leftMs * 0.8, leftMs - AHEAD_MS) : undefined;
}

/** Renews the token of one link, as often as it expires. */
export class Renewal {
  readonly #settings: RenewalSettings;
  readonly #link: Link;
  #expiresAt: number | undefined;
  #cancel: (() => void) | undefined;
  #stopped = false;

  /** @param expiresAt ms since 1970 by the server's clock; undefined: never. */
  constructor(settings: RenewalSettings, link: Link, expiresAt: number | undefined) {
    this.#settings = settings;
    this.#link = link;
    this.#expiresAt = expiresAt;
    this.#schedule();
  }

  /** The link is gone. */
  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  /** Brings the link a token now. */
  async renew(): Promise<void> {
    const { token: source, fail, renewed } = this.#settings;
    let token: string | undefined;
    try {
      token = await source.read();
    } catch (cause) {
      fail(undefined, cause);
    }
    if (this.#stopped) return;
    // Without one to bring, the next try is nearer to the end; after that the server closes.
    if (token === undefined) return this.#schedule();
    this.#link.ask(JSON.stringify({ refresh: { token } }), (reply) => {
      if (!reply || this.#stopped) return;
      if ('err' in reply) fail(reply.err);
      else {
        this.#link.authorize(token);
        this.#expiresAt = (reply.ok as Refreshed).expiresAt;
        renewed();
      }
      this.#schedule();
    });
  }

  #schedule(): void {
    const { clock, serverNow } = this.#settings;
    this.#cancel?.();
    const waitMs = this.#expiresAt === undefined ? undefined : renewalMs(this.#expiresAt - serverNow());
    if (waitMs === undefined || this.#stopped) return;
    this.#cancel =
      waitMs > MAX_TIMER_MS
        ? clock.after(MAX_TIMER_MS, () => this.#schedule())
        : clock.after(waitMs, () => void this.renew());
  }
}
