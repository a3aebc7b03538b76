/** Finds options by what is typed, and where in a label it was found. */
import { fold, foldWithStarts } from './fold.ts';
import type { Option } from './option.ts';

/** `[from, to)` in the UTF-16 units of the label. */
export type Range = readonly [from: number, to: number];

/** The words of a query, folded: an option matches when its label or its group holds each of them. */
export function wordsOf(query: string): string[] {
  return fold(query.slice(0, MOST_TYPED)).split(/\s+/).filter(Boolean);
}

/** Of what was typed or pasted, so much is searched for. */
const MOST_TYPED = 200;

/** Searches one list. Keeps what it found last: one more letter looks only at what the letters before had left. */
export class Search {
  #all: readonly Option[] = [];
  #keys: string[] | undefined;
  #found: number[] | undefined;
  #words: string[] = [];

  /** Another list. */
  use(all: readonly Option[]): void {
    if (all === this.#all) return;
    this.#all = all;
    this.#keys = this.#found = undefined;
    this.#words = [];
  }

  /** The options that match, in their order; all of them for an empty query. */
  find(query: string): readonly Option[] {
    const all = this.#all;
    const words = wordsOf(query);
    if (words.length === 0) return all;
    const keys = (this.#keys ??= keysOf(all));
    const { length } = this.#words;
    // Narrower: as many words or more, each beginning as the one before did.
    const before = this.#found;
    const narrower =
      before !== undefined &&
      words.length >= length &&
      this.#words.every((word, i) => words[i]?.includes(word));
    const found: number[] = [];
    const look = (i: number): void => {
      const key = keys[i] ?? '';
      for (const word of words) if (!key.includes(word)) return;
      found.push(i);
    };
    if (narrower) for (const i of before) look(i);
    else for (let i = 0; i < all.length; i += 1) look(i);
    this.#found = found;
    this.#words = words;
    return found.map((i) => all[i]!);
  }
}

function keysOf(all: readonly Option[]): string[] {
  const groups = new Map<string, string>();
  const groupKey = (group: string): string => {
    let key = groups.get(group);
    if (key === undefined) groups.set(group, (key = group && `\n${fold(group)}`));
    return key;
  };
  return all.map(({ label, group }) => fold(label) + groupKey(group));
}

/**
 * Where the words stand in a label, for marking: whole characters of the original, sorted, without overlaps.
 * @param words as {@link wordsOf} gives them.
 */
export function rangesIn(label: string, words: readonly string[]): Range[] {
  if (words.length === 0) return [];
  const { text, starts } = foldWithStarts(label);
  const startOf = (unit: number): number => (starts ? (starts[unit] ?? label.length) : unit);
  // To where the next character begins: an `ß` found by one `s` is marked whole, and accents go with their letter.
  const endOf = (last: number): number => {
    let next = last + 1;
    while (next < text.length && startOf(next) === startOf(last)) next += 1;
    return startOf(next);
  };
  const found: [number, number][] = [];
  for (const word of words) {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
      found.push([startOf(at), endOf(at + word.length - 1)]);
    }
  }
  const ranges: [number, number][] = [];
  for (const [from, to] of found.sort((a, b) => a[0] - b[0])) {
    const last = ranges.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else ranges.push([from, to]);
  }
  return ranges;
}
