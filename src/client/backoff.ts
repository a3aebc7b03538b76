/** How long to wait before the next try: exponential, with full jitter, so that a fleet does not come back at once. */

/** The shape of the waiting. */
export interface BackoffOptions {
  /** Upper bound of the first wait, ms. Default 500. */
  readonly firstMs?: number;
  /** Upper bound of every wait, ms. Default 20,000. */
  readonly capMs?: number;
}

/**
 * The wait before try number `attempt`.
 * @param attempt from 0.
 * @param random 0 ≤ random < 1.
 * @returns ms, between 0 and the smaller of `capMs` and `firstMs · 2^attempt`.
 */
export function backoffMs(attempt: number, random: number, options: BackoffOptions = {}): number {
  const { firstMs = 500, capMs = 20_000 } = options;
  return Math.round(random * Math.min(capMs, firstMs * 2 ** Math.min(attempt, 30)));
}
