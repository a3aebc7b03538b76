/** The health checker's limits: each an option with a default and a unit. */
import { DEFAULT_RECORD_LIMITS } from './record/limits.ts';
import type { RecordLimits } from './record/limits.ts';

/** How much is watched and kept, and how hard. */
export interface HealthLimits extends RecordLimits {
  /** Checks of the file and of the API together; those of the server's own services come on top. */
  readonly maxChecks: number;
  /** Looks at once. */
  readonly checkConcurrency: number;
  /** Looks at once at one host. */
  readonly checkConcurrencyPerHost: number;
  /** A process that stood still for as long during a look makes a failure no result, ms. */
  readonly checkStallMs: number;
  /** Attempts to mend something, of all checks together, in any minute. */
  readonly maxRemediationsPerMinute: number;
  /** Attempts to mend something at once. */
  readonly remediationConcurrency: number;
}

/** The defaults. */
export const DEFAULT_HEALTH_LIMITS: HealthLimits = Object.freeze({
  ...DEFAULT_RECORD_LIMITS,
  maxChecks: 2_000,
  checkConcurrency: 64,
  checkConcurrencyPerHost: 6,
  checkStallMs: 1_000,
  maxRemediationsPerMinute: 10,
  remediationConcurrency: 4,
});
