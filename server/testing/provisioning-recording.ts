/** For tests: the provisioning record over a real database and the real audit trail, with a clock that the test holds. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { WaooawError } from '../../src/protocol/index.ts';
import type { ErrorCode } from '../../src/protocol/index.ts';
import { createManualClock } from '../engines/memory/clock.ts';
import type { ManualClock } from '../engines/memory/clock.ts';
import { openSqlite } from '../engines/sqlite/database.ts';
import { MIGRATIONS } from '../migrations.ts';
import type { AuditEvent } from '../ports/audit-sink.ts';
import type { Database } from '../ports/database.ts';
import { createAudit } from '../services/audit/index.ts';
import type { Audit } from '../services/audit/index.ts';
import { openRecord } from '../services/provisioning/record/index.ts';
import type { RecordLimits } from '../services/provisioning/record/index.ts';
import type {
  AgentRecord,
  AgentSpec,
  KeptProvisioning,
  OperationRecord,
  ProvisioningRecord,
  StageRecord,
} from '../services/provisioning/record/record.ts';
import { FakePublisher } from './fake-publisher.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What a test brings. */
export interface ProvisioningParts {
  readonly clock?: ManualClock;
  /** To begin again on the same data. */
  readonly folder?: string;
  readonly limits?: Partial<RecordLimits>;
  /** False: the test begins. */
  readonly begun?: boolean;
}

/** What a test gets. */
export interface ProvisioningRecording {
  readonly record: ProvisioningRecord;
  readonly kept: KeptProvisioning;
  readonly clock: ManualClock;
  readonly database: Database;
  readonly audit: Audit;
  readonly folder: string;
  /** What could not be done, as it was told. */
  readonly errors: string[];
  /** Deleted agents that are not kept any more, as it was told. */
  readonly forgotten: string[];
  /** Transactions, beside commits, that the database is to refuse; and whether the trail refuses every entry. */
  readonly refuse: { next: number; entries: boolean };
  /** How many transactions there were beside commits. */
  readonly written: { times: number };
  rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Closes all; twice is harmless. */
  stop(): Promise<void>;
}

/** An entry with defaults. */
export function anEvent(more: Partial<AuditEvent> = {}): AuditEvent {
  return {
    actor: { id: 'ana', kind: 'user' },
    action: 'create',
    level: 'info',
    resource: { type: 'agent', id: 'mail' },
    result: 'success',
    ...more,
  };
}

/** A spec with defaults. */
export function aSpec(more: Partial<AgentSpec> = {}): AgentSpec {
  return { generation: 1, version: '1.0.0', parameters: {}, secretsRevision: 0, replicas: 1, ...more };
}

/** An agent with defaults. */
export function anAgent(more: Partial<AgentRecord> = {}): AgentRecord {
  return {
    agent: 'mail',
    incarnation: 1,
    kind: 'watcher',
    title: 'Mail',
    tags: {},
    state: 'draft',
    since: 0,
    desired: 'running',
    spec: aSpec(),
    restarts: 0,
    createdAt: 0,
    createdBy: 'ana',
    changedAt: 0,
    ...more,
  };
}

/** A stage with defaults. */
export function aStage(name: string, more: Partial<StageRecord> = {}): StageRecord {
  return { name, title: name, state: 'pending', attempts: 0, ...more };
}

/** An operation with defaults. */
export function anOperation(operation: string, more: Partial<OperationRecord> = {}): OperationRecord {
  return {
    operation,
    type: 'create',
    title: 'Create mail',
    source: 'engine',
    agent: 'mail',
    incarnation: 1,
    state: 'running',
    planVersion: 1,
    input: {},
    stages: [aStage('allocate', { state: 'running', attempts: 1 }), aStage('start')],
    createdAt: 0,
    by: 'ana',
    tags: {},
    revision: 1,
    ...more,
  };
}

/** What the trail says, in order: action and result. */
export async function entriesOf({ audit }: ProvisioningRecording): Promise<readonly string[]> {
  return (await audit.log.range(1, 1_000)).map(({ facts }) => `${facts.action} ${facts.result}`);
}

/** That it was refused with a code, for `assert.rejects`. */
export const refusedWith =
  (code: ErrorCode) =>
  (error: unknown): boolean =>
    error instanceof WaooawError && error.code === code;

/** Opens the record; it ends with the test. */
export async function provisioningRecording(
  t: TestContext,
  parts: ProvisioningParts = {},
): Promise<ProvisioningRecording> {
  const { clock = createManualClock(), folder = temporaryFolder(), limits = {}, begun = true } = parts;
  const errors: string[] = [];
  const forgotten: string[] = [];
  const refuse = { next: 0, entries: false };
  const written = { times: 0 };
  const onError = (error: unknown, what: string): void => void errors.push(`${what}: ${String(error)}`);
  const sqlite = openSqlite(join(folder, 'waooaw.db'));
  await sqlite.migrate(MIGRATIONS);
  const audit = createAudit({
    clock,
    publisher: new FakePublisher(),
    origin: 'example.org/audit',
    keyFile: join(folder, 'audit-key.json'),
    checkpointFile: join(folder, 'audit-checkpoints.txt'),
    onError,
  });
  await audit.start(sqlite.auditLog);
  const database: Database = {
    ...sqlite,
    transaction(statements) {
      written.times += 1;
      if (refuse.next <= 0) return sqlite.transaction(statements);
      refuse.next -= 1;
      return sqlite.transaction([...statements, { sql: 'not a statement' }]);
    },
  };
  const record = openRecord({
    database,
    audit: {
      async record(event, alongside) {
        if (refuse.entries) throw new WaooawError('audit_unavailable');
        return audit.record(event, alongside);
      },
    },
    clock,
    limits,
    onForgotten: (agents) => forgotten.push(...agents),
    onError,
  });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopped ??= record
      .close()
      .then(() => audit.close())
      .then(() => sqlite.close()));
  t.after(stop);
  const kept = begun ? await record.begin() : { agents: [], operations: [] };
  written.times = 0;
  return {
    record,
    kept,
    clock,
    database,
    audit,
    folder,
    errors,
    forgotten,
    refuse,
    written,
    rows: (sql) => sqlite.read({ sql }),
    stop,
  };
}
