/** What each check was shown as, and when that changed. */
import type { CheckStatus, CheckWord } from '../../../../src/protocol/index.ts';
import type { Row } from '../../../ports/database.ts';
import { transitionOf } from './rows.ts';
import type { KeptTransition } from './rows.ts';

/** The word that a check is shown with, and since when, ms since 1970. */
interface Shown {
  readonly word: CheckWord;
  readonly at: number;
}

/** A check's latest changes of words: one row each, of all checks. */
export const LATEST_SQL = `SELECT sequence, check_id, at, word_before, word, reason FROM health_transition
  WHERE sequence IN (SELECT max(sequence) FROM health_transition GROUP BY check_id)`;

/** Words that stand above a state. */
const ABOVE: ReadonlySet<CheckWord> = new Set(['paused', 'maintenance', 'unreachable']);
const AWAY = 'The server did not look';
const GONE = 'The check was removed';

/** Tells changes of words from repetitions, and when they were. */
export class Timeline {
  readonly #shown = new Map<string, Shown>();
  /** The last result of before, by check: it says nothing of now. */
  readonly #stale = new Map<string, number | undefined>();
  readonly #fresh = new Set<string>();
  readonly #excused = new Map<string, number>();
  #next = 1;
  #beganAt = 0;

  /**
   * Goes on from where the last run ended.
   * @param rows of `LATEST_SQL`.
   * @param aliveAt the last sign of life, ms since 1970.
   * @returns the changes that this is, to be kept.
   */
  begin(rows: readonly Row[], aliveAt: number, now: number): readonly KeptTransition[] {
    const latest = rows.map(transitionOf);
    this.#next = latest.reduce((most, { sequence }) => Math.max(most, sequence), 0) + 1;
    for (const { check, to, at } of latest) this.#shown.set(check, { word: to, at });
    return this.away(aliveAt, now);
  }

  /**
   * Nobody looked between two moments: each check that was shown as something is unknown from the first of them, until it
   * has a result from after the second.
   * @returns the changes that this is, to be kept.
   */
  away(from: number, to: number): readonly KeptTransition[] {
    this.#beganAt = to;
    this.#fresh.clear();
    this.#stale.clear();
    return [...this.#shown]
      .filter(([, { word }]) => word !== 'unknown')
      .map(([check]) => this.#change(check, 'unknown', from, to, AWAY));
  }

  /** True once a result has come in since somebody looks (again). Until then a state is what is left of before. */
  isFresh({ check, at }: CheckStatus): boolean {
    if (this.#fresh.has(check)) return true;
    if (at === undefined) return false;
    if (!this.#stale.has(check) && at < this.#beganAt) this.#stale.set(check, at);
    if (this.#stale.get(check) === at) return false;
    this.#stale.delete(check);
    this.#fresh.add(check);
    return true;
  }

  /** @returns the change, when it is one. */
  observe(status: CheckStatus, now: number): KeptTransition | undefined {
    const { check, word, since, at, reason } = status;
    const before = this.#shown.get(check)?.word ?? 'unknown';
    if (word === before) return undefined;
    return this.#change(check, word, this.#began(before, since, at ?? now, now), now, reason);
  }

  /** Until when a window, a pause or a parent stood above its state, ms since 1970: no failure began before that. */
  excusedUntil(check: string): number {
    return this.#excused.get(check) ?? 0;
  }

  /** The check is no more. @returns the change, when it is one. */
  forget(check: string, now: number): KeptTransition | undefined {
    const shown = this.#shown.get(check);
    const change =
      shown && shown.word !== 'unknown' ? this.#change(check, 'unknown', now, now, GONE) : undefined;
    this.#fresh.delete(check);
    this.#stale.delete(check);
    this.#excused.delete(check);
    return change;
  }

  /** Nothing of its past is kept any more, unless it changed since, ms since 1970. */
  drop(check: string, since: number): void {
    if ((this.#shown.get(check)?.at ?? since) < since) this.#shown.delete(check);
  }

  /** When a word began, as far as it is known here. */
  #began(before: CheckWord, since: number, at: number, now: number): number {
    // What it was in a window or during a pause was not what it was shown as: no failure is dated back to there.
    if (ABOVE.has(before)) return now;
    return since < this.#beganAt ? Math.max(at, this.#beganAt) : since;
  }

  #change(check: string, to: CheckWord, at: number, now: number, reason?: string): KeptTransition {
    const shown = this.#shown.get(check);
    // Between the change before and now, unless the wall clock was put back.
    const time = Math.min(Math.max(at, shown?.at ?? 0), now);
    const from = shown?.word ?? 'unknown';
    if (ABOVE.has(from)) this.#excused.set(check, time);
    const sequence = this.#next++;
    this.#shown.set(check, { word: to, at: time });
    return { sequence, check, at: time, from, to, ...(reason !== undefined && { reason }) };
  }
}
