/** Commands: what is asked of agents is checked, and journaled as an operation. The work follows. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type {
  AgentState,
  BulkOutcome,
  DesiredState,
  Json,
  NewAgent,
  OperationType,
} from '../../../src/protocol/index.ts';
import type { Clock } from '../../ports/clock.ts';
import { Serial } from '../../serial.ts';
import { entryOf } from './entries.ts';
import type { Idempotency } from './idempotency.ts';
import type { Kinds } from './kinds.ts';
import type { Ledger, Written } from './ledger.ts';
import { assertLegal } from './legality.ts';
import type { ProvisioningLimits } from './limits.ts';
import { operationId } from './operation-id.ts';
import { planWork } from './planning.ts';
import { PLAN_VERSION } from './plans.ts';
import type { Asked, Command, Selection } from './provisioning.ts';
import type { Queue } from './queue.ts';
import type { AgentRecord, KeptKey, OperationRecord } from './record/record.ts';
import { firstSpec, nextSpec } from './requests.ts';
import type { NextSpec } from './requests.ts';
import type { AgentResources } from './resources.ts';
import { selected } from './selection.ts';
import { beforeOf, toInput } from './work.ts';

/** What it takes. */
export interface CommandsDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly kinds: Kinds;
  readonly queue: Queue;
  readonly idempotency: Idempotency;
  readonly resources: Pick<AgentResources, 'sealSecrets' | 'secretNames'>;
  readonly limits: ProvisioningLimits;
}

type Key = Omit<KeptKey, 'operation'> | undefined;

/** What a command means an agent to be; those that are not named leave it as it is. */
const DESIRED: Readonly<Partial<Record<OperationType, DesiredState>>> = {
  start: 'running',
  restart: 'running',
  resume: 'running',
  stop: 'stopped',
  suspend: 'suspended',
  delete: 'revoked',
};

/** Takes commands. */
export class Commands {
  readonly #deps: CommandsDeps;
  /** What makes more agents or instances, one after another, so that their number and their ports are counted truly. */
  readonly #growing = new Serial();
  /** Checked, and not yet in the queue. */
  #coming = 0;

  constructor(deps: CommandsDeps) {
    this.#deps = deps;
  }

  create(input: NewAgent, asked: Asked): Promise<OperationRecord> {
    const { secrets, ...content } = input;
    return this.#deps.idempotency.once(
      asked,
      { content: { create: content as unknown as Json }, secrets },
      (key) => this.#growing.run(() => this.#create(input, asked, key)),
    );
  }

  command(agent: string, command: Command, asked: Asked): Promise<OperationRecord> {
    const { secrets, ...content } = { secrets: undefined, ...command };
    return this.#deps.idempotency.once(
      asked,
      { content: { agent, command: content as unknown as Json }, secrets },
      (key) => {
        const run = (): Promise<OperationRecord> => this.#command(agent, command, asked, key);
        return command.type === 'scale' ? this.#growing.run(run) : run();
      },
    );
  }

  /** Each is an operation of its own, under a key of its own. */
  async bulk(
    selection: Selection,
    command: Command,
    asked: Asked,
    shown: (operation: OperationRecord) => NonNullable<BulkOutcome['operation']>,
  ): Promise<readonly BulkOutcome[]> {
    const { ledger, limits } = this.#deps;
    const agents = selected(selection, ledger.agents(), limits.maxBulkAgents);
    // A key is never the whole request's: of a request that was cut off in the middle the rest is done when it is sent again.
    const { idempotencyKey: key, onRepeated: _onRepeated, ifMatch: _ifMatch, ...common } = asked;
    return Promise.all(
      agents.map(async (agent): Promise<BulkOutcome> => {
        const one = { ...common, ...(key !== undefined && { idempotencyKey: `${key} ${agent}` }) };
        try {
          return { agent, operation: shown(await this.command(agent, command, one)) };
        } catch (error) {
          if (!(error instanceof WaooawError)) throw error;
          return { agent, error: { code: error.code, message: error.message } };
        }
      }),
    );
  }

  async #create(input: NewAgent, asked: Asked, key: Key): Promise<OperationRecord> {
    const { ledger, kinds, clock } = this.#deps;
    const { agent, title, tags, port, start = true } = input;
    const { kind, spec, secrets } = firstSpec(kinds, input);
    return this.#accept(agent, key, () => {
      const known = ledger.agent(agent);
      this.#assertRoom(input, known);
      this.#assertInstances(spec.replicas);
      const at = clock.now();
      const record: AgentRecord = {
        agent,
        incarnation: (known?.incarnation ?? 0) + 1,
        kind: kind.kind,
        title: title ?? agent,
        tags: { ...tags, agent, kind: kind.kind },
        state: 'draft',
        since: at,
        desired: start ? 'running' : 'stopped',
        spec,
        ...(port !== undefined && { port }),
        restarts: 0,
        createdAt: at,
        createdBy: asked.by,
        changedAt: at,
      };
      return this.#written('create', record, record, { spec, ...(secrets && { secrets }) }, asked, {
        hasPort: kind.hasPort,
        start,
      });
    });
  }

  #command(agent: string, command: Command, asked: Asked, key: Key): Promise<OperationRecord> {
    const { ledger, kinds, resources, clock } = this.#deps;
    return this.#accept(agent, key, async () => {
      const record = ledger.agent(agent);
      if (!record) throw new WaooawError('not_found', `There is no agent "${agent}"`);
      this.#assertMay(record, command, asked);
      const names = command.type === 'upgrade' ? await resources.secretNames(record) : [];
      const next = nextSpec(kinds, record, command, names);
      this.#assertInstances(next.spec.replicas - record.spec.replicas);
      const desired = DESIRED[command.type] ?? (record.state === 'errored' ? 'running' : record.desired);
      const meant = { ...record, spec: next.spec, desired, changedAt: clock.now() };
      const graceMs = 'graceMs' in command ? command.graceMs : undefined;
      return this.#written(command.type, record, meant, next, asked, {
        hasPort: record.port !== undefined,
        start: true,
        ...(graceMs !== undefined && { graceMs }),
      });
    });
  }

  /** Counts it as waiting from here on, so that there are never more than may wait. */
  async #accept(
    lane: string,
    key: Key,
    next: () => Omit<Written, 'key'> | Promise<Omit<Written, 'key'>>,
  ): Promise<OperationRecord> {
    const { ledger, queue, limits } = this.#deps;
    const { maxActiveOperations, maxQueuedOperations } = limits;
    if (queue.active + queue.waiting + this.#coming >= maxActiveOperations + maxQueuedOperations)
      throw new WaooawError(
        'operation_limit',
        `${maxQueuedOperations} operations wait already (maxQueuedOperations)`,
        { afterMs: 1_000 },
      );
    this.#coming += 1;
    try {
      const written = await ledger.change(lane, async () => {
        const change = await next();
        const { operation } = change.operation!;
        return { ...change, ...(key && { key: { ...key, operation } }) };
      });
      const { operation } = written!.operation!;
      queue.add(operation);
      return ledger.operation(operation)!;
    } finally {
      this.#coming -= 1;
    }
  }

  #written(
    type: OperationType,
    before: AgentRecord,
    agent: AgentRecord,
    { spec, secrets }: NextSpec,
    asked: Asked,
    { graceMs, hasPort, start }: { hasPort: boolean; start: boolean; graceMs?: number },
  ): Omit<Written, 'key'> {
    const { clock, resources } = this.#deps;
    const { by, actor, requestId, ip } = asked;
    const at = clock.now();
    const { work, stages } = planWork({
      type,
      before: beforeOf(before),
      spec,
      hasPort,
      start,
      asked: {
        actor,
        ...(requestId !== undefined && { requestId }),
        ...(ip !== undefined && { ip }),
        ...(graceMs !== undefined && { graceMs }),
      },
    });
    const operation: OperationRecord = {
      operation: operationId(at),
      type,
      title: titleOf(type, agent),
      source: 'engine',
      agent: agent.agent,
      incarnation: agent.incarnation,
      state: 'queued',
      planVersion: PLAN_VERSION,
      input: toInput(work),
      stages,
      createdAt: at,
      by,
      generation: spec.generation,
      tags: agent.tags,
      revision: 1,
    };
    const { generation, version, replicas } = spec;
    return {
      agent,
      operation,
      ...(secrets && { statements: resources.sealSecrets(before, spec.secretsRevision, secrets) }),
      event: entryOf(operation, agent, {
        phase: 'accepted',
        details: { generation, version, replicas, from: before.spec.version },
      }),
    };
  }

  #assertRoom({ agent, port }: NewAgent, known: AgentRecord | undefined): void {
    const { ledger, limits } = this.#deps;
    if (known && known.state !== 'revoked')
      throw new WaooawError('conflict', `There is an agent "${agent}" already`, {
        details: [{ pointer: '/agent', code: 'conflict', message: 'is in use' }],
      });
    const there = ledger.agents().filter(({ state }) => state !== 'revoked');
    if (there.length >= limits.maxAgents)
      throw new WaooawError('agent_limit', `There are ${limits.maxAgents} agents (maxAgents)`);
    const owner = port === undefined ? undefined : there.find((one) => one.port === port);
    if (owner)
      throw new WaooawError('port_in_use', `Port ${port} is that of agent "${owner.agent}"`, {
        details: [{ pointer: '/port', code: 'port_in_use', message: 'is in use' }],
      });
  }

  /** @param more instances than there are meant to be now. */
  #assertInstances(more: number): void {
    const { ledger, limits } = this.#deps;
    const there = ledger
      .agents()
      .reduce((sum, { state, spec }) => sum + (state === 'revoked' ? 0 : spec.replicas), 0);
    if (more > 0 && there + more > limits.maxInstances)
      throw new WaooawError(
        'agent_limit',
        `All agents together have ${there} instances, and may have ${limits.maxInstances} (maxInstances)`,
      );
  }

  #assertMay({ agent, state, previous, spec }: AgentRecord, { type }: Command, { ifMatch }: Asked): void {
    const active = this.#deps.ledger.activeOf(agent);
    if (ifMatch !== undefined && ifMatch !== spec.generation)
      throw new WaooawError(
        'generation_conflict',
        `Agent "${agent}" is at generation ${spec.generation}${ifMatch < 0 ? '' : `, not ${ifMatch}`}`,
      );
    if (active)
      throw new WaooawError(
        'agent_busy',
        `Operation ${active.operation} (${active.type}) works on agent "${agent}"`,
        {
          afterMs: 1_000,
        },
      );
    assertLegal(type, { agent, state, canRollBack: previous !== undefined });
  }
}

/** In one line, for people. */
function titleOf(type: OperationType, { title, spec, state }: AgentRecord & { state: AgentState }): string {
  const verb = `${type[0]?.toUpperCase()}${type.slice(1)}`;
  if (type === 'upgrade' || type === 'rollback') return `${verb} ${title} to ${spec.version}`;
  if (type === 'scale') return `${verb} ${title} to ${spec.replicas}`;
  return state === 'draft' && type === 'create' ? `${verb} ${title} ${spec.version}` : `${verb} ${title}`;
}
