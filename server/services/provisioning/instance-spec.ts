/** What an instance is started with: its command filled in, and its environment, which holds nothing that was not asked for. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { InstanceSpec } from '../../ports/agent-runtime.ts';
import type { AgentKind, KindVersion } from './kinds.ts';
import { fill } from './placeholders.ts';
import type { AgentRecord, AgentSpec } from './record/record.ts';
import { instanceName } from './resources.ts';
import { TOKEN } from './secrets.ts';

/** What it is made of. */
export interface InstanceParts {
  readonly agent: AgentRecord;
  readonly spec: AgentSpec;
  readonly kind: AgentKind;
  readonly index: number;
  /** Of the process that starts it. */
  readonly epoch: number;
  /** Its storage folder. */
  readonly storage: string;
  /** Path of its configuration file. */
  readonly config: string;
  /** By name; those of the kind, and the token. */
  readonly secrets: ReadonlyMap<string, string>;
  /** The server's own environment. */
  readonly serverEnv: Readonly<Record<string, string | undefined>>;
  /** Where agents reach this server; absent where they cannot. */
  readonly url?: string | undefined;
}

/**
 * The version that a spec names.
 * @throws WaooawError `unknown_version` when the kind has it no more.
 */
export function versionOf(kind: AgentKind, name: string): KindVersion {
  const version = kind.versions.find((one) => one.version === name);
  if (!version)
    throw new WaooawError('unknown_version', `${kind.kind} has no version "${name}" in the agents file`);
  return version;
}

/** The channel of an agent. */
export function channelOf(agent: string): string {
  return `app/agents/${agent}`;
}

/**
 * Puts it together. Not for logs.
 * @throws WaooawError `unknown_version`; `bad_parameters` for a value that its command cannot take, or a secret that is missing.
 */
export function instanceSpec(parts: InstanceParts): InstanceSpec {
  const { agent, spec, kind, index, epoch, storage, config } = parts;
  const version = versionOf(kind, spec.version);
  const { workingFolder = storage, command } = version;
  const { parameters } = spec;
  return {
    name: instanceName(agent, spec.generation, index),
    labels: {
      agent: agent.agent,
      incarnation: String(agent.incarnation),
      generation: String(spec.generation),
      version: spec.version,
      epoch: String(epoch),
    },
    command: fill(command, { folder: version.workingFolder, storage, config, parameters }),
    env: envOf(parts, version),
    workingFolder,
    hasPort: kind.hasPort,
    resources: kind.resources,
    stop: kind.stop,
    logs: kind.logs,
  };
}

/** Later ones count: nothing that is passed on or configured stands in the place of a secret, or of what is ours. */
function envOf(
  { agent, kind, secrets, serverEnv, storage, config, url }: InstanceParts,
  version: KindVersion,
): Readonly<Record<string, string>> {
  const passed = kind.passEnv.flatMap((name) => {
    const value = serverEnv[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const own = kind.secrets.flatMap(({ name, required }) => {
    const value = secrets.get(name);
    if (value === undefined && required)
      throw new WaooawError('bad_parameters', `the secret ${name} is missing`);
    return value === undefined ? [] : [[name, value] as const];
  });
  const token = kind.tokenRole && secrets.get(TOKEN);
  return {
    ...Object.fromEntries(passed),
    ...version.env,
    ...Object.fromEntries(own),
    WAOOAW_AGENT: agent.agent,
    WAOOAW_CONFIG: config,
    WAOOAW_STORAGE: storage,
    ...(kind.queue && { WAOOAW_CHANNEL: channelOf(agent.agent) }),
    ...(url !== undefined && { WAOOAW_URL: url }),
    ...(token !== undefined && { [TOKEN]: token }),
  };
}
