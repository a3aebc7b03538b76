/** What a badge does after its first paint: it follows its check, tells its changes, and says those that matter. */
import type { ReactiveControllerHost } from 'lit';
import { pageAnnouncer } from '../../a11y/announcer.ts';
import type { Freshness } from '../../client/freshness.ts';
import { LocaleController } from '../../i18n/locale-controller.ts';
import { stateMessages } from '../../i18n/states.ts';
import type { StateMessages } from '../../i18n/states.ts';
import type { CheckStatus } from '../../protocol/health.ts';
import { STATE_WORDS } from '../../protocol/states.ts';
import type { StateInfo } from '../../protocol/states.ts';
import { ChannelController } from '../channel-controller.ts';
import { badgeMessages } from './words.ts';
import type { BadgeMessages } from './words.ts';

/** The badge, as its living part sees it. */
export interface BadgeHost extends ReactiveControllerHost, HTMLElement {
  readonly messages: BadgeTexts | undefined;
}

/** Texts of one badge's own: its notes, and the vocabulary's labels by word. */
export type BadgeTexts = Partial<BadgeMessages & StateMessages>;

/** Detail of `waooaw-state-change`. */
export interface BadgeChange {
  readonly state: string;
  readonly previous: string;
  readonly severity: string;
}

/** Results older than this many intervals are stale. */
const MISSED_RUNS = 3;
/** Names in one sentence; the others are counted. */
const MOST_NAMES = 3;
/** Until a result says how often the check runs, ms. */
const USUAL_INTERVAL_MS = 10_000;

const NOTES: Partial<Record<Freshness, 'noteLoading' | 'noteStale' | 'noteEmpty' | 'noteError'>> = {
  loading: 'noteLoading',
  stale: 'noteStale',
  empty: 'noteEmpty',
  error: 'noteError',
};

const warned = new Set<string>();

/**
 * The living part of a badge. Nobody may look at it: out of sight or in a hidden page it hears its check's latest result
 * at most every ten seconds, and still says what matters of it.
 */
export class LiveBadge {
  readonly channel: ChannelController;
  /** The last result of the check that is followed. */
  status: CheckStatus | undefined;
  readonly #badge: BadgeHost;
  readonly #locale: LocaleController;
  #shown: StateInfo;
  #check = '';

  /** @param shown the state of the first paint, which is no change. */
  constructor(badge: BadgeHost, shown: StateInfo) {
    this.#badge = badge;
    this.#locale = new LocaleController(badge);
    this.#shown = shown;
    // Made now, although nothing is said yet: screen readers miss what a region says that has only just appeared.
    pageAnnouncer();
    badge.shadowRoot?.addEventListener('slotchange', () => badge.requestUpdate());
    const heard = (data: unknown): void => {
      this.status = data as CheckStatus;
      badge.requestUpdate();
    };
    this.channel = new ChannelController(badge, {
      snapshot: heard,
      publication: heard,
      forget: () => this.#forget(),
      dataTime: () => this.status?.at,
      staleAfterMs: () => (this.status?.intervalMs ?? USUAL_INTERVAL_MS) * MISSED_RUNS,
    });
  }

  /** A state with its label in the badge's language; a word that the vocabulary does not list stays as it is. */
  named(info: StateInfo): StateInfo {
    const labels = stateMessages.get(this.#locale.locale, this.#own(true)) as Readonly<
      Record<string, string>
    >;
    const label = Object.hasOwn(labels, info.word) ? labels[info.word] : undefined;
    if (label !== undefined || !info.word) return { ...info, label: label ?? info.label };
    if (!warned.has(info.word)) console.warn(`<waooaw-status-badge>: "${info.word}" is no known state`);
    warned.add(info.word);
    return info;
  }

  /**
   * What is wrong, in words; empty when nothing is: with what is shown, and with what it is about. Text, because a
   * tooltip is for those alone who can hover.
   * @param severity of what is shown: what is as it should be, or on its way there, needs no reason.
   */
  note(severity: string): string {
    const { freshness, refused } = this.channel;
    const good = severity === 'ok' || severity === 'info' || severity === 'neutral';
    const why = freshness === 'error' ? refused?.message : good ? '' : this.status?.reason;
    const note = NOTES[freshness];
    return [note && this.#texts[note], why].filter(Boolean).join(': ');
  }

  /** Follows a check, or none. */
  follow(check: string): void {
    if (check !== this.#check) this.#forget();
    this.#check = check;
    this.channel.follow(check ? `health/${check}` : undefined);
  }

  /** What another thing was in is no state that this one comes from. */
  #forget(): void {
    this.status = undefined;
    this.#shown = { ...this.#shown, word: '' };
  }

  /** What is shown now. Tells and says what changed. */
  show(info: StateInfo, name: string): void {
    const box = this.#badge.shadowRoot?.querySelector<HTMLElement>('.badge');
    const reason = this.status?.reason ?? '';
    if (box && box.title !== reason) box.title = reason;
    const before = this.#shown;
    // Until something has been heard of a check there is no state that could change.
    if (this.channel.freshness === 'loading' || before.word === info.word) return;
    this.#shown = info;
    if (before.word === '') return;
    this.#say(name, before, info);
    const detail: BadgeChange = { state: info.word, previous: before.word, severity: info.severity };
    this.#badge.dispatchEvent(
      new CustomEvent('waooaw-state-change', { detail, bubbles: true, composed: true }),
    );
  }
  /** A failure at once; a degradation and a recovery when there is a pause; nothing else. */
  #say(name: string, before: StateInfo, { word, severity, label }: StateInfo): void {
    const bad = (one: string): boolean => one === 'degraded' || one === 'critical';
    if (!bad(severity) && !(severity === 'ok' && bad(before.severity))) return;
    const texts = this.#texts;
    const { locale } = this.#locale;
    // A whole rack that goes down is one sentence.
    const group = (names: readonly string[]): string => {
      const rest = names.length - MOST_NAMES;
      const named = rest > 0 ? [...names.slice(0, MOST_NAMES), texts.saidMore(rest)] : names;
      return texts.saidTogether(names.length, label, new Intl.ListFormat(locale).format(named));
    };
    pageAnnouncer().announce(texts.said(name, label), severity === 'critical' ? 'assertive' : 'polite', {
      key: `waooaw-status-badge ${word}`,
      item: name,
      group,
    });
  }

  get #texts(): BadgeMessages {
    return badgeMessages.get(this.#locale.locale, this.#own(false));
  }

  /** The badge's own texts: those of states, or the others. */
  #own(states: boolean): BadgeTexts | undefined {
    const { messages } = this.#badge;
    if (!messages) return undefined;
    const words = Object.entries(messages).filter(([name]) => STATE_WORDS.includes(name) === states);
    return Object.fromEntries(words);
  }
}
