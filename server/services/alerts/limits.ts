/** The alert machine's limits: each an option with a default and a unit. */

/** How much is watched and kept, and how stubbornly is told. */
export interface AlertsLimits {
  /** Rules, of the file and of the API together. */
  readonly maxRules: number;
  /** Alerts, and groups that are watched for no data. Beyond it a rule says `query_limit` and new groups are counted. */
  readonly maxAlerts: number;
  /** Silences that are not over. */
  readonly maxSilences: number;
  /** Rules that are evaluated at once. */
  readonly evaluationConcurrency: number;
  /** Time for a query to answer, ms. */
  readonly evaluationTimeoutMs: number;
  /** How long resolved alerts stay in the snapshot, and ended silences in their list, ms. */
  readonly keepResolvedMs: number;
  /** Weighted share of changes among the last 21 states from which an alert flaps, percent. */
  readonly flapStartPercent: number;
  /** The share at which it does not any more, percent. */
  readonly flapStopPercent: number;
  /** Alerts of one notice; `truncatedAlerts` says how many more there are. */
  readonly maxNoticeAlerts: number;
  /** Time for a receiver to answer, ms. */
  readonly noticeTimeoutMs: number;
  /** The longest pause after the first failed attempt, ms; it doubles with each. */
  readonly noticeRetryMinMs: number;
  /** The longest pause between two attempts, ms. */
  readonly noticeRetryMaxMs: number;
  /** The longest `retry-after` that is obeyed, ms. */
  readonly noticeRetryAfterMaxMs: number;
  /** Refusals (4xx but 408 and 429, and redirects) until a notice without a resolve is given up. */
  readonly maxNoticeRefusals: number;
  /** Notices that were given up and are kept; the oldest are dropped. */
  readonly maxDeadNotices: number;
}

/** The defaults. */
export const DEFAULT_ALERTS_LIMITS: AlertsLimits = Object.freeze({
  maxRules: 1_000,
  maxAlerts: 10_000,
  maxSilences: 1_000,
  evaluationConcurrency: 8,
  evaluationTimeoutMs: 10_000,
  keepResolvedMs: 3_600_000,
  flapStartPercent: 30,
  flapStopPercent: 20,
  maxNoticeAlerts: 500,
  noticeTimeoutMs: 10_000,
  noticeRetryMinMs: 1_000,
  noticeRetryMaxMs: 300_000,
  noticeRetryAfterMaxMs: 3_600_000,
  maxNoticeRefusals: 5,
  maxDeadNotices: 1_000,
});
