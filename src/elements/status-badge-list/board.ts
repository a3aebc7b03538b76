/** A list's inside: what it follows, shows and says. Loaded by the element. */
import { html, nothing } from 'lit';
import type { CSSResult, TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { pageAnnouncer } from '../../a11y/announcer.ts';
import type { Freshness } from '../../client/freshness.ts';
import { countText } from '../../i18n/format.ts';
import { LocaleController } from '../../i18n/locale-controller.ts';
import { formatList } from '../../i18n/times.ts';
import type { StateInfo } from '../../protocol/states.ts';
import { surfaces } from '../../theme/surfaces.styles.ts';
import { badgeView } from '../status-badge/badge-view.ts';
import { styles as liveStyles } from '../status-badge/live.styles.ts';
import { ManyChecks } from '../status-badge/many-checks.ts';
import type { Popup } from '../status-badge/popup.ts';
import { countWords, worstWord } from '../status-badge/ranking.ts';
import { sayChange } from '../status-badge/speech.ts';
import { styles as badgeStyles } from '../status-badge/status-badge.styles.ts';
import { dueOf } from '../status-badge/status-due.ts';
import { Wording } from '../status-badge/wording.ts';
import { turning } from '../turning.styles.ts';
import { styles } from './board.styles.ts';
import { Order, readEntries } from './entries.ts';
import type { Entry } from './entries.ts';
import type { BadgeListChange, BadgeListHost } from './host.ts';
import { badgeListMessages } from './words.ts';
import type { BadgeListMessages } from './words.ts';

/** The inside of one list. */
export class Board {
  readonly #host: BadgeListHost;
  readonly #wording: Wording;
  readonly #many: ManyChecks;
  readonly #order = new Order();
  #entries: ReadonlyMap<string, Entry> = new Map();
  /** What was shown of each before. */
  #shown = new Map<string, StateInfo>();
  /** By what the things were named that were shown. */
  #source = '';
  #popup: Popup | undefined;
  #loading = false;

  constructor(host: BadgeListHost) {
    this.#host = host;
    const locale = new LocaleController(host);
    this.#wording = new Wording(host.localName, locale, () => host.messages);
    this.#many = new ManyChecks(host, this.#wording);
    // Made now, although nothing is said yet: screen readers miss what a region says that has only just appeared.
    pageAnnouncer();
    for (const sheet of [badgeStyles, turning, liveStyles, surfaces, styles]) this.#adopt(sheet);
  }

  /** Takes in what there is, before each render. @returns the element's states. */
  read(): readonly string[] {
    const { items, tag, context } = this.#host;
    const follows = items === undefined && (tag !== null || context !== null);
    this.#many.follow(follows ? { tag: tag ?? undefined, context } : undefined);
    this.#entries = readEntries(items ?? this.#many.checks);
    this.#tell();
    const word = worstWord([...this.#entries.values()].map(({ status }) => status));
    return [this.#freshness, word === undefined ? '' : this.#wording.infoOf(word).severity].filter(Boolean);
  }

  render(): TemplateResult {
    const { label } = this.#host;
    const name = label
      ? html`<span class="name" part="label" id="label"><bdi>${label}</bdi></span>`
      : nothing;
    if (this.#entries.size === 0)
      return html`<div class="head" part="head">${name}</div>
        <p class="message" part="message">${this.#message}</p>`;
    return html`<div class="head" part="head">${name} ${this.#renderWhole()}</div>
      ${this.#renderList()}`;
  }

  get #words(): BadgeListMessages {
    return this.#wording.of(badgeListMessages);
  }

  get #freshness(): Freshness {
    if (this.#host.items) return this.#entries.size === 0 ? 'empty' : 'idle';
    return this.#many.freshness;
  }

  get #message(): string {
    const words = this.#words;
    const { items, tag } = this.#host;
    if (items) return words.empty;
    if (this.#many.none) return words.noneChosen;
    switch (this.#many.freshness) {
      case 'idle':
        return words.idle;
      case 'error':
        return words.failed(this.#many.refused?.message ?? '');
      case 'loading':
        return words.loading;
      case 'live':
      case 'stale':
      case 'empty':
        return tag ? words.noneMatch(tag) : words.empty;
    }
  }

  /** The worst of all, and how many are in which state. */
  #renderWhole(): TemplateResult {
    const list = [...this.#entries.values()].map(({ status }) => status);
    const { locale, texts } = this.#wording;
    const freshness = this.#freshness;
    const counts = countWords(list).map(([word, count]) =>
      this.#words.count(count, countText(count, locale), this.#wording.infoOf(word).label),
    );
    const whole = {
      info: this.#wording.infoOf(worstWord(list) ?? 'unknown'),
      freshness,
      name: '',
      note: freshness === 'stale' ? texts.noteStale : freshness === 'error' ? texts.noteError : '',
    };
    return html`${badgeView(whole, nothing, true)}
      <span class="counts" part="counts">${formatList(counts, locale)}</span>`;
  }

  #renderList(): TemplateResult {
    const { maxItems, label } = this.#host;
    const { locale } = this.#wording;
    // What somebody reads, points at or has opened does not move away under them.
    const held = this.#popup?.open !== undefined || this.#host.matches(':focus-within, :hover');
    const entries = this.#order.arrange(this.#entries, locale, held);
    const most = maxItems >= 1 ? Math.floor(maxItems) : 100;
    const rest = entries.length - most;
    return html`<ul
        part="list"
        aria-labelledby=${label ? 'label' : nothing}
        aria-label=${label ? nothing : this.#words.statuses}
      >
        ${repeat(
          entries.slice(0, most),
          ({ key }) => key,
          (entry) => html`<li part="item">${this.#renderEntry(entry)}</li>`,
        )}
      </ul>
      ${rest > 0 ? html`<p class="more" part="more">${this.#words.more(rest, countText(rest, locale))}</p>` : nothing}`;
  }

  #renderEntry({ key, name, word, status }: Entry): unknown {
    const info = this.#wording.infoOf(word);
    const freshness = this.#freshnessOf(status);
    const { texts } = this.#wording;
    const { details, incidentHref } = this.#host;
    const trouble = this.#wording.trouble(status, info.severity);
    const note = [freshness === 'stale' && texts.noteStale, trouble].filter(Boolean).join(': ');
    const badge = badgeView({ info, freshness, name, note }, html`<bdi>${name}</bdi>`, false);
    if (!details && !incidentHref) return badge;
    this.#load();
    return this.#popup?.frame({ badge, name, details, status, href: incidentHref, key }) ?? badge;
  }

  /** One that has missed its runs is stale, however live the others are. */
  #freshnessOf(status: Entry['status']): Freshness {
    const whole = this.#freshness;
    if (whole !== 'live') return whole;
    const due = dueOf(status as Parameters<typeof dueOf>[0]);
    return due !== undefined && due < this.#many.now() ? 'stale' : 'live';
  }

  /** Tells and says what changed. */
  #tell(): void {
    const { items, tag, context } = this.#host;
    // Other things are no change of those that were there; and until something was heard there is nothing to change.
    const source = items ? 'items' : `${tag} ${context}`;
    const before = source === this.#source ? this.#shown : new Map<string, StateInfo>();
    if (this.#freshness === 'loading') return;
    this.#source = source;
    this.#shown = new Map();
    for (const { key, name, word } of this.#entries.values()) {
      const info = this.#wording.infoOf(word);
      const previous = before.get(key);
      this.#shown.set(key, info);
      if (!previous || previous.word === info.word) continue;
      sayChange(name, previous, info, this.#wording);
      const detail: BadgeListChange = {
        check: key,
        state: info.word,
        previous: previous.word,
        severity: info.severity,
      };
      this.#host.dispatchEvent(
        new CustomEvent('waooaw-state-change', { detail, bubbles: true, composed: true }),
      );
    }
  }

  #load(): void {
    if (this.#popup || this.#loading) return;
    this.#loading = true;
    import('../status-badge/popup.ts')
      .then(({ Popup, styles }) => {
        this.#adopt(styles);
        this.#popup = new Popup(this.#host, this.#wording, {
          now: () => this.#many.now(),
          client: () => this.#many.client,
          adopt: (sheet) => this.#adopt(sheet),
        });
        this.#host.requestUpdate();
      }, console.warn)
      .finally(() => (this.#loading = false));
  }

  #adopt({ styleSheet }: CSSResult): void {
    const { adoptedStyleSheets } = this.#host.renderRoot as ShadowRoot;
    if (styleSheet && !adoptedStyleSheets.includes(styleSheet)) adoptedStyleSheets.push(styleSheet);
  }
}
