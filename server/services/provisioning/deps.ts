/** What the provisioning service needs from the world. */
import type { AgentDoor } from '../../ports/agent-door.ts';
import type { AgentRuntime } from '../../ports/agent-runtime.ts';
import type { AgentTokens } from '../../ports/agent-tokens.ts';
import type { AlertSink } from '../../ports/alert-sink.ts';
import type { AuditSink } from '../../ports/audit-sink.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Database } from '../../ports/database.ts';
import type { HealthGate } from '../../ports/health-gate.ts';
import type { MetricIntake } from '../../ports/metric-intake.ts';
import type { Publisher } from '../../ports/publisher.ts';
import type { Kinds } from './kinds.ts';
import type { ProvisioningLimits } from './limits.ts';
import type { AgentResources } from './resources.ts';
import type { Say } from './supervision.ts';

/** What the service needs. */
export interface ProvisioningDeps {
  readonly clock: Clock;
  readonly publisher: Publisher;
  /** Every step commits with its entry. */
  readonly audit: AuditSink;
  /** Its owner closes it, after the service. */
  readonly runtime: AgentRuntime;
  /** Its owner releases it, after the service. */
  readonly door: AgentDoor;
  readonly kinds: Kinds;
  readonly tokens: AgentTokens;
  readonly openResources: (database: Database) => AgentResources;
  /** Where agents' checks are registered. Default: nowhere. */
  readonly health?: HealthGate | undefined;
  /** Where agents that ended too often are told of. Default: nowhere. */
  readonly alerts?: AlertSink | undefined;
  /** Where what agents use is handed in. Default: nowhere. */
  readonly metrics?: MetricIntake | undefined;
  readonly limits?: Partial<ProvisioningLimits> | undefined;
  /** Told once, when another server has taken over: nothing is written, and no agent touched, from then on. Default: nobody. */
  readonly onFenced?: (() => void) | undefined;
  /** For the log: agents that were adopted, restarted, or crashed. Default: nobody. */
  readonly say?: Say | undefined;
  /** Told of what goes wrong beside requests. */
  readonly onError: (error: unknown, what: string) => void;
}
