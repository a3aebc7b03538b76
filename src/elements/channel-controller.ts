/**
 * Ties an element to a channel: finds the socket, follows the channel as fast as somebody looks, and knows how fresh
 * what it heard is.
 */
import { ContextEvent } from '@lit/context';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { judgeFreshness } from '../client/freshness.ts';
import type { Freshness } from '../client/freshness.ts';
import type { ChannelListener } from '../client/channel.ts';
import type { SocketClient } from '../client/socket.ts';
import { timerMs } from '../client/clock.ts';
import { isUp } from '../client/states.ts';
import type { Subscription } from '../client/subscriptions.ts';
import type { ErrorBody, Json, LostReason } from '../protocol/frames.ts';
import { pagePace } from '../a11y/page-pace.ts';
import { watchSight } from './sight.ts';
import { pageSockets, socketContext } from './socket-context.ts';

/** What the element does with what is heard. */
export interface ChannelHandler {
  snapshot(data: Json): void;
  publication(data: Json): void;
  lost?(why: LostReason): void;
  error?(error: ErrorBody): void;
  /** Another server is asked from now on: what is known is not its past. */
  forget(): void;
  /** Another connection is used from now on, or none. */
  connection?(client: SocketClient | undefined): void;
  /** When the newest data was true, ms since 1970 by the server's clock; undefined while there is none. */
  dataTime(): number | undefined;
  /** Data older than this is stale, ms. */
  staleAfterMs(): number;
  /** While nobody can see the element: at most one batch in so many ms. Default 10,000. */
  readonly unseenEveryMs?: number;
}

/** The default of `unseenEveryMs`. */
const UNSEEN_EVERY_MS = 10_000;

/** A dropped line that is back within this is no news, ms. */
const GRACE_MS = 1_500;

/** Follows one channel for one element, across moves in the DOM and changes of the socket. */
export class ChannelController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #handler: ChannelHandler;
  #channel: string | undefined;
  #client: SocketClient | undefined;
  /** The server that was last asked. */
  #url: string | undefined;
  #subscription: Subscription | undefined;
  #stopState: (() => void) | undefined;
  #heard = false;
  /** The channel itself is up to date on the present line. */
  #current = false;
  #refused: ErrorBody | undefined;
  #downSince: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopSight: (() => void) | undefined;
  #seen = true;
  /** The demand of now, and how rare it was before, which data may show until then. */
  #everyMs = 0;
  #before = { everyMs: 0, untilMs: 0 };
  #freshness: Freshness = 'idle';

  constructor(host: ReactiveControllerHost & HTMLElement, handler: ChannelHandler) {
    this.#host = host;
    this.#handler = handler;
    host.addController(this);
  }

  get freshness(): Freshness {
    return this.#freshness;
  }

  /** Why the channel was refused. */
  get refused(): ErrorBody | undefined {
    return this.#refused;
  }

  /** The server's clock as far as it is known, ms since 1970. */
  now(): number {
    return this.#client?.serverNow() ?? Date.now();
  }

  /** Follows another channel, or none. */
  follow(channel: string | undefined): void {
    if (channel === this.#channel) return;
    this.#channel = channel;
    this.#heard = false;
    this.#refused = undefined;
    if (this.#host.isConnected) {
      this.#watch();
      this.#subscribe();
    }
    this.judge();
  }

  hostConnected(): void {
    pageSockets().listeners.add(this.#find);
    pagePace().listeners.add(this.#adapt);
    this.#watch();
    this.#find();
  }

  hostDisconnected(): void {
    pageSockets().listeners.delete(this.#find);
    pagePace().listeners.delete(this.#adapt);
    this.#unwatch();
    this.#use(undefined);
    clearTimeout(this.#timer);
  }

  /** Judges freshness anew, and again when time alone would change the verdict. */
  judge(): void {
    clearTimeout(this.#timer);
    const now = this.now();
    const state = this.#client?.state ?? 'idle';
    // What was refused is not behind: it is in error.
    const connected = isUp(state) && (this.#current || this.#refused !== undefined);
    this.#downSince = connected ? undefined : (this.#downSince ?? now);
    const dataTime = this.#handler.dataTime();
    const slackMs = this.#slackMs(now);
    const staleAfterMs = this.#handler.staleAfterMs() + slackMs;
    const downMs = this.#downSince === undefined ? 0 : now - this.#downSince;
    const freshness = judgeFreshness({
      following: this.#channel !== undefined,
      connected: connected || (this.#freshness === 'live' && downMs < GRACE_MS),
      refused: this.#refused !== undefined || state === 'failed' || state === 'closed',
      heard: this.#heard,
      hasData: dataTime !== undefined,
      ageMs: dataTime === undefined ? undefined : now - dataTime,
      staleAfterMs,
    });
    if (freshness !== this.#freshness) {
      this.#freshness = freshness;
      this.#host.requestUpdate();
    }
    if (freshness !== 'live' || dataTime === undefined) return;
    const slackEnds = now < this.#before.untilMs ? this.#before.untilMs : Infinity;
    const due = connected
      ? Math.min(dataTime + staleAfterMs, slackEnds)
      : (this.#downSince ?? now) + GRACE_MS;
    this.#timer = setTimeout(() => this.judge(), timerMs(Math.max(0, due - now) + 1));
  }

  /** By how much data may be older than usual: so rarely it is asked for, or was until just now. */
  #slackMs(now: number): number {
    const { everyMs, untilMs } = this.#before;
    // What is paused stands still, and soon is not of now.
    return Math.max(this.#everyMs < Infinity ? this.#everyMs : 0, now < untilMs ? everyMs : 0);
  }

  #watch(): void {
    if (this.#channel === undefined) this.#unwatch();
    else {
      this.#stopSight ??= watchSight(this.#host, (seen) => {
        this.#seen = seen;
        this.#adapt();
      });
    }
  }

  #unwatch(): void {
    this.#stopSight?.();
    this.#stopSight = undefined;
    this.#seen = true;
    this.#adapt();
  }

  /** Asks for as much as is looked at. */
  readonly #adapt = (): void => {
    const { paused, everyMs: pageMs } = pagePace().pace;
    const { unseenEveryMs = UNSEEN_EVERY_MS } = this.#handler;
    const seenMs = Math.max(pageMs, this.#seen ? 0 : unseenEveryMs);
    // Who came while the page is paused needs to know once how things stand.
    const everyMs = paused && this.#heard ? Infinity : seenMs;
    if (everyMs === this.#everyMs) return;
    const now = this.now();
    if (everyMs < this.#everyMs) this.#before = { everyMs: this.#slackMs(now), untilMs: now + GRACE_MS };
    this.#everyMs = everyMs;
    this.#subscription?.demand(everyMs);
    this.judge();
  };

  readonly #find = (): void => {
    let found: SocketClient | undefined;
    let enclosed = false;
    this.#host.dispatchEvent(
      new ContextEvent(socketContext, this.#host, (client, unsubscribe) => {
        enclosed = true;
        found = client;
        unsubscribe?.();
      }),
    );
    // An enclosing socket that has no connection to offer yet will have one; another's would be another server.
    this.#use(enclosed ? found : pageSockets().clients[0]);
  };

  #use(client: SocketClient | undefined): void {
    if (client === this.#client) return;
    this.#unsubscribe();
    this.#stopState?.();
    this.#client = client;
    if (client && client.url !== this.#url) {
      if (this.#url !== undefined) {
        this.#heard = false;
        this.#handler.forget();
      }
      this.#url = client.url;
    }
    this.#stopState = client?.on('state', () => this.judge());
    this.#handler.connection?.(client);
    this.#subscribe();
    this.judge();
  }

  #unsubscribe(): void {
    this.#subscription?.stop();
    this.#subscription = undefined;
    this.#current = false;
  }

  #subscribe(): void {
    this.#unsubscribe();
    this.#adapt();
    if (!this.#client || this.#channel === undefined) return;
    const handler = this.#handler;
    const heard = (): void => {
      const first = !this.#heard;
      this.#heard = true;
      this.#refused = undefined;
      if (first) this.#adapt();
      this.judge();
    };
    const listener: ChannelListener = {
      snapshot: (data) => {
        handler.snapshot(data);
        heard();
      },
      publication: (data) => {
        handler.publication(data);
        heard();
      },
      lost: (why) => handler.lost?.(why),
      current: (current) => {
        this.#current = current;
        this.judge();
      },
      error: (error) => {
        this.#refused = error;
        handler.error?.(error);
        this.judge();
        this.#host.requestUpdate();
      },
    };
    this.#subscription = this.#client.subscribe(this.#channel, listener, { everyMs: this.#everyMs });
  }
}
