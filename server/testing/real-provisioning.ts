/** For tests: the provisioning service over what it really runs on: SQLite, the audit trail, processes, and the door. */
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isEnded } from '../../src/protocol/index.ts';
import type { OperationStatus } from '../../src/protocol/index.ts';
import { createDoor } from '../engines/door/door.ts';
import { createProcessRuntime } from '../engines/process/runtime.ts';
import { openSqlite } from '../engines/sqlite/database.ts';
import { createSystemClock } from '../engines/system/clock.ts';
import { MIGRATIONS } from '../migrations.ts';
import type { AgentDoor } from '../ports/agent-door.ts';
import type { AgentRuntime } from '../ports/agent-runtime.ts';
import type { Database } from '../ports/database.ts';
import { createAudit } from '../services/audit/index.ts';
import type { Audit } from '../services/audit/index.ts';
import { createAgentResources } from '../services/provisioning/agent-resources.ts';
import { createProvisioning } from '../services/provisioning/index.ts';
import type { Asked, Provisioning } from '../services/provisioning/index.ts';
import { openKinds } from '../services/provisioning/open-kinds.ts';
import { FakePublisher } from './fake-publisher.ts';
import { FakeTokens } from './provisioning-service.ts';

/** What is done around each commit, in the place of doing nothing. */
export interface AroundCommit {
  before(): void;
  after(): void;
}

/** What a test gets. */
export interface RealProvisioning {
  readonly provisioning: Provisioning;
  readonly runtime: AgentRuntime;
  readonly door: AgentDoor;
  readonly audit: Audit;
  readonly errors: string[];
  ended(operation: string): Promise<OperationStatus>;
  /** Lets go: agents and the door go on. */
  close(): Promise<void>;
  /** Ends agents and door too. */
  end(): Promise<void>;
}

/** Who asks. */
export const ASKED: Asked = { by: 'ana', actor: { id: 'ana', kind: 'user' }, idempotencyKey: 'the-key' };

/** A version whose agents end at once. */
export const BROKEN = '3.0.0';

const POLL_MS = 10;
/** A kind with a stable port, whose agents answer with their version. */
const KINDS = {
  kinds: [
    {
      kind: 'web',
      port: true,
      command: [process.execPath, join(import.meta.dirname, 'agents/serving.ts')],
      versions: [
        ...['1.0.0', '2.0.0'].map((version) => ({ version, env: { ANSWER: version } })),
        { version: BROKEN, command: [process.execPath, join(import.meta.dirname, 'agents/ending.ts'), '1'] },
      ],
      ready: { kind: 'http', path: '/', intervalMs: 50, timeoutMs: 2_000, failureThreshold: 5 },
      upgrade: { progressDeadlineMs: 60_000, minHealthyMs: 20, watchMs: 50, drainMs: 2_000 },
      stop: { signal: 'SIGTERM', graceMs: 5_000 },
    },
  ],
};

/** Opens it and takes up what was under way. @param folder is there; all data is in it. */
export async function openRealProvisioning(folder: string, around?: AroundCommit): Promise<RealProvisioning> {
  const clock = createSystemClock();
  const errors: string[] = [];
  const onError = (error: unknown, what: string): void => void errors.push(`${what}: ${String(error)}`);
  const path = join(folder, 'agents.json');
  await writeFile(path, JSON.stringify(KINDS));
  await chmod(path, 0o600);

  const opened = openSqlite(join(folder, 'waooaw.db'));
  await opened.migrate(MIGRATIONS);
  const commit = async <T>(write: () => Promise<T>): Promise<T> => {
    around?.before();
    const result = await write();
    around?.after();
    return result;
  };
  const database: Database = {
    migrate: (migrations) => opened.migrate(migrations),
    transaction: (statements) => commit(() => opened.transaction(statements)),
    read: (statement) => opened.read(statement),
    close: () => opened.close(),
  };
  const audit = createAudit({
    clock,
    publisher: new FakePublisher(),
    origin: 'example.org/audit',
    keyFile: join(folder, 'audit-key.json'),
    checkpointFile: join(folder, 'audit-checkpoints.txt'),
    onError,
  });
  await audit.start({
    ...opened.auditLog,
    append: (rows, alongside) => commit(() => opened.auditLog.append(rows, alongside)),
  });
  const kinds = await openKinds({ path, clock, onError });
  const runtime = createProcessRuntime({ folder: join(folder, 'agents/run'), clock, onError });
  const door = createDoor({
    folder: join(folder, 'door'),
    clock,
    onError: (error) => onError(error, 'the door'),
  });
  const provisioning = createProvisioning({
    ...{ clock, publisher: new FakePublisher(), audit, runtime, door, kinds, onError },
    tokens: new FakeTokens(),
    openResources: (of) =>
      createAgentResources({ database: of, folder: join(folder, 'agents'), url: () => 'http://127.0.0.1:1' }),
  });
  await provisioning.start(database);

  const letGo = async (): Promise<void> => {
    await provisioning.close();
    await kinds.close();
    await audit.close();
    await database.close();
  };
  return {
    ...{ provisioning, runtime, door, audit, errors },

    async ended(operation) {
      for (;;) {
        const status = await provisioning.operation(operation);
        if (isEnded(status.state)) return status;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },

    async close() {
      await letGo();
      await door.release();
      await runtime.close();
    },

    async end() {
      await letGo();
      await door.end();
      for (const { name } of await runtime.list()) await runtime.stop(name, 0);
      await runtime.close();
    },
  };
}
