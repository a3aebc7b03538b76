/** The one connection that a page's widgets share: what a page asks of it and hears from it. No framework, no DOM. */
import type { WaooawError } from '../protocol/error.ts';
import type { Connected, Json, Published } from '../protocol/frames.ts';
import { VERSION } from '../protocol/version.ts';
import type { Transport } from './carrier.ts';
import type { ChannelListener } from './channel.ts';
import { Emitter } from './events.ts';
import { errorOf } from './failure.ts';
import type { Failure } from './make-error.ts';
import { Line } from './line.ts';
import type { LineOwner, Moved } from './line.ts';
import type { Link } from './link.ts';
import { settingsOf } from './options.ts';
import type { Settings, SocketOptions } from './options.ts';
import { Outbox } from './outbox.ts';
import type { CallOptions, PublishOptions } from './outbox.ts';
import { ReportLog } from './report.ts';
import type { Renewal } from './renewal.ts';
import type { ConnectionReport } from './report.ts';
import { Skew } from './skew.ts';
import type { SocketState, StateChange } from './states.ts';
import { Subscriptions } from './subscriptions.ts';
import type { SubscribeOptions, Subscription } from './subscriptions.ts';
import { TokenSource } from './token.ts';
import type { TokenOption } from './token.ts';

/** What a client tells, by event. */
export interface SocketEvents {
  /** The connection's state changed. */
  state: StateChange;
  /** A message for this connection alone, at most once. */
  message: Json;
  /** Something failed that no call answers for. Never thrown. */
  error: WaooawError;
  /** Another connection took over, without a break. */
  moved: Moved;
}

/** How fresh a channel is. */
export interface ChannelInfo {
  /** Offset of the last publication; undefined before the first answer. */
  readonly offset: number | undefined;
  /** Everything up to the offset was heard, on this connection. */
  readonly current: boolean;
  /** When something was heard of it last, ms since 1970 by the server's clock. */
  readonly heardAt: number | undefined;
}

/** A client. One connection, any number of channels. */
export class SocketClient {
  readonly url: string;
  readonly #settings: Settings;
  readonly #events = new Emitter<SocketEvents>();
  readonly #skew = new Skew();
  readonly #log: ReportLog;
  readonly #token: TokenSource;
  readonly #subscriptions: Subscriptions;
  readonly #outbox: Outbox;
  readonly #line: Line;
  #answer: Connected | undefined;
  #renewal: Renewal | undefined;

  /** @throws TypeError when the url is none. */
  constructor(options: SocketOptions) {
    const settings = settingsOf(options);
    const { clock, url, token } = settings;
    const log = new ReportLog(clock);
    this.url = url;
    this.#settings = settings;
    this.#log = log;
    this.#token = new TokenSource(token);
    this.#subscriptions = new Subscriptions({
      ...settings,
      tellIncident: (kind, channel, detail) => log.note({ kind, channel, detail }),
    });
    this.#outbox = new Outbox({ ...settings, tellRoundTrip: (tookMs) => log.roundTrip(tookMs) });
    this.#line = new Line(settings, this.#token, this.#owner());
  }

  get state(): SocketState {
    return this.#line.state;
  }

  /** What carries the connection; undefined while there is none. */
  get transport(): Transport | undefined {
    return this.#line.link?.transport;
  }

  /** Who the server takes the client for, once connected. */
  get identity(): Connected['identity'] | undefined {
    return this.#answer?.identity;
  }

  /** The server's release, once connected. */
  get serverVersion(): string | undefined {
    return this.#answer?.server.version;
  }

  /** When the next try is due, ms since 1970 by this machine's clock; undefined unless reconnecting. */
  get retryAt(): number | undefined {
    return this.#line.retryAt;
  }

  /** The server's clock, ms since 1970. Browsers' clocks are wrong more often than one would think. */
  serverNow(): number {
    return this.#settings.clock.now() + this.#skew.ms;
  }

  /** How fresh a channel is; undefined when it is not followed. */
  channel(name: string): ChannelInfo | undefined {
    const channel = this.#subscriptions.get(name);
    if (!channel) return undefined;
    const { offset, current, heardAt } = channel;
    return { offset, current, heardAt: heardAt === undefined ? undefined : heardAt + this.#skew.ms };
  }

  /** Opens the connection. Does nothing while one is open or being opened; ends waiting for the next try. */
  connect(): void {
    this.#line.connect();
  }

  /** Closes the connection and stays closed until {@link connect}. Subscriptions are kept for then. */
  disconnect(): void {
    this.#line.disconnect();
  }

  /** Replaces the token: on a live connection without a break; where the old one was refused, by connecting again. */
  setToken(token: TokenOption | undefined): void {
    this.#token.set(token);
    const { link } = this.#line;
    if (!link) this.#line.tokenChanged();
    else void this.#loadRenewal(link).then((renewal) => renewal?.renew());
  }

  /** The token of now, for requests to the server beside the connection: into a header, never into a URL. */
  token(): string | undefined | Promise<string | undefined> {
    return this.#token.read();
  }

  /** Follows a channel. Many listeners of one channel are one subscription. */
  subscribe(name: string, listener: ChannelListener, options: SubscribeOptions = {}): Subscription {
    return this.#subscriptions.follow(name, listener, options.everyMs);
  }

  /**
   * Publishes on one of the host's own channels, exactly once, also when the line breaks before the answer.
   * @returns rejects with a WaooawError: the server's, or `queue_full`, `request_timeout`, `connection_lost`.
   */
  publish(channel: string, data: Json, options: PublishOptions = {}): Promise<Published> {
    return this.#outbox.publish(channel, data, options);
  }

  /**
   * Asks the server, at most once: what was sent when the line broke is not sent again.
   * @returns rejects as {@link publish}.
   */
  request(method: string, data?: Json, options: CallOptions = {}): Promise<Json> {
    return this.#outbox.request(method, data, options);
  }

  /** Hears of an event. @returns stops listening. */
  on<Name extends keyof SocketEvents>(
    event: Name,
    listener: (value: SocketEvents[Name]) => void,
  ): () => void {
    return this.#events.on(event, listener);
  }

  /** What became of the connection lately, as JSON. */
  report(): ConnectionReport {
    return {
      at: this.#settings.clock.now(),
      url: this.url.replace(/\/\/.*@/, '//'),
      state: this.state,
      transport: this.transport,
      version: VERSION,
      server: this.#answer?.server,
      skewMs: this.#skew.ms,
      ...this.#log.kept,
    };
  }

  #owner(): LineOwner {
    const log = this.#log;
    const subscriptions = this.#subscriptions;
    const outbox = this.#outbox;
    return {
      changed: (change) => {
        log.note({ kind: 'state', ...change });
        outbox.hope(change.state !== 'failed' && change.state !== 'closed');
        this.#events.emit('state', change);
      },
      joined: (link, answer) => this.#joined(link, answer),
      left: () => {
        this.#stopRenewal();
        outbox.close();
        subscriptions.leave();
      },
      moved: (moved) => {
        log.note({ kind: 'moved', ...moved });
        this.#events.emit('moved', moved);
      },
      ended: ({ reason, cause, error }) => {
        if (error || reason === 'token') this.#fail(error, cause);
      },
      subs: (link) => subscriptions.introduce(link),
      positions: (link) => subscriptions.positions(link),
      message: (link, message) => {
        if ('direct' in message) this.#events.emit('message', message.direct);
        else subscriptions.heard(link, message);
      },
      time: (serverMs, roundTripMs) => this.#skew.sample(serverMs, this.#settings.clock.now(), roundTripMs),
    };
  }

  #joined(link: Link, answer: Connected): void {
    this.#answer = answer;
    this.#log.note({ kind: 'joined', transport: link.transport, tookMs: link.tookMs });
    this.#stopRenewal();
    if (answer.expiresAt !== undefined) void this.#loadRenewal(link);
    this.#subscriptions.join(link, answer);
    if (this.#line.link === link) this.#outbox.open((body, reply) => link.ask(body, reply));
  }

  /** @returns what renews this link's token; undefined where the link is gone, or the code could not be loaded. */
  async #loadRenewal(link: Link): Promise<Renewal | undefined> {
    try {
      const { Renewal } = await import('./renewal.ts');
      if (this.#line.link !== link) return undefined;
      this.#renewal ??= new Renewal(
        {
          ...this.#settings,
          token: this.#token,
          serverNow: () => this.serverNow(),
          fail: (failure, cause) => this.#fail(failure, cause),
          renewed: () => this.#subscriptions.forgive(),
        },
        link,
        this.#answer?.expiresAt,
      );
      return this.#renewal;
    } catch {
      // The server closes when the token has expired, and the next connection brings another.
      return undefined;
    }
  }

  #stopRenewal(): void {
    this.#renewal?.stop();
    this.#renewal = undefined;
  }

  #fail(failure: Failure = { code: 'unauthorized' }, cause?: unknown): void {
    this.#log.note({ kind: 'error', code: failure.code });
    void errorOf(failure, cause).then((error) => this.#events.emit('error', error));
  }
}
