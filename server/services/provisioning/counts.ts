/** What is counted for `/metrics`. */
import { AGENT_STATES, isEnded } from '../../../src/protocol/index.ts';
import type { AgentRecord, OperationRecord } from './record/record.ts';

const ENDS = ['completed', 'failed', 'rolled-back', 'cancelled'] as const;

/** Counts. */
export class Counts {
  readonly #ended = new Map<string, number>(ENDS.map((state) => [state, 0]));

  /** An operation changed. */
  observed({ state, source }: OperationRecord): void {
    if (source === 'engine' && isEnded(state)) this.#ended.set(state, (this.#ended.get(state) ?? 0) + 1);
  }

  /** Operations of ours that ended since the start, by how. */
  ended(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#ended);
  }

  /** Agents by state, each state named. */
  states(agents: readonly AgentRecord[]): Readonly<Record<string, number>> {
    const counts = new Map<string, number>(
      AGENT_STATES.filter((state) => state !== 'revoked').map((state) => [state, 0]),
    );
    for (const { state } of agents) counts.set(state, (counts.get(state) ?? 0) + 1);
    return Object.fromEntries(counts);
  }
}
