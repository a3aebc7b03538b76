/** Port: how one service asks about another thing's health, and has its own watched. Implemented by the health service. */
import type { CheckKind, CheckState } from '../../src/protocol/index.ts';

/** What a probe found. */
export interface ProbeResult {
  readonly state: Exclude<CheckState, 'unknown'>;
  /** Why, or the figure that was judged. */
  readonly reason?: string;
}

/** A thing to watch. */
export interface CheckDefinition {
  /** kebab-case, unique. */
  readonly check: string;
  /** For people. */
  readonly title: string;
  /** What it is about, as on series: `agent`, `service` and `environment` are listed as contexts. Default none. */
  readonly tags?: Readonly<Record<string, string>>;
  /** How it looks; default `custom`. */
  readonly kind?: CheckKind;
  /** Counts for the overall state; default true. */
  readonly critical?: boolean;
  /** Raises an alert `check/<id>` when it is not up; default false. */
  readonly alert?: boolean;
  /** What must be up for it to be up. One that is not critical and down makes it degraded. Watched already. Default none. */
  readonly dependsOn?: readonly { readonly check: string; readonly critical?: boolean }[];
  /** What stands before it: while that is down nothing can be said of it. Watched already. Default none. */
  readonly parent?: string;
  /** Results in a row that make it worse, and better; default 1. */
  readonly failureThreshold?: number;
  readonly successThreshold?: number;
  /** From the registration: failures are not counted until the first success or the end of this, ms; default 0. */
  readonly startGraceMs?: number;
  /** A success that took longer is degraded, ms; default: however long it takes. */
  readonly degradedAfterMs?: number;
  /** How often, from the registration on, ms. */
  readonly intervalMs: number;
  /** A probe that takes longer has found the thing down, ms. */
  readonly timeoutMs: number;
  /** Looks once. Should stop when the signal aborts. */
  probe(signal: AbortSignal): Promise<ProbeResult> | ProbeResult;
  /** Lets go of what the probe holds, once it is no longer run. */
  close?(): void;
}

/** The health service's narrow door. */
export interface HealthGate {
  /**
   * Watches a thing until the function it returns is called; looks at once, and then every interval.
   * @throws WaooawError `bad_request` for an id in use, a number that cannot be, a cycle or an unknown dependency; `bad_tags`.
   */
  register(definition: CheckDefinition): () => void;
  /** The state now; `unknown` before the first result and for a check that does not exist. */
  stateOf(check: string): CheckState;
  /** Resolves when the check is in the state. Rejects when the signal aborts. */
  waitFor(check: string, state: CheckState, signal: AbortSignal): Promise<void>;
}
