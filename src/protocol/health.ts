/** Shapes of the health API and of `health` channels. */
import type { StateWord } from './states.ts';

/** What a check can be in. */
export type CheckState = Extract<StateWord, 'unknown' | 'up' | 'degraded' | 'down'>;

/** A check and its last result. */
export interface CheckStatus {
  /** kebab-case id, the `<check>` of `health/<check>`. */
  readonly check: string;
  /** For people. */
  readonly title: string;
  readonly state: CheckState;
  /** When this state began, ms since 1970. */
  readonly since: number;
  /** When the last result came in, ms since 1970; absent before the first. */
  readonly at?: number;
  /** Why it is not up, or the figure that it judged. */
  readonly reason?: string;
  /** How long the last run took, ms. */
  readonly tookMs?: number;
  /** What it is about; absent when it was given none. */
  readonly tags?: Readonly<Record<string, string>>;
  /** How often it runs, ms. A consumer that has heard nothing for three of them is stale. */
  readonly intervalMs: number;
}

/** The whole: the worst of all checks. */
export interface HealthSummary {
  readonly state: CheckState;
  readonly checks: readonly CheckStatus[];
}
