/** The supervisor's limits: each an option with a default and a unit. */

/** How often agents are looked at, and how much is done at once. */
export interface SupervisorLimits {
  /** Every agent is compared with what it is meant to be, ms. Changes are acted on at once in any case. */
  readonly reconcileIntervalMs: number;
  /** Instances started or ended at once outside of operations. */
  readonly maxAgentStartsAtOnce: number;
  /** Before something that could not be done is tried again, ms; doubles up to `maxAgentRetryDelayMs`. */
  readonly agentRetryDelayMs: number;
  /** Longest wait before something is tried again, ms. */
  readonly maxAgentRetryDelayMs: number;
  /** How often an instance that has not been ready yet is asked, ms; its kind's `intervalMs` where that is less. */
  readonly startProbeIntervalMs: number;
  /** Of the body of an answer to a probe, bytes: it is read so far, and thrown away. */
  readonly maxProbeBodyBytes: number;
  /** How often memory and processor time of agents are read, ms. */
  readonly agentUsageIntervalMs: number;
  /** How often the health service asks about an agent, ms. */
  readonly agentCheckIntervalMs: number;
  /** How long an instance that has ended is kept for its output, ms. */
  readonly keepEndedInstancesMs: number;
  /** Ended instances that are kept of one agent. */
  readonly maxEndedInstances: number;
  /** Lines that a reader of `logs/<agent>` begins with. */
  readonly logTailLines: number;
  /** How often new lines are published on `logs/<agent>`, ms: of more than `logTailLines` in that time only the last are. */
  readonly logPublishIntervalMs: number;
}

/** The defaults. */
export const DEFAULT_SUPERVISOR_LIMITS: SupervisorLimits = Object.freeze({
  reconcileIntervalMs: 10_000,
  maxAgentStartsAtOnce: 4,
  agentRetryDelayMs: 1_000,
  maxAgentRetryDelayMs: 60_000,
  startProbeIntervalMs: 100,
  maxProbeBodyBytes: 65_536,
  agentUsageIntervalMs: 10_000,
  agentCheckIntervalMs: 2_000,
  keepEndedInstancesMs: 3_600_000,
  maxEndedInstances: 8,
  logTailLines: 200,
  logPublishIntervalMs: 100,
});
