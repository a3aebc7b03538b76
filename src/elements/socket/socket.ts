import { ContextProvider } from '@lit/context';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import type { ChannelListener } from '../../client/channel.ts';
import type { CallOptions, PublishOptions } from '../../client/outbox.ts';
import type { ConnectionReport } from '../../client/report.ts';
import { SocketClient } from '../../client/socket.ts';
import { isUp } from '../../client/states.ts';
import type { SocketState, StateChange } from '../../client/states.ts';
import type { SubscribeOptions, Subscription } from '../../client/subscriptions.ts';
import type { TokenOption } from '../../client/token.ts';
import { LocaleController } from '../../i18n/locale-controller.ts';
import type { Json, Published } from '../../protocol/frames.ts';
import { VERSION } from '../../protocol/version.ts';
import { surfaces } from '../../theme/surfaces.styles.ts';
import { tokens } from '../../theme/tokens.styles.ts';
import { setStates } from '../custom-states.ts';
import { figures } from '../figures.ts';
import { offerSocket, pageSockets, socketContext } from '../socket-context.ts';
import type { ErrorDetail, MessageDetail, SocketElementEvents } from './events.ts';
import { Follows } from './follows.ts';
import { styles } from './socket.styles.ts';
import type { SocketSpeech } from './speech.ts';
import { SocketStatus } from './status.ts';
import { reasonText, socketMessages } from './words.ts';
import type { SocketMessages } from './words.ts';

export type {
  ConnectDetail,
  DisconnectDetail,
  ErrorDetail,
  MessageDetail,
  SocketElementEvents,
} from './events.ts';

const RECONNECT_INTERVAL_MS = 500;

/** `no-…`: on, unless the attribute is there. */
const unless = (attribute: string): object => ({
  type: Boolean,
  attribute,
  converter: { fromAttribute: (value: string | null) => value === null },
});

/**
 * The one connection that a page's widgets share. Widgets inside it use it; widgets elsewhere on the page use the
 * first one there is. Put it anywhere: before the widgets, after them, or added later.
 *
 * @summary The page's live connection to a waooaw server.
 * @tag waooaw-socket
 *
 * @slot - Widgets that shall use this socket, and any other content.
 * @fires {CustomEvent<StateChange>} waooaw-state - The connection's state changed.
 * @fires {CustomEvent<ConnectDetail>} waooaw-connect - Connected, at first or again.
 * @fires {CustomEvent<DisconnectDetail>} waooaw-disconnect - No longer connected, and what comes next.
 * @fires {CustomEvent<MessageDetail>} waooaw-message - Something came on one of `channels`, or for this connection alone.
 * @fires {CustomEvent<ErrorDetail>} waooaw-error - Something failed that no call answers for.
 * @csspart status - The visible status, when `show-status` is set.
 * @csspart icon - The state's figure.
 * @csspart words - The state in words.
 * @csspart reconnect - The "Reconnect now" button.
 * @csspart details-button - The button that opens the details.
 * @csspart details - The details.
 * @csspart download - The button that downloads the connection report.
 * @cssstate idle - Not asked to connect yet.
 * @cssstate connecting - The token is fetched and the line is being opened.
 * @cssstate authenticating - Open; the server has not answered yet.
 * @cssstate live - Connected by WebSocket.
 * @cssstate fallback - Connected by SSE and POST, because a WebSocket does not get through.
 * @cssstate reconnecting - The connection was lost; the next try is scheduled.
 * @cssstate suspended - Offline, or the page is frozen; nothing is tried until that changes.
 * @cssstate failed - The server said not to come back.
 * @cssstate closed - By the page.
 */
export class WaooawSocket extends LitElement {
  static readonly version: string = VERSION;
  static override styles = [tokens, surfaces, figures, styles];
  static override properties = {
    url: { type: String },
    token: { attribute: false, noAccessor: true },
    channels: { type: String },
    autoConnect: unless('no-auto-connect'),
    autoReconnect: unless('no-auto-reconnect'),
    reconnectInterval: { type: Number, attribute: 'reconnect-interval' },
    label: { type: String },
    showStatus: { type: Boolean, attribute: 'show-status', reflect: true },
    messages: { attribute: false },
  };

  /** The server's base address, such as `https://ops.example` or `/ops`. Default: the page's own origin. */
  declare url: string;
  /** Channels to follow, separated by spaces; what comes is told by `waooaw-message`. */
  declare channels: string;
  /** Connect as soon as the element is in the document. Attribute: `no-auto-connect` waits for {@link connect}. */
  declare autoConnect: boolean;
  /** Come back by itself after a lost connection. Attribute: `no-auto-reconnect` turns it off. */
  declare autoReconnect: boolean;
  /** Upper bound of the first wait before reconnecting, ms; it doubles with every try, up to 20 s. Default 500. */
  declare reconnectInterval: number;
  /** Names the connection, where a page has several. Default, when it is spoken of: the server's host. */
  declare label: string;
  /** Shows the connection's state in words. */
  declare showStatus: boolean;
  /** Texts of this element's own, by name; what they leave out stays. */
  declare messages: Partial<SocketMessages> | undefined;

  readonly #internals = this.attachInternals();
  readonly #provider = new ContextProvider(this, { context: socketContext });
  readonly #follows = new Follows();
  readonly #locale = new LocaleController(this);
  readonly #status = new SocketStatus(this);
  readonly #channels = new Map<string, Subscription>();
  #token: TokenOption | undefined;
  #client: SocketClient | undefined;
  #speech: SocketSpeech | undefined;
  /** The last change, for speech that was not there yet. */
  #last: StateChange | undefined;
  /** The page said connect or disconnect; undefined: it said nothing since the element came. */
  #wanted: boolean | undefined;
  #stops: (() => void)[] = [];

  constructor() {
    super();
    this.url = '/';
    this.channels = this.label = '';
    this.autoConnect = this.autoReconnect = true;
    this.reconnectInterval = RECONNECT_INTERVAL_MS;
    this.showStatus = false;
    this.messages = undefined;
  }

  /**
   * API key or JWT, or a function that is asked for one before every connection and ahead of expiry. A property only:
   * it never stands in the document. Set on a live connection it is replaced without a break; set to nothing it counts
   * for the next connection.
   */
  get token(): TokenOption | undefined {
    return this.#token;
  }

  set token(token: TokenOption | undefined) {
    const given = token || undefined;
    if (given === this.#token) return;
    this.#token = given;
    this.#client?.setToken(given);
  }

  /** The client, for use from plain JavaScript. Undefined while the element is not in a document or its url is bad. */
  get client(): SocketClient | undefined {
    return this.#client;
  }

  /** The language of the element's texts, BCP 47: the nearest `lang`, else the document's. @internal */
  get locale(): string {
    return this.#locale.locale;
  }

  /** The element's texts in its language. @internal */
  get texts(): SocketMessages {
    return socketMessages.get(this.locale, this.messages);
  }

  /** The connection's state. */
  get state(): SocketState {
    return this.#client?.state ?? 'idle';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // On the first connection the attributes may still be on their way: `willUpdate` starts then.
    if (this.hasUpdated && !this.#client) this.#start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // A move in the DOM disconnects and connects at once, and is no reason to hang up.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#end();
      this.#wanted = undefined;
    });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('channels')) this.#followChannels();
    if (changed.has('url') || changed.has('autoReconnect') || changed.has('reconnectInterval')) {
      this.#end();
      if (this.isConnected) this.#start();
    } else if (changed.has('autoConnect') && this.autoConnect && this.#wanted === undefined) {
      this.#client?.connect();
    }
  }

  /** Connects now: for the first time, after a failure or {@link disconnect}, or ahead of the next try. */
  connect(): void {
    this.#wanted = true;
    this.#client?.connect();
  }

  /** Disconnects and stays so until {@link connect}. */
  disconnect(): void {
    this.#wanted = false;
    this.#client?.disconnect();
  }

  /** Follows a channel, from now on and whatever becomes of the connection, until it is stopped. */
  subscribe(channel: string, listener: ChannelListener, { everyMs }: SubscribeOptions = {}): Subscription {
    return this.#follows.add(channel, listener, everyMs);
  }

  /**
   * Publishes on one of the host's own channels, exactly once, also when the line breaks before the answer.
   * @returns rejects with a WaooawError: the server's, or `queue_full`, `request_timeout`, `connection_lost`.
   */
  async publish(channel: string, data: Json, options?: PublishOptions): Promise<Published> {
    return (await this.#ready()).publish(channel, data, options);
  }

  /**
   * Asks the server, at most once: what was sent when the line broke is not sent again.
   * @returns rejects as {@link publish}.
   */
  async request(method: string, data?: Json, options?: CallOptions): Promise<Json> {
    return (await this.#ready()).request(method, data, options);
  }

  /** Another name of {@link request}. */
  send(method: string, data?: Json, options?: CallOptions): Promise<Json> {
    return this.request(method, data, options);
  }

  /** What became of the connection lately, as JSON, without tokens and without data; undefined without a client. */
  report(): ConnectionReport | undefined {
    return this.#client?.report();
  }

  #start(): void {
    const { url, autoReconnect, reconnectInterval } = this;
    const token = this.#token;
    let client: SocketClient;
    try {
      const firstMs = reconnectInterval > 0 ? reconnectInterval : RECONNECT_INTERVAL_MS;
      client = new SocketClient({ url, autoReconnect, firstMs, ...(token !== undefined && { token }) });
    } catch (cause) {
      console.warn(`<waooaw-socket>: "${url}" is no address of a server.`, cause);
      this.#fail({ code: 'bad_url', message: `"${url}" is no address of a server`, cause });
      return;
    }
    this.#client = client;
    void this.#speak(client);
    this.#stops = [
      client.on('state', (change) => this.#changed(change)),
      client.on('moved', () => this.requestUpdate()),
      client.on('message', (data) => this.#tell('waooaw-message', { kind: 'direct', data })),
      client.on('error', (cause) => this.#fail({ code: cause.code, message: cause.message, cause })),
    ];
    this.#provider.setValue(client);
    this.#stops.push(offerSocket(client));
    this.#follows.use(client);
    if (this.#wanted ?? this.autoConnect) client.connect();
  }

  /** Speech is loaded behind the first paint: nothing is said in the first two seconds. */
  async #speak(client: SocketClient): Promise<void> {
    try {
      const { SocketSpeech } = await import('./speech.ts');
      if (this.#client !== client) return;
      this.#speech = new SocketSpeech(
        () => this.#name,
        () => this.texts,
        (...why) => reasonText(this.texts, ...why),
      );
      if (this.#last) this.#speech.changed(this.#last);
    } catch (error) {
      console.warn('<waooaw-socket>: speech could not be loaded.', error);
    }
  }

  #end(): void {
    const stops = this.#stops;
    this.#provider.setValue(undefined);
    // Widgets look for another socket before this one is gone, and the page still hears that it closes.
    stops.at(-1)?.();
    this.#client?.disconnect();
    this.#follows.use(undefined);
    this.#speech?.stop();
    for (const stop of stops) stop();
    this.#stops = [];
    this.#client = this.#speech = this.#last = undefined;
    setStates(this.#internals, [this.state]);
  }

  async #ready(): Promise<SocketClient> {
    if (this.isConnected) await this.updateComplete;
    if (!this.#client)
      throw new TypeError('<waooaw-socket> is in no document, or has no address of a server');
    return this.#client;
  }

  /** How the socket is called where there are several. */
  get #name(): string {
    if (pageSockets().clients.length < 2) return '';
    return this.label || (this.#client ? new URL(this.#client.url).host : '');
  }

  #changed(change: StateChange): void {
    const { state, previous, code, reason, retryInMs } = change;
    setStates(this.#internals, [state]);
    this.#status.changed(change);
    this.#last = change;
    this.#speech?.changed(change);
    this.#tell('waooaw-state', change);
    if (isUp(state) && !isUp(previous)) this.#tell('waooaw-connect', { transport: this.#client?.transport });
    if (isUp(previous) && !isUp(state)) {
      this.#tell('waooaw-disconnect', {
        state,
        ...(code !== undefined && { code }),
        ...(reason !== undefined && { reason }),
        ...(retryInMs !== undefined && { retryInMs }),
      });
    }
    if (state !== 'failed') return;
    const message = this.#status.reason || reason || this.texts.failed;
    console.warn(`<waooaw-socket>: ${this.url} ${message}`);
    this.#fail({ code: reason ?? 'connection_lost', message });
  }

  #followChannels(): void {
    const wanted = new Set(String(this.channels || '').match(/\S+/g));
    for (const [channel, subscription] of this.#channels) {
      if (wanted.delete(channel)) continue;
      subscription.stop();
      this.#channels.delete(channel);
    }
    for (const channel of wanted) this.#channels.set(channel, this.subscribe(channel, this.#teller(channel)));
  }

  /** Tells what comes on a channel by event. */
  #teller(channel: string): ChannelListener {
    const tell = (detail: MessageDetail): void => this.#tell('waooaw-message', detail);
    return {
      snapshot: (data) =>
        tell({ kind: 'snapshot', channel, data, offset: this.#client?.channel(channel)?.offset }),
      publication: (data, offset, info) =>
        tell({ kind: 'publication', channel, data, offset, conflated: info?.conflated ?? 0 }),
      lost: (why) => tell({ kind: 'lost', channel, why }),
      error: ({ code, message }) => this.#fail({ code, message, channel }),
    };
  }

  #fail(detail: ErrorDetail): void {
    this.#tell('waooaw-error', detail);
  }

  #tell<Name extends keyof SocketElementEvents>(
    name: Name,
    detail: SocketElementEvents[Name]['detail'],
  ): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  protected override render(): TemplateResult {
    return html`${this.showStatus ? this.#status.render() : nothing}<slot></slot>`;
  }
}
