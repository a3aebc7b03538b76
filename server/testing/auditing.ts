/** For tests: the audit service over a real database, with a clock that the test holds, and its API asked by any role. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { WaooawError } from '../../src/protocol/index.ts';
import type { ErrorCode, Role } from '../../src/protocol/index.ts';
import { createManualClock } from '../engines/memory/clock.ts';
import type { ManualClock } from '../engines/memory/clock.ts';
import { openSqlite } from '../engines/sqlite/database.ts';
import type { SqliteFile } from '../engines/sqlite/database.ts';
import { defaultAccess } from '../http/access.ts';
import { api } from '../http/api.ts';
import { MIGRATIONS } from '../migrations.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { AuditEvent } from '../ports/audit-sink.ts';
import { createAudit } from '../services/audit/index.ts';
import type { Audit, AuditDeps } from '../services/audit/index.ts';
import { auditRoutes } from '../services/audit/routes.ts';
import { turn } from './event-loop.ts';
import { FakePublisher } from './fake-publisher.ts';
import { temporaryFolder } from './harness.ts';
import type { Problem } from './harness.ts';

/** The log's name. */
export const ORIGIN = 'example.org/audit';

/** What a test may bring. */
export interface AuditingParts extends Partial<
  Pick<AuditDeps, 'limits' | 'redact' | 'checkpointUrl' | 'checkpointFile' | 'origin'>
> {
  /** To start again on the same data. */
  readonly folder?: string;
  readonly clock?: ManualClock;
  /** False: the test starts it. */
  readonly started?: boolean;
}

/** What is asked of the API. */
export interface AuditAsk {
  readonly method?: string;
  readonly role?: Role;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a test gets. */
export interface Auditing {
  readonly audit: Audit;
  readonly clock: ManualClock;
  readonly publisher: FakePublisher;
  readonly database: SqliteFile;
  /** As the service sees it: it fails as it is told. */
  readonly log: AuditLog;
  /** Code of the error that every append is refused with, until it is undefined again. */
  readonly refuse: { with: ErrorCode | undefined };
  readonly folder: string;
  /** What `onError` was told. */
  readonly errors: string[];
  /** Asks the routes; an admin when no role is named. */
  ask<T = Problem>(path: string, ask?: AuditAsk): Promise<{ status: number; body: T; text: string }>;
  /** Lets time pass, and what is then due happen. */
  pass(ms: number): Promise<void>;
  /** Closes the service, then the database; twice is harmless. */
  stop(): Promise<void>;
}

/** An event with defaults. */
export function anEvent(more: Partial<AuditEvent> = {}): AuditEvent {
  return {
    actor: { id: 'ana', kind: 'user', name: 'Ana' },
    action: 'upgrade',
    level: 'info',
    resource: { type: 'agent', id: 'mail-7' },
    result: 'success',
    ...more,
  };
}

/** Waits until something holds, for as long as a slow machine may take. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Waited in vain until ${what}`);
    await turn();
  }
}

/** Starts the service; it ends with the test. */
export async function auditing(t: TestContext, parts: AuditingParts = {}): Promise<Auditing> {
  const { folder = temporaryFolder(), clock = createManualClock(), started = true, ...deps } = parts;
  const publisher = new FakePublisher();
  const errors: string[] = [];
  const refuse: Auditing['refuse'] = { with: undefined };
  const database = openSqlite(join(folder, 'waooaw.db'));
  let busy = 0;
  const log: AuditLog = {
    ...database.auditLog,
    async append(rows, alongside) {
      if (refuse.with !== undefined) throw new WaooawError(refuse.with);
      busy += 1;
      return database.auditLog.append(rows, alongside).finally(() => (busy -= 1));
    },
  };
  const audit = createAudit({
    clock,
    publisher,
    origin: ORIGIN,
    keyFile: join(folder, 'audit-key.json'),
    checkpointFile: join(folder, 'audit-checkpoints.txt'),
    onError: (error, what) =>
      errors.push(`${what}: ${error instanceof Error ? error.message : String(error)}`),
    ...deps,
  });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= audit.close().then(() => database.close()));
  t.after(stop);
  await database.migrate(MIGRATIONS);
  if (started) await audit.start(log);

  const app = api();
  app.use(async (c, next) => {
    const role = (c.req.header('x-role') ?? 'admin') as Role;
    c.set('identity', { id: `key:${role}`, kind: 'key', name: role, role, grants: [] });
    c.set('log', pino({ level: 'silent' }));
    c.set('maxDepth', 128);
    c.set('requestId', 'request-1');
    c.set('clientAddress', '203.0.113.9');
    await next();
  });
  app.use(defaultAccess);
  app.route('/', auditRoutes(audit));

  return {
    audit,
    clock,
    publisher,
    database,
    log,
    refuse,
    folder,
    errors,
    stop,

    async ask<T = Problem>(path: string, { method, role = 'admin', body, headers = {} }: AuditAsk = {}) {
      const response = await app.request(path, {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: { 'content-type': 'application/json', 'x-role': role, ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = (response.headers.get('content-type') ?? '').includes('json');
      return { status: response.status, body: (isJson ? JSON.parse(text) : undefined) as T, text };
    },

    async pass(ms) {
      clock.advance(ms);
      for (let calm = 0; calm < 4; calm = busy === 0 ? calm + 1 : 0) await turn();
    },
  };
}
