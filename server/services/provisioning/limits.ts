/** The provisioning service's limits: each an option with a default and a unit. */
import { DEFAULT_RECORD_LIMITS } from './record/limits.ts';
import type { RecordLimits } from './record/limits.ts';
import { DEFAULT_SUPERVISOR_LIMITS } from './supervisor/limits.ts';
import type { SupervisorLimits } from './supervisor/limits.ts';

/** How much is run, at once and in all, and how long it is remembered. */
export interface ProvisioningLimits extends RecordLimits, SupervisorLimits {
  /** Agents that are not revoked. */
  readonly maxAgents: number;
  /** Instances that all agents together are meant to have; an upgrade has twice its agent's for a while. */
  readonly maxInstances: number;
  /** Operations of ours under way at once. */
  readonly maxActiveOperations: number;
  /** Operations of ours that wait behind them. */
  readonly maxQueuedOperations: number;
  /** Operations of hosts that are not at their end. */
  readonly maxHostOperations: number;
  /** Agents that one bulk command may reach. */
  readonly maxBulkAgents: number;
  /** How long an operation at its end stays on the channels, ms. */
  readonly showEndedOperationsMs: number;
  /** Operations at their end that the list of all shows: the last ones. */
  readonly maxEndedOperationsShown: number;
  /** How long is waited for what an agent of no known kind still has to answer when it is stopped, ms. */
  readonly agentDrainMs: number;
  /** The longest between two attempts to write what the journal could not take, ms. */
  readonly maxJournalRetryMs: number;
}

/** The defaults. */
export const DEFAULT_PROVISIONING_LIMITS: ProvisioningLimits = Object.freeze({
  ...DEFAULT_RECORD_LIMITS,
  ...DEFAULT_SUPERVISOR_LIMITS,
  maxAgents: 1_000,
  maxInstances: 1_000,
  maxActiveOperations: 8,
  maxQueuedOperations: 1_000,
  maxHostOperations: 1_000,
  maxBulkAgents: 1_000,
  showEndedOperationsMs: 3_600_000,
  maxEndedOperationsShown: 500,
  agentDrainMs: 30_000,
  maxJournalRetryMs: 30_000,
});
