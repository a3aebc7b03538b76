/** A check as the service runs it, wherever it was defined: every default filled in. */
import type { CheckKind, CheckSource } from '../../../src/protocol/index.ts';

/** What else must be up. */
export interface Dependency {
  readonly check: string;
  /** Down: so is this. Not critical: this is degraded. */
  readonly critical: boolean;
}

/** What is done about a failure. */
export interface Remediation {
  readonly action:
    | { readonly kind: 'webhook'; readonly url: string; readonly secret?: string }
    | {
        readonly kind: 'exec';
        readonly command: readonly string[];
        readonly env: Readonly<Record<string, string>>;
      }
    | { readonly kind: 'restart-agent'; readonly agent: string };
  /** Between two attempts, ms. */
  readonly cooldownMs: number;
  /** Attempts in one incident. */
  readonly maxAttempts: number;
  readonly timeoutMs: number;
}

/** How results become states. */
export interface JudgeSettings {
  /** Results in a row that make it worse. */
  readonly failureThreshold: number;
  /** Results in a row that make it better. */
  readonly successThreshold: number;
  /** From the start of the check: failures are recorded and not counted until the first success or the end of this, ms. */
  readonly startGraceMs: number;
  /** A success that took longer is degraded, ms; absent: however long it takes. */
  readonly degradedAfterMs?: number;
  /** Share of changes from which it flaps, percent. */
  readonly flapStartPercent: number;
  /** The share at which it does not any more, percent. */
  readonly flapStopPercent: number;
}

/** A check. */
export interface CheckSettings extends JudgeSettings {
  /** kebab-case, unique. */
  readonly check: string;
  readonly title: string;
  readonly kind: CheckKind;
  readonly source: CheckSource;
  readonly tags: Readonly<Record<string, string>>;
  /** Counts for the overall state. */
  readonly critical: boolean;
  readonly intervalMs: number;
  /** From the moment it has its slot, ms. */
  readonly timeoutMs: number;
  readonly dependsOn: readonly Dependency[];
  /** What stands before it, such as a router: while that is down nothing can be said of this. */
  readonly parent?: string;
  /** What is looked at, for the cap of runs at once against one host; absent: none. */
  readonly host?: string;
  /** Raises an alert when it is not up. */
  readonly alert: boolean;
  readonly remediation?: Remediation;
}

/** Defaults of what a file or the API leaves out. */
export const CHECK_DEFAULTS = Object.freeze({
  intervalMs: 30_000,
  timeoutMs: 10_000,
  failureThreshold: 3,
  successThreshold: 1,
  startGraceMs: 0,
  flapStartPercent: 30,
  flapStopPercent: 20,
  critical: true,
  alert: true,
});
