/** What becomes of an instance that ended by itself: started anew after a while, or left alone. */
import type { InstanceExit } from '../../../../src/protocol/index.ts';
import type { RestartPolicy } from '../kinds.ts';
import { delayBefore } from './backoff.ts';

/** How an instance ended until now. */
export interface Ends {
  /** Ends since it last ran for `stableMs`. */
  readonly inARow: number;
  /** When it ended, ms since 1970, oldest first; only as many as the window can need. */
  readonly at: readonly number[];
}

/** A life that is over. */
export interface Life {
  /** ms since 1970. */
  readonly startedAt: number;
  readonly exit: InstanceExit;
}

/**
 * `restart`: after `delayMs`. `crashed`: it ended too often, and is left alone. `over`: its policy does not want it
 * back; `failed` when it did not end well.
 */
export type Verdict =
  | { readonly kind: 'restart'; readonly delayMs: number }
  | { readonly kind: 'crashed'; readonly ends: number }
  | { readonly kind: 'over'; readonly failed: boolean };

/** It never ended. */
export const NO_ENDS: Ends = Object.freeze({ inARow: 0, at: Object.freeze([]) });

/** It did not end as a program does that has done its work. What ended unseen, as when the machine went down, has failed. */
export function isFailure({ code, reason }: InstanceExit): boolean {
  return code !== 0 || reason === 'memory';
}

/**
 * Judges an end that nobody asked for.
 * @param random numbers in [0, 1).
 * @returns what is to be done, and what is to be handed in the next time.
 */
export function judgeEnd(
  before: Ends,
  { startedAt, exit }: Life,
  policy: RestartPolicy,
  random: () => number,
): { readonly verdict: Verdict; readonly ends: Ends } {
  const failed = isFailure(exit);
  const { when, stableMs, windowMs, maxInWindow } = policy;
  const isStable = exit.at - startedAt >= stableMs;
  // A wall clock that was put back must not make old ends younger than they are.
  const recent = before.at.filter((at) => at <= exit.at && exit.at - at < windowMs);
  const ends: Ends = { inARow: (isStable ? 0 : before.inARow) + 1, at: [...recent, exit.at] };
  if (when === 'never' || (when === 'on-failure' && !failed))
    return { verdict: { kind: 'over', failed }, ends };
  if (ends.at.length >= maxInWindow) return { verdict: { kind: 'crashed', ends: ends.at.length }, ends };
  return { verdict: { kind: 'restart', delayMs: delayBefore(ends.inARow - 1, policy, random) }, ends };
}
