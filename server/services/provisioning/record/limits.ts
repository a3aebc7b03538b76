/** The record's limits: each an option with a default and a unit. */

/** How much of the past is kept, and how often it is written. */
export interface RecordLimits {
  /** The longest that progress and lines of logs wait to be written, ms. Nothing else ever waits. */
  readonly operationPersistIntervalMs: number;
  /** Lines of one operation's log; beyond it the oldest go. */
  readonly maxOperationLogLines: number;
  /** Longest line of an operation's log, characters; what is longer is cut. */
  readonly maxOperationLineLength: number;
  /** Lines, of all operations, that wait for a database that refuses. Beyond it the oldest are lost, which is said. */
  readonly maxUnwrittenLogLines: number;
  /** How long operations are kept after their end, with their logs, ms. The last one of each agent stays as long as the agent. */
  readonly keepOperationsMs: number;
  /** Operations that are kept after their end, whatever their age; beyond it the oldest go. */
  readonly maxKeptOperations: number;
  /** How long an idempotency key names its operation, ms. */
  readonly keepKeysMs: number;
  /** How long a deleted agent stays known, ms. Its id may be given again at once. */
  readonly keepRevokedAgentsMs: number;
  /** Deleted agents that stay known, whatever their age; beyond it those that were deleted first go. */
  readonly maxRevokedAgents: number;
  /** Configurations that are kept of one agent. */
  readonly maxConfigurationsPerAgent: number;
  /** Runs of one stage that the next is expected by. */
  readonly maxStageDurations: number;
  /** How long the duration of a stage counts for what is expected, ms. */
  readonly keepStageDurationsMs: number;
  /** How often what is too old is removed, ms. */
  readonly provisioningPruneIntervalMs: number;
}

const DAY_MS = 86_400_000;

/** The defaults. */
export const DEFAULT_RECORD_LIMITS: RecordLimits = Object.freeze({
  operationPersistIntervalMs: 1_000,
  maxOperationLogLines: 10_000,
  maxOperationLineLength: 4_096,
  maxUnwrittenLogLines: 100_000,
  keepOperationsMs: 90 * DAY_MS,
  maxKeptOperations: 100_000,
  keepKeysMs: DAY_MS,
  keepRevokedAgentsMs: 30 * DAY_MS,
  maxRevokedAgents: 10_000,
  maxConfigurationsPerAgent: 100,
  maxStageDurations: 50,
  keepStageDurationsMs: 180 * DAY_MS,
  provisioningPruneIntervalMs: 3_600_000,
});
