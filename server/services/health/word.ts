/** What a check is shown as, since when, and what many are together. */
import type { CheckState, CheckWord } from '../../../src/protocol/index.ts';

/** What stands above a state. */
export interface Standing {
  readonly state: CheckState;
  readonly paused: boolean;
  readonly maintenance: boolean;
  readonly unreachable: boolean;
}

/** From best to worst: not knowing never masks a failure. */
const WORSE: readonly CheckState[] = ['up', 'unknown', 'degraded', 'down'];

/** The word to show: paused, maintenance, unreachable, the state; the first that applies. */
export function wordOf({ state, paused, maintenance, unreachable }: Standing): CheckWord {
  if (paused) return 'paused';
  if (maintenance) return 'maintenance';
  return unreachable ? 'unreachable' : state;
}

/**
 * When a word began, ms since 1970. A state that the check's own results led to began with the first of them, unless
 * something else stood above it then.
 * @param before the word until now; undefined: there was none.
 * @param at now, ms since 1970.
 * @param hardSince when the hard state began, ms since 1970, given only where it changed right now.
 */
export function sinceOf(
  before: { readonly word: CheckWord; readonly since: number } | undefined,
  word: CheckWord,
  at: number,
  hardSince?: number,
): number {
  if (before?.word === word) return before.since;
  if (hardSince === undefined || !isState(word) || (before && !isState(before.word))) return at;
  return Math.min(at, Math.max(hardSince, before?.since ?? hardSince));
}

/** The worst state; nothing at all is `unknown`. */
export function worstOf(states: Iterable<CheckState>): CheckState {
  let worst = -1;
  for (const state of states) worst = Math.max(worst, WORSE.indexOf(state));
  return WORSE[worst] ?? 'unknown';
}

/** The whole: the worst critical check, without those that nothing can be said of now. */
export function overallOf(
  checks: Iterable<{ readonly critical: boolean; readonly state: CheckState; readonly word: CheckWord }>,
): CheckState {
  const states: CheckState[] = [];
  for (const { critical, state, word } of checks) if (critical && isState(word)) states.push(state);
  return worstOf(states);
}

function isState(word: CheckWord): word is CheckState {
  return word !== 'paused' && word !== 'maintenance' && word !== 'unreachable';
}
