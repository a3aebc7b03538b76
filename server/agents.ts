/** Puts the provisioning service together with what runs agents: processes, stable ports, kinds, folders and tokens. */
import { join, resolve } from 'node:path';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { doorLimitsOf, runtimeLimitsOf } from './agent-settings.ts';
import { createAgentTokens } from './auth/agent-tokens.ts';
import type { KeyAdmin } from './auth/index.ts';
import type { Config } from './config.ts';
import { createDoor } from './engines/door/door.ts';
import { createProcessRuntime } from './engines/process/runtime.ts';
import type { AppEnv } from './http/env.ts';
import type { ExposedFamily } from './http/exposition.ts';
import type { AlertSink } from './ports/alert-sink.ts';
import type { AuditSink } from './ports/audit-sink.ts';
import type { Clock } from './ports/clock.ts';
import type { Database } from './ports/database.ts';
import type { HealthGate } from './ports/health-gate.ts';
import type { MetricIntake } from './ports/metric-intake.ts';
import type { Publisher } from './ports/publisher.ts';
import { createAgentResources } from './services/provisioning/agent-resources.ts';
import { createProvisioning, provisioningFamilies } from './services/provisioning/index.ts';
import { createKinds } from './services/provisioning/open-kinds.ts';
import type { Provisioning } from './services/provisioning/provisioning.ts';
import type { Say } from './services/provisioning/supervision.ts';
import { provisioningRoutes } from './services/provisioning/routes.ts';

/** What it takes. */
export interface AgentsDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly publisher: Publisher;
  readonly keys: KeyAdmin;
  readonly audit: AuditSink;
  readonly health: HealthGate;
  readonly alerts: AlertSink;
  readonly metrics: MetricIntake;
  /** Another server has taken over, and nothing is written here any more. Told once. */
  readonly onFenced: () => void;
  /** For the log. */
  readonly say: Say;
  readonly onError: (error: unknown, what: string) => void;
}

/** The provisioning service with all that it works with. */
export interface Agents {
  readonly provisioning: Provisioning;
  readonly routes: readonly OpenAPIHono<AppEnv>[];
  families(): readonly ExposedFamily[];
  /** Where agents of this machine reach the server, once that is known. */
  reachedAt(url: string): void;
  /**
   * Reads the kinds, and takes up what was under way.
   * @throws WaooawError `bad_config` for a file of kinds that is not valid, or as the database does.
   */
  start(database: Database): Promise<void>;
  /** Lets go. Agents run on, and their ports stay open. */
  close(): Promise<void>;
}

/** Puts it together. Opens nothing. */
export function createAgents(deps: AgentsDeps): Agents {
  const { config, clock, publisher, keys, audit, health, alerts, metrics, onError } = deps;
  const { onFenced, say } = deps;
  const dataDir = resolve(config.dataDir);
  const folder = join(dataDir, 'agents');
  const { maxParameterBytes, maxStorageEntries, ...limits } = config.provisioning;
  let told: string | undefined;

  const runtime = createProcessRuntime({
    folder: join(folder, 'run'),
    clock,
    limits: runtimeLimitsOf(config.agents),
    onError,
  });
  const door = createDoor({
    folder: join(dataDir, 'door'),
    clock,
    limits: doorLimitsOf(config.agents),
    allowedHosts: config.allowedHosts,
    trustedProxies: config.trustedProxies,
    onError: (error) => onError(error, 'the stable ports of agents cannot be opened again'),
  });
  const kinds = createKinds({
    path: config.agentsFile,
    pollMs: config.agentsFilePollMs,
    maxParameterBytes,
    clock,
    onError,
  });
  const provisioning = createProvisioning({
    clock,
    publisher,
    audit,
    runtime,
    door,
    kinds,
    tokens: createAgentTokens({ keys, audit }),
    health,
    alerts,
    metrics,
    openResources: (database) =>
      createAgentResources({ database, folder, url: () => told ?? ownUrl(config), maxStorageEntries }),
    limits,
    onFenced,
    say,
    onError,
  });

  return {
    provisioning,
    routes: [provisioningRoutes(provisioning, config.basePath)],
    families: () => provisioningFamilies(provisioning.stats()),
    reachedAt: (url) => void (told = url),

    async start(database) {
      await kinds.start();
      await provisioning.start(database);
    },

    async close() {
      await provisioning.close();
      await kinds.close();
      await door.release();
      await runtime.close();
    },
  };
}

/** What the settings say before anything listens; undefined where that is found out only then. */
function ownUrl({ externalUrl, host, port, basePath }: Config): string | undefined {
  if (externalUrl !== '') return externalUrl;
  return port === 0 ? undefined : `http://${reachable(host)}:${port}${basePath}`;
}

/** An address of this machine that leads to what listens on `host`. */
export function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
