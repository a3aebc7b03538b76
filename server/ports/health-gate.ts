/** Port: how one service asks about another thing's health, and has its own watched. Implemented by the health service. */
import type { CheckState } from '../../src/protocol/index.ts';

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
  /** How often, ms. */
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
  /** Watches a thing until the function it returns is called. @throws WaooawError `bad_request` for an id in use, `bad_tags`. */
  register(definition: CheckDefinition): () => void;
  /** The state now; `unknown` before the first result and for a check that does not exist. */
  stateOf(check: string): CheckState;
  /** Resolves when the check is in the state. Rejects when the signal aborts. */
  waitFor(check: string, state: CheckState, signal: AbortSignal): Promise<void>;
}
