/** The provisioning service: the doors of its API, its commands and its composition. */
import type {
  AgentKindInfo,
  AgentStatus,
  BulkOutcome,
  Json,
  LogPage,
  NewAgent,
  NewOperation,
  OperationAction,
  OperationStatus,
  StageUpdate,
} from '../../../src/protocol/index.ts';
import type { LogRead } from '../../ports/agent-runtime.ts';
import type { AgentRestarter } from '../../ports/agent-restarter.ts';
import type { AuditEvent } from '../../ports/audit-sink.ts';
import type { Database } from '../../ports/database.ts';
import type { Namespace } from '../../ports/publisher.ts';
import type { TagSource } from '../../ports/tag-source.ts';
import type { OperationQuery } from './record/record.ts';
import type { ConfigVersion, StorageReport } from './resources.ts';

/** Who asks, and how it is told apart from the same question asked again. */
export interface Asked {
  /** The identity's id. */
  readonly by: string;
  /** Stands in every entry that comes of it. */
  readonly actor: AuditEvent['actor'];
  readonly requestId?: string;
  readonly ip?: string;
  /** Of the caller: the same key and content is the same operation. */
  readonly idempotencyKey?: string;
  /** Hears, before the call resolves, that the key named an operation already: what is answered with is not new. */
  readonly onRepeated?: () => void;
  /** The agent's generation that the caller has seen. */
  readonly ifMatch?: number;
}

/** What is asked of an agent. */
export type Command =
  | { readonly type: 'start' }
  | { readonly type: 'stop'; readonly graceMs?: number }
  | { readonly type: 'restart' }
  | {
      readonly type: 'upgrade';
      /** Default: as it is. */
      readonly version?: string;
      /** In the place of all it had; default: as they are. */
      readonly parameters?: Readonly<Record<string, Json>>;
      /** Beside those it had. */
      readonly secrets?: Readonly<Record<string, string>>;
    }
  | { readonly type: 'rollback' }
  | { readonly type: 'scale'; readonly replicas: number }
  | { readonly type: 'suspend' }
  | { readonly type: 'resume' }
  | { readonly type: 'delete'; readonly graceMs?: number };

/** Which agents a command is for: all that carry the tags, or those named. */
export interface Selection {
  readonly agents?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
}

/** The service. */
export interface Provisioning {
  /** `agents`, `agent/<id>`, `operations`, `operation/<id>`, `logs/<agent>`, `logs/operation/<id>`. */
  readonly namespaces: readonly Namespace[];
  readonly tagSource: TagSource;
  readonly restarter: AgentRestarter;
  kinds(): readonly AgentKindInfo[];
  agents(): readonly AgentStatus[];
  /** @throws WaooawError `not_found`. */
  agent(agent: string): AgentStatus;
  /**
   * Journals the operation with its entry, and answers once that is durable; the work follows.
   * @throws WaooawError `bad_parameters`, `unknown_kind`, `unknown_version`, `conflict`, `agent_limit`, `idempotency_conflict`.
   */
  create(input: NewAgent, asked: Asked): Promise<OperationStatus>;
  /**
   * @throws WaooawError `not_found`, `bad_transition` (naming what is legal), `agent_busy`, `generation_conflict`,
   *   `operation_limit`, `idempotency_conflict`, and as `create`.
   */
  command(agent: string, command: Command, asked: Asked): Promise<OperationStatus>;
  /** The same of many; each its own operation, and each its own error. @throws WaooawError `bad_request` for a selection of nothing. */
  bulk(selection: Selection, command: Command, asked: Asked): Promise<readonly BulkOutcome[]>;
  operations(query: OperationQuery): Promise<readonly OperationStatus[]>;
  /** @throws WaooawError `not_found`. */
  operation(operation: string): Promise<OperationStatus>;
  /** @throws WaooawError `not_found`, `bad_transition`. */
  act(operation: string, action: OperationAction, asked: Asked): Promise<OperationStatus>;
  /** A host's own. */
  createOperation(input: NewOperation, asked: Asked): Promise<OperationStatus>;
  /** @throws WaooawError `not_found`, `bad_transition`, `read_only` for one of ours, `generation_conflict` for another revision. */
  updateStage(operation: string, stage: string, update: StageUpdate, asked: Asked): Promise<OperationStatus>;
  agentLogs(agent: string, read: LogRead): Promise<LogPage>;
  operationLogs(operation: string, read: LogRead): Promise<LogPage>;
  storage(agent: string): Promise<StorageReport>;
  configVersions(agent: string): Promise<readonly ConfigVersion[]>;
  stats(): ProvisioningStats;
  /** Raises the epoch, takes up what was under way, and adopts what runs. */
  start(database: Database): Promise<void>;
  /** Stops at the next journaled step. Agents run on. */
  close(): Promise<void>;
}

/** For `/metrics`. */
export interface ProvisioningStats {
  readonly agents: Readonly<Record<string, number>>;
  readonly operations: { readonly queued: number; readonly active: number };
  readonly ended: Readonly<Record<string, number>>;
  readonly restarts: number;
  readonly adopted: number;
}
