/** Shapes of the agents' API and of the `agents`, `agent/<id>` and `logs/…` channels. */
import type { Json } from './frames.ts';
import type { OperationType } from './operations.ts';
import type { StateWord } from './states.ts';

/** What an agent can be in. */
export const AGENT_STATES = [
  'draft',
  'provisioned',
  'deployed',
  'running',
  'stopped',
  'suspended',
  'errored',
  'revoked',
] as const satisfies readonly StateWord[];

/** What an agent can be in. `revoked` is the end. */
export type AgentState = (typeof AGENT_STATES)[number];

/** Which state may follow which. Anything may be revoked, once. */
export const AGENT_TRANSITIONS: Readonly<Record<AgentState, readonly AgentState[]>> = {
  draft: ['provisioned', 'revoked'],
  provisioned: ['deployed', 'errored', 'revoked'],
  deployed: ['running', 'errored', 'revoked'],
  running: ['stopped', 'suspended', 'errored', 'revoked'],
  stopped: ['running', 'deployed', 'revoked'],
  suspended: ['running', 'revoked'],
  errored: ['running', 'stopped', 'deployed', 'revoked'],
  revoked: [],
};

/** What an agent is meant to be in; whoever looks after it brings it there again and again. */
export type DesiredState = Extract<AgentState, 'running' | 'stopped' | 'suspended' | 'revoked'>;

/** Where one process, or container, of an agent is in its life. */
export type InstanceState = 'starting' | 'running' | 'suspended' | 'exited' | 'lost';

/** How an instance ended. */
export interface InstanceExit {
  /** ms since 1970. */
  readonly at: number;
  readonly code?: number;
  /** Such as `SIGKILL`. */
  readonly signal?: string;
  /** Why, where that is known: it was asked to, or used more than its kind allows. */
  readonly reason?: 'stopped' | 'memory';
}

/** One process, or container, of an agent. */
export interface AgentInstance {
  /** `<agent>-<incarnation>.<generation>.<index>`: deterministic, so that starting twice starts once. */
  readonly instance: string;
  readonly generation: number;
  readonly version: string;
  readonly state: InstanceState;
  /** ms since 1970. */
  readonly startedAt: number;
  /** Takes requests of the agent's stable port. */
  readonly serving: boolean;
  readonly pid?: number;
  readonly exit?: InstanceExit;
}

/** An agent. The publication of `agent/<id>`, and of `agents` where it changed. */
export interface AgentStatus {
  /** kebab-case id, unique among agents that are not revoked. */
  readonly agent: string;
  /** For people. */
  readonly title: string;
  readonly kind: string;
  readonly version: string;
  /** What a rollback goes back to. */
  readonly previousVersion?: string;
  readonly state: AgentState;
  /** Why it is errored: `crashed` when it ended too often. */
  readonly reason?: string;
  /** When `state` began, ms since 1970. */
  readonly since: number;
  readonly desired: DesiredState;
  /** Counts changes of what the agent is meant to be; the `ETag` of `If-Match`. */
  readonly generation: number;
  readonly replicas: number;
  readonly parameters: Readonly<Record<string, Json>>;
  /** Names of the secrets it was given; never their values. */
  readonly secrets: readonly string[];
  /** `agent` is its id, `kind` its kind, and what it was given beside. */
  readonly tags: Readonly<Record<string, string>>;
  /** Where its stable port listens; absent for a kind without one. */
  readonly address?: { readonly host: string; readonly port: number };
  readonly instances: readonly AgentInstance[];
  /** Since it was created; those that nobody asked for. */
  readonly restarts: number;
  /** The active operation, or the last one. */
  readonly operation?: string;
  /** True while that operation is not at its end. */
  readonly busy: boolean;
  /** What may be asked of it now. */
  readonly actions: readonly OperationType[];
  readonly createdAt: number;
  readonly createdBy: string;
}

/** That an agent is kept no more, for `agents`. */
export interface AgentForgotten {
  readonly agent: string;
  readonly forgotten: true;
}

/** A publication of `agents`. */
export type AgentUpdate = AgentStatus | AgentForgotten;

/** A kind of agent, as local configuration defines it, and as callers may see it: no command, no paths, no environment. */
export interface AgentKindInfo {
  readonly kind: string;
  readonly title: string;
  readonly description?: string;
  /** Newest last. */
  readonly versions: readonly string[];
  /** JSON Schema of the parameters. */
  readonly parameters: Json;
  /** Names of the secrets it takes, and whether each must be given. */
  readonly secrets: readonly { readonly name: string; readonly required: boolean }[];
  /** It has a stable port. */
  readonly hasPort: boolean;
  readonly maxReplicas: number;
}

/** What an agent is created from. */
export interface NewAgent {
  readonly agent: string;
  readonly kind: string;
  /** Default: the kind's newest. */
  readonly version?: string;
  readonly title?: string;
  readonly parameters?: Readonly<Record<string, Json>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  /** Default 1. */
  readonly replicas?: number;
  /** The stable port; default: the one that is free. */
  readonly port?: number;
  /** False leaves it provisioned; default true. */
  readonly start?: boolean;
}

/** A line of a log. */
export interface LogLine {
  /** Its place: higher is later. Unique in its log. */
  readonly n: number;
  /** ms since 1970. */
  readonly at: number;
  /** `engine`: what the server says of its own work. */
  readonly stream: 'stdout' | 'stderr' | 'engine';
  /** Without its end; longer ones are cut, and end in `…`. */
  readonly text: string;
  readonly instance?: string;
  /** Of an operation's log: the stage. */
  readonly stage?: string;
}

/** A publication of `logs/<agent>` or `logs/operation/<id>`; as its snapshot, the last lines. */
export interface LogUpdate {
  readonly lines: readonly LogLine[];
}

/** A page of a log, in order. */
export interface LogPage {
  readonly lines: readonly LogLine[];
  /** There is more before the first. */
  readonly more: boolean;
}

/** How much an agent keeps in its storage folder. */
export interface AgentStorage {
  readonly bytes: number;
  readonly files: number;
  readonly quotaBytes: number;
  readonly over: boolean;
  /** There is more: only so many files are counted. */
  readonly partial?: boolean;
}

/** A configuration that an agent had, or has. */
export interface AgentConfiguration {
  readonly generation: number;
  readonly version: string;
  readonly replicas: number;
  /** ms since 1970. */
  readonly at: number;
  /** Id of whoever asked for it. */
  readonly by: string;
  readonly parameters: Readonly<Record<string, Json>>;
}

/** Which agents a command is for: those named, those that carry all of the tags, or of those named those that do. */
export interface AgentSelection {
  readonly agents?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
}
