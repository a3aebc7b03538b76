/** A threshold was crossed: told to the page, and said aloud. */
import { pageAnnouncer } from '../../a11y/announcer.ts';
import { stateMessages } from '../../i18n/states.ts';
import { formatList } from '../../i18n/times.ts';
import type { DetailsMessages } from './details-words.ts';
import type { Level } from './levels.ts';

/** Detail of `waooaw-threshold`. */
export interface ThresholdChange {
  readonly level: Level;
  readonly previous: Level;
  readonly value: number;
}

/** What is said of a crossing. */
export interface Crossing {
  readonly level: Level;
  readonly name: string;
  /** The number with its unit. */
  readonly value: string;
  readonly locale: string;
  readonly words: DetailsMessages;
}

/** Names in one sentence; the others are counted. */
const MOST_NAMES = 3;

/** The word for a level, as badges have it. */
export function levelWord(level: Level, locale: string): string {
  return stateMessages.get(locale)[level];
}

/** Says it: what is critical at once, the rest when there is a pause. A whole rack that crosses is one sentence. */
export function sayCrossing({ level, name, value, locale, words }: Crossing): void {
  const word = levelWord(level, locale);
  const group = (names: readonly string[]): string => {
    const rest = names.length - MOST_NAMES;
    const named = rest > 0 ? [...names.slice(0, MOST_NAMES), words.saidMore(rest)] : names;
    return words.saidTogether(names.length, word, formatList(named, locale));
  };
  pageAnnouncer().announce(words.said(name, word, value), level === 'critical' ? 'assertive' : 'polite', {
    key: `waooaw-metrics-widget ${level}`,
    item: name,
    group,
  });
}
