/** The provisioning service: runs agents, brings them where they are meant to be, and journals every step. */
import { WaooawError, isEnded } from '../../../src/protocol/index.ts';
import type { AgentStatus, OperationStatus } from '../../../src/protocol/index.ts';
import { provisioningNamespaces } from './channels.ts';
import { Counts } from './counts.ts';
import type { ProvisioningDeps } from './deps.ts';
import { Ledger } from './ledger.ts';
import { DEFAULT_PROVISIONING_LIMITS } from './limits.ts';
import type { ProvisioningLimits } from './limits.ts';
import type { Provisioning } from './provisioning.ts';
import type { AgentRecord, OperationRecord } from './record/record.ts';
import { Restarts } from './restarting.ts';
import { Running } from './running.ts';

export type { ProvisioningDeps } from './deps.ts';
export { provisioningFamilies } from './families.ts';
export { DEFAULT_PROVISIONING_LIMITS } from './limits.ts';
export type { ProvisioningLimits } from './limits.ts';
export type { Asked, Command, Provisioning, ProvisioningStats, Selection } from './provisioning.ts';

/** Puts the service together. */
export function createProvisioning(deps: ProvisioningDeps): Provisioning {
  const { clock, kinds } = deps;
  const limits: ProvisioningLimits = { ...DEFAULT_PROVISIONING_LIMITS, ...deps.limits };
  const ledger = new Ledger();
  const counts = new Counts();
  let begun: Running | undefined;
  let isReady = false;
  let closing: Promise<void> | undefined;

  const started = (): Running => {
    if (!begun || !isReady || closing) throw new WaooawError('unavailable', 'The agents are not loaded');
    return begun;
  };
  const restarter = new Restarts(
    () => started().commands,
    (operation) => ledger.operation(operation),
  );
  const status = (agent: AgentRecord): AgentStatus => started().showing.agent(agent);
  const shown = (operation: OperationRecord): OperationStatus => started().showing.operation(operation);
  const there = (): readonly AgentRecord[] => ledger.agents().filter(({ state }) => state !== 'revoked');
  const found = (agent: string): AgentRecord => {
    const record = ledger.agent(agent);
    if (!record) throw new WaooawError('not_found', `There is no agent "${agent}"`);
    return record;
  };
  /** All that have not ended, and the last of those that have. */
  const recent = (): readonly OperationRecord[] => {
    const since = clock.now() - limits.showEndedOperationsMs;
    const all = ledger.operations().filter(({ state, endedAt = 0 }) => !isEnded(state) || endedAt > since);
    const ended = all.filter(({ state }) => isEnded(state)).sort((a, b) => a.endedAt! - b.endedAt!);
    const left = new Set(ended.slice(0, Math.max(0, ended.length - limits.maxEndedOperationsShown)));
    return left.size === 0 ? all : all.filter((operation) => !left.has(operation));
  };

  return {
    namespaces: provisioningNamespaces({
      agents: () => (isReady ? there().map(status) : []),
      agent: (agent) => {
        const record = ledger.agent(agent);
        return record && isReady ? status(record) : undefined;
      },
      operations: () => (isReady ? recent().map(shown) : []),
      operation: (id) => {
        const record = ledger.operation(id);
        return record && isReady ? shown(record) : undefined;
      },
      agentLog: (agent) => begun?.agentTails.snapshot(agent) ?? { lines: [] },
      operationLog: (operation) => begun?.logs.tail(operation) ?? { lines: [] },
    }),

    // An agent's check carries its tags too, and has its state.
    tagSource: { version: () => ledger.version, tagged: () => there().map(({ tags }) => ({ tags })) },

    restarter,
    kinds: () => kinds.list().map((kind) => kinds.info(kind)),
    agents: () => {
      started();
      return there().map(status);
    },
    agent: (agent) => status(found(agent)),
    create: async (input, asked) => shown(await started().commands.create(input, asked)),
    command: async (agent, command, asked) => shown(await started().commands.command(agent, command, asked)),
    bulk: async (selection, command, asked) => started().commands.bulk(selection, command, asked, shown),

    operations: async (query) =>
      (await started().record.operations(query)).map((kept) =>
        shown(ledger.operation(kept.operation) ?? kept),
      ),

    operation: async (operation) => shown(await started().operations.get(operation)),
    act: async (operation, action, asked) => shown(await started().operations.act(operation, action, asked)),
    createOperation: async (input, asked) => shown(await started().hosts.create(input, asked)),
    updateStage: async (operation, stage, update, asked) =>
      shown(await started().hosts.update(operation, stage, update, asked)),
    agentLogs: async (agent, read) => started().supervisor.logs.page(agent, read),

    async operationLogs(operation, read) {
      const { record, operations } = started();
      const { operation: id } = await operations.get(operation);
      return record.logs(id, read);
    },

    async storage(agent) {
      const record = found(agent);
      return started().resources.storage(record, kinds.get(record.kind));
    },

    configVersions: async (agent) => started().resources.configVersions(found(agent)),

    stats: () => ({
      agents: counts.states(there()),
      operations: { queued: begun?.queue.waiting ?? 0, active: begun?.queue.active ?? 0 },
      ended: counts.ended(),
      ...(begun?.supervisor.stats() ?? { restarts: 0, adopted: 0 }),
    }),

    async start(database) {
      begun = new Running(database, {
        ...deps,
        limits,
        ledger,
        observed: (operation) => {
          counts.observed(operation);
          restarter.observed(operation);
        },
      });
      await begun.begin(() => void (isReady = true));
    },

    close() {
      closing ??= (async () => begun?.close())().catch((error: unknown) =>
        deps.onError(error, 'the agents cannot be let go of'),
      );
      return closing;
    },
  };
}
