/** How long to wait before the next attempt: longer each time, never beyond a limit, and not all at the same moment. */

/** The shortest and the longest wait. */
export interface Backoff {
  /** Before the first attempt, ms. */
  readonly delayMs: number;
  readonly maxDelayMs: number;
}

/** A wait is longer or shorter by up to this share: what failed together is not tried again together. */
export const JITTER = 0.2;

/** Beyond this a doubled delay is over every limit, and would no longer be a number. */
const MOST_DOUBLINGS = 64;

/** The wait without its jitter, ms. @param attempt how many attempts there were since it last went well, from 0. */
export function nominalDelay(attempt: number, { delayMs, maxDelayMs }: Backoff): number {
  return Math.min(maxDelayMs, delayMs * 2 ** Math.min(attempt, MOST_DOUBLINGS));
}

/** The wait, whole ms. @param random numbers in [0, 1). */
export function delayBefore(attempt: number, backoff: Backoff, random: () => number): number {
  const nominal = nominalDelay(attempt, backoff);
  const spread = 1 - JITTER + 2 * JITTER * random();
  return Math.min(backoff.maxDelayMs, Math.round(nominal * spread));
}
