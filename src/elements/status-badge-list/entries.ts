/** What a list shows, in its order: the worst first, and where it stands for as long as somebody is at it. */
import { intl } from '../../i18n/intl.ts';
import { compareWords, wordOf } from '../status-badge/ranking.ts';
import type { ListedStatus } from './host.ts';

/** One thing of the list. */
export interface Entry {
  /** Unlike those of all others. */
  readonly key: string;
  readonly name: string;
  readonly word: string;
  readonly status: ListedStatus;
}

/** Things by their keys. Of several with one id the last counts; what has neither id nor title is left out. */
export function readEntries(items: readonly ListedStatus[]): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const status of items) {
    const key = status?.check || status?.title;
    if (!key) continue;
    entries.set(key, { key, name: status.title || key, word: wordOf(status), status });
  }
  return entries;
}

/** Keeps the order between two renderings. */
export class Order {
  #keys: readonly string[] = [];

  /**
   * @param held those that are there stay where they are; newcomers stand behind them.
   */
  arrange(entries: ReadonlyMap<string, Entry>, locale: string, held: boolean): readonly Entry[] {
    this.#keys = held
      ? [...new Set([...this.#keys.filter((key) => entries.has(key)), ...entries.keys()])]
      : worstFirst([...entries.values()], locale);
    return this.#keys.flatMap((key) => entries.get(key) ?? []);
  }
}

function worstFirst(entries: readonly Entry[], locale: string): string[] {
  const { compare } = intl(Intl.Collator, locale, { numeric: true });
  return [...entries]
    .sort((a, b) => compareWords(a.word, b.word) || compare(a.name, b.name))
    .map(({ key }) => key);
}
