/** The audit service's limits: each an option with a default and a unit. */
import type { AuditLevel } from '../../../src/protocol/index.ts';

/** What becomes of an action whose entry cannot be written: it is refused, or done and counted as missing. */
export type OnFailure = 'block' | 'gap';

/** How much an entry holds, how much is answered, and how often is signed. */
export interface AuditLimits {
  /** Bytes of an entry as canonical JSON. */
  readonly maxEntryBytes: number;
  /** Entries of one request. */
  readonly maxBatchEntries: number;
  /** Levels of arrays and objects in before, after and details each, the outermost one included. */
  readonly maxEntryDepth: number;
  /** Entries of a page, where the caller does not say. */
  readonly auditPageItems: number;
  /** Entries of a page, at most. */
  readonly maxAuditPageItems: number;
  /** Characters of a query. */
  readonly maxAuditQueryLength: number;
  /** Values of a facet. */
  readonly maxFacetValues: number;
  /** Days that statistics are given of. */
  readonly maxStatisticsDays: number;
  /** Newest entries that a live channel begins with. */
  readonly auditSnapshotItems: number;
  /** Bytes of one publication, and of what a live channel begins with; one entry is always told. */
  readonly maxAuditPublicationBytes: number;
  /** The shortest time between two checkpoints that nobody asked for, ms. */
  readonly checkpointIntervalMs: number;
  /** Time for a receiver of checkpoints to answer, ms. */
  readonly checkpointTimeoutMs: number;
  /** Attempts to bring a checkpoint to a receiver; a newer one takes its place in any case. */
  readonly maxCheckpointAttempts: number;
  /** The pause after the first failed attempt, ms; it doubles with each. */
  readonly checkpointRetryMs: number;
  /** Until a gap is tried to be written again, ms. */
  readonly gapRetryMs: number;
  /** How long the same query of the same reader is not recorded again after it was asked last, ms. */
  readonly readFoldMs: number;
  /** When the same query is recorded again although it never ceased, ms. */
  readonly readRepeatMs: number;
  /** Queries of readers that are remembered to that end. */
  readonly maxFoldedReads: number;
  /** Entries for distinct queries of one reader within `readWindowMs`; further ones are counted in one entry. */
  readonly maxReadEntries: number;
  /** How long these are counted together, ms. */
  readonly readWindowMs: number;
  /** Bytes of a query's text that its entry keeps; of a longer one it has the SHA-256 too. */
  readonly maxReadQueryBytes: number;
  /** Readers whose further queries are counted apart at once; those of all others are counted together. */
  readonly maxCountedReaders: number;
  /** Searches of one caller at once; an export or a report is one for as long as it is made. */
  readonly maxOwnAuditSearches: number;
  /** Searches of all callers at once. */
  readonly maxAuditSearches: number;
  /** Entries that are read for one report. */
  readonly maxReportEntries: number;
  /** Groups and entries of a list in a report. */
  readonly maxReportItems: number;
  /** Bytes of the checkpoint file, from which on it is put aside, and another one begins. */
  readonly maxCheckpointFileBytes: number;
  /** What becomes of an action whose entry cannot be written, by the entry's level. */
  readonly onFailure: Readonly<Record<AuditLevel, OnFailure>>;
}

/** The defaults. */
export const DEFAULT_AUDIT_LIMITS: AuditLimits = Object.freeze({
  maxEntryBytes: 65_536,
  maxBatchEntries: 1_000,
  maxEntryDepth: 32,
  auditPageItems: 50,
  maxAuditPageItems: 500,
  maxAuditQueryLength: 2_048,
  maxFacetValues: 100,
  maxStatisticsDays: 92,
  auditSnapshotItems: 50,
  maxAuditPublicationBytes: 262_144,
  checkpointIntervalMs: 1_000,
  checkpointTimeoutMs: 10_000,
  maxCheckpointAttempts: 5,
  checkpointRetryMs: 1_000,
  gapRetryMs: 5_000,
  readFoldMs: 60_000,
  readRepeatMs: 3_600_000,
  maxFoldedReads: 10_000,
  maxReadEntries: 60,
  readWindowMs: 60_000,
  maxReadQueryBytes: 1_024,
  maxCountedReaders: 1_000,
  maxOwnAuditSearches: 4,
  maxAuditSearches: 32,
  maxReportEntries: 500_000,
  maxReportItems: 100,
  maxCheckpointFileBytes: 8_388_608,
  onFailure: Object.freeze({ info: 'block', warning: 'block', error: 'block', critical: 'block' }),
});
