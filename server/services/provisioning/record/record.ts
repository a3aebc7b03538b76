/** What is kept of agents and operations: rows, written with their audit entries, read once at the start. */
import type {
  AgentState,
  DesiredState,
  Json,
  LogLine,
  LogPage,
  OperationAction,
  OperationError,
  OperationState,
  OperationStatus,
  StageExpectation,
  StageState,
} from '../../../../src/protocol/index.ts';
import type { LogRead } from '../../../ports/agent-runtime.ts';
import type { AuditEvent } from '../../../ports/audit-sink.ts';
import type { Statement } from '../../../ports/database.ts';

/** What makes an instance what it is: a change of it is a new generation. */
export interface AgentSpec {
  readonly generation: number;
  readonly version: string;
  readonly parameters: Readonly<Record<string, Json>>;
  /** Of the secrets' values, in the order in which they were set; see `SecretStore`. */
  readonly secretsRevision: number;
  readonly replicas: number;
}

/** An agent, as it is kept. */
export interface AgentRecord {
  readonly agent: string;
  /** Counts agents that had this id: part of every deterministic name. */
  readonly incarnation: number;
  readonly kind: string;
  readonly title: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly state: AgentState;
  readonly reason?: string;
  readonly since: number;
  readonly desired: DesiredState;
  /** What it is meant to be. `spec.generation` is the agent's generation. */
  readonly spec: AgentSpec;
  /** What serves now; absent while nothing does. */
  readonly live?: AgentSpec;
  /** What a rollback goes back to. */
  readonly previous?: AgentSpec;
  /** The stable port, once it has one. */
  readonly port?: number;
  /** Id of the API key that it was given. */
  readonly keyId?: string;
  readonly restarts: number;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly changedAt: number;
}

/** A stage, as it is kept: what is to be done was written before it was begun, and what became of it after. */
export interface StageRecord {
  readonly name: string;
  readonly title: string;
  readonly state: StageState;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly percent?: number;
  readonly detail?: string;
  readonly description?: string;
  readonly error?: OperationError;
  readonly attempts: number;
  /** What it made outside of us, such as the ids of instances: what its compensation takes back. */
  readonly external?: Readonly<Record<string, Json>>;
  /** Its compensation ran. */
  readonly compensated?: boolean;
}

/** An operation, as it is kept. */
export interface OperationRecord {
  readonly operation: string;
  readonly type: string;
  readonly title: string;
  readonly source: 'engine' | 'host';
  readonly agent?: string;
  readonly incarnation?: number;
  readonly state: OperationState;
  /** Of the plan's form: a program that does not know it fails the operation with `plan_unknown`, and touches nothing. */
  readonly planVersion: number;
  /** What was asked for, as the plan needs it; and what goes back if it fails. Never a secret. */
  readonly input: Readonly<Record<string, Json>>;
  readonly stages: readonly StageRecord[];
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly by: string;
  readonly generation?: number;
  readonly error?: OperationError;
  readonly result?: Readonly<Record<string, Json>>;
  readonly action?: {
    readonly name: OperationAction;
    readonly phase: 'accepted' | 'in-effect' | 'done';
    readonly by: string;
    readonly at: number;
  };
  readonly tags: Readonly<Record<string, string>>;
  readonly url?: string;
  readonly revision: number;
}

/** An idempotency key and the operation that it named. */
export interface KeptKey {
  /** Of whoever asked: the keys of two callers never meet. */
  readonly by: string;
  readonly key: string;
  /** SHA-256 of what was asked for, hex. */
  readonly hash: string;
  readonly operation: string;
}

/** What was kept. */
export interface KeptProvisioning {
  readonly agents: readonly AgentRecord[];
  /** Those that are not at their end, those that ended within the last hour, and the last one of each agent, oldest first. */
  readonly operations: readonly OperationRecord[];
}

/** Which operations are asked for. */
export interface OperationQuery {
  readonly agent?: string;
  readonly state?: OperationState;
  readonly type?: string;
  readonly source?: 'engine' | 'host';
  /** Before this operation, newest first. */
  readonly before?: string;
  readonly limit: number;
}

/**
 * What is kept of agents and operations. Guarantees:
 * - `commit` is durable once resolved, whole or not at all, and with its audit entry: a change of a life without one is
 *   impossible. Commits take effect in the order of the calls.
 * - It refuses with `fenced`, and writes nothing, once another process has begun on the same file: `begin` raised the epoch.
 * - What `commit` wrote is what `begin` of the next process answers with, whatever ended this one.
 */
export interface ProvisioningRecord {
  /** Raises the epoch and reads what was kept. */
  begin(): Promise<KeptProvisioning>;
  /** Of this process: counts starts. In the labels of every instance. */
  readonly epoch: number;
  /** @throws WaooawError `fenced`, `audit_unavailable`, `conflict` for a key that names another operation, the database's own. */
  commit(change: Change, event: AuditEvent): Promise<void>;
  /** Progress that may be lost: written within a second, without an entry. Only what the operation's stages say beside their states. */
  progress(operation: OperationRecord): void;
  /** The operation that a key named, within `keepKeysMs`. */
  findKey(by: string, key: string): Promise<KeptKey | undefined>;
  findOperation(operation: string): Promise<OperationRecord | undefined>;
  operations(query: OperationQuery): Promise<readonly OperationRecord[]>;
  /** Adds to an operation's log; written within a second, at most `maxOperationLogLines` are kept. */
  log(operation: string, lines: readonly Omit<LogLine, 'n'>[]): readonly LogLine[];
  logs(operation: string, read: LogRead): Promise<LogPage>;
  /** How long completed stages of this name took, in operations of this type over this kind; absent below three runs. */
  expected(kind: string, type: string, stage: string): StageExpectation | undefined;
  /** Writes what is gathered, and stops removing what is old. */
  close(): Promise<void>;
}

/** What changes together. */
export interface Change {
  readonly agent?: AgentRecord;
  readonly operation?: OperationRecord;
  readonly key?: KeptKey;
  /** A stage that has just ended as `completed`, for what is expected of the next. */
  readonly took?: {
    readonly kind: string;
    readonly type: string;
    readonly stage: string;
    readonly ms: number;
  };
  /** Others' rows that belong to it, such as secrets and keys. */
  readonly statements?: readonly Statement[];
}

/** What an operation is shown as, from what is kept of it. */
export type Shown = (record: OperationRecord) => OperationStatus;
