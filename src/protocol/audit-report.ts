/** The compliance report: who did what to which resources in a period. */
import type { AuditActor, AuditRecord, AuditResource, AuditResult } from './audit.ts';

/** The largest groups, and what is not listed. */
export interface ReportGroups<T> {
  readonly items: readonly T[];
  /** Groups that are not listed. */
  readonly more: number;
  /** There are more than that: so many groups are not told apart. */
  readonly orMore?: true;
}

/** The newest entries of a kind, newest first, and how many are not listed. */
export interface ReportEntries {
  readonly items: readonly AuditRecord[];
  readonly more: number;
}

/** Entries of one group. */
export interface ReportCounts extends Readonly<Record<AuditResult, number>> {
  readonly entries: number;
  /** Of people, outside of the hours. */
  readonly outOfHours: number;
  /** µs since 1970, of its first and its last entry. */
  readonly first: number;
  readonly last: number;
}

/** What somebody did. Absent: erased. */
export interface ReportActor extends ReportCounts {
  readonly actor?: AuditActor;
}

/** Who did what to which. */
export interface ReportDeed extends ReportActor {
  readonly action: string;
  readonly resource?: AuditResource;
}

/** A token's owner as the server knew them: `key:<id>`, a JWT's subject, or `anonymous`. */
export interface ReportCredential extends ReportCounts {
  readonly credential: string;
  /** Where it was used from. */
  readonly addresses: ReportGroups<string>;
}

/** When people are expected to act. */
export interface ReportHours {
  /** IANA name. */
  readonly timeZone: string;
  /** Minutes since midnight; `from` after `to`: over midnight. */
  readonly from: number;
  readonly to: number;
  /** Days of the week, 1 is Monday, on which they begin. */
  readonly days: readonly number[];
}

/** Whether the entries of the report stand in the trail as they are told. */
export interface ReportVerification {
  readonly verified: boolean;
  /** A signed C2SP tlog-checkpoint that they were checked against. */
  readonly checkpoint: string;
  /** Entries that it counts. */
  readonly size: number;
  /** Entries that were checked, beginning with the first of the period: those between that are of another time too. */
  readonly checked: number;
  /** The first bad entry, and what is wrong with it. */
  readonly problem?: { readonly sequence: number; readonly message: string };
}

/** Answer to `GET /api/audit/report`. */
export interface AuditReport {
  /** The log's name. */
  readonly origin: string;
  /** µs since 1970, inclusive. */
  readonly from: number;
  /** µs since 1970, exclusive. */
  readonly to: number;
  /** ms since 1970. */
  readonly madeAt: number;
  readonly hours: ReportHours;
  /** Sequences of the first and the last entry; absent without entries. */
  readonly range?: { readonly first: number; readonly last: number };
  readonly entries: number;
  readonly results: Readonly<Record<AuditResult, number>>;
  readonly actors: ReportGroups<ReportActor>;
  readonly deeds: ReportGroups<ReportDeed>;
  readonly credentials: ReportGroups<ReportCredential>;
  /** What failed and what was refused. */
  readonly failures: ReportEntries;
  /** What people did outside of the hours. */
  readonly outOfHours: ReportEntries;
  readonly verification: ReportVerification;
}
