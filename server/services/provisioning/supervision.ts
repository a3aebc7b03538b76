/** What looks after agents between operations, and tells operations whether instances are well. */
import type { AgentInstance } from '../../../src/protocol/index.ts';
import type { AgentKind } from './kinds.ts';
import type { AgentRecord } from './record/record.ts';

/** How long instances may take to be ready, and how long they must then stay it. */
export interface Gate {
  /** Without progress, ms: an instance that becomes ready is progress. */
  readonly progressDeadlineMs: number;
  readonly minHealthyMs: number;
}

/** Says something that the supervisor did, for whoever has only the log. */
export type Say = (text: string, facts: Readonly<Record<string, string | number>>) => void;

/** The supervisor. */
export interface Supervisor {
  /**
   * Keeps its hands off an agent while an operation works on it. Released, it looks at once at what the agent is meant to be.
   * @returns releases.
   */
  hold(agent: string): () => void;
  /** Resolves once what it was doing with an agent has ended: whoever holds one waits for this before the first step. */
  idle(agent: string): Promise<void>;
  /**
   * Waits until all are ready and have stayed well for `minHealthyMs`.
   * @param onProgress share done 0–100 and what is waited for, in one line.
   * @throws WaooawError `agent_crashed` at once when one ends, `not_ready` when the deadline passes, with the last answer;
   *   what the signal was aborted with.
   */
  ready(
    instances: readonly string[],
    kind: AgentKind,
    gate: Gate,
    signal: AbortSignal,
    onProgress: (percent: number, detail: string) => void,
  ): Promise<void>;
  /** Resolves after `forMs` in which all were well. @throws WaooawError `agent_crashed`, `not_ready`; the signal's reason. */
  watch(instances: readonly string[], kind: AgentKind, forMs: number, signal: AbortSignal): Promise<void>;
  /** Instances of an agent as they were last seen. */
  instances(agent: AgentRecord): readonly AgentInstance[];
  /** Registers the agent's check and metrics, or brings them up to date; `revoked` and what does not run has none. */
  enroll(agent: AgentRecord): void;
  /** At the start: finds what runs, ends what should not, and takes up the rest. @returns how many were adopted. */
  adopt(): Promise<number>;
  stats(): { readonly restarts: number; readonly adopted: number };
  close(): Promise<void>;
}
