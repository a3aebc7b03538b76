/** The channels of provisioning: agents, operations, and their logs. */
import type { AgentStatus, Json, LogUpdate, OperationStatus } from '../../../src/protocol/index.ts';
import { READ_ONLY } from '../../ports/publisher.ts';
import type { Namespace, Publisher } from '../../ports/publisher.ts';

/** Kept for readers whose connection broke. */
const HISTORY = { size: 64, ageMs: 600_000 };
const AGENTS = 'agents';
const AGENT = 'agent/';
const OPERATIONS = 'operations';
const OPERATION = 'operation/';
const LOGS = 'logs/';
const OPERATION_LOGS = 'logs/operation/';

/** What channels are read from. */
export interface ChannelSource {
  agents(): readonly AgentStatus[];
  /** Revoked ones too. */
  agent(agent: string): AgentStatus | undefined;
  /** Those not ended, or only just. */
  operations(): readonly OperationStatus[];
  operation(operation: string): OperationStatus | undefined;
  /** The last lines. */
  agentLog(agent: string): LogUpdate;
  operationLog(operation: string): LogUpdate;
}

/** All of them. */
export function provisioningNamespaces(source: ChannelSource): readonly Namespace[] {
  const common = { history: HISTORY, access: READ_ONLY };
  const only = (name: string) => (channel: string) => (channel === name ? channel : undefined);
  const hasAgent = (id: string): boolean => source.agent(id) !== undefined;
  const hasOperation = (id: string): boolean => source.operation(id) !== undefined;
  return [
    {
      ...common,
      name: AGENTS,
      onDemand: false,
      conflate: latestBy('agent'),
      resolve: only(AGENTS),
      snapshot: () => toJson(source.agents()),
    },
    {
      ...common,
      name: 'agent',
      onDemand: true,
      conflate: 'latest',
      resolve: (channel) => (hasAgent(channel.slice(AGENT.length)) ? channel : undefined),
      snapshot: (channel) => toJson(source.agent(channel.slice(AGENT.length)) ?? null),
    },
    {
      ...common,
      name: OPERATIONS,
      onDemand: false,
      conflate: latestBy('operation'),
      resolve: only(OPERATIONS),
      snapshot: () => toJson(source.operations()),
    },
    {
      ...common,
      name: 'operation',
      onDemand: true,
      conflate: 'latest',
      resolve: (channel) => (hasOperation(channel.slice(OPERATION.length)) ? channel : undefined),
      snapshot: (channel) => toJson(source.operation(channel.slice(OPERATION.length)) ?? null),
    },
    {
      ...common,
      name: 'logs',
      onDemand: true,
      conflate: linesTogether,
      resolve: (channel) => {
        const isThere = channel.startsWith(OPERATION_LOGS)
          ? hasOperation(channel.slice(OPERATION_LOGS.length))
          : hasAgent(channel.slice(LOGS.length));
        return isThere ? channel : undefined;
      },
      snapshot: (channel) =>
        toJson(
          channel.startsWith(OPERATION_LOGS)
            ? source.operationLog(channel.slice(OPERATION_LOGS.length))
            : source.agentLog(channel.slice(LOGS.length)),
        ),
    },
  ];
}

/** Tells the readers of an agent as it is now. One that is revoked is gone from the list. */
export function publishAgent(publisher: Publisher, status: AgentStatus): void {
  const { agent, state } = status;
  if (publisher.wants(AGENT + agent)) publisher.publish(AGENT + agent, toJson(status));
  publisher.publish(AGENTS, toJson(state === 'revoked' ? { agent, forgotten: true } : status));
}

/** Tells the readers of an operation as it is now. */
export function publishOperation(publisher: Publisher, status: OperationStatus): void {
  const channel = OPERATION + status.operation;
  const data = toJson(status);
  if (publisher.wants(channel)) publisher.publish(channel, data);
  publisher.publish(OPERATIONS, data);
}

/** Tells the readers of an operation's log. */
export function publishOperationLog(publisher: Publisher, operation: string, update: LogUpdate): void {
  const channel = OPERATION_LOGS + operation;
  if (publisher.wants(channel)) publisher.publish(channel, toJson(update));
}

/** The last publication of each, in the order of their last ones. */
function latestBy(name: 'agent' | 'operation'): (publications: readonly Json[]) => readonly Json[] {
  return (publications) => {
    const latest = new Map<Json | undefined, Json>();
    for (const publication of publications) {
      const key = (publication as Readonly<Record<string, Json>>)[name];
      latest.delete(key);
      latest.set(key, publication);
    }
    return [...latest.values()];
  };
}

/** Lines that wait are one publication. None is lost. */
function linesTogether(publications: readonly Json[]): readonly Json[] {
  const updates = publications as unknown as readonly LogUpdate[];
  return [toJson({ lines: updates.flatMap(({ lines }) => lines) })];
}

function toJson(value: unknown): Json {
  return value as Json;
}
