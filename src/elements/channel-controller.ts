/** Ties an element to a channel: finds the socket, follows the channel, and knows how fresh what it heard is. */
import { ContextEvent } from '@lit/context';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { judgeFreshness } from '../client/freshness.ts';
import type { Freshness } from '../client/freshness.ts';
import type { SocketClient } from '../client/socket.ts';
import type { ErrorBody, Json, LostReason } from '../protocol/frames.ts';
import { pageSockets, socketContext } from './socket-context.ts';

/** What the element does with what is heard. */
export interface ChannelHandler {
  snapshot(data: Json): void;
  publication(data: Json): void;
  lost?(why: LostReason): void;
  error?(error: ErrorBody): void;
  /** Another server is asked from now on: what is known is not its past. */
  forget(): void;
  /** When the newest data was true, ms since 1970 by the server's clock; undefined while there is none. */
  dataTime(): number | undefined;
  /** Data older than this is stale, ms. */
  staleAfterMs(): number;
}

/** A dropped line that is back within this is no news, ms. */
const GRACE_MS = 1_500;
/** What a timer can count to; more and it runs at once, ms. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Follows one channel for one element, across moves in the DOM and changes of the socket. */
export class ChannelController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #handler: ChannelHandler;
  #channel: string | undefined;
  #client: SocketClient | undefined;
  /** The server that was last asked. */
  #url: string | undefined;
  #stop: (() => void) | undefined;
  #stopState: (() => void) | undefined;
  #heard = false;
  #refused: ErrorBody | undefined;
  #downSince: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
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
    if (this.#host.isConnected) this.#subscribe();
    this.judge();
  }

  hostConnected(): void {
    pageSockets().listeners.add(this.#find);
    this.#find();
  }

  hostDisconnected(): void {
    pageSockets().listeners.delete(this.#find);
    this.#use(undefined);
    clearTimeout(this.#timer);
  }

  /** Judges freshness anew, and again when time alone would change the verdict. */
  judge(): void {
    clearTimeout(this.#timer);
    const now = this.now();
    const state = this.#client?.state;
    const connected = state === 'live';
    this.#downSince = connected ? undefined : (this.#downSince ?? now);
    const dataTime = this.#handler.dataTime();
    const staleAfterMs = this.#handler.staleAfterMs();
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
    const due = connected ? dataTime + staleAfterMs : (this.#downSince ?? now) + GRACE_MS;
    this.#timer = setTimeout(() => this.judge(), Math.min(MAX_TIMER_MS, Math.max(0, due - now) + 1));
  }

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
    this.#stop?.();
    this.#stop = undefined;
    this.#stopState?.();
    this.#client = client;
    if (client && client.url !== this.#url) {
      if (this.#url !== undefined) {
        this.#heard = false;
        this.#handler.forget();
      }
      this.#url = client.url;
    }
    this.#stopState = client?.onState(() => this.judge());
    this.#subscribe();
    this.judge();
  }

  #subscribe(): void {
    this.#stop?.();
    this.#stop = undefined;
    if (!this.#client || this.#channel === undefined) return;
    const handler = this.#handler;
    const heard = (): void => {
      this.#heard = true;
      this.#refused = undefined;
      this.judge();
    };
    this.#stop = this.#client.subscribe(this.#channel, {
      snapshot: (data) => {
        handler.snapshot(data);
        heard();
      },
      publication: (data) => {
        handler.publication(data);
        heard();
      },
      lost: (why) => handler.lost?.(why),
      error: (error) => {
        this.#refused = error;
        handler.error?.(error);
        this.judge();
        this.#host.requestUpdate();
      },
    });
  }
}
