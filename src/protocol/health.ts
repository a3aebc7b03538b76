/** Shapes of the health API and of the `health`, `health/<check>` and `health/tag/<tag>=<value>` channels. */
import type { StateWord } from './states.ts';

/** What a check can be in. */
export type CheckState = Extract<StateWord, 'unknown' | 'up' | 'degraded' | 'down'>;

/** What a check is shown as: its state, or what stands above it. In this order: paused, maintenance, unreachable, the state. */
export type CheckWord = CheckState | Extract<StateWord, 'paused' | 'maintenance' | 'unreachable'>;

/** How a check looks. `custom`: a function of a service's own. */
export type CheckKind = 'http' | 'tcp' | 'tls' | 'dns' | 'exec' | 'heartbeat' | 'metric' | 'custom';

/** Where a check is defined: by a service of ours, in the file of checks, or over the API. */
export type CheckSource = 'service' | 'file' | 'api';

/** Where the time of a run went, ms. A phase that was not reached, or was not needed, is absent. */
export interface ProbeTimings {
  readonly dnsMs?: number;
  readonly connectMs?: number;
  readonly tlsMs?: number;
  /** From the request's last byte to the answer's first. */
  readonly firstByteMs?: number;
  readonly totalMs: number;
}

/** What the last runs say, while they are too few to change the state. */
export interface SoftState {
  readonly state: Exclude<CheckState, 'unknown'>;
  /** Results in a row. */
  readonly runs: number;
  /** Results in a row that change the state. */
  readonly needed: number;
  /** The first of them, ms since 1970. */
  readonly since: number;
}

/** A check that changes too often to be believed. */
export interface Flapping {
  /** Weighted share of changes among the last 21 results, percent. */
  readonly percent: number;
  /** Changes among the results of `windowMs`. */
  readonly changes: number;
  readonly windowMs: number;
}

/** A check and its last result. */
export interface CheckStatus {
  /** kebab-case id, the `<check>` of `health/<check>`. */
  readonly check: string;
  /** For people. */
  readonly title: string;
  readonly kind: CheckKind;
  readonly source: CheckSource;
  /** What enough results in a row agree on, and what it depends on allows. */
  readonly state: CheckState;
  /** What to show: `state`, or what stands above it. */
  readonly word: CheckWord;
  /** When `word` began, ms since 1970. A failure began with its first result, not with the one that confirmed it. */
  readonly since: number;
  /** When the last result came in, ms since 1970; absent before the first. */
  readonly at?: number;
  /** Why it is not up, or the figure that it judged. */
  readonly reason?: string;
  /** How long the last run took, ms. */
  readonly tookMs?: number;
  readonly timings?: ProbeTimings;
  /** When the certificate that was seen expires, ms since 1970. */
  readonly certificateExpiresAt?: number;
  /** What it is about; absent when it was given none. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Counts for the overall state. */
  readonly critical: boolean;
  /** How often it runs, ms. A consumer that has heard nothing for three of them is stale. */
  readonly intervalMs: number;
  readonly soft?: SoftState;
  readonly flapping?: Flapping;
  /** The parent that is down, while it is: nothing can be said of what stands behind it. */
  readonly unreachableBy?: string;
  /** The dependency that this state comes from, where its own probe says better. */
  readonly causedBy?: string;
  /** The window that it is in. */
  readonly maintenance?: { readonly id: string; readonly endsAt: number; readonly reason: string };
  readonly paused?: { readonly by: string; readonly at: number };
  /** The incident that is open. */
  readonly incident?: { readonly id: string; readonly startedAt: number; readonly acknowledgedBy?: string };
}

/** That a check is there no more, for `health` and the channels of its tags. */
export interface CheckRemoved {
  readonly check: string;
  readonly removed: true;
}

/** A publication of `health` or `health/tag/<tag>=<value>`. */
export type HealthUpdate = CheckStatus | CheckRemoved;

/** The whole: the worst of the critical checks. */
export interface HealthSummary {
  readonly state: CheckState;
  readonly checks: readonly CheckStatus[];
}

/** A change of what a check is shown as. */
export interface CheckTransition {
  readonly check: string;
  /** ms since 1970. */
  readonly at: number;
  readonly from: CheckWord;
  readonly to: CheckWord;
  readonly reason?: string;
}

/** What somebody wrote into an incident. */
export interface IncidentNote {
  /** ms since 1970. */
  readonly at: number;
  readonly by: string;
  readonly text: string;
}

/** A time in which a check was not up. */
export interface Incident {
  readonly id: string;
  readonly check: string;
  readonly title: string;
  /** The worst it came to. */
  readonly worst: Extract<CheckState, 'degraded' | 'down'>;
  /** The first failed result, ms since 1970. */
  readonly startedAt: number;
  /** When enough results agreed, ms since 1970. */
  readonly confirmedAt: number;
  /** When it was up again, ms since 1970; absent while it is open. */
  readonly endedAt?: number;
  /** The reason of the first failure. */
  readonly cause: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly acknowledged?: { readonly by: string; readonly at: number; readonly note?: string };
  readonly notes: readonly IncidentNote[];
}

/** How a stretch of time was spent, ms. */
export interface TimeSpent {
  readonly upMs: number;
  readonly degradedMs: number;
  readonly downMs: number;
  readonly maintenanceMs: number;
  /** Unknown, paused, unreachable, and the time before the check existed or while the server did not run. */
  readonly unknownMs: number;
}

/** Availability over a window that ends now. */
export interface Uptime extends TimeSpent {
  readonly windowMs: number;
  /** (up + degraded) / (up + degraded + down), 0 to 1; null where nothing was known. */
  readonly ratio: number | null;
}

/** One segment of a history, such as a day of the last 90. */
export interface HistorySegment extends TimeSpent {
  /** ms since 1970. */
  readonly from: number;
  readonly to: number;
  /** The worst word in it. */
  readonly worst: CheckWord;
}

/** A check's past. */
export interface CheckHistory {
  readonly check: string;
  readonly uptime: {
    readonly day: Uptime;
    readonly week: Uptime;
    readonly month: Uptime;
    readonly quarter: Uptime;
  };
  /** Oldest first. */
  readonly segments: readonly HistorySegment[];
  /** Newest first. */
  readonly transitions: readonly CheckTransition[];
  /** Newest first. */
  readonly incidents: readonly Incident[];
}

/** A time in which failures are expected. */
export interface MaintenanceWindow {
  readonly id: string;
  readonly reason: string;
  /** Checks by id; with `tags`, those and these. */
  readonly checks: readonly string[];
  /** Checks that carry all of these tags. */
  readonly tags: Readonly<Record<string, string>>;
  /** Begins, ms since 1970; of one that recurs, when it is valid from. */
  readonly startsAt: number;
  /** Ends, ms since 1970; of one that recurs, absent while it recurs without end. */
  readonly endsAt?: number;
  /** Recurs: a cron expression, how long each lasts, and the zone its hours are in. */
  readonly recurs?: { readonly cron: string; readonly durationMs: number; readonly timeZone: string };
  readonly createdBy: string;
  readonly createdAt: number;
  readonly source: Exclude<CheckSource, 'service'>;
}
