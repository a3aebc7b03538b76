/** Puts the audit service together with everything that tells it what happens at the edge. */
import { join } from 'node:path';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Logger } from 'pino';
import { WaooawError } from '../src/protocol/index.ts';
import type { ErrorCode } from '../src/protocol/index.ts';
import { onFailureOf, redactionOf } from './audit-settings.ts';
import { auditingAuthenticator, loggedOut } from './auth/auditing.ts';
import { networkOf } from './auth/failures.ts';
import type { Config } from './config.ts';
import { AuditRecorder } from './http/audit-recorder.ts';
import { actorOf } from './http/auditing.ts';
import type { AppEnv } from './http/env.ts';
import type { ExposedFamily } from './http/exposition.ts';
import type { AuditLog } from './ports/audit-log.ts';
import type { Clock } from './ports/clock.ts';
import type { CheckDefinition } from './ports/health-gate.ts';
import type { Authenticator } from './ports/identity.ts';
import type { Publisher } from './ports/publisher.ts';
import { createArchive } from './services/audit/archive.ts';
import { exportRoutes } from './services/audit/export-routes.ts';
import { auditFamilies } from './services/audit/families.ts';
import { createAudit } from './services/audit/index.ts';
import type { Audit } from './services/audit/index.ts';
import { reportRoutes } from './services/audit/report-routes.ts';
import { auditRoutes } from './services/audit/routes.ts';
import type { Client, ClientWatch } from './services/broadcaster/index.ts';
import type { CheckTiming } from './services/health/checks.ts';

/** What it takes. */
export interface AuditingDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  /** Asked for once it is there: what carries publications tells the trail of its clients, too. */
  readonly publisher: () => Publisher;
}

/** The audit service with all that tells it. */
export interface Auditing {
  readonly audit: Audit;
  readonly recorder: AuditRecorder;
  /** Below `/api`: any role reads what it may see, operators and admins record; exports ask for more. */
  readonly routes: readonly OpenAPIHono<AppEnv>[];
  /** What clients do over their connections. */
  readonly watch: ClientWatch;
  /** The same authenticator, which tells of credentials. */
  watched(authenticator: Authenticator): Authenticator;
  /** An upgrade came from where none may come. */
  upgradeRefused(code: ErrorCode, address: string): void;
  check(timing: CheckTiming): CheckDefinition;
  families(): readonly ExposedFamily[];
  /** @throws WaooawError as the service does. */
  start(log: AuditLog): Promise<void>;
  /** Writes what is gathered, and signs it. */
  close(): Promise<void>;
}

/** Puts it together. Opens nothing before `start`. */
export function createAuditing({ config, clock, log, publisher }: AuditingDeps): Auditing {
  const { dataDir, auditOrigin, auditCheckpointFile, auditCheckpointUrl } = config;
  const onError = (error: unknown, what: string): void => log.error({ err: error }, what);
  const onFailure = onFailureOf(config);
  const audit = createAudit({
    clock,
    publisher: {
      wants: (channel) => publisher().wants(channel),
      publish: (channel, data) => publisher().publish(channel, data),
    },
    limits: { ...config.audit, onFailure },
    origin: auditOrigin,
    keyFile: join(dataDir, 'audit-key.json'),
    checkpointFile: auditCheckpointFile || join(dataDir, 'audit-checkpoints.txt'),
    ...(auditCheckpointUrl !== '' && { checkpointUrl: auditCheckpointUrl }),
    redact: redactionOf(config),
    onError,
  });
  const archive = createArchive({
    audit,
    clock,
    folder: config.auditArchiveDir || join(dataDir, 'audit-archive'),
    keepMs: config.auditKeepMs,
    onError,
  });
  const recorder = new AuditRecorder({
    clock,
    sink: audit,
    writable: () => audit.writable,
    onFailure,
    summaryMs: config.auditSummaryMs,
    maxFolds: config.auditMaxFolds,
    maxOwnFolds: config.auditMaxOwnFolds,
    onError,
  });

  return {
    audit,
    recorder,
    routes: [auditRoutes(audit), exportRoutes(audit), reportRoutes(audit)],
    watch: clientWatch(recorder),
    watched: (authenticator) => auditingAuthenticator(authenticator, recorder),

    upgradeRefused(code, address) {
      recorder.fold({ pool: 'strangers', owner: networkOf(address), key: JSON.stringify([code]) }, () => ({
        actor: { id: 'anonymous', kind: 'anonymous' },
        action: 'access',
        level: 'warning',
        resource: { type: 'socket', id: '*' },
        result: 'refused',
        error: code,
        ...(address !== '' && { ip: address }),
      }));
    },

    check: (timing) => ({
      check: 'audit-log',
      title: 'Audit trail',
      ...timing,
      probe: () => audit.state(),
    }),
    families: () => auditFamilies(audit.stats()),
    async start(rows) {
      await audit.start(rows);
      archive.start();
    },

    async close() {
      await recorder.close();
      await archive.close();
      await audit.close();
    },
  };
}

/** Publications are folded like those over HTTP; a credential that ends while somebody is in is their logout. */
function clientWatch(recorder: AuditRecorder): ClientWatch {
  const published = ({ identity, session, address }: Client, error?: unknown): void => {
    const code = error instanceof WaooawError ? error.code : error === undefined ? undefined : 'internal';
    const result = code === undefined ? 'success' : code === 'forbidden' ? 'refused' : 'failure';
    const key = JSON.stringify(['socket', result, code]);
    recorder.fold({ pool: 'callers', owner: identity.id, key }, () => ({
      actor: actorOf(identity),
      action: 'publish',
      level: result === 'refused' ? 'warning' : 'info',
      resource: { type: 'channel', id: '*' },
      result,
      ...(code !== undefined && { error: code }),
      ...(address !== '' && { ip: address }),
      session,
    }));
  };
  return {
    published,
    closing({ identity, connected, session, address }, reason) {
      if (reason !== 'token_expired' || !connected) return;
      recorder.fold({ pool: 'callers', owner: identity.id, key: 'logout' }, () => ({
        ...loggedOut(identity, reason),
        ...(address !== '' && { ip: address }),
        session,
      }));
    },
  };
}
