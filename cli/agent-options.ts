/** The options of `waooaw agents`, and what they say to the server. */
import { parseArgs } from 'node:util';
import type { Json, NewAgent, OperationType } from '../src/protocol/index.ts';
import { Misuse, pairs, wholeNumber } from './command.ts';

/** The largest that a port, a count of replicas and a time may be. */
const MAX_PORT = 65_535;
const MAX_REPLICAS = 1_000;
const MAX_GRACE_MS = 3_600_000;
const MAX_LINES = 1_000;
const MAX_TIMEOUT_S = 86_400;

/** Reads the options. @throws Misuse. */
export function parseAgents(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        json: { type: 'boolean', default: false },
        kind: { type: 'string' },
        version: { type: 'string' },
        title: { type: 'string' },
        param: { type: 'string', multiple: true, default: [] },
        secret: { type: 'string', multiple: true, default: [] },
        tag: { type: 'string', multiple: true, default: [] },
        replicas: { type: 'string' },
        port: { type: 'string' },
        'no-start': { type: 'boolean', default: false },
        'grace-ms': { type: 'string' },
        all: { type: 'boolean', default: false },
        key: { type: 'string' },
        'if-match': { type: 'string' },
        detach: { type: 'boolean', default: false },
        'timeout-s': { type: 'string' },
        follow: { type: 'boolean', short: 'f', default: false },
        lines: { type: 'string' },
      },
    });
  } catch (error) {
    throw new Misuse((error as Error).message);
  }
}

/** The options, as they were read. */
export type AgentValues = ReturnType<typeof parseAgents>['values'];

/** Which options a command takes, beside `url` and `json`. */
const WAITING = ['key', 'detach', 'timeout-s'];
const COMMANDING = [...WAITING, 'if-match', 'all', 'tag'];
const TAKES: Readonly<Record<string, readonly string[]>> = {
  list: ['tag'],
  show: [],
  create: [...WAITING, 'kind', 'version', 'title', 'param', 'secret', 'tag', 'replicas', 'port', 'no-start'],
  start: COMMANDING,
  stop: [...COMMANDING, 'grace-ms'],
  restart: COMMANDING,
  upgrade: [...COMMANDING, 'version', 'param', 'secret'],
  rollback: COMMANDING,
  scale: [...COMMANDING, 'replicas'],
  suspend: COMMANDING,
  resume: COMMANDING,
  delete: [...COMMANDING, 'grace-ms'],
  logs: ['follow', 'lines'],
};

/** @throws Misuse for an option that the command does not take: it would be passed over without a word. */
export function checkOptions(command: string, values: AgentValues): void {
  const taken = ['url', 'json', ...(TAKES[command] ?? [])];
  for (const [name, value] of Object.entries(values)) {
    const given = Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
    if (given && !taken.includes(name)) throw new Misuse(`agents ${command} takes no --${name}`);
  }
}

/** What `agents create` sends. @throws Misuse. */
export function newAgentOf(agent: string, values: AgentValues, env: NodeJS.ProcessEnv): NewAgent {
  const { kind, version, title } = values;
  if (kind === undefined) throw new Misuse('agents create needs --kind; waooaw kinds lists them');
  const replicas = wholeNumber('replicas', values.replicas, 1, MAX_REPLICAS);
  const port = wholeNumber('port', values.port, 1, MAX_PORT);
  return {
    agent,
    kind,
    ...(version !== undefined && { version }),
    ...(title !== undefined && { title }),
    ...chosenOf(values, env),
    ...(values.tag.length > 0 && { tags: pairs('tag', values.tag) }),
    ...(replicas !== undefined && { replicas }),
    ...(port !== undefined && { port }),
    ...(values['no-start'] && { start: false }),
  };
}

/** What a command sends beside its name. @throws Misuse. */
export function fieldsOf(
  type: Exclude<OperationType, 'create'>,
  values: AgentValues,
  env: NodeJS.ProcessEnv,
): Record<string, Json> {
  switch (type) {
    case 'stop':
    case 'delete': {
      const graceMs = wholeNumber('grace-ms', values['grace-ms'], 0, MAX_GRACE_MS);
      return { ...(graceMs !== undefined && { graceMs }) };
    }
    case 'upgrade':
      return { ...(values.version !== undefined && { version: values.version }), ...chosenOf(values, env) };
    case 'scale': {
      const replicas = wholeNumber('replicas', values.replicas, 1, MAX_REPLICAS);
      if (replicas === undefined) throw new Misuse('agents scale needs --replicas');
      return { replicas };
    }
    default:
      return {};
  }
}

/** @returns headers of a request that changes something. @throws Misuse. */
export function headersOf({ key, 'if-match': match }: AgentValues): Record<string, string> {
  if (key !== undefined && !/^[\x21-\x7e]{1,128}$/.test(key)) {
    throw new Misuse('--key must be 1 to 128 visible characters of ASCII');
  }
  const generation = wholeNumber('if-match', match, 0, Number.MAX_SAFE_INTEGER);
  return {
    ...(key !== undefined && { 'idempotency-key': key }),
    ...(generation !== undefined && { 'if-match': `"${generation}"` }),
  };
}

/** How long somebody waits, ms. @throws Misuse. */
export function timeoutOf(text: string | undefined): number | undefined {
  const seconds = wholeNumber('timeout-s', text, 1, MAX_TIMEOUT_S);
  return seconds === undefined ? undefined : seconds * 1_000;
}

/** How many lines of a log. @throws Misuse. */
export function linesOf(text: string | undefined): number {
  return wholeNumber('lines', text, 1, MAX_LINES) ?? 200;
}

function chosenOf(
  { param, secret }: AgentValues,
  env: NodeJS.ProcessEnv,
): Pick<NewAgent, 'parameters' | 'secrets'> {
  const parameters = Object.entries(pairs('param', param)).map(([name, text]) => [name, valueOf(text)]);
  const secrets = Object.entries(pairs('secret', secret)).map(([name, variable]) => {
    const value = env[variable];
    // A value on the command line could be read by every user of the machine.
    if (value === undefined || value === '')
      throw new Misuse(`--secret ${name}: there is no variable ${variable} to take it from`);
    return [name, value];
  });
  return {
    ...(parameters.length > 0 && { parameters: Object.fromEntries(parameters) as Record<string, Json> }),
    ...(secrets.length > 0 && { secrets: Object.fromEntries(secrets) as Record<string, string> }),
  };
}

/** JSON where it is some, else the text: `5` is a number, `"5"` and `five` are texts. */
function valueOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
