/** The visible status of a socket: one line, a button where there is something to do, and the details on request. */
import { html, nothing } from 'lit';
import type { ReactiveController, ReactiveControllerHost, TemplateResult } from 'lit';
import { isUp } from '../../client/states.ts';
import type { SocketState, StateChange } from '../../client/states.ts';
import type { SocketClient } from '../../client/socket.ts';
import type { Severity, Shape } from '../../protocol/states.ts';
import { FIGURES } from '../figures.ts';
import { pagePace } from '../../a11y/page-pace.ts';
import { watchSight } from '../sight.ts';
import type * as details from './details.ts';
import { reasonText } from './words.ts';
import type { SocketMessages, Why } from './words.ts';

/** The socket, as its status sees it. */
export interface StatusHost extends ReactiveControllerHost, HTMLElement {
  readonly client: SocketClient | undefined;
  readonly state: SocketState;
  readonly label: string;
  readonly showStatus: boolean;
  readonly locale: string;
  readonly texts: SocketMessages;
  connect(): void;
}

/** Tone and figure by state; `fallback` has one of its own. */
const LOOKS: Readonly<Record<SocketState, readonly [tone: Severity, shape: Shape]>> = {
  idle: ['neutral', 'dotted-ring'],
  connecting: ['info', 'arc'],
  authenticating: ['info', 'arc'],
  live: ['ok', 'disc'],
  fallback: ['ok', 'disc'],
  reconnecting: ['degraded', 'dashed-ring'],
  suspended: ['degraded', 'ring-slash'],
  failed: ['critical', 'octagon'],
  closed: ['neutral', 'bar'],
};

/** States that somebody may want to end by hand. */
const STUCK: readonly SocketState[] = ['reconnecting', 'suspended', 'failed', 'closed'];

/** A disc within a ring: connected, in another way. */
const TARGET =
  'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zm0 2a4 4 0 1 0 0 8 4 4 0 0 0 0-8zm0 1.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z';
const CHEVRON = 'M3.3 5 8 9.7 12.7 5l1.4 1.4L8 12.5 1.9 6.4z';

/** Renders and drives a socket's status. */
export class SocketStatus implements ReactiveController {
  readonly #host: StatusHost;
  /** Was connected, or tried to be: what is tried now is tried again. */
  #again = false;
  #frozen = false;
  #why: Why | undefined;
  #open = false;
  #details: typeof details | undefined;
  #asked = false;
  #notLoaded = false;
  #stopPanel: (() => void) | undefined;
  #focusLeaves = false;
  #line: HTMLElement | null = null;
  #stopSight: (() => void) | undefined;
  #seen = true;
  #tick: ReturnType<typeof setTimeout> | undefined;

  constructor(host: StatusHost) {
    this.#host = host;
    host.addController(this);
  }

  /** Why there is no connection, in words; empty where nothing is known that would help. */
  get reason(): string {
    return this.#why ? reasonText(this.#host.texts, ...this.#why) : '';
  }

  changed({ state, reason, code }: StateChange): void {
    if (isUp(state) || state === 'closed') {
      this.#again = false;
      this.#why = undefined;
    } else if (state !== 'connecting' && state !== 'authenticating') {
      this.#again = true;
      this.#frozen = reason === 'freeze';
      this.#why = state === 'suspended' ? undefined : [reason, code === undefined];
    }
    this.#renew();
  }

  hostConnected(): void {
    pagePace().listeners.add(this.#renew);
    this.#renew();
  }

  hostUpdate(): void {
    if (!this.#host.showStatus) this.#close();
    const focused = this.#host.shadowRoot?.activeElement;
    this.#focusLeaves = focused != null && focused === this.#find('reconnect');
  }

  hostUpdated(): void {
    // The news that it hung up renders once more after it left: whoever watched then would never stop.
    if (!this.#host.isConnected) return;
    this.#watch(this.#find('status'));
    // What whoever pressed it stands on may be gone: they go on beside it.
    if (this.#focusLeaves && !this.#find('reconnect')) this.#find('details-button')?.focus();
    const panel = this.#find('details');
    if (panel && this.#line)
      this.#stopPanel ??= this.#details?.watchPanel(this.#line, this.#close, this.#renew);
    if (panel) this.#details?.placePanel(panel);
    this.#schedule();
    // Now, because the server may be away when the details are wanted.
    if (this.#host.showStatus && !this.#asked) void this.#load();
  }

  hostDisconnected(): void {
    pagePace().listeners.delete(this.#renew);
    this.#watch(null);
    this.#close();
    clearTimeout(this.#tick);
  }

  render(): TemplateResult {
    const { client, label, state, texts } = this.#host;
    const reason = this.reason;
    const trying = this.#again && (state === 'connecting' || state === 'authenticating');
    const [tone, shape] = LOOKS[trying ? 'reconnecting' : state];
    const stuck = trying || STUCK.includes(state);
    const seconds = Math.ceil(this.#leftMs / 1000);
    return html`<span class="status ${tone}" part="status" data-state=${state} @keydown=${this.#onKey}>
      <span class="line">
        <svg class=${shape} part="icon" viewBox="0 0 16 16" aria-hidden="true">
          <path d=${state === 'fallback' ? TARGET : FIGURES[shape]} />
        </svg>
        <bdi part="words"
          >${label && html`<b>${label}</b> `}${this.#words(state, trying, seconds)}${
            seconds > 0
              ? html`<span class="countdown" aria-hidden="true">${texts.inSeconds(seconds)}</span>`
              : nothing
          }${reason && `: ${reason}`}${isPaused() && isUp(state) ? ` · ${texts.paused}` : ''}</bdi
        >
      </span>
      ${
        stuck
          ? html`<button
              part="reconnect"
              aria-disabled=${trying || nothing}
              @click=${() => this.#host.connect()}
            >
              ${texts.reconnect}
            </button>`
          : nothing
      }
      ${client ? this.#disclosure(client) : nothing}
    </span>`;
  }

  #words(state: SocketState, trying: boolean, seconds: number): string {
    const { texts } = this.#host;
    if (trying || (state === 'reconnecting' && seconds === 0)) return texts.again;
    return state === 'suspended' && this.#frozen ? texts.frozen : texts[state];
  }

  #disclosure(client: SocketClient): TemplateResult {
    const { label, locale, texts } = this.#host;
    const details = this.#details;
    const open = this.#open && (details !== undefined || this.#notLoaded);
    return html`<button
        part="details-button"
        aria-label=${label ? `${texts.details}: ${label}` : texts.details}
        aria-expanded=${open}
        aria-controls=${open ? 'details' : nothing}
        @click=${this.#toggle}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true"><path d=${CHEVRON} /></svg>
      </button>
      ${
        open
          ? html`<div class="details" id="details" part="details" role="group" aria-label=${texts.details}>
              ${details ? details.renderDetails(client, (...why) => reasonText(texts, ...why), locale) : texts.notLoaded}
            </div>`
          : nothing
      }`;
  }

  #find(part: string): HTMLElement | null {
    return this.#host.shadowRoot?.querySelector(`[part="${part}"]`) ?? null;
  }

  /** Until the next try, ms; 0 when none is waited for. */
  get #leftMs(): number {
    const { retryAt } = this.#host.client ?? {};
    // What is paused counts nothing down.
    return retryAt === undefined || isPaused() ? 0 : Math.max(0, retryAt - Date.now());
  }

  /** The next second of the countdown, and of open details, as long as somebody can see it. */
  #schedule(): void {
    clearTimeout(this.#tick);
    const leftMs = this.#leftMs;
    if ((leftMs === 0 && !this.#open) || isPaused() || !this.#line || !this.#seen) return;
    this.#tick = setTimeout(this.#renew, leftMs % 1000 || 1000);
  }

  #watch(line: HTMLElement | null): void {
    if (line === this.#line) return;
    this.#line = line;
    this.#stopSight?.();
    this.#seen = true;
    this.#stopSight =
      line === null
        ? undefined
        : watchSight(line, (seen) => {
            this.#seen = seen;
            if (seen) this.#renew();
            else clearTimeout(this.#tick);
          });
  }

  async #load(): Promise<void> {
    this.#asked = true;
    this.#notLoaded = false;
    try {
      this.#details = await import('./details.ts');
      const { styleSheet } = this.#details.styles;
      if (styleSheet) this.#host.shadowRoot?.adoptedStyleSheets.push(styleSheet);
    } catch (error) {
      console.warn('<waooaw-socket>: the details could not be loaded.', error);
      this.#notLoaded = true;
    }
    this.#renew();
  }

  readonly #toggle = (): void => {
    if (this.#open) return this.#close();
    this.#open = true;
    if (this.#notLoaded) void this.#load();
    // Safari does not focus a button that is clicked, and Escape would be heard elsewhere.
    this.#find('details-button')?.focus();
    this.#renew();
  };

  readonly #close = (): void => {
    if (!this.#open) return;
    this.#open = false;
    this.#stopPanel?.();
    this.#stopPanel = undefined;
    this.#renew();
  };

  readonly #renew = (): void => this.#host.requestUpdate();

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !this.#open) return;
    // One press closes one thing: not the dialog around it as well.
    event.preventDefault();
    event.stopPropagation();
    this.#close();
    this.#find('details-button')?.focus();
  };
}

function isPaused(): boolean {
  return pagePace().pace.paused;
}
