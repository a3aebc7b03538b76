/** From what a caller asks to what an agent is to be, checked against local configuration. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { ErrorDetail, NewAgent } from '../../../src/protocol/index.ts';
import type { AgentKind, Kinds } from './kinds.ts';
import type { Command } from './provisioning.ts';
import type { AgentRecord, AgentSpec } from './record/record.ts';

/** kebab-case: ids become names of folders and instances. */
const AGENT_ID = /^(?=.{1,63}$)[a-z0-9]+(-[a-z0-9]+)*$/;

/** Others are those of the system's services, whose place no caller may take. */
const UNPRIVILEGED = { from: 1_024, to: 65_535 };

/** What an agent is to be from now on. */
export interface NextSpec {
  readonly spec: AgentSpec;
  /** Secrets that come with it. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** The kind and the first specification of a new agent. @throws WaooawError as `Provisioning.create`. */
export function firstSpec(kinds: Kinds, input: NewAgent): NextSpec & { readonly kind: AgentKind } {
  const { agent, kind: name, version, parameters = {}, secrets = {}, replicas = 1, port } = input;
  if (!AGENT_ID.test(agent)) throw bad('/agent', 'expected kebab-case, at most 63 characters');
  const kind = placed('/kind', () => kinds.get(name));
  const { version: chosen } = placed('/version', () => kinds.version(kind, version));
  const values = placed('/parameters', () => kinds.parameters(kind, parameters));
  placed('/secrets', () => kinds.checkSecrets(kind, Object.keys(secrets)));
  assertReplicas(kind, replicas);
  assertPort(kind, port);
  const hasSecrets = Object.keys(secrets).length > 0;
  return {
    kind,
    spec: {
      generation: 1,
      version: chosen,
      parameters: values,
      secretsRevision: hasSecrets ? 1 : 0,
      replicas,
    },
    ...(hasSecrets && { secrets }),
  };
}

/**
 * What a command makes of an agent. A new specification is a new generation; starting and stopping change none.
 * @param names of the secrets that it has. @throws WaooawError as `Provisioning.command`.
 */
export function nextSpec(
  kinds: Kinds,
  { kind: name, spec, previous }: AgentRecord,
  command: Command,
  names: readonly string[],
): NextSpec {
  const generation = spec.generation + 1;
  const kind = (): AgentKind => kinds.get(name);
  switch (command.type) {
    case 'start':
    case 'resume':
      kind();
      return { spec };
    case 'stop':
    case 'suspend':
    case 'delete':
      return { spec };
    case 'restart':
      kind();
      return { spec: { ...spec, generation } };
    case 'rollback': {
      const { version } = kinds.version(kind(), previous!.version);
      return { spec: { ...previous!, version, replicas: spec.replicas, generation } };
    }
    case 'scale':
      assertReplicas(kind(), command.replicas);
      return { spec: { ...spec, replicas: command.replicas, generation } };
    case 'upgrade':
      return upgraded(kinds, kind(), spec, command, names);
  }
}

function upgraded(
  kinds: Kinds,
  kind: AgentKind,
  spec: AgentSpec,
  {
    version = spec.version,
    parameters = spec.parameters,
    secrets = {},
  }: Extract<Command, { type: 'upgrade' }>,
  names: readonly string[],
): NextSpec {
  const generation = spec.generation + 1;
  const hasSecrets = Object.keys(secrets).length > 0;
  const { version: chosen } = placed('/version', () => kinds.version(kind, version));
  const values = placed('/parameters', () => kinds.parameters(kind, parameters));
  placed('/secrets', () => kinds.checkSecrets(kind, [...new Set([...names, ...Object.keys(secrets)])]));
  return {
    spec: {
      ...spec,
      generation,
      version: chosen,
      parameters: values,
      // Never used twice, as generations are not: what an upgrade that went back brought is seen by none after it.
      ...(hasSecrets && { secretsRevision: generation }),
    },
    ...(hasSecrets && { secrets }),
  };
}

function assertReplicas({ maxReplicas }: AgentKind, replicas: number): void {
  if (Number.isInteger(replicas) && replicas >= 1 && replicas <= maxReplicas) return;
  throw bad('/replicas', `expected a whole number from 1 to ${maxReplicas}`);
}

function assertPort({ kind, hasPort, ports }: AgentKind, port: number | undefined): void {
  if (port === undefined) return;
  if (!hasPort) throw bad('/port', `agents of kind ${kind} have no port`);
  const { from, to } = ports ?? UNPRIVILEGED;
  if (!Number.isInteger(port) || port < from || port > to)
    throw bad('/port', `expected a port from ${from} to ${to}`);
}

function bad(pointer: string, message: string): WaooawError {
  return new WaooawError('bad_parameters', `${pointer}: ${message}`, {
    details: [{ pointer, code: 'bad_parameters', message }],
  });
}

/** Errors say which part of the request they are about. */
function placed<T>(pointer: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof WaooawError)) throw error;
    const { code, message } = error;
    const details: readonly ErrorDetail[] = error.details?.map((detail) => ({
      ...detail,
      pointer: detail.pointer.startsWith(pointer) ? detail.pointer : pointer + detail.pointer,
    })) ?? [{ pointer, code, message }];
    throw new WaooawError(code, message, { cause: error, details });
  }
}
