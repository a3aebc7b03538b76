/** The one connection that a page's widgets share: a named state machine over a WebSocket. No framework, no DOM. */
import { closeBand } from '../protocol/close.ts';
import type { CloseBand } from '../protocol/close.ts';
import { decodeFrame } from '../protocol/frames.ts';
import type { Connected, ErrorBody, Reply, ServerMessage, Subscribed } from '../protocol/frames.ts';
import { SUBPROTOCOLS, VERSION } from '../protocol/version.ts';
import { backoffMs } from './backoff.ts';
import type { BackoffOptions } from './backoff.ts';
import { ClientChannel } from './channel.ts';
import type { ChannelListener } from './channel.ts';
import { systemClock } from './clock.ts';
import type { ClientClock } from './clock.ts';
import { tell } from './tell.ts';
import { endpointOf } from './url.ts';

/**
 * - `idle`: not asked to connect yet.
 * - `connecting`: the WebSocket is being opened.
 * - `authenticating`: open; waiting for the answer to connect.
 * - `live`: everything subscribed is up to date.
 * - `reconnecting`: lost; the next try is scheduled.
 * - `failed`: the server said not to come back, or automatic reconnection is off.
 * - `closed`: by the page.
 */
export type SocketState =
  'idle' | 'connecting' | 'authenticating' | 'live' | 'reconnecting' | 'failed' | 'closed';

/** How a client behaves. */
export interface SocketOptions extends BackoffOptions {
  /** The server's base address, or a path on the page's origin. */
  readonly url: string;
  /** Come back by itself. Default true. */
  readonly autoReconnect?: boolean;
  /** A connection that lasted this long resets the waiting, ms. Default 10,000. */
  readonly stableMs?: number;
  /** From opening to the answer to connect, ms. Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** How long a channel stays subscribed after its last listener left, ms. Default 2,000. */
  readonly lingerMs?: number;
  readonly clock?: ClientClock;
  /** 0 ≤ random < 1. */
  readonly random?: () => number;
}

/** A change of state. */
export interface StateChange {
  readonly state: SocketState;
  readonly previous: SocketState;
  /** Why a connection ended: the close code and the server's word for it. */
  readonly code?: number;
  readonly reason?: string;
  /** When the next try is due, ms from now. */
  readonly retryInMs?: number;
}

type StateListener = (change: StateChange) => void;

/** Before a channel is asked for again that was refused for now, when the server does not say, ms. */
const REFUSED_RETRY_MS = 5_000;
/** Beyond the server's ping interval, ms: a ping may be late, a dead line is silent. */
const PING_GRACE_MS = 10_000;
/** Hidden tabs run timers once a minute, so that nothing may be concluded from less than this, ms. */
const HIDDEN_GRACE_MS = 75_000;

/** A client. One connection, any number of channels. */
export class SocketClient {
  readonly url: string;
  readonly #options: SocketOptions;
  readonly #clock: ClientClock;
  readonly #channels = new Map<string, ClientChannel>();
  readonly #byNumber = new Map<number, ClientChannel[]>();
  /** Commands that wait for their answer. */
  readonly #asked = new Map<number, (reply: Reply) => void>();
  readonly #stateListeners = new Set<StateListener>();
  #state: SocketState = 'idle';
  #socket: WebSocket | undefined;
  #lastId = 0;
  #attempt = 0;
  #heardAt = 0;
  #pingMs = 25_000;
  #skewMs = 0;
  #serverVersion: string | undefined;
  #cancelTimer: () => void = () => undefined;
  #cancelStable: () => void = () => undefined;

  /** @throws TypeError when the url is none. */
  constructor(options: SocketOptions) {
    this.url = endpointOf(options.url);
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  get state(): SocketState {
    return this.#state;
  }

  /** The server's release, once connected. */
  get serverVersion(): string | undefined {
    return this.#serverVersion;
  }

  /** The server's clock, ms since 1970. Browsers' clocks are wrong more often than one would think. */
  serverNow(): number {
    return this.#clock.now() + this.#skewMs;
  }

  /** Opens the connection. Does nothing while one is open or being opened; ends waiting for the next try. */
  connect(): void {
    if (this.#socket) return;
    this.#cancelTimer();
    this.#open();
  }

  /** Closes the connection and stays closed until {@link connect}. Subscriptions are kept for then. */
  disconnect(): void {
    if (this.#state === 'idle' || this.#state === 'closed') return;
    this.#drop(1000);
    this.#enter('closed');
  }

  /**
   * Follows a channel. Many listeners of one channel are one subscription.
   * @returns stops listening.
   */
  subscribe(name: string, listener: ChannelListener): () => void {
    let channel = this.#channels.get(name);
    if (!channel) this.#channels.set(name, (channel = new ClientChannel(name)));
    channel.cancelLinger?.();
    channel.add(listener);
    if (this.#state === 'live') this.#ask(channel, false);
    const followed = channel;
    return () => {
      followed.remove(listener);
      if (followed.idle && this.#channels.get(name) === followed) this.#linger(followed);
    };
  }

  /** Hears of every change of state. @returns stops listening. */
  onState(listener: StateListener): () => void {
    this.#stateListeners.add(listener);
    return () => void this.#stateListeners.delete(listener);
  }

  #open(): void {
    this.#enter('connecting');
    let socket: WebSocket;
    try {
      socket = new WebSocket(this.url, [...SUBPROTOCOLS]);
    } catch (error) {
      // Browsers refuse some addresses at once, such as plain ws: from an https: page. No retry will change that.
      this.#enter('failed', { reason: String(error) });
      return;
    }
    this.#socket = socket;
    // Handlers of a socket that was let go of must not speak for its successor.
    const current =
      <E>(handle: (event: E) => void) =>
      (event: E): void => {
        if (this.#socket === socket) handle(event);
      };
    socket.onopen = current(() => this.#introduce());
    socket.onmessage = current((event: MessageEvent) => this.#receive(event.data));
    socket.onclose = current((event: CloseEvent) => this.#lost(event.code, event.reason));
    this.#cancelTimer = this.#clock.after(this.#options.connectTimeoutMs ?? 10_000, () =>
      this.#lost(1006, 'timeout'),
    );
  }

  #introduce(): void {
    this.#enter('authenticating');
    const channels = [...this.#channels.values()].filter((channel) => !channel.idle);
    const subs = channels.map((channel) => channel.request(true));
    for (const channel of channels) channel.asking = true;
    const socket = this.#socket;
    this.#send({ connect: { client: { name: 'waooaw', version: VERSION }, subs } }, (reply) => {
      if ('err' in reply) return this.#lost(1006, reply.err.code);
      const ok = reply.ok as Connected;
      this.#pingMs = ok.pingMs;
      this.#skewMs = ok.t - this.#clock.now();
      this.#serverVersion = ok.server.version;
      this.#cancelTimer();
      this.#watch();
      this.#cancelStable = this.#clock.after(
        this.#options.stableMs ?? 10_000,
        () => void (this.#attempt = 0),
      );
      this.#enter('live');
      // A listener may have hung up.
      if (this.#socket !== socket) return;
      ok.subs.forEach((answer, i) => {
        const channel = channels[i];
        if (!channel) return;
        channel.asking = false;
        this.#answered(channel, answer);
      });
      // Channels that were added while the answer was under way.
      for (const channel of this.#channels.values()) {
        if (channel.n === undefined && !channel.idle && !channels.includes(channel))
          this.#ask(channel, false);
      }
    });
  }

  /** @param resume continue from the known position; false for a newcomer, who needs the state of now. */
  #ask(channel: ClientChannel, resume: boolean): void {
    if (channel.asking) return;
    channel.asking = true;
    this.#send({ subscribe: channel.request(resume) }, (reply) => {
      channel.asking = false;
      this.#answered(channel, 'err' in reply ? { err: reply.err } : (reply.ok as Subscribed));
    });
  }

  #answered(channel: ClientChannel, answer: Subscribed | { readonly err: ErrorBody }): void {
    if ('err' in answer) {
      const { err } = answer;
      if (err.retryable) this.#clock.after(err.afterMs ?? REFUSED_RETRY_MS, () => this.#askAgain(channel));
      channel.failed(err);
      return;
    }
    const sharing = this.#byNumber.get(answer.n) ?? [];
    if (!sharing.includes(channel)) this.#byNumber.set(answer.n, [...sharing, channel]);
    channel.subscribed(answer);
    // Recovered for those who had a past; a newcomer still needs the state.
    if (channel.wantsSnapshot) this.#ask(channel, false);
  }

  #askAgain(channel: ClientChannel): void {
    if (this.#state === 'live' && this.#channels.get(channel.name) === channel) this.#ask(channel, true);
  }

  #linger(channel: ClientChannel): void {
    channel.cancelLinger?.();
    channel.cancelLinger = this.#clock.after(this.#options.lingerMs ?? 2_000, () => this.#leave(channel));
  }

  #leave(channel: ClientChannel): void {
    // An answer under way may bring this channel's number, or show that another name of the same series shares it.
    if ([...this.#channels.values()].some(({ asking }) => asking)) return this.#linger(channel);
    this.#channels.delete(channel.name);
    const { n } = channel;
    if (n === undefined) return;
    const sharing = (this.#byNumber.get(n) ?? []).filter((other) => other !== channel);
    if (sharing.length > 0) {
      this.#byNumber.set(n, sharing);
      return;
    }
    this.#byNumber.delete(n);
    if (this.#state === 'live') this.#send({ unsubscribe: { n } }, () => undefined);
  }

  #receive(data: unknown): void {
    this.#heardAt = this.#clock.now();
    let messages: ServerMessage[];
    try {
      messages = decodeFrame(String(data)) as ServerMessage[];
    } catch {
      // What cannot be read cannot be trusted to be whole: start over from the known positions.
      this.#lost(1006, 'bad_frame');
      return;
    }
    // Messages that this release does not know are ignored: a newer server may say more.
    for (const message of messages) if (typeof message === 'object' && message) this.#handle(message);
  }

  #handle(message: ServerMessage): void {
    if ('pubs' in message) {
      for (const channel of this.#byNumber.get(message.n) ?? [])
        if (!channel.batch(message)) this.#ask(channel, true);
    } else if ('lost' in message) {
      for (const channel of this.#byNumber.get(message.n) ?? []) channel.broken(message);
    } else if ('ping' in message) {
      this.#skewMs = message.ping - this.#clock.now();
      this.#write({ pos: this.#positions() });
    } else if ('id' in message && message.id !== null) {
      const answer = this.#asked.get(message.id);
      this.#asked.delete(message.id);
      answer?.(message);
    }
  }

  #positions(): Record<string, number> {
    const positions: Record<string, number> = {};
    for (const [n, [channel]] of this.#byNumber)
      if (channel?.offset !== undefined) positions[n] = channel.offset;
    return positions;
  }

  /** Judged by timestamps, not by counting timers: a sleeping tab's timers say nothing. */
  #watch(): void {
    this.#cancelTimer();
    const limitMs = this.#pingMs + PING_GRACE_MS;
    this.#cancelTimer = this.#clock.after(limitMs / 2, () => {
      const hidden = globalThis.document?.visibilityState === 'hidden';
      const silentMs = this.#clock.now() - this.#heardAt;
      if (silentMs > (hidden ? Math.max(limitMs, HIDDEN_GRACE_MS) : limitMs)) this.#lost(1006, 'silent');
      else this.#watch();
    });
  }

  #lost(code: number, reason: string): void {
    this.#drop(code);
    const band: CloseBand = closeBand(code);
    if (band === 'terminal' || this.#options.autoReconnect === false) {
      this.#enter('failed', { code, reason });
      return;
    }
    const attempt = band === 'at-once' ? 0 : this.#attempt;
    this.#attempt += 1;
    const retryInMs = backoffMs(attempt, (this.#options.random ?? Math.random)(), this.#options);
    this.#cancelTimer = this.#clock.after(retryInMs, () => this.#open());
    this.#enter('reconnecting', { code, reason, retryInMs });
  }

  /** Lets go first and closes then: closing a half-open socket can hang for minutes. */
  #drop(code: number): void {
    this.#cancelTimer();
    this.#cancelStable();
    const socket = this.#socket;
    this.#socket = undefined;
    this.#asked.clear();
    this.#byNumber.clear();
    for (const channel of this.#channels.values()) {
      channel.n = undefined;
      channel.asking = false;
    }
    if (socket && socket.readyState < 2) socket.close(code === 1000 ? 1000 : 4000);
  }

  #send(command: object, answer: (reply: Reply) => void): void {
    const id = ++this.#lastId;
    this.#asked.set(id, answer);
    this.#write({ id, ...command });
  }

  #write(message: object): void {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  #enter(state: SocketState, why: Partial<StateChange> = {}): void {
    const previous = this.#state;
    this.#state = state;
    for (const listener of [...this.#stateListeners]) tell(() => listener({ state, previous, ...why }));
  }
}
