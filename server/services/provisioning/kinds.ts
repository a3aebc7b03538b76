/** Kinds of agents: what local configuration says may run, and what becomes of a caller's choice. */
import type { AgentKindInfo, Json } from '../../../src/protocol/index.ts';
import type { InstanceResources, InstanceSpec, LogRotation } from '../../ports/agent-runtime.ts';

/** How an instance shows that it is ready, and stays well. */
export interface KindProbe {
  /** `http`: GET answers 200 to 399. `tcp`: takes a connection. `process`: it runs. */
  readonly kind: 'http' | 'tcp' | 'process';
  /** Of `http`; default `/`. */
  readonly path?: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Failures in a row that make it not well. */
  readonly failureThreshold: number;
}

/** What becomes of an instance that ends by itself. */
export interface RestartPolicy {
  readonly when: 'always' | 'on-failure' | 'never';
  /** Before the first; doubles up to `maxDelayMs`, with jitter. */
  readonly delayMs: number;
  readonly maxDelayMs: number;
  /** It ran this long: the delay begins anew. */
  readonly stableMs: number;
  /** Ends within `windowMs` from which it is left alone as `crashed`. */
  readonly maxInWindow: number;
  readonly windowMs: number;
}

/** How an upgrade goes. */
export interface UpgradePolicy {
  /** From start to ready without progress, ms: then it goes back. */
  readonly progressDeadlineMs: number;
  /** How long a new instance must be well before it serves, ms. */
  readonly minHealthyMs: number;
  /** How long the old ones stay warm behind it, ms. */
  readonly watchMs: number;
  /** For what they still have to answer, ms. */
  readonly drainMs: number;
}

/** A version, and what it runs. */
export interface KindVersion {
  readonly version: string;
  readonly command: readonly string[];
  /** Absolute. */
  readonly workingFolder?: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A kind, every default filled in. */
export interface AgentKind {
  readonly kind: string;
  readonly title: string;
  readonly description?: string;
  readonly versions: readonly KindVersion[];
  /** JSON Schema, for callers; `check` holds values to it. */
  readonly parameters: Json;
  readonly secrets: readonly { readonly name: string; readonly required: boolean }[];
  /** Names of the server's own variables that its instances see. */
  readonly passEnv: readonly string[];
  readonly hasPort: boolean;
  /** Where stable ports are taken from; absent: any that is free. */
  readonly ports?: { readonly from: number; readonly to: number };
  readonly maxReplicas: number;
  readonly resources: InstanceResources;
  readonly storage: { readonly quotaBytes: number };
  /** It has a channel `app/agents/<agent>` of its own. */
  readonly queue: boolean;
  readonly ready: KindProbe;
  readonly restart: RestartPolicy;
  readonly upgrade: UpgradePolicy;
  readonly stop: InstanceSpec['stop'];
  readonly logs: LogRotation;
  /** Role that its token has towards this server; absent: it is given none. */
  readonly tokenRole?: 'viewer' | 'operator';
}

/** The kinds that are there now. */
export interface Kinds {
  list(): readonly AgentKind[];
  /** @throws WaooawError `unknown_kind`. */
  get(kind: string): AgentKind;
  info(kind: AgentKind): AgentKindInfo;
  /** @throws WaooawError `unknown_version`. */
  version(kind: AgentKind, version?: string): KindVersion;
  /** Defaults filled in. @throws WaooawError `bad_parameters` naming each place. */
  parameters(kind: AgentKind, given: Readonly<Record<string, Json>>): Readonly<Record<string, Json>>;
  /** @throws WaooawError `bad_parameters` for a secret that is not asked for, or missing. */
  checkSecrets(kind: AgentKind, names: readonly string[]): void;
  /** Hears that the file was read anew. */
  onChange(listener: () => void): () => void;
}
