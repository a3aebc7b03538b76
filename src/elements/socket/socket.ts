import { ContextProvider } from '@lit/context';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { SocketClient } from '../../client/socket.ts';
import type { SocketState, StateChange } from '../../client/socket.ts';
import { VERSION } from '../../protocol/version.ts';
import { surfaces } from '../../theme/surfaces.styles.ts';
import { tokens } from '../../theme/tokens.styles.ts';
import { setStates } from '../custom-states.ts';
import { offerSocket, socketContext } from '../socket-context.ts';
import { styles } from './socket.styles.ts';

const RECONNECT_INTERVAL_MS = 500;

const WORDS: Record<SocketState, string> = {
  idle: 'Not connected',
  connecting: 'Connecting…',
  authenticating: 'Connecting…',
  live: 'Live',
  reconnecting: 'Reconnecting…',
  failed: 'Connection failed',
  closed: 'Disconnected',
};

/** Why a server may turn a page away for good, in words for whoever looks at the page. */
const REASONS: Partial<Record<string, string>> = {
  origin_not_allowed: 'this site is not on the server’s allow-list (WAOOAW_ALLOWED_ORIGINS)',
  unsupported_protocol: 'this page and the server speak different protocol versions',
};

/**
 * The one connection that a page's widgets share. Widgets inside it use it; widgets elsewhere on the page use the
 * first one there is. Put it anywhere: before the widgets, after them, or added later.
 *
 * @summary The page's live connection to a waooaw server.
 * @tag waooaw-socket
 *
 * @slot - Widgets that shall use this socket, and any other content.
 * @fires {CustomEvent<StateChange>} waooaw-state - The connection's state changed.
 * @csspart status - The visible status, when `show-status` is set.
 * @csspart reconnect - The "Reconnect now" button.
 * @cssstate live - Connected, and everything subscribed is up to date.
 * @cssstate reconnecting - The connection was lost; the next try is scheduled.
 * @cssstate failed - The server said not to come back.
 */
export class WaooawSocket extends LitElement {
  static readonly version: string = VERSION;
  static override styles = [tokens, surfaces, styles];
  static override properties = {
    url: { type: String },
    autoReconnect: {
      type: Boolean,
      attribute: 'no-auto-reconnect',
      converter: { fromAttribute: (v: string | null) => v === null },
    },
    reconnectInterval: { type: Number, attribute: 'reconnect-interval' },
    showStatus: { type: Boolean, attribute: 'show-status', reflect: true },
  };

  /** The server's base address, such as `https://ops.example` or `/ops`. Default: the page's own origin. */
  declare url: string;
  /** Come back by itself after a lost connection. Attribute: `no-auto-reconnect` turns it off. */
  declare autoReconnect: boolean;
  /** Upper bound of the first wait before reconnecting, ms; it doubles with every try, up to 20 s. */
  declare reconnectInterval: number;
  /** Shows the connection's state in words. */
  declare showStatus: boolean;

  readonly #internals = this.attachInternals();
  readonly #provider = new ContextProvider(this, { context: socketContext });
  #client: SocketClient | undefined;
  #reason = '';
  #withdraw: (() => void) | undefined;
  #stopState: (() => void) | undefined;

  constructor() {
    super();
    this.url = '/';
    this.autoReconnect = true;
    this.reconnectInterval = RECONNECT_INTERVAL_MS;
    this.showStatus = false;
  }

  /** The client, for use from plain JavaScript. Undefined while the element is not in a document or its url is bad. */
  get client(): SocketClient | undefined {
    return this.#client;
  }

  /** The connection's state. */
  get state(): SocketState {
    return this.#client?.state ?? 'idle';
  }

  /** Connects now, also after a failure or {@link disconnect}. */
  connect(): void {
    this.#client?.connect();
  }

  /** Disconnects and stays so until {@link connect}. */
  disconnect(): void {
    this.#client?.disconnect();
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
      if (!this.isConnected) this.#end();
    });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('url') && !changed.has('autoReconnect') && !changed.has('reconnectInterval')) return;
    this.#end();
    if (this.isConnected) this.#start();
  }

  #start(): void {
    const { url, autoReconnect, reconnectInterval } = this;
    try {
      const firstMs = reconnectInterval > 0 ? reconnectInterval : RECONNECT_INTERVAL_MS;
      this.#client = new SocketClient({ url, autoReconnect, firstMs });
    } catch (error) {
      console.warn(`<waooaw-socket>: "${url}" is no address of a server.`, error);
      return;
    }
    this.#stopState = this.#client.onState((change) => this.#changed(change));
    this.#provider.setValue(this.#client);
    this.#withdraw = offerSocket(this.#client);
    this.#client.connect();
  }

  #end(): void {
    this.#withdraw?.();
    this.#client?.disconnect();
    this.#stopState?.();
    this.#withdraw = this.#stopState = this.#client = undefined;
  }

  #changed(change: StateChange): void {
    setStates(this.#internals, [change.state]);
    this.#reason = (change.reason && REASONS[change.reason]) ?? '';
    if (change.state === 'failed')
      console.warn(`<waooaw-socket>: ${this.url} ${this.#reason || (change.reason ?? '')}`);
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent('waooaw-state', { detail: change, bubbles: true, composed: true }));
  }

  protected override render(): TemplateResult {
    return html`${this.showStatus ? this.#status() : nothing}<slot></slot>`;
  }

  #status(): TemplateResult {
    const { state } = this;
    const stuck = state === 'failed' || state === 'closed';
    return html`<span class="status" part="status" data-state=${state}>
      <span class="dot" aria-hidden="true"></span>
      <span>${WORDS[state]}${this.#reason && `: ${this.#reason}`}</span>
      ${stuck ? html`<button part="reconnect" @click=${() => this.connect()}>Reconnect now</button>` : nothing}
    </span>`;
  }
}
