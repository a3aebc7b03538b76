/** Which of many is the worst, and how many are in which state. */
import { findState } from '../../protocol/states.ts';
import type { Severity } from '../../protocol/states.ts';
import type { BadgeStatus } from './host.ts';

/** The vocabulary's order, as a number: its list would come with what every badge needs at once. */
const RANKS: Readonly<Record<Severity, number>> = {
  ok: 0,
  neutral: 1,
  info: 2,
  unknown: 3,
  degraded: 4,
  critical: 5,
};

/** What somebody meant to happen says nothing of the whole, as long as there is anything else. */
const SET_ASIDE: readonly string[] = ['paused', 'maintenance'];

/** The word that a thing is shown as. */
export function wordOf({ word, state }: BadgeStatus): string {
  return word || state || 'unknown';
}

/** From good to bad. A word that is not listed is unknown. */
export function rankOf(word: string): number {
  return RANKS[findState(word)?.severity ?? 'unknown'];
}

/** Worst first; what is equally bad in the order of its words, so that one kind stands together. */
export function compareWords(a: string, b: string): number {
  return rankOf(b) - rankOf(a) || (a === b ? 0 : a < b ? -1 : 1);
}

/** How many are shown as what, worst first. */
export function countWords(
  list: readonly BadgeStatus[],
): readonly (readonly [word: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const one of list) counts.set(wordOf(one), (counts.get(wordOf(one)) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => compareWords(a, b));
}

/** The word of the whole; undefined for nothing. */
export function worstWord(list: readonly BadgeStatus[]): string | undefined {
  const words = countWords(list).map(([word]) => word);
  return words.find((word) => !SET_ASIDE.includes(word)) ?? words[0];
}
