/** What a badge does after its first paint: it follows its check, tells its changes, and says those that matter. */
import type { CSSResult } from 'lit';
import { pageAnnouncer } from '../../a11y/announcer.ts';
import type { Freshness } from '../../client/freshness.ts';
import type { SocketClient } from '../../client/socket.ts';
import { LocaleController } from '../../i18n/locale-controller.ts';
import type { RelativeTimeController } from '../../i18n/relative-time-controller.ts';
import type { CheckStatus } from '../../protocol/health.ts';
import type { StateInfo } from '../../protocol/states.ts';
import { ChannelController } from '../channel-controller.ts';
import { Crowd } from '../crowd.ts';
import { setStates } from '../custom-states.ts';
import { turning } from '../turning.styles.ts';
import type { BadgeShown } from './badge-view.ts';
import type { BadgeChange, BadgeHost, BadgeStatus } from './host.ts';
import type { ManyChecks } from './many-checks.ts';
import type { Popup } from './popup.ts';
import { styles } from './live.styles.ts';
import { Pulse } from './pulse.ts';
import { sayChange } from './speech.ts';
import { dueOf } from './status-due.ts';
import { Wording } from './wording.ts';
import type { BadgeMessages } from './words.ts';

const NOTES = {
  loading: 'noteLoading',
  stale: 'noteStale',
  empty: 'noteEmpty',
  error: 'noteError',
} as const satisfies Partial<Record<Freshness, keyof BadgeMessages>>;

/** All badges of the page. */
const crowd = new Crowd();

/**
 * The living part of a badge. Nobody may look at it: out of sight or in a hidden page it hears its check's latest result
 * at most every ten seconds, and still says what matters of it.
 */
export class LiveBadge {
  readonly #badge: BadgeHost;
  readonly #wording: Wording;
  readonly #channel: ChannelController;
  #since: RelativeTimeController | undefined;
  #client: SocketClient | undefined;
  #heard: CheckStatus | undefined;
  #many: ManyChecks | undefined;
  #popup: Popup | undefined;
  readonly #coming = new Set<string>();
  readonly #internals: ElementInternals;
  readonly #pulse = new Pulse();
  /** The state that changes are told from; without a word while nothing was heard. */
  #before: StateInfo;
  #shown: BadgeShown;
  #followed = '';

  /** @param shown the first paint, which is no change. */
  constructor(badge: BadgeHost, shown: BadgeShown) {
    this.#badge = badge;
    this.#internals = badge.attachInternals();
    const locale = new LocaleController(badge);
    this.#wording = new Wording('waooaw-status-badge', locale, () => badge.messages);
    this.#shown = shown;
    this.#before = shown.freshness === 'idle' ? shown.info : { ...shown.info, word: '' };
    badge.addController({ hostUpdated: () => this.#show() });
    // Made now, although nothing is said yet: screen readers miss what a region says that has only just appeared.
    pageAnnouncer();
    this.#adopt(turning);
    this.#adopt(styles);
    badge.shadowRoot?.addEventListener('slotchange', () => badge.requestUpdate());
    const heard = (data: unknown): void => {
      this.#heard = (data ?? undefined) as CheckStatus | undefined;
      badge.requestUpdate();
    };
    this.#channel = new ChannelController(badge, {
      snapshot: heard,
      publication: heard,
      forget: () => this.#forget(),
      connection: (client) => (this.#client = client),
      dataTime: () => this.#heard && dueOf(this.#heard),
      staleAfterMs: () => 0,
    });
  }

  /** When it may be drawn anew; undefined: at once. */
  get turn(): Promise<void> | undefined {
    return crowd.turn();
  }

  /** Follows what the badge is told to. @returns what is to be shown. */
  read(): BadgeShown {
    this.#follow();
    const badge = this.#badge;
    if (badge.showSince && !this.#since) this.#loadSince();
    const known = this.#known;
    const follows = this.#followed !== '';
    const word = known?.word ?? known?.state ?? (follows ? '' : badge.state);
    const info = this.#wording.infoOf(String(word ?? ''));
    const { check, tag } = badge;
    const freshness = this.#freshness;
    setStates(this.#internals, [freshness, info.severity]);
    return (this.#shown = {
      // What was not heard of has no word.
      info: follows && !known ? { ...info, label: '' } : info,
      freshness,
      name: badge.textContent?.trim() || badge.label || known?.title || this.#many?.title || check || tag,
      note: this.#note(info.severity),
    });
  }

  /** What the badge stands in: the button that opens its details, and the link to its incident. */
  frame(badge: unknown): unknown {
    const { name } = this.#shown;
    const { details, incidentHref } = this.#badge;
    if (!details && !incidentHref) return undefined;
    if (!this.#popup)
      this.#load('popup', async () => {
        const { Popup, styles, surfaces } = await import('./popup.ts');
        this.#adopt(surfaces);
        this.#adopt(styles);
        this.#popup ??= new Popup(this.#badge, this.#wording, {
          now: () => this.#channel.now(),
          client: () => this.#client,
          adopt: (styles) => this.#adopt(styles),
        });
      });
    return this.#popup?.frame({ badge, name, details, status: this.#known ?? {}, href: incidentHref });
  }

  /** What changed is told and said once it is shown. */
  #show(): void {
    const { info, name, freshness } = this.#shown;
    const box = this.#badge.shadowRoot?.querySelector<HTMLElement>('.badge');
    const reason = (!this.#badge.details && this.#known?.reason) || '';
    if (box && box.title !== reason) box.title = reason;
    const before = this.#before;
    // Until something has been heard of a check there is no state that could change.
    if (freshness === 'loading' || before.word === info.word) return;
    this.#before = info;
    if (before.word === '') return;
    sayChange(name, before, info, this.#wording);
    if (box) this.#pulse.show(box);
    const detail: BadgeChange = { state: info.word, previous: before.word, severity: info.severity };
    this.#badge.dispatchEvent(
      new CustomEvent('waooaw-state-change', { detail, bubbles: true, composed: true }),
    );
  }

  get #freshness(): Freshness {
    return this.#many?.freshness ?? (this.#isMany ? 'loading' : this.#channel.freshness);
  }

  /**
   * What is wrong, in words; empty when nothing is: with what is shown, and with what it is about. Text, because a
   * tooltip is for those alone who can hover.
   */
  #note(severity: string): string {
    const freshness = this.#freshness;
    const { texts } = this.#wording;
    const known = this.#known;
    const refused = (this.#many ?? this.#channel).refused;
    const trouble = known && this.#wording.trouble(known, severity);
    const why = freshness === 'error' ? refused?.message : trouble;
    const isBehind = freshness !== 'idle' && freshness !== 'live';
    const note = this.#many?.none ? texts.noneChosen : isBehind && texts[NOTES[freshness]];
    return [[note, why].filter(Boolean).join(': '), this.#since?.time?.text].filter(Boolean).join(', ');
  }

  #loadSince(): void {
    this.#load('since', async () => {
      const { RelativeTimeController } = await import('../../i18n/relative-time-controller.ts');
      this.#since ??= new RelativeTimeController(
        this.#badge,
        this.#wording.controller,
        () => (this.#badge.showSince ? this.#known?.since : undefined),
        () => this.#channel.now(),
      );
    });
  }

  #follow(): void {
    const { check, tag, context } = this.#badge;
    const isMany = this.#isMany;
    const followed = check || (isMany ? `${tag} ${context}` : '');
    if (followed !== this.#followed) this.#forget();
    this.#followed = followed;
    this.#channel.follow(check ? `health/${check}` : undefined);
    if (isMany && !this.#many)
      this.#load('many', async () => {
        const { ManyChecks } = await import('./many-checks.ts');
        this.#many ??= new ManyChecks(this.#badge, this.#wording);
      });
    this.#many?.follow(isMany ? { tag: tag || undefined, context } : undefined);
    if (!isMany) this.#drop();
  }

  get #isMany(): boolean {
    const { check, tag, context } = this.#badge;
    return !check && (tag !== '' || context !== null);
  }

  get #known(): BadgeStatus | undefined {
    if (!this.#followed) return this.#badge.status;
    return this.#many ? this.#many.worst : this.#heard;
  }

  /** What another thing was in is no state that this one comes from. */
  #forget(): void {
    this.#heard = undefined;
    this.#before = { ...this.#before, word: '' };
  }

  #drop(): void {
    this.#many?.stop();
    this.#many = undefined;
  }

  /** Once at a time; what could not be loaded is tried again with the next update. */
  #load(name: string, load: () => Promise<void>): void {
    if (this.#coming.has(name)) return;
    this.#coming.add(name);
    load()
      .then(() => this.#badge.requestUpdate(), console.warn)
      .finally(() => this.#coming.delete(name));
  }

  #adopt({ styleSheet }: CSSResult): void {
    const { adoptedStyleSheets } = this.#badge.renderRoot as ShadowRoot;
    if (styleSheet && !adoptedStyleSheets.includes(styleSheet)) adoptedStyleSheets.push(styleSheet);
  }
}
