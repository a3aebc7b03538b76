/** What an agent is given beside its process: storage, configuration, secrets, a channel, a token; and what an instance is started with. */
import type { Json } from '../../../src/protocol/index.ts';
import type { InstanceSpec } from '../../ports/agent-runtime.ts';
import type { Statement } from '../../ports/database.ts';
import type { AgentKind } from './kinds.ts';
import type { AgentRecord, AgentSpec } from './record/record.ts';

/** What an agent's storage holds. */
export interface StorageReport {
  readonly folder: string;
  readonly bytes: number;
  readonly files: number;
  readonly quotaBytes: number;
  readonly over: boolean;
  /** There is more than was looked at: `bytes` and `files` are what it holds at least. */
  readonly partial?: true;
}

/** A configuration that an agent had. */
export interface ConfigVersion {
  readonly generation: number;
  readonly version: string;
  readonly replicas: number;
  /** ms since 1970. */
  readonly at: number;
  /** Id of whoever asked for it. */
  readonly by: string;
  readonly parameters: Readonly<Record<string, Json>>;
}

/** Gives agents what they ask for, and takes it back. Every call is idempotent. */
export interface AgentResources {
  /** Makes its folders, 0700. */
  allocate(agent: AgentRecord, kind: AgentKind): Promise<void>;
  /**
   * Seals secrets: rows for the transaction of the change that brings them. A revision is whole: what is not given anew is
   * that of the agent's spec, so `agent` is the record before the change. Revisions that its spec, live and previous do not
   * name are forgotten.
   * @throws WaooawError `bad_parameters`, `secret_unreadable`.
   */
  sealSecrets(
    agent: AgentRecord,
    revision: number,
    secrets: Readonly<Record<string, string>>,
  ): readonly Statement[];
  /** Seals the token that its instances talk to this server with: rows as above. In the place of the one that it had. */
  sealToken(agent: AgentRecord, token: string): readonly Statement[];
  /** Their names, without the values. */
  secretNames(agent: AgentRecord): Promise<readonly string[]>;
  /**
   * What an instance is started with: writes its configuration file (0600) and makes its environment. Not for logs.
   * @throws WaooawError `secret_unreadable` when the key that sealed a secret is not there any more.
   */
  prepare(
    agent: AgentRecord,
    spec: AgentSpec,
    kind: AgentKind,
    index: number,
    epoch: number,
  ): Promise<InstanceSpec>;
  storage(agent: AgentRecord, kind: AgentKind): Promise<StorageReport>;
  /** Newest first. */
  configVersions(agent: AgentRecord): Promise<readonly ConfigVersion[]>;
  /** Removes folders and configuration; rows that go with it are for the transaction of its last change. */
  release(agent: AgentRecord): Promise<void>;
  releaseRows(agent: AgentRecord): readonly Statement[];
}

/** `<agent>-<incarnation>.<generation>.<index>`. */
export function instanceName(
  agent: Pick<AgentRecord, 'agent' | 'incarnation'>,
  generation: number,
  index: number,
): string {
  return `${agent.agent}-${agent.incarnation}.${generation}.${index}`;
}
