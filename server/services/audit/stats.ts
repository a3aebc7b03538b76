/** Counts of the audit service. */

/** As they stand. */
export interface AuditStats {
  /** Entries in the trail, now. */
  readonly size: number;
  /** Entries of the newest checkpoint, now. */
  readonly checkpointSize: number;
  /** Since the start, by level. */
  readonly entries: Readonly<Record<'info' | 'warning' | 'error' | 'critical', number>>;
  /** Requests that were answered from their idempotency key, since the start. */
  readonly replayed: number;
  /** Actions refused because their entry could not be written, since the start. */
  readonly blocked: number;
  /** Entries that are missing, since the start. */
  readonly missing: number;
  /** Entries that are missing and not yet told of in the trail, now. */
  readonly pendingGap: number;
  /** Values replaced by redaction, since the start. */
  readonly redacted: number;
  /** Checkpoints made, and failures to keep one in the second place, since the start. */
  readonly checkpoints: number;
  readonly checkpointFailures: number;
  /** Checkpoints brought to the receiver, and attempts that failed, since the start. */
  readonly delivered: number;
  readonly failedAttempts: number;
  /** Searches for callers that are under way, now. */
  readonly searches: number;
  /** Searches refused because as many were under way as may be, since the start. */
  readonly refusedSearches: number;
}
