/** For tests: a trail on a real database, with entries of every shape, and its routes behind somebody's identity. */
import type { TestContext } from 'node:test';
import { join } from 'node:path';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { pino } from 'pino';
import { AUDIT_LEVELS, AUDIT_RESULTS } from '../../src/protocol/index.ts';
import type { AuditFacts, Role } from '../../src/protocol/index.ts';
import { leafOf } from '../../src/proof/index.ts';
import { createManualClock } from '../engines/memory/clock.ts';
import type { ManualClock } from '../engines/memory/clock.ts';
import { openSqlite } from '../engines/sqlite/database.ts';
import type { SqliteFile } from '../engines/sqlite/database.ts';
import { api } from '../http/api.ts';
import type { AppEnv } from '../http/env.ts';
import { MIGRATIONS } from '../migrations.ts';
import type { AuditLog, NewAuditRow } from '../ports/audit-log.ts';
import type { AuditEvent } from '../ports/audit-sink.ts';
import { FakePublisher } from './fake-publisher.ts';
import { temporaryFolder } from './harness.ts';
import { random } from './random.ts';
import { createAudit } from '../services/audit/index.ts';
import type { Audit, AuditLimits } from '../services/audit/index.ts';
import { saltsOf } from '../services/audit/salts.ts';
import { platformHash } from '../services/audit/platform-hash.ts';

/** Texts that a format could trip over. */
const NASTY = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  ' =1',
  "'=1",
  "'",
  '＝1',
  'a,b',
  'a;b',
  'say "no"',
  'two\r\nlines',
  'two\nlines',
  ' spaces ',
  'ünïcödé 😀',
  '\u202eevil',
  'null',
  '<b>&amp;</b>',
];

/** A trail and what is around it. */
export interface TestTrail {
  readonly audit: Audit;
  readonly database: SqliteFile;
  readonly clock: ManualClock;
  readonly folder: string;
  /** Keys to be trusted. */
  readonly verifiers: () => readonly string[];
  /** Routes, asked by somebody of a role. */
  app(routes: OpenAPIHono<AppEnv>, role?: Role): OpenAPIHono<AppEnv>;
}

/** Opens a trail in a folder of its own. @param startMs what its clock says. */
export async function openTrail(
  t: TestContext,
  startMs?: number,
  limits: Partial<AuditLimits> = {},
): Promise<TestTrail> {
  const folder = temporaryFolder();
  const clock = createManualClock(startMs);
  const database = openSqlite(join(folder, 'waooaw.db'));
  await database.migrate(MIGRATIONS);
  const audit = createAudit({
    clock,
    publisher: new FakePublisher(),
    limits,
    origin: 'example.org/audit',
    keyFile: join(folder, 'audit-key.json'),
    checkpointFile: join(folder, 'audit-checkpoints.txt'),
    onError: (error, what) => t.diagnostic(`${what}: ${String(error)}`),
  });
  await audit.start(database.auditLog);
  t.after(async () => {
    await audit.close();
    await database.close();
  });
  return {
    audit,
    database,
    clock,
    folder,
    verifiers: () => audit.keys().map(({ verifier }) => verifier),
    app: (routes, role = 'auditor') => {
      const app = api();
      app.use(async (c, next) => {
        c.set('requestId', 'req-1');
        c.set('clientAddress', '192.0.2.7');
        c.set('log', pino({ level: 'silent' }));
        c.set('identity', { id: 'eve', kind: 'jwt', name: 'Eve', role, grants: [] });
        await next();
      });
      app.route('/', routes);
      return app;
    },
  };
}

/** Events of every shape that may be, the same for the same seed. */
export function events(count: number, seed = 1): readonly AuditEvent[] {
  const chance = random(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(chance() * items.length)]!;
  return Array.from({ length: count }, (_, i) => ({
    actor: { id: `user-${i % 7}`, kind: 'user', ...(chance() < 0.5 && { name: pick(NASTY) }) },
    action: pick(['create', 'update', 'delete', 'start', 'stop']),
    level: pick(AUDIT_LEVELS),
    resource: {
      type: pick(['agent', 'service']),
      id: `r-${i % 11}`,
      ...(chance() < 0.3 && { name: pick(NASTY) }),
    },
    result: pick(AUDIT_RESULTS),
    ...(chance() < 0.5 && { reason: pick(NASTY) }),
    ...(chance() < 0.3 && { error: pick(NASTY) }),
    ...(chance() < 0.5 && { ip: '10.0.0.1' }),
    ...(chance() < 0.5 && { session: `s-${i}` }),
    ...(chance() < 0.5 && { requestId: `q-${i}` }),
    ...(chance() < 0.3 && {
      before: { n: i, text: pick(NASTY) },
      after: { n: i + 0.5, list: [1, null, true] },
    }),
    ...(chance() < 0.3 && {
      details: pick<AuditEvent['details'] & {}>([{}, [], '=x', -5, 0, false, { a: { b: 'c' } }]),
    }),
    ...(chance() < 0.7 && { tags: { agent: `r-${i % 11}`, environment: pick(['prod', 'test']) } }),
  }));
}

/** Appends so many short entries at once, past the service: a segment has 65,536. @param timeOf µs of the entry at a place. */
export async function appendMany(
  log: AuditLog,
  count: number,
  timeOf: (at: number) => number,
  idOf: (at: number) => string = (at) => `r-${at % 11}`,
): Promise<void> {
  for (let done = 0; done < count;) {
    const rows: NewAuditRow[] = [];
    for (; rows.length < 4_096 && done < count; done += 1) {
      const facts: AuditFacts = {
        time: timeOf(done),
        actor: { id: `user-${done % 7}`, kind: 'user' },
        action: 'update',
        level: 'info',
        resource: { type: 'agent', id: idOf(done) },
        result: 'success',
      };
      const seed = new Uint8Array(16);
      new DataView(seed.buffer).setUint32(0, done);
      rows.push({ facts, seed, leaf: leafOf(facts, saltsOf(seed), platformHash) });
    }
    await log.append(rows);
  }
}
