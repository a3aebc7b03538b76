/** What is, as it was last committed: nobody is shown, and nothing acts on, a change that is not durable. */
import { WaooawError, isEnded } from '../../../src/protocol/index.ts';
import type { AuditEvent } from '../../ports/audit-sink.ts';
import { Lanes } from './lanes.ts';
import { assertTransition } from './legality.ts';
import type {
  AgentRecord,
  Change,
  KeptProvisioning,
  OperationRecord,
  ProvisioningRecord,
} from './record/record.ts';

/** A change, and the entry that tells of it. */
export type Written = Change & { readonly event: AuditEvent };

/** What of a change is news. */
export type News = Pick<Change, 'agent' | 'operation'>;

/** Holds agents, and the operations that are under way or have just ended. */
export class Ledger {
  readonly #agents = new Map<string, AgentRecord>();
  /** By their ids; undefined once one came, went or changed. */
  #sorted: readonly AgentRecord[] | undefined;
  readonly #operations = new Map<string, OperationRecord>();
  /** The last operation of each agent. */
  readonly #latest = new Map<string, string>();
  readonly #lanes = new Lanes();
  #record: ProvisioningRecord | undefined;
  /** Counts agents that came, went, or are tagged otherwise. */
  version = 0;
  /** Told of each change once it is durable. */
  changed: (news: News) => void = () => undefined;
  /** Told that another process has taken over, whoever found out: this one must not do anything any more. */
  fenced: () => void = () => undefined;

  /** Takes what was kept. From now on changes are written. */
  load(record: ProvisioningRecord, { agents, operations }: KeptProvisioning): void {
    this.#record = record;
    for (const agent of agents) this.#agents.set(agent.agent, agent);
    this.#sorted = undefined;
    for (const operation of operations) this.#put(operation);
    this.version += 1;
  }

  agent(agent: string): AgentRecord | undefined {
    return this.#agents.get(agent);
  }

  /** Revoked ones too, in the order of their ids: the same before and after a restart. */
  agents(): readonly AgentRecord[] {
    this.#sorted ??= [...this.#agents.values()].sort((a, b) => (a.agent < b.agent ? -1 : 1));
    return this.#sorted;
  }

  operation(operation: string): OperationRecord | undefined {
    return this.#operations.get(operation);
  }

  /** In memory, oldest first. */
  operations(): readonly OperationRecord[] {
    return [...this.#operations.values()];
  }

  /** The agent's active operation, or its last one. */
  latestOf(agent: string): OperationRecord | undefined {
    const id = this.#latest.get(agent);
    return id === undefined ? undefined : this.#operations.get(id);
  }

  /** The operation that is not at its end. */
  activeOf(agent: string): OperationRecord | undefined {
    const latest = this.latestOf(agent);
    return latest && !isEnded(latest.state) ? latest : undefined;
  }

  /**
   * Commits what `next` answers, and only then lets it be seen. Changes of one lane take effect in the order of the calls.
   * @param lane the agent's id, or that of a host's operation.
   * @throws WaooawError `bad_transition`, the record's own.
   */
  change(
    lane: string,
    next: () => Written | undefined | Promise<Written | undefined>,
  ): Promise<Written | undefined> {
    return this.#lanes.run(lane, async () => {
      const record = this.#record;
      if (!record) throw new WaooawError('unavailable', 'The agents are not loaded');
      const written = await next();
      if (!written) return undefined;
      const { event, ...change } = written;
      if (change.agent) this.#assertFollows(change.agent);
      await record.commit(change, event).catch((error: unknown) => {
        if (error instanceof WaooawError && error.code === 'fenced') this.fenced();
        throw error;
      });
      this.#apply(change);
      return written;
    });
  }

  /** Progress, that may be lost: seen at once. */
  progress(operation: OperationRecord): void {
    if (!this.#operations.has(operation.operation)) return;
    this.#operations.set(operation.operation, operation);
    this.#record?.progress(operation);
    this.changed({ operation });
  }

  /** Lets go of operations that ended before, but for the last one of each agent that is still there. @param before ms since 1970. */
  forget(before: number): void {
    for (const [id, { agent, endedAt = Infinity, state }] of this.#operations) {
      if (!isEnded(state) || endedAt >= before) continue;
      const isLatest = agent !== undefined && this.#latest.get(agent) === id;
      if (isLatest && this.#agents.get(agent)?.state !== 'revoked') continue;
      if (isLatest) this.#latest.delete(agent);
      this.#operations.delete(id);
    }
  }

  /** Lets go of deleted agents that are not kept any more, unless they are there again. */
  forgetRevoked(agents: readonly string[]): void {
    for (const agent of agents) if (this.#agents.get(agent)?.state === 'revoked') this.#agents.delete(agent);
    this.#sorted = undefined;
  }

  /** Resolves when everything that was handed in is written. */
  idle(): Promise<void> {
    return this.#lanes.idle();
  }

  #assertFollows(agent: AgentRecord): void {
    const before = this.#agents.get(agent.agent);
    if (before?.incarnation === agent.incarnation) {
      assertTransition(agent.agent, before.state, agent.state);
    } else if ((before && before.state !== 'revoked') || agent.state !== 'draft') {
      throw new WaooawError(
        'bad_transition',
        `Agent "${agent.agent}" begins as a draft, where there is none`,
      );
    }
  }

  #apply({ agent, operation }: News): void {
    if (agent) {
      const before = this.#agents.get(agent.agent);
      this.#agents.set(agent.agent, agent);
      this.#sorted = undefined;
      if (before?.tags !== agent.tags || before.state !== agent.state) this.version += 1;
    }
    if (operation) this.#put(operation);
    this.changed({ ...(agent && { agent }), ...(operation && { operation }) });
  }

  #put(operation: OperationRecord): void {
    this.#operations.set(operation.operation, operation);
    const { agent, source } = operation;
    if (agent !== undefined && source === 'engine') this.#latest.set(agent, operation.operation);
  }
}
