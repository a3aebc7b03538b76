/** Environment → one validated, frozen Config. Every variable, its unit, range and default stands here once. */
import { z } from 'zod';
import { WaooawError } from '../src/protocol/index.ts';
import {
  AGENT_NUMBERS,
  AGENT_SETTINGS,
  PROVISIONING_NUMBERS,
  PROVISIONING_SETTINGS,
} from './agent-settings.ts';
import type { AgentNumbers, ProvisioningNumbers } from './agent-settings.ts';
import { AUDIT_SETTINGS } from './audit-settings.ts';
import { AUTH_SETTINGS } from './auth/settings.ts';
import { isLoopback, parseSubnet } from './http/address.ts';
import {
  ALERTS_SETTINGS,
  AUDIT_LIMIT_SETTINGS,
  AUDIT_NUMBERS,
  BROADCASTER_SETTINGS,
  CONTEXTS_SETTINGS,
  HEALTH_SETTINGS,
  METRICS_SETTINGS,
} from './limit-settings.ts';
import type { AuditNumbers } from './limit-settings.ts';
import { DEFAULT_LIMITS } from './services/broadcaster/limits.ts';
import type { BroadcasterLimits } from './services/broadcaster/limits.ts';
import { DEFAULT_ALERTS_LIMITS } from './services/alerts/limits.ts';
import type { AlertsLimits } from './services/alerts/limits.ts';
import { DEFAULT_CONTEXTS_LIMITS } from './services/contexts/limits.ts';
import type { ContextsLimits } from './services/contexts/limits.ts';
import { DEFAULT_HEALTH_LIMITS } from './services/health/limits.ts';
import type { HealthLimits } from './services/health/limits.ts';
import { DEFAULT_METRICS_LIMITS } from './services/metrics/limits.ts';
import type { MetricsLimits } from './services/metrics/limits.ts';
import { choice, file, integer, list, shown, toggle } from './setting.ts';
import type { Setting, Values } from './setting.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** How much is logged. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Variables of the command line, which the server's own environment may well hold too. */
const OTHERS = ['WAOOAW_TOKEN', 'WAOOAW_URL'];

const GENERAL = {
  host: {
    parse: z.string().regex(/^[a-zA-Z0-9.:-]+$/),
    fallback: '127.0.0.1',
    expected: 'an IP address or a host name',
    meaning:
      'Address to listen on. Beyond loopback the server refuses to start while no authentication is configured.',
  } satisfies Setting<string>,
  port: integer(0, 65_535, 8787, 'Port to listen on; 0 takes a free one.'),
  basePath: {
    parse: z.string().regex(/^(\/(?!\.{1,2}(\/|$))[a-zA-Z0-9._~-]+)*$/),
    fallback: '',
    expected: 'empty, or a path such as /ops, without a slash at its end',
    meaning: 'Path that everything stands below, for a server behind a reverse proxy or inside a host’s own.',
  } satisfies Setting<string>,
  dataDir: {
    parse: z.string().min(1),
    fallback: '.waooaw',
    expected: 'a folder',
    meaning: 'Folder for the database; made if need be, readable by its owner only.',
  } satisfies Setting<string>,
  allowedHosts: list(
    z.string().regex(/^[a-zA-Z0-9.-]+(:\d{1,5})?$|^\[[0-9a-fA-F:]+\](:\d{1,5})?$/),
    'host names, comma-separated, each with or without :port',
    'Host headers to answer beside localhost, 127.0.0.1 and [::1]. A page that rebinds its name to this machine is refused.',
  ),
  allowedOrigins: list(
    z.string().regex(/^https?:\/\/[a-zA-Z0-9.:[\]-]+$/),
    'origins, comma-separated, such as https://portal.example',
    'Origins of other sites whose pages may connect and call the API. The server’s own origin always may.',
  ),
  trustedProxies: list(
    z.string().refine((text) => parseSubnet(text) !== undefined),
    'IP addresses or subnets, comma-separated, such as 10.0.0.0/8',
    'Reverse proxies whose X-Forwarded-For is believed.',
  ),
  logLevel: choice(LOG_LEVELS, 'info', 'How much is logged, as JSON lines on standard output.'),
  maxBodyBytes: integer(1_024, 1_073_741_824, 1_048_576, 'Largest request body, bytes.'),
  requestTimeoutMs: integer(1_000, 3_600_000, 30_000, 'Time for a request to arrive whole, ms.'),
  shutdownTimeoutMs: integer(0, 600_000, 10_000, 'Time for open requests to end after SIGTERM, ms.'),
  scrapeFile: file('Targets to scrape, YAML or JSON: docs/scraping.md. Empty: none.'),
  alertsFile: file(
    'Alert rules and who is told, YAML or JSON: docs/alerts.md. Empty: none but those made by API.',
  ),
  checksFile: file(
    'Health checks and maintenance windows, YAML or JSON: docs/health.md. Read again when it changes. Empty: none but those made by API.',
  ),
  checksFilePollMs: integer(
    100,
    3_600_000,
    5_000,
    'Between two looks at that file, where its folder does not tell that it changed, ms.',
  ),
  allowPrivateApiChecks: toggle(
    false,
    'Whether checks that were made by API may look at loopback and private addresses. Those of the file always may.',
  ),
  agentsFile: file(
    'The kinds of agents that may run here, YAML or JSON: docs/agent-kinds.md. Read again when it changes. Empty: none.',
  ),
  agentsFilePollMs: integer(
    100,
    3_600_000,
    5_000,
    'Between two looks at that file, where its folder does not tell that it changed, ms.',
  ),
  externalUrl: {
    parse: z.string().regex(/^(https?:\/\/[^\s/?#@]+(\/[^\s?#]*[^\s?#/])?)?$/),
    fallback: '',
    expected: 'empty, or an address such as https://ops.example/waooaw, without a slash at its end',
    meaning: 'Where people find this server, for links in notices.',
  } satisfies Setting<string>,
  flushWindowMs: integer(
    0,
    1_000,
    0,
    'How long publications are gathered into one frame, ms; 0 is the end of the event loop’s turn.',
  ),
  collectIntervalMs: integer(
    100,
    3_600_000,
    1_000,
    'Between two readings of the machine’s and the server’s own metrics, ms.',
  ),
  checkIntervalMs: integer(100, 3_600_000, 5_000, 'Between two runs of the server’s own health checks, ms.'),
  checkTimeoutMs: integer(10, 600_000, 2_000, 'Time for a health check to answer, ms.'),
  ...AUTH_SETTINGS,
  ...AUDIT_SETTINGS,
} as const;

/** Everything the server can be told. */
export interface Config extends Values<typeof GENERAL> {
  readonly broadcaster: BroadcasterLimits;
  readonly metrics: MetricsLimits;
  readonly contexts: ContextsLimits;
  readonly alerts: AlertsLimits;
  readonly health: HealthLimits;
  readonly audit: AuditNumbers;
  readonly provisioning: ProvisioningNumbers;
  readonly agents: AgentNumbers;
}

/** Settings that stand in groups of their own. */
type Groups =
  'broadcaster' | 'metrics' | 'contexts' | 'alerts' | 'health' | 'audit' | 'provisioning' | 'agents';

/** What a host may leave out. */
export type ConfigOverrides = Partial<Omit<Config, Groups>> & {
  readonly [G in Groups]?: Partial<Config[G]>;
};

/** Every variable with its setting, in the order of the documentation. */
export const SETTINGS: readonly (readonly [variable: string, setting: Setting<unknown>])[] = [
  ...Object.entries(GENERAL),
  ...Object.entries(BROADCASTER_SETTINGS),
  ...Object.entries(METRICS_SETTINGS),
  ...Object.entries(CONTEXTS_SETTINGS),
  ...Object.entries(ALERTS_SETTINGS),
  ...Object.entries(HEALTH_SETTINGS),
  ...Object.entries(AUDIT_LIMIT_SETTINGS),
  ...Object.entries(PROVISIONING_SETTINGS),
  ...Object.entries(AGENT_SETTINGS),
].map(([key, setting]) => [variableOf(key), setting] as const);

/**
 * Reads the environment.
 * @throws WaooawError `bad_config` naming the variable, what it was and what was expected.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  return createConfig({
    ...readGroup(GENERAL, env),
    broadcaster: readGroup(BROADCASTER_SETTINGS, env),
    metrics: readGroup(METRICS_SETTINGS, env),
    contexts: readGroup(CONTEXTS_SETTINGS, env),
    alerts: readGroup(ALERTS_SETTINGS, env),
    health: readGroup(HEALTH_SETTINGS, env),
    audit: readGroup(AUDIT_LIMIT_SETTINGS, env),
    provisioning: readGroup(PROVISIONING_SETTINGS, env),
    agents: readGroup(AGENT_SETTINGS, env),
  });
}

/**
 * Completes what a host says with the defaults, and freezes it.
 * @throws WaooawError `bad_config` for what its variable would not take either.
 */
export function createConfig(overrides: ConfigOverrides = {}): Config {
  const { broadcaster, metrics, contexts, alerts, health, audit, provisioning, agents, ...general } =
    overrides;
  const config: Config = {
    ...(mapValues(GENERAL, (setting) => setting.fallback) as Values<typeof GENERAL>),
    ...general,
    broadcaster: Object.freeze({ ...DEFAULT_LIMITS, ...broadcaster }),
    metrics: Object.freeze({ ...DEFAULT_METRICS_LIMITS, ...metrics }),
    contexts: Object.freeze({ ...DEFAULT_CONTEXTS_LIMITS, ...contexts }),
    alerts: Object.freeze({ ...DEFAULT_ALERTS_LIMITS, ...alerts }),
    health: Object.freeze({ ...DEFAULT_HEALTH_LIMITS, ...health }),
    audit: Object.freeze({ ...AUDIT_NUMBERS, ...audit }),
    provisioning: Object.freeze({ ...PROVISIONING_NUMBERS, ...provisioning }),
    agents: Object.freeze({ ...AGENT_NUMBERS, ...agents }),
  };
  checkGroup(GENERAL, config);
  checkGroup(BROADCASTER_SETTINGS, config.broadcaster);
  checkGroup(METRICS_SETTINGS, config.metrics);
  checkGroup(CONTEXTS_SETTINGS, config.contexts);
  checkGroup(ALERTS_SETTINGS, config.alerts);
  checkGroup(HEALTH_SETTINGS, config.health);
  checkGroup(AUDIT_LIMIT_SETTINGS, config.audit);
  checkGroup(PROVISIONING_SETTINGS, config.provisioning);
  checkGroup(AGENT_SETTINGS, config.agents);
  const { instancePortFrom, instancePortTo } = config.agents;
  if (instancePortFrom > instancePortTo) {
    throw new WaooawError(
      'bad_config',
      `WAOOAW_INSTANCE_PORT_FROM is "${instancePortFrom}"; expected at most WAOOAW_INSTANCE_PORT_TO, which is ${instancePortTo}`,
    );
  }
  const { keepSecondsMs, maxLateMs } = config.metrics;
  if (maxLateMs > keepSecondsMs) {
    throw new WaooawError(
      'bad_config',
      `WAOOAW_MAX_LATE_MS is "${maxLateMs}"; expected at most WAOOAW_KEEP_SECONDS_MS, which is ${keepSecondsMs}`,
    );
  }
  return Object.freeze(config);
}

/** Variables that look like ours and are none: a typing error worth a warning. */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set([...SETTINGS.map(([variable]) => variable), ...OTHERS]);
  return Object.keys(env).filter((name) => name.startsWith('WAOOAW_') && !known.has(name));
}

/**
 * @param authenticates true when somebody without a token gets nothing; known once the server was started.
 * @throws WaooawError `exposed_without_auth` when others than this machine could reach a server that lets anybody in.
 */
export function refuseExposure(config: Config, authenticates = false): void {
  if (authenticates || isLoopback(config.host)) return;
  throw new WaooawError(
    'exposed_without_auth',
    `WAOOAW_HOST is ${config.host}, which other machines can reach, and no authentication is configured. ` +
      'Set WAOOAW_ADMIN_KEY, WAOOAW_JWT_SECRET or WAOOAW_JWKS_URL, or make an API key (waooaw keys create) ' +
      'while the server listens on 127.0.0.1.',
  );
}

function readGroup<S extends Record<string, Setting<unknown>>>(
  group: S,
  env: Readonly<Record<string, string | undefined>>,
): Values<S> {
  return mapValues(group, (setting, key) => {
    const variable = variableOf(key);
    const text = env[variable];
    if (text === undefined) return setting.fallback;
    const result = setting.parse.safeParse(text);
    if (result.success) return result.data;
    throw badSetting(variable, setting, text);
  }) as Values<S>;
}

/** Holds values that did not come as text to what their texts would be held to. */
function checkGroup(group: Record<string, Setting<unknown>>, values: object): void {
  for (const [key, setting] of Object.entries(group)) {
    const { parse, fallback } = setting;
    const value: unknown = (values as Record<string, unknown>)[key];
    const text = Array.isArray(value) ? value.join(',') : String(value);
    const sameKind = typeof value === typeof fallback && Array.isArray(value) === Array.isArray(fallback);
    if (sameKind && parse.safeParse(text).success) continue;
    throw badSetting(variableOf(key), setting, text);
  }
}

function badSetting(variable: string, setting: Setting<unknown>, text: string): WaooawError {
  return new WaooawError(
    'bad_config',
    `${variable} is ${shown(setting, text)}; expected ${setting.expected}`,
  );
}

function mapValues<T extends object>(object: T, map: (value: T[keyof T], key: string) => unknown): unknown {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, map(value as T[keyof T], key)]),
  );
}

/** `maxBodyBytes` → `WAOOAW_MAX_BODY_BYTES`. */
function variableOf(key: string): string {
  return `WAOOAW_${key.replace(/[A-Z]/g, (capital) => `_${capital}`).toUpperCase()}`;
}
