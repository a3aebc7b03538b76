/** A log to read: virtual, at its end for as long as the reader is there, and silent. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { intl } from '../../i18n/intl.ts';
import type { LogLine } from '../../protocol/agents.ts';
import { VirtualList } from '../virtual-list.ts';
import type { VirtualItem } from '../virtual-list.ts';
import type { TrackerHost } from './host.ts';
import type { LogStore } from './log-store.ts';
import { logText } from './log-text.ts';
import type { Wording } from './wording.ts';

/** A line before it is measured, px. */
const LINE_PX = 20;
/** So near to the end counts as being there, px. */
const NEAR_PX = 24;

/** What is read. */
export interface PaneSettings {
  /** Unique in its tracker, and good as a part of an id. */
  readonly key: string;
  readonly store: LogStore;
  /** Only lines of this stage. */
  readonly stage?: string;
}

/** What stands around the lines just now. */
export interface PaneFrame {
  readonly label: string;
  /** Above the lines: what fetches older ones. */
  readonly above: unknown;
  /** In place of lines, where there are none. */
  readonly empty: unknown;
}

/** One log on the page. */
export class LogPane {
  readonly #host: TrackerHost;
  readonly #wording: Wording;
  readonly #settings: PaneSettings;
  readonly #list: VirtualList;
  readonly #after = { hostUpdated: () => this.#settle() };
  #lines: readonly LogLine[] = [];
  #revision = -1;
  /** The reader is at the end, and stays there. */
  #atEnd = true;
  /** Where the view was, px. */
  #top = 0;
  /** It is to be brought there once it has rendered. */
  #due = true;
  /** Lines that came while the reader was elsewhere. */
  #unread = 0;

  constructor(host: TrackerHost, wording: Wording, settings: PaneSettings) {
    this.#host = host;
    this.#wording = wording;
    this.#settings = settings;
    this.#read();
    this.#list = new VirtualList(host, {
      scroller: () => this.#scroller,
      count: () => this.#lines.length,
      estimate: () => LINE_PX,
      key: (index) => this.#lines[index]?.n ?? index,
      anchored: true,
      // Lines are no options of anything.
      position: () => undefined,
    });
    // Behind the list, which first brings back what was read.
    host.addController(this.#after);
  }

  /** Takes in what came, before the element renders. */
  update(): void {
    if (this.#settings.store.revision === this.#revision) return;
    const last = this.#lines.at(-1)?.n ?? -Infinity;
    this.#read();
    this.#due = true;
    if (!this.#atEnd) this.#unread += this.#lines.filter(({ n }) => n > last).length;
    this.#list.changed();
  }

  /** It is closed. */
  stop(): void {
    this.#list.hostDisconnected();
    this.#host.removeController(this.#list);
    this.#host.removeController(this.#after);
  }

  view({ label, above, empty }: PaneFrame): TemplateResult {
    const { texts } = this.#wording;
    const list = this.#list;
    return html`<div class="log" part="log">
      ${above}
      <div
        class="lines"
        id=${this.#id}
        role="region"
        tabindex="0"
        aria-label=${label}
        @scroll=${this.#scrolled}
      >
        ${
          this.#lines.length === 0
            ? html`<p class="quiet">${empty}</p>`
            : html`<div ${list.spacer()}>
                ${repeat(
                  list.items,
                  ({ key }) => key,
                  (item) => this.#lineView(item),
                )}
              </div>`
        }
      </div>
      ${
        this.#unread > 0
          ? html`<button type="button" class="newest" part="newest" @click=${this.#showNewest}>
              ${texts.newest(this.#unread, this.#wording.count(this.#unread))}
            </button>`
          : nothing
      }
    </div>`;
  }

  #lineView(item: VirtualItem): unknown {
    const line = this.#lines[item.index];
    if (!line) return nothing;
    const { texts } = this.#wording;
    const { n, at, stream, text } = line;
    const name = { stdout: '', stderr: texts.streamError, engine: texts.streamEngine }[stream] ?? '';
    return html`<div class="row ${stream}" part="line" ${this.#list.row(item)}>
      ${this.#settings.store.hasGap(n) ? html`<p class="gap">${texts.gap}</p>` : nothing}
      ${Number.isFinite(at) ? html`<span class="at">${this.#timeOf(at)}</span>` : nothing}
      ${name ? html`<span class="stream">${name}</span>` : nothing}<bdi class="text">${logText(text)}</bdi>
    </div>`;
  }

  #timeOf(at: number): string {
    const { locale, timeZone } = this.#wording;
    const options = { timeStyle: 'medium', ...(timeZone && { timeZone }) } as const;
    return intl(Intl.DateTimeFormat, locale, options).format(at);
  }

  #read(): void {
    const { store, stage } = this.#settings;
    this.#revision = store.revision;
    this.#lines = stage === undefined ? store.lines : store.lines.filter((line) => line.stage === stage);
  }

  readonly #scrolled = (): void => {
    const scroller = this.#scroller;
    if (!scroller) return;
    const { scrollTop, clientHeight, scrollHeight } = scroller;
    // Lines that come make the way to the end longer; only who goes up leaves it.
    if (scrollTop + clientHeight >= scrollHeight - NEAR_PX) this.#atEnd = true;
    else if (scrollTop < this.#top) this.#atEnd = false;
    this.#top = scrollTop;
    if (!this.#atEnd || this.#unread === 0) return;
    this.#unread = 0;
    this.#host.requestUpdate();
  };

  readonly #showNewest = (): void => {
    this.#unread = 0;
    this.#atEnd = this.#due = true;
    // The button goes: what it showed has the focus.
    this.#scroller?.focus();
    this.#host.requestUpdate();
  };

  /** At the end it stays at the end. */
  #settle(): void {
    if (!this.#due) return;
    // Once: asking for it again with every update would itself be an update.
    this.#due = false;
    if (this.#atEnd && this.#lines.length > 0) this.#toEnd();
  }

  #toEnd(): void {
    const scroller = this.#scroller;
    if (!scroller || scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 1) return;
    if (this.#list.isVirtual) this.#list.scrollToIndex(this.#lines.length - 1, 'end');
    else scroller.scrollTop = scroller.scrollHeight;
  }

  get #id(): string {
    return `log-${this.#settings.key}`;
  }

  get #scroller(): HTMLElement | null {
    return this.#host.renderRoot.querySelector<HTMLElement>(`#${this.#id}`);
  }
}
