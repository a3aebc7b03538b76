/** `waooaw agents`: lists, makes and commands the agents of a running server, and shows how that goes. */
import type {
  AgentStatus,
  BulkOutcome,
  LogLine,
  LogPage,
  LogUpdate,
  OperationStatus,
  OperationType,
} from '../src/protocol/index.ts';
import { OPERATION_TYPES } from '../src/protocol/index.ts';
import {
  checkOptions,
  fieldsOf,
  headersOf,
  linesOf,
  newAgentOf,
  parseAgents,
  timeoutOf,
} from './agent-options.ts';
import type { AgentValues } from './agent-options.ts';
import { CommandFailed, ask } from './api.ts';
import type { Server } from './api.ts';
import { columns, duration, plain } from './columns.ts';
import { Misuse, noMore, oneWord, pairs, serverOf } from './command.ts';
import type { Output } from './command.ts';
import { follow } from './follow.ts';
import { watchOperation, watchOperations } from './watch.ts';

/** The command's part of the help. */
export const AGENTS_HELP = `  waooaw agents list    every agent, and what it is in
    --tag <name>=<value>  those that carry it; may be repeated
  waooaw agents show <agent>
  waooaw agents create <agent> --kind <kind>
                        make an agent and start it
    --version <version>   the kind's newest when absent
    --param <name>=<value>  JSON, or else a text; may be repeated
    --secret <name>=<variable>
                          taken from that environment variable; may be repeated
    --tag <name>=<value>  what it is about; may be repeated
    --title <text>, --replicas <n>, --port <n>, --no-start
  waooaw agents start|stop|restart|rollback|suspend|resume|delete <agent>
    --grace-ms <n>        of stop and delete: how long it is waited for; 0 forces
  waooaw agents upgrade <agent>
    --version <version>, --param …, --secret …
  waooaw agents scale <agent> --replicas <n>
    --all, --tag <name>=<value>
                          of each of these, in the place of <agent>: all, or those that carry it
    --if-match <n>        only if this is still its generation
    --key <key>           idempotency key: sent again, it is done once
    --detach              do not wait for its end
    --timeout-s <n>       wait no longer
  waooaw agents logs <agent>
    --lines <n>           the last so many                        (200)
    --follow, -f          and what comes
    --json                as JSON, a line each
    --url, WAOOAW_TOKEN   as above`;

type Posted = Exclude<OperationType, 'create'>;

/**
 * Runs one of the commands.
 * @throws Misuse; CommandFailed when the server refuses or does not answer, or the operation does not end as it should.
 */
export async function agents(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<void> {
  const { values, positionals } = parseAgents(args);
  const [command = '', ...rest] = positionals;
  const server = serverOf(values.url, env);
  checkOptions(command, values);

  switch (command) {
    case 'list':
      noMore(rest);
      return list(server, values, output);
    case 'show': {
      const status = await ask<AgentStatus>(server, 'GET', pathOf(oneWord(rest, 'the id of an agent')));
      if (values.json) output.print(JSON.stringify(status));
      else for (const line of describe(status)) output.print(line);
      return;
    }
    case 'create': {
      const input = newAgentOf(oneWord(rest, 'an id for the agent'), values, env);
      const timeoutMs = timeoutOf(values['timeout-s']);
      const made = await ask<OperationStatus>(server, 'POST', '/api/agents', input, headersOf(values));
      return seen(server, made, values, timeoutMs, output);
    }
    case 'logs':
      return logs(server, oneWord(rest, 'the id of an agent'), values, output);
    default: {
      const type = OPERATION_TYPES.find((known): known is Posted => known === command && known !== 'create');
      if (!type) throw new Misuse(`"agents ${command}" is no command`);
      return commandOne(server, type, rest, values, env, output);
    }
  }
}

async function commandOne(
  server: Server,
  type: Posted,
  rest: readonly string[],
  values: AgentValues,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<void> {
  const fields = fieldsOf(type, values, env);
  const headers = headersOf(values);
  const timeoutMs = timeoutOf(values['timeout-s']);
  const many = values.all || values.tag.length > 0;
  if (many) {
    noMore(rest);
    if (values['if-match'] !== undefined) throw new Misuse('--if-match is of one agent');
    return commandMany(server, { type, ...fields }, headers, values, timeoutMs, output);
  }
  const path = pathOf(oneWord(rest, 'the id of an agent, --all or --tag'));
  const query = fields['graceMs'] === undefined ? '' : `?graceMs=${JSON.stringify(fields['graceMs'])}`;
  const made =
    type === 'delete'
      ? await ask<OperationStatus>(server, 'DELETE', `${path}${query}`, undefined, headers)
      : await ask<OperationStatus>(server, 'POST', `${path}/${type}`, fields, headers);
  return seen(server, made, values, timeoutMs, output);
}

async function commandMany(
  server: Server,
  command: { readonly type: Posted },
  headers: Readonly<Record<string, string>>,
  values: AgentValues,
  timeoutMs: number | undefined,
  output: Output,
): Promise<void> {
  const chosen = (await listed(server, values)).filter(({ actions }) => actions.includes(command.type));
  if (chosen.length === 0) return output.note(`There is no agent to ${command.type}.`);
  const selection = { agents: chosen.map(({ agent }) => agent) };
  const { outcomes } = await ask<{ outcomes: readonly BulkOutcome[] }>(
    server,
    'POST',
    '/api/agents/bulk',
    { selection, command },
    headers,
  );
  const refused = outcomes.filter(({ error }) => error !== undefined);
  for (const { agent, error } of refused)
    output.note(plain(`${agent}: ${error?.code ?? ''}: ${error?.message ?? ''}`));
  const started = outcomes.flatMap(({ operation }) => (operation ? [operation] : []));
  if (values.detach) {
    for (const operation of started)
      output.print(values.json ? JSON.stringify(operation) : operation.operation);
  } else await watchOperations(server, started, output, { json: values.json, timeoutMs });
  if (refused.length > 0) throw new CommandFailed(`${refused.length} of ${outcomes.length} were refused`);
}

async function seen(
  server: Server,
  made: OperationStatus,
  { json, detach }: AgentValues,
  timeoutMs: number | undefined,
  output: Output,
): Promise<void> {
  if (!detach) return watchOperation(server, made.operation, output, { json, timeoutMs });
  output.print(json ? JSON.stringify(made) : made.operation);
}

async function listed(server: Server, { tag }: AgentValues): Promise<readonly AgentStatus[]> {
  const wanted = Object.entries(pairs('tag', tag));
  const { agents: found } = await ask<{ agents: readonly AgentStatus[] }>(server, 'GET', '/api/agents');
  return found.filter(({ tags }) => wanted.every(([name, value]) => tags[name] === value));
}

async function list(server: Server, values: AgentValues, output: Output): Promise<void> {
  const found = await listed(server, values);
  if (values.json) return output.print(JSON.stringify(found));
  const rows = found.map((status) => [
    status.agent,
    status.kind,
    status.version,
    status.reason === undefined ? status.state : `${status.state} (${status.reason})`,
    duration(Date.now() - status.since),
    `${status.instances.filter(({ state }) => state === 'running').length}/${status.replicas}`,
    status.address ? `${status.address.host}:${status.address.port}` : '-',
    status.busy ? (status.operation ?? '-') : '-',
  ]);
  const head = ['AGENT', 'KIND', 'VERSION', 'STATE', 'FOR', 'RUNNING', 'ADDRESS', 'OPERATION'];
  for (const line of columns(head, rows)) output.print(line);
}

function describe(status: AgentStatus): string[] {
  const rows: [string, string | undefined][] = [
    ['agent', status.agent],
    ['title', status.title],
    ['kind', `${status.kind} ${status.version}`],
    ['previous', status.previousVersion],
    ['state', status.reason === undefined ? status.state : `${status.state}: ${status.reason}`],
    ['since', new Date(status.since).toISOString()],
    ['generation', String(status.generation)],
    ['replicas', String(status.replicas)],
    ['address', status.address && `${status.address.host}:${status.address.port}`],
    ['parameters', JSON.stringify(status.parameters)],
    ['secrets', status.secrets.join(' ') || undefined],
    [
      'tags',
      Object.entries(status.tags)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
    ],
    ['restarts', String(status.restarts)],
    ['operation', status.operation && `${status.operation}${status.busy ? ' (under way)' : ''}`],
    ['may be asked', status.actions.join(' ') || undefined],
    ['created', `${new Date(status.createdAt).toISOString()} by ${status.createdBy}`],
    ...status.instances.map((instance): [string, string] => [
      'instance',
      [
        instance.instance,
        instance.state,
        instance.version,
        ...(instance.pid === undefined ? [] : [`pid ${instance.pid}`]),
        ...(instance.serving ? ['serving'] : []),
      ].join('  '),
    ]),
  ];
  return rows.flatMap(([name, text]) => (text === undefined ? [] : [`${name.padEnd(12)}  ${plain(text)}`]));
}

async function logs(server: Server, agent: string, values: AgentValues, output: Output): Promise<void> {
  const limit = linesOf(values.lines);
  const say = (line: LogLine): void =>
    output.print(
      values.json
        ? JSON.stringify(line)
        : `${new Date(line.at).toISOString()} ${line.instance ?? agent} ${line.stream}  ${plain(line.text)}`,
    );
  const { lines } = await ask<LogPage>(server, 'GET', `${pathOf(agent)}/logs?limit=${limit}`);
  for (const line of lines) say(line);
  if (!values.follow) return;
  let last = lines.at(-1)?.n ?? -1;
  await follow(server, `logs/${agent}`, (data) => {
    for (const line of (data as unknown as LogUpdate).lines) {
      if (line.n <= last) continue;
      last = line.n;
      say(line);
    }
    return false;
  });
}

function pathOf(agent: string): string {
  return `/api/agents/${encodeURIComponent(agent)}`;
}
