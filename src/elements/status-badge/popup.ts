/** What opens beside a badge: a tooltip (WCAG 1.4.13: it can be dismissed, hovered, and stays) or a panel. */
import { html, nothing } from 'lit';
import type { CSSResult, ReactiveControllerHost, TemplateResult } from 'lit';
import type { SocketClient } from '../../client/socket.ts';
import { RelativeTimeController } from '../../i18n/relative-time-controller.ts';
import { PopoverController } from '../popover.ts';
import { badgeDetailsMessages } from './details-words.ts';
import type { BadgeDetailsMessages } from './details-words.ts';
import { factsOf } from './facts.ts';
import type { Fact } from './facts.ts';
import type { BadgeDetails, BadgeStatus } from './host.ts';
import { incidentLink } from './incident-link.ts';
import type { Panel } from './panel.ts';
import type { Wording } from './wording.ts';

export { surfaces } from '../../theme/surfaces.styles.ts';
export { styles } from './popup.styles.ts';

/** What stands in the frame. */
export interface Framed {
  readonly badge: unknown;
  readonly name: string;
  readonly details: BadgeDetails;
  readonly status: BadgeStatus;
  /** Template of incidents' addresses; empty: there is no page of them. */
  readonly href: string;
  /** Which of several. */
  readonly key?: string;
}

/** What it needs of the element around it. */
export interface PopupDeps {
  /** The server's clock, ms since 1970. */
  readonly now: () => number;
  /** The connection whose server is asked for the past. */
  readonly client: () => SocketClient | undefined;
  readonly adopt: (styles: CSSResult) => void;
}

type Host = ReactiveControllerHost & HTMLElement & { readonly renderRoot: HTMLElement | DocumentFragment };

/** How long the pointer may be between badge and tooltip, and rests before it opens, ms. */
const HOVER_MS = 200;

/** The one that opens in one element. */
export class Popup {
  readonly #host: Host;
  readonly #wording: Wording;
  readonly #deps: PopupDeps;
  readonly #popover: PopoverController;
  readonly #since: RelativeTimeController;
  readonly #at: RelativeTimeController;
  /** Of which it is open. */
  #open: string | undefined;
  #status: BadgeStatus = {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  #panel: Panel | undefined;
  #loading = false;
  #failed = false;

  constructor(host: Host, wording: Wording, deps: PopupDeps) {
    this.#host = host;
    this.#wording = wording;
    this.#deps = deps;
    const find = (selector: string): HTMLElement | null => host.renderRoot.querySelector(selector);
    this.#popover = new PopoverController(host, {
      anchor: () => find('.trigger[aria-expanded="true"], .trigger[aria-describedby]'),
      popup: () => find('.popup'),
      onClose: () => this.#set(undefined),
    });
    const isOpen = (at: number | undefined): number | undefined =>
      this.#open === undefined ? undefined : at;
    const { controller: locale } = wording;
    this.#since = new RelativeTimeController(host, locale, () => isOpen(this.#status.since), deps.now);
    this.#at = new RelativeTimeController(host, locale, () => isOpen(this.#status.at), deps.now);
    host.addController({
      hostUpdated: () => this.#open !== undefined && this.#popover.open(),
      hostDisconnected: () => this.#set(undefined),
    });
  }

  /** Which is open; undefined: none. */
  get open(): string | undefined {
    return this.#open;
  }

  /** A badge with what opens beside it. */
  frame(framed: Framed): TemplateResult {
    const { details, badge, status, key = '' } = framed;
    // Of a single badge it is known before it opens, so that its times are words from the first.
    if (this.#open === key || !key) this.#status = status;
    if (details === 'disclosure') return this.#disclosure(framed, key);
    const href = incidentLink(framed.href, status);
    const link = href
      ? html`<a class="incident" part="incident" href=${href}>${this.#wording.texts.incidentLink}</a>`
      : nothing;
    return details ? html`${this.#tooltip(framed)}${link}` : html`${badge}${link}`;
  }

  #disclosure({ badge, name, status, href }: Framed, key: string): TemplateResult {
    const isOpen = this.#open === key;
    return html`<button
        type="button"
        class="trigger"
        part="trigger"
        aria-expanded=${isOpen}
        aria-controls=${isOpen ? 'details' : nothing}
        @click=${() => {
          this.#status = status;
          this.#set(isOpen ? undefined : key);
        }}
      >
        ${badge}</button
      >${
        isOpen
          ? html`<div
              id="details"
              class="popup panel"
              part="details"
              role="group"
              aria-label=${name || nothing}
              popover="manual"
            >
              ${this.#panelView(status, href)}
            </div>`
          : nothing
      }`;
  }

  #tooltip({ badge, status }: Framed): TemplateResult {
    const open = (): void => this.#set('');
    /* eslint-disable lit-a11y/accessible-name -- a tooltip is named by its content: a label would be read in its place */
    return html`<button
        type="button"
        class="trigger"
        part="trigger"
        aria-describedby="details"
        @click=${open}
        @focus=${open}
        @pointerenter=${(event: PointerEvent) => event.pointerType !== 'touch' && this.#later('')}
        @pointerleave=${this.#leave}
      >
        ${badge}
      </button>
      <div
        id="details"
        class="popup tooltip"
        part="details"
        role="tooltip"
        popover="manual"
        @pointerenter=${() => clearTimeout(this.#timer)}
        @pointerleave=${this.#leave}
      >
        ${this.#facts(status).map(([name, value]) => html`<div>${name}: <bdi>${value}</bdi></div>`)}
      </div>`;
    /* eslint-enable lit-a11y/accessible-name */
  }

  #panelView(status: BadgeStatus, href: string): unknown {
    const facts = this.#facts(status);
    this.#load();
    return html`<dl>
        ${facts.map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd><bdi>${value}</bdi></dd>
            </div>`,
        )}
      </dl>
      ${this.#failed ? html`<p>${this.#words.historyFailed}</p>` : (this.#panel?.view(status, href) ?? nothing)}`;
  }

  #facts(status: BadgeStatus): readonly Fact[] {
    return factsOf(status, {
      words: this.#words,
      wording: this.#wording,
      since: this.#since.time?.text,
      at: this.#at.time?.text,
      now: this.#deps.now(),
    });
  }

  get #words(): BadgeDetailsMessages {
    return this.#wording.of(badgeDetailsMessages);
  }

  /** The past, and what operators do: behind the first opening. */
  #load(): void {
    if (this.#panel || this.#loading || this.#failed) return;
    this.#loading = true;
    import('./panel.ts').then(
      ({ Panel, styles }) => {
        this.#deps.adopt(styles);
        this.#panel = new Panel(this.#host, this.#wording, () => this.#words, this.#deps.client);
        this.#host.requestUpdate();
      },
      (error: unknown) => {
        console.warn(error);
        this.#loading = false;
        this.#failed = true;
        this.#host.requestUpdate();
      },
    );
  }

  readonly #leave = (): void => {
    const { activeElement } = this.#host.shadowRoot ?? document;
    // What the keyboard has opened, the pointer does not close.
    if (!activeElement?.matches('.trigger:focus-visible')) this.#later(undefined);
    else clearTimeout(this.#timer);
  };

  #later(open: string | undefined): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#set(open), HOVER_MS);
  }

  #set(open: string | undefined): void {
    clearTimeout(this.#timer);
    if (open === this.#open) return;
    // Another opens in its place.
    this.#popover.close();
    this.#open = open;
    this.#failed = false;
    if (open === undefined) this.#panel?.leave();
    this.#host.requestUpdate();
  }
}
