/** Until when a check's last result counts as of now. */
import type { CheckStatus } from '../../protocol/health.ts';

/** Results older than this many intervals are stale. */
const MISSED_RUNS = 3;
/** Until a result says how often the check runs, ms. */
const USUAL_INTERVAL_MS = 10_000;

/** ms since 1970; undefined before its first result. What is paused is not waited for. */
export function dueOf({
  at,
  intervalMs = USUAL_INTERVAL_MS,
  word,
}: Partial<CheckStatus>): number | undefined {
  if (word === 'paused') return Number.MAX_SAFE_INTEGER;
  return at === undefined ? undefined : at + intervalMs * MISSED_RUNS;
}
