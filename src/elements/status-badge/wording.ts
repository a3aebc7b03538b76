/** How badges word things: states in the reader's language, notes, times. */
import { countText } from '../../i18n/format.ts';
import type { LocaleController } from '../../i18n/locale-controller.ts';
import type { MessageSource, Messages } from '../../i18n/messages.ts';
import { stateMessages } from '../../i18n/states.ts';
import { formatDuration, formatList } from '../../i18n/times.ts';
import { findState } from '../../protocol/states.ts';
import type { StateInfo } from '../../protocol/states.ts';
import type { BadgeStatus } from './host.ts';
import { badgeMessages } from './words.ts';
import type { BadgeMessages } from './words.ts';

/** Names in one sentence; the others are counted. */
const MOST_NAMES = 3;

const warned = new Set<string>();

/** The words of one element. */
export class Wording {
  /** For times that are followed. */
  readonly controller: LocaleController;
  readonly #tag: string;
  readonly #given: () => object | undefined;

  /**
   * @param tag names the element in warnings.
   * @param given its own texts.
   */
  constructor(tag: string, locale: LocaleController, given: () => object | undefined) {
    this.#tag = tag;
    this.controller = locale;
    this.#given = given;
  }

  get locale(): string {
    return this.controller.locale;
  }

  /** For `Intl`; undefined: the reader's own. */
  get timeZone(): string | undefined {
    return this.controller.timeZone;
  }

  get texts(): BadgeMessages {
    return this.of(badgeMessages);
  }

  /** A state with its label in the page's language; a word that the vocabulary does not list stays as it is. */
  named(info: StateInfo): StateInfo {
    const labels = this.of(stateMessages) as Readonly<Record<string, string>>;
    const label = Object.hasOwn(labels, info.word) ? labels[info.word] : undefined;
    if (label !== undefined || !info.word) return { ...info, label: label ?? info.label };
    if (!warned.has(info.word)) console.warn(`<${this.#tag}>: "${info.word}" is no known state`);
    warned.add(info.word);
    return info;
  }

  /** What a word means, with its label; a word that is not listed is unknown, and stays as it is. */
  infoOf(word: string): StateInfo {
    return this.named(findState(word || 'unknown') ?? { ...findState('unknown')!, word, label: word });
  }

  /**
   * What is wrong with a thing itself, in words; empty when nothing is.
   * @param severity of what is shown: what is as it should be, or on its way there, needs no reason.
   */
  trouble(status: BadgeStatus, severity: string): string {
    const { reason, causedBy, unreachableBy } = status;
    const { texts } = this;
    const good = severity === 'ok' || severity === 'info' || severity === 'neutral';
    const why = [
      reason,
      causedBy && texts.noteCausedBy(causedBy),
      unreachableBy && texts.noteBehind(unreachableBy),
    ];
    return [...(good ? [] : why), this.flapping(status)].filter(Boolean).join(', ');
  }

  /** "Flapping ×7 in 5 min", or nothing. */
  flapping({ flapping }: BadgeStatus): string {
    if (!flapping) return '';
    const { changes, windowMs } = flapping;
    const span = formatDuration(windowMs / 1000, this.locale, 'short', 1);
    return this.texts.flapping(changes, countText(changes, this.locale), span);
  }

  /** "A, B, C, and 4 more". */
  list(names: readonly string[]): string {
    const rest = names.length - MOST_NAMES;
    const named = rest > 0 ? [...names.slice(0, MOST_NAMES), this.texts.saidMore(rest)] : names;
    return formatList(named, this.locale);
  }

  /** What a component says, with the element's own texts above it: those that are of that component. */
  of<Texts extends Messages>(source: MessageSource<Texts>): Texts {
    const texts = source.get(this.locale);
    const given = Object.entries(this.#given() ?? {}).filter(([name]) => Object.hasOwn(texts, name));
    if (given.length === 0) return texts;
    return source.get(this.locale, Object.fromEntries(given) as Partial<Texts>);
  }
}
