/** The limits of what runs agents as settings: the defaults are theirs, and each gets its range and its meaning here. */
import { DEFAULT_DOOR_LIMITS } from './engines/door/limits.ts';
import type { DoorLimits } from './engines/door/limits.ts';
import { PROCESS_RUNTIME_LIMITS } from './engines/process/limits.ts';
import type { ProcessRuntimeLimits } from './engines/process/limits.ts';
import { limit, withDefaults } from './limit-settings.ts';
import { DEFAULT_PROVISIONING_LIMITS } from './services/provisioning/limits.ts';
import type { ProvisioningLimits } from './services/provisioning/limits.ts';
import { integer } from './setting.ts';
import type { Setting } from './setting.ts';

/** The numbers of the provisioning service, and of what agents are given. */
export interface ProvisioningNumbers extends ProvisioningLimits {
  /** Largest parameters of an agent, as JSON, bytes. */
  readonly maxParameterBytes: number;
  /** Files and folders of an agent's storage that are looked at for a report. */
  readonly maxStorageEntries: number;
}

/** The limits of the door, as they are named among all settings. */
export type DoorNumbers = { readonly [K in keyof DoorLimits as `door${Capitalize<K>}`]: number };

/** The numbers of the engines: where agents' processes listen, how much they may write, and the door. */
export interface AgentNumbers extends DoorNumbers {
  /** Ports for instances, on loopback, from here … */
  readonly instancePortFrom: number;
  /** … to here. */
  readonly instancePortTo: number;
  /** Output of an instance beyond this has to wait, bytes a second. */
  readonly instanceLogBytesPerSecond: number;
}

/** The defaults. */
export const PROVISIONING_NUMBERS: ProvisioningNumbers = Object.freeze({
  ...DEFAULT_PROVISIONING_LIMITS,
  maxParameterBytes: 65_536,
  maxStorageEntries: 100_000,
});

/** The defaults. */
export const AGENT_NUMBERS: AgentNumbers = Object.freeze({
  instancePortFrom: PROCESS_RUNTIME_LIMITS.ports.from,
  instancePortTo: PROCESS_RUNTIME_LIMITS.ports.to,
  instanceLogBytesPerSecond: PROCESS_RUNTIME_LIMITS.logBytesPerSecond,
  ...(Object.fromEntries(
    Object.entries(DEFAULT_DOOR_LIMITS).map(([key, value]) => [doorKey(key), value as number]),
  ) as unknown as DoorNumbers),
});

const DAY_MS = 86_400_000;
const MAX_KEEP_MS = 3_650 * DAY_MS;

const keep = (meaning: string): ((fallback: number) => Setting<number>) => {
  return (fallback) => integer(60_000, MAX_KEEP_MS, fallback, meaning);
};
const every = (meaning: string): ((fallback: number) => Setting<number>) => {
  return (fallback) => integer(10, DAY_MS, fallback, meaning);
};
const port = (meaning: string): ((fallback: number) => Setting<number>) => {
  return (fallback) => integer(1_024, 65_535, fallback, meaning);
};

/** The settings of the provisioning service. */
export const PROVISIONING_SETTINGS = withDefaults(PROVISIONING_NUMBERS, {
  maxAgents: limit('Agents that are not deleted.', 100_000),
  maxInstances: limit(
    'Instances of all agents together; an upgrade has twice its agent’s for a while.',
    100_000,
  ),
  maxActiveOperations: limit('Operations on agents at once; more wait for their turn.', 1_000),
  maxQueuedOperations: limit('Operations on agents that may wait for their turn.', 1_000_000),
  maxHostOperations: limit('Operations of hosts that are not at their end.', 1_000_000),
  maxBulkAgents: limit('Agents that one command may be for.', 100_000),
  showEndedOperationsMs: every('How long an operation that ended is still shown live, ms.'),
  maxEndedOperationsShown: limit('Operations that ended in the live list of all: the last ones.', 100_000),
  agentDrainMs: limit(
    'Time for what an agent still has to answer when it is stopped, where its kind does not say, ms.',
    3_600_000,
  ),
  maxJournalRetryMs: limit(
    'The longest pause between two attempts to write what the journal could not take, ms.',
    3_600_000,
  ),
  operationPersistIntervalMs: limit(
    'The longest that the progress and the log of an operation wait to be written, ms; its stages do not wait.',
    60_000,
  ),
  maxOperationLogLines: limit('Lines of the log of one operation that are kept.', 10_000_000),
  maxOperationLineLength: limit('Length of such a line, characters; longer ones are cut.', 65_536),
  maxUnwrittenLogLines: limit(
    'Lines of logs of operations that wait for a database that refuses; beyond it the oldest are lost, which is logged.',
  ),
  keepOperationsMs: keep('How long operations that ended are kept, ms.'),
  maxKeptOperations: limit('Operations that ended and are kept, whatever their age.', 100_000_000),
  keepKeysMs: keep('How long an idempotency key of a command names its operation, ms.'),
  keepRevokedAgentsMs: keep('How long deleted agents stay known, ms.'),
  maxRevokedAgents: limit('Deleted agents that stay known, whatever their age.', 100_000_000),
  maxConfigurationsPerAgent: limit('Configurations of one agent that are kept.', 100_000),
  maxStageDurations: limit('Runs of a stage that its next is expected by.', 10_000),
  keepStageDurationsMs: keep('How long a run of a stage counts for that, ms.'),
  provisioningPruneIntervalMs: every('Between two looks for what of that is too old to be kept, ms.'),
  reconcileIntervalMs: every(
    'Between two comparisons of every agent with what it is meant to be, ms; changes are acted on at once in any case.',
  ),
  maxAgentStartsAtOnce: limit('Instances that are started or ended at once outside of operations.', 1_000),
  agentRetryDelayMs: every(
    'Before something that could not be done for an agent is tried again, ms; it doubles with each try.',
  ),
  maxAgentRetryDelayMs: every('The longest of these pauses, ms.'),
  startProbeIntervalMs: every('Between two looks at an instance that has not been ready yet, ms.'),
  maxProbeBodyBytes: limit('Bytes that are read of an agent’s answer to its probe.'),
  agentUsageIntervalMs: every('Between two readings of the memory and processor time of agents, ms.'),
  agentCheckIntervalMs: every('Between two runs of the health check of an agent, ms.'),
  keepEndedInstancesMs: keep('How long an instance that ended is kept for its output, ms.'),
  maxEndedInstances: limit('Instances of one agent that ended and are kept.', 1_000),
  logTailLines: limit('Lines that a reader of the live log of an agent begins with.', 10_000),
  logPublishIntervalMs: every('Between two publications of one live log, ms.'),
  maxParameterBytes: limit('Largest parameters of an agent, as JSON, bytes.', 1_048_576),
  maxStorageEntries: limit('Files and folders of an agent’s storage that are counted for a report.'),
});

/** The settings of the engines. */
export const AGENT_SETTINGS = withDefaults(AGENT_NUMBERS, {
  instancePortFrom: port('First of the ports that instances of agents listen on, on loopback.'),
  instancePortTo: port('Last of these ports.'),
  instanceLogBytesPerSecond: (fallback) =>
    integer(
      1_024,
      1_073_741_824,
      fallback,
      'Output of an instance that is taken in a second, bytes; more has to wait.',
    ),
  doorMaxHeaderBytes: limit('Line and headers of a request to an agent’s stable port, bytes.', 1_048_576),
  doorMaxBodyBytes: limit('Body of such a request, bytes.', 1_000_000_000_000),
  doorMaxReplayBytes: limit(
    'The largest of these bodies that are held, so that another instance may be asked with them, bytes.',
    16_777_216,
  ),
  doorMaxConnections: limit('Open connections to one agent’s stable port.', 1_000_000),
  doorMaxIdleUpstream: limit('Idle connections that are kept to the instances of one agent.', 100_000),
  doorMaxAttempts: limit('Instances that one request is asked of.', 100),
  doorHeadersTimeoutMs: limit('Time for the headers of a request to a stable port to arrive, ms.', 3_600_000),
  doorRequestTimeoutMs: limit('Time for such a request to arrive whole, ms.', 86_400_000),
  doorKeepAliveMs: limit('Between two requests on a connection to a stable port, ms.', 3_600_000),
  doorConnectTimeoutMs: limit('Time for an instance to take a connection, ms.', 600_000),
  doorAnswerTimeoutMs: limit('Time for an instance to begin its answer, ms.', 86_400_000),
  doorIdleMs: limit('The longest pause in an instance’s answer, ms.', 86_400_000),
  doorUpstreamIdleMs: limit('How long an idle connection to an instance is kept, ms.', 3_600_000),
  doorTunnelIdleMs: limit('The longest pause of a WebSocket through a stable port, ms.', 604_800_000),
  doorCloseAnswerMs: limit(
    'Time for the client of such a WebSocket to answer that it is closed, ms.',
    600_000,
  ),
  doorLingerMs: limit(
    'How long the process of the stable ports stays without any port and any server, ms.',
    3_600_000,
  ),
});

/** What the door is begun with. */
export function doorLimitsOf(numbers: AgentNumbers): DoorLimits {
  const entries = Object.keys(DEFAULT_DOOR_LIMITS).map((key) => [
    key,
    numbers[doorKey(key) as keyof DoorNumbers],
  ]);
  return Object.fromEntries(entries) as DoorLimits;
}

/** What the runtime is told. */
export function runtimeLimitsOf(numbers: AgentNumbers): Partial<ProcessRuntimeLimits> {
  const {
    instancePortFrom: from,
    instancePortTo: to,
    instanceLogBytesPerSecond: logBytesPerSecond,
  } = numbers;
  return { ports: { from, to }, logBytesPerSecond };
}

function doorKey(key: string): string {
  return `door${key[0]!.toUpperCase()}${key.slice(1)}`;
}
