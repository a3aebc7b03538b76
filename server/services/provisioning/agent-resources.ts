/** What agents are given beside their process: folders, configuration, secrets. All of it below one folder, for this user only. */
import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { Database, Statement } from '../../ports/database.ts';
import { channelOf, instanceSpec, versionOf } from './instance-spec.ts';
import type { AgentKind } from './kinds.ts';
import { distrustOf } from './program-files.ts';
import type { AgentRecord, AgentSpec } from './record/record.ts';
import { parametersOf } from './record/rows.ts';
import { instanceName } from './resources.ts';
import type { AgentResources, StorageReport } from './resources.ts';
import { SecretBox } from './secret-box.ts';
import { SecretStore } from './secrets.ts';
import { heldBy } from './storage.ts';
import type { Held } from './storage.ts';
import { trustedHere } from './trust.ts';
import type { Trusted } from './trust.ts';

/** What they take. */
export interface AgentResourcesDeps {
  readonly database: Pick<Database, 'read'>;
  /** Absolute: `<dataDir>/agents`. */
  readonly folder: string;
  /** Where agents reach this server; undefined while they cannot. */
  readonly url: () => string | undefined;
  /** The server's environment; default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whose programs may be run; for tests. */
  readonly trusted?: Trusted;
  /** Files and folders of an agent's storage that are looked at for a report; default 100,000. */
  readonly maxStorageEntries?: number;
}

const ONLY_US = 0o700;
/** Ids become names of folders. */
const AGENT_ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Opens them. Nothing is made before an agent needs it. */
export function createAgentResources(deps: AgentResourcesDeps): AgentResources {
  const { database, folder, url, env = process.env, maxStorageEntries = 100_000 } = deps;
  const secrets = new SecretStore(database, new SecretBox(join(folder, 'secrets.key')));
  /** Reports that are being made: asking again meanwhile is the same work. */
  const reporting = new Map<string, Promise<Held>>();

  const storageOf = (agent: AgentRecord): string => join(folder, 'storage', nameOf(agent));
  const configOf = (agent: AgentRecord): string => join(folder, 'config', nameOf(agent));

  const allocate = async (agent: AgentRecord): Promise<void> => {
    const parents = [folder, join(folder, 'storage'), join(folder, 'config')];
    for (const path of [...parents, storageOf(agent), configOf(agent)]) await makeFolder(path);
  };

  /** Configurations that no instance is started with any more. */
  const forgetConfigs = async (agent: AgentRecord, now: AgentSpec): Promise<void> => {
    const kept = new Set([now, agent.spec, agent.live, agent.previous].map((spec) => spec?.generation));
    for (const name of await readdir(configOf(agent))) {
      const [, generation] = /^(\d+)\.\d+\.json$/.exec(name) ?? [];
      if (generation !== undefined && !kept.has(Number(generation)))
        await rm(join(configOf(agent), name), { force: true });
    }
  };

  /** As when the file of kinds was read: a program may have changed hands since. */
  const untrusted = async (kind: AgentKind, spec: AgentSpec): Promise<string | undefined> => {
    const trusted = deps.trusted ?? (await trustedHere());
    return trusted && distrustOf(versionOf(kind, spec.version), trusted);
  };

  return {
    allocate,
    sealSecrets: (agent, revision, values) => secrets.seal(agent, revision, values),
    sealToken: (agent, token) => secrets.sealToken(agent, token),
    secretNames: (agent) => secrets.names(agent),

    async prepare(agent, spec, kind, index, epoch) {
      await allocate(agent);
      const values = await secrets.values(agent, spec.secretsRevision);
      const config = join(configOf(agent), `${spec.generation}.${index}.json`);
      const why = await untrusted(kind, spec);
      if (why !== undefined) throw new WaooawError('agent_start_failed', why);
      const parts = { agent, spec, kind, index, epoch, storage: storageOf(agent), config };
      // First whether it can be started at all.
      const made = instanceSpec({ ...parts, secrets: values, serverEnv: env, url: url() });
      await replaceFile(config, JSON.stringify(configuration(parts), undefined, 2));
      await forgetConfigs(agent, spec);
      return made;
    },

    async storage(agent, kind): Promise<StorageReport> {
      const path = storageOf(agent);
      const making =
        reporting.get(path) ?? heldBy(path, maxStorageEntries).finally(() => reporting.delete(path));
      reporting.set(path, making);
      const { bytes, files, partial } = await making;
      const { quotaBytes } = kind.storage;
      return {
        folder: path,
        bytes,
        files,
        quotaBytes,
        over: bytes > quotaBytes,
        ...(partial && { partial }),
      };
    },

    async configVersions({ agent, incarnation }) {
      const rows = await database.read({
        sql: `SELECT generation, version, replicas, at, by, parameters FROM provisioning_configuration
          WHERE agent = ? AND incarnation = ? ORDER BY generation DESC`,
        params: [agent, incarnation],
      });
      return rows.map(({ generation, version, replicas, at, by, parameters }) => ({
        generation: Number(generation),
        version: String(version),
        replicas: Number(replicas),
        at: Number(at),
        by: String(by),
        parameters: parametersOf(parameters),
      }));
    },

    async release(agent) {
      for (const path of [storageOf(agent), configOf(agent)])
        await rm(path, { recursive: true, force: true, maxRetries: 3 });
    },

    releaseRows(agent): readonly Statement[] {
      const { agent: id, incarnation } = agent;
      const sql = 'DELETE FROM provisioning_configuration WHERE agent = ? AND incarnation = ?';
      return [...secrets.forget(agent), { sql, params: [id, incarnation] }];
    },
  };
}

/** What an agent reads in the file that `WAOOAW_CONFIG` names. */
function configuration({
  agent,
  spec,
  kind,
  index,
  storage,
}: {
  readonly agent: AgentRecord;
  readonly spec: AgentSpec;
  readonly kind: AgentKind;
  readonly index: number;
  readonly storage: string;
}): object {
  return {
    agent: agent.agent,
    title: agent.title,
    kind: agent.kind,
    version: spec.version,
    generation: spec.generation,
    instance: instanceName(agent, spec.generation, index),
    tags: agent.tags,
    storage,
    quotaBytes: kind.storage.quotaBytes,
    ...(kind.queue && { channel: channelOf(agent.agent) }),
    parameters: spec.parameters,
  };
}

function nameOf({ agent, incarnation }: AgentRecord): string {
  if (!AGENT_ID.test(agent) || !Number.isSafeInteger(incarnation))
    throw new WaooawError('bad_request', `"${agent}" cannot be the name of a folder`);
  return `${agent}-${incarnation}`;
}

/** Makes a folder, and closes one that is open to others. */
async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: ONLY_US });
  const held = await lstat(path);
  if (!held.isDirectory()) throw new WaooawError('agent_start_failed', `${path} is no folder`);
  if ((held.mode & 0o777) !== ONLY_US) await chmod(path, ONLY_US);
}

/** Whoever reads it finds the former one or this, and nobody else can. */
async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(draft, `${text}\n`, { flag: 'wx', mode: 0o600 });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
