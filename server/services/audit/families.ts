/** The audit service's statistics as metric families. */
import { familyMaker, one } from '../../http/exposition.ts';
import type { ExposedFamily } from '../../http/exposition.ts';
import type { AuditStats } from './stats.ts';

const { gauge, counter } = familyMaker('waooaw_audit_');

/** For `/metrics`. */
export function auditFamilies(stats: AuditStats): readonly ExposedFamily[] {
  const levels = Object.entries(stats.entries).map(([level, value]) => ({ labels: { level }, value }));
  return [
    gauge('size', 'Entries in the trail.', one(stats.size)),
    gauge('checkpoint_size', 'Entries of the newest checkpoint.', one(stats.checkpointSize)),
    gauge('pending_gap', 'Entries that are missing and not yet told of.', one(stats.pendingGap)),
    counter('entries', 'Entries recorded, by level.', levels),
    counter('replayed', 'Requests answered from their idempotency key.', one(stats.replayed)),
    counter('blocked', 'Actions refused because they could not be recorded.', one(stats.blocked)),
    counter('missing', 'Entries that could not be recorded.', one(stats.missing)),
    counter('redacted', 'Values taken out of entries.', one(stats.redacted)),
    counter('checkpoints', 'Checkpoints signed.', one(stats.checkpoints)),
    counter('checkpoint_failures', 'Checkpoints not made or not kept.', one(stats.checkpointFailures)),
    counter('delivered_checkpoints', 'Checkpoints the receiver took.', one(stats.delivered)),
    counter('failed_attempts', 'Attempts to deliver a checkpoint that failed.', one(stats.failedAttempts)),
    gauge('searches', 'Searches under way.', one(stats.searches)),
    counter('refused_searches', 'Searches refused as one too many.', one(stats.refusedSearches)),
  ];
}
