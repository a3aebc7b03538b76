/** The composition root: the one place that knows every service and every engine. */
import { existsSync } from 'node:fs';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Server } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { pino } from 'pino';
import type { Logger } from 'pino';
import { createAgents } from './agents.ts';
import { createApp } from './app.ts';
import { attachUpgrade } from './attach.ts';
import { scansOf } from './audit-settings.ts';
import { createAuditing } from './auditing.ts';
import { createAuth } from './auth/index.ts';
import type { Auth } from './auth/index.ts';
import { authRoutes } from './auth/routes.ts';
import { createConfig } from './config.ts';
import type { Config, ConfigOverrides } from './config.ts';
import { createMemoryBus } from './engines/memory/bus.ts';
import { takeStreams, writeStreams } from './engines/memory/hand-over.ts';
import { lockFolder } from './engines/process/folder-lock.ts';
import { openSqlite } from './engines/sqlite/database.ts';
import { openMetricStore } from './engines/sqlite/metric-store.ts';
import { createSystemClock } from './engines/system/clock.ts';
import { refuseUnfinished } from './maintenance/unfinished.ts';
import { createMetering } from './metering.ts';
import { MIGRATIONS } from './migrations.ts';
import type { Clock } from './ports/clock.ts';
import type { Audit } from './services/audit/index.ts';
import { alertsFamilies, createAlerts } from './services/alerts/index.ts';
import type { Alerts } from './services/alerts/index.ts';
import { alertsRoutes } from './services/alerts/routes.ts';
import { createBroadcaster } from './services/broadcaster/index.ts';
import type { Broadcaster } from './services/broadcaster/index.ts';
import { broadcasterFamilies } from './services/broadcaster/families.ts';
import { broadcasterRoutes, publishRoutes } from './services/broadcaster/routes.ts';
import { sseRoutes } from './services/broadcaster/sse.ts';
import { createContexts } from './services/contexts/index.ts';
import type { Contexts } from './services/contexts/index.ts';
import { contextsRoutes } from './services/contexts/routes.ts';
import {
  clockCheck,
  dataFolderCheck,
  databaseCheck,
  eventLoopCheck,
  serverCheck,
} from './services/health/checks.ts';
import { createHealth, healthFamilies } from './services/health/index.ts';
import type { Health } from './services/health/index.ts';
import { healthRoutes } from './services/health/routes.ts';
import {
  cpuCollector,
  diskCollector,
  eventLoopCollector,
  gcCollector,
  heapCollector,
  loadCollector,
  memoryCollector,
  networkCollector,
  startCollecting,
  trafficCollector,
} from './services/metrics/collectors/index.ts';
import type { Metrics } from './services/metrics/index.ts';
import { queryRoutes } from './services/metrics/routes.ts';
import type { Provisioning } from './services/provisioning/provisioning.ts';
import { selfRoutes } from './self.ts';
import { createUpgrade } from './upgrade.ts';

/** Why a server that lost its data folder must not go on. */
const FENCED = 'Another server has taken the data folder over; this one must end';

/** What a host or a test may put in the place of what we would make. */
export interface Parts {
  readonly clock?: Clock;
  readonly log?: Logger;
  /** Folder of the built browser files; the package's own `dist` by default. */
  readonly assetsFolder?: string;
}

/** A server that listens nowhere yet. */
export interface Waooaw {
  readonly config: Config;
  readonly log: Logger;
  readonly auth: Auth;
  readonly broadcaster: Broadcaster;
  readonly metrics: Metrics;
  readonly alerts: Alerts;
  readonly health: Health;
  readonly contexts: Contexts;
  readonly audit: Audit;
  readonly provisioning: Provisioning;
  /**
   * For hosts that speak `fetch`: Hono, Deno-style servers, tests. Without `env.incoming` (Node's request) nobody knows the
   * client's address, and so nobody is anonymous.
   */
  fetch(request: Request, env?: unknown): Response | Promise<Response>;
  /** For hosts that speak Node. Answers whatever it is given; hand it the paths below `config.basePath`. */
  readonly listener: RequestListener;
  /** Takes a WebSocket upgrade over. @returns false when the path is not ours. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** Serves upgrades of a Node server; others are left to the host. @returns detaches. */
  attach(server: Server): () => void;
  /**
   * Tells agents of this machine where they reach the server. Without it that is `config.externalUrl`, or what `config.host` and
   * `config.port` say. Before `start` it holds for agents that are begun again with it.
   */
  reachedAt(url: string): void;
  /** Opens the database, starts collecting and checking, and takes agents up again. @throws WaooawError when the database is unusable. */
  start(): Promise<void>;
  /**
   * First half of going down: readiness off, every client asked to leave at a time of its own, publications flushed,
   * every socket that is left told to come back.
   */
  drain(): Promise<void>;
  /** Second half, once the last request is answered: closes what was opened, and whoever has not left by now. Agents run on. */
  stop(): Promise<void>;
}

/** Sources stand at the root, compiled files in `dist/`: the browser's files are in `dist/` either way. */
function builtFiles(): string {
  const root = join(import.meta.dirname, '..');
  return existsSync(join(root, 'package.json')) ? join(root, 'dist') : root;
}

/** Puts a server together. No file and no port is opened before `start`; `stop` is owed in any case. */
export function createWaooaw(overrides: ConfigOverrides = {}, parts: Parts = {}): Waooaw {
  const config = createConfig(overrides);
  const log = parts.log ?? pino({ level: config.logLevel });
  const clock = parts.clock ?? createSystemClock();
  const { dataDir } = config;

  let ready = false;
  let fenced = false;
  let requests = 0;
  const closing: (() => Promise<void> | void)[] = [];

  const onError = (error: unknown, what: string): void => log.error({ err: error }, what);
  const auth = createAuth({ config, clock, onError });
  const bus = createMemoryBus(clock);
  const auditing = createAuditing({ config, clock, log, publisher: () => broadcaster });
  const authenticator = auditing.watched(auth);
  const broadcaster: Broadcaster = createBroadcaster({
    bus,
    clock,
    authenticator,
    watch: auditing.watch,
    limits: config.broadcaster,
    flushWindowMs: config.flushWindowMs,
    onError,
  });
  const metering = createMetering({
    config,
    clock,
    publisher: broadcaster,
    log,
    openStore: () => openMetricStore(join(dataDir, 'metrics.db')),
  });
  const { metrics } = metering;
  const alerts = createAlerts({
    clock,
    publisher: broadcaster,
    reader: metrics,
    limits: config.alerts,
    ...(config.alertsFile !== '' && { file: config.alertsFile }),
    externalUrl: config.externalUrl,
    onError,
  });
  const { audit } = auditing;
  const health = createHealth({
    clock,
    publisher: broadcaster,
    reader: metrics,
    alerts: alerts.sink,
    audit,
    agents: { restart: (agent, signal) => agents.provisioning.restarter.restart(agent, signal) },
    limits: config.health,
    ...(config.checksFile !== '' && { file: config.checksFile }),
    filePollMs: config.checksFilePollMs,
    allowPrivateApiChecks: config.allowPrivateApiChecks,
    onError,
  });
  const agents = createAgents({
    config,
    clock,
    publisher: broadcaster,
    keys: auth.keys,
    audit,
    health,
    alerts: alerts.sink,
    metrics: { ingest: (samples) => void metrics.ingest(samples) },
    onFenced() {
      fenced = true;
      log.fatal(`${FENCED}; no agent is looked after here, and no command taken`);
    },
    say: (text, facts) => log.info(facts, text),
    onError,
  });
  const { provisioning } = agents;
  const contexts = createContexts({
    clock,
    publisher: broadcaster,
    sources: [metrics.tagSource, health.tagSource, provisioning.tagSource],
    limits: config.contexts,
  });
  const own = [health.namespace, health.tagNamespace, contexts.namespace, alerts.namespace];
  const several = [...metrics.namespaces, ...audit.namespaces, ...provisioning.namespaces];
  for (const namespace of [...own, ...several]) broadcaster.serve(namespace);

  const app = createApp({
    config,
    log,
    authenticator,
    recorder: auditing.recorder,
    ownAccess: [authRoutes(auth), publishRoutes(broadcaster), queryRoutes(metrics)],
    rootRoutes: [
      sseRoutes(broadcaster, authenticator),
      selfRoutes(authenticator, () => [
        ...broadcasterFamilies(broadcaster.stats()),
        ...metering.families(),
        ...alertsFamilies(alerts.stats()),
        ...healthFamilies(health.stats()),
        ...agents.families(),
        ...auditing.families(),
      ]),
    ],
    routes: [
      ...metering.routes,
      alertsRoutes(alerts),
      healthRoutes(health),
      contextsRoutes(contexts),
      broadcasterRoutes(broadcaster),
      ...agents.routes,
      ...auditing.routes,
    ],
    bodies: metering.bodies,
    assetsFolder: parts.assetsFolder ?? builtFiles(),
    ready: () => ready && !fenced,
    count: () => void (requests += 1),
  });
  const handle = getRequestListener((request, env) => app.fetch(request, env));
  const sockets = createUpgrade(config, broadcaster, log, (code, address) =>
    auditing.upgradeRefused(code, address),
  );

  const collect = (): (() => void) =>
    startCollecting({
      clock,
      intervalMs: config.collectIntervalMs,
      ingest: (samples) => void metrics.ingest(samples),
      unreadable: (collector, error) => log.warn({ err: error, collector }, 'this system does not offer it'),
      collectors: [
        cpuCollector(),
        memoryCollector(),
        loadCollector(),
        diskCollector(dataDir, clock),
        networkCollector(clock),
        eventLoopCollector(),
        heapCollector(),
        gcCollector(clock),
        trafficCollector(() => {
          const { connections, deliveries } = broadcaster.stats();
          return { requests, connections, deliveries, samples: metrics.stats().accepted };
        }, clock),
      ],
    });

  const streamsFile = join(dataDir, 'streams.json');
  const silence = (): void => {
    ready = false;
    contexts.close();
    void health.close();
    metrics.silence();
    broadcaster.close();
  };
  let drained: Promise<void> | undefined;
  const drain = (): Promise<void> => {
    ready = false;
    // Publications go on until everybody has had a chance to leave.
    drained ??= broadcaster.drain().then(silence);
    return drained;
  };

  return {
    config,
    log,
    auth,
    broadcaster,
    metrics,
    alerts,
    health,
    contexts,
    audit,
    provisioning,
    reachedAt: (url) => agents.reachedAt(url),
    // Whatever a host's own bindings are beside ours.
    fetch: (request, env) => app.fetch(request, env ?? {}),
    listener: (request, response) => void handle(request, response),
    upgrade: (request, socket, head) => sockets.handle(request, socket, head),

    attach: (server) => attachUpgrade(server, sockets),

    async start() {
      // Before anything of the folder is touched: a server that cannot have it must not disturb the one that has.
      closing.push(lockFolder(join(dataDir, 'server.lock')));
      refuseUnfinished(dataDir);
      const database = openSqlite(join(dataDir, 'waooaw.db'), { auditScans: scansOf(config) });
      closing.push(() => database.close());
      const opened = database.migrate(MIGRATIONS).then(() => auth.load(database));
      await opened.catch(async (error: unknown) => {
        await database.close();
        throw error;
      });
      const streams = await takeStreams(streamsFile, clock, (error) =>
        log.warn({ err: error, file: streamsFile }, 'earlier streams cannot be gone on with'),
      );
      bus.takeOver(streams);
      // Readers are told of the loss then, as after a crash.
      const lost = (error: unknown): void =>
        log.warn({ err: error, file: streamsFile }, 'streams cannot be handed over');
      closing.push(() => writeStreams(streamsFile, bus.handOver(), clock).catch(lost));
      const timing = { intervalMs: config.checkIntervalMs, timeoutMs: config.checkTimeoutMs };
      // Behind all that still has something to tell when the server goes down.
      closing.push(() => auditing.close());
      await auditing.start(database.auditLog);
      closing.push(() => metering.close());
      await metering.start();
      closing.push(() => alerts.close());
      await alerts.start(database);
      ready = true;
      health.register(
        serverCheck(
          timing,
          () => ready,
          () => (fenced ? FENCED : undefined),
        ),
      );
      health.register(eventLoopCheck(timing));
      health.register(dataFolderCheck(timing, dataDir));
      health.register(databaseCheck(timing, database, () => clock.now()));
      health.register(auditing.check(timing));
      health.register(clockCheck(timing, clock));
      closing.push(() => health.close());
      await health.start(database);
      closing.push(() => agents.close());
      await agents.start(database);
      // Once every service has its channels, and before it is asked what somebody wants of them.
      await broadcaster.adopt(streams.map(([channel]) => channel));
      contexts.start();
      closing.push(collect());
    },

    drain,

    async stop() {
      silence();
      for (const close of closing.splice(0).reverse()) await close();
      await bus.close();
    },
  };
}
