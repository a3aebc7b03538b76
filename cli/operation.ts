/** `waooaw operation`: what is under way on a running server, and what may be asked of it. */
import { parseArgs } from 'node:util';
import type { LogPage, OperationStatus } from '../src/protocol/index.ts';
import { OPERATION_ACTIONS } from '../src/protocol/index.ts';
import { timeoutOf } from './agent-options.ts';
import { ask } from './api.ts';
import { columns, plain } from './columns.ts';
import { Misuse, noMore, oneWord, serverOf, wholeNumber } from './command.ts';
import type { Output } from './command.ts';
import { progressBlock } from './progress.ts';
import { watchOperation } from './watch.ts';

/** The command's part of the help. */
export const OPERATION_HELP = `  waooaw operation watch <id>
                        follow an operation to its end; 0: completed, 1: not
    --timeout-s <n>       wait no longer
  waooaw operation list operations, newest first
    --agent <agent>, --state <state>, --type <type>, --limit <n>
  waooaw operation show <id>
  waooaw operation logs <id>
  waooaw operation cancel|pause|resume|retry <id>
    --json                as JSON, a line each
    --url, WAOOAW_TOKEN   as above`;

/**
 * Runs one of the commands.
 * @throws Misuse; CommandFailed when the server refuses or does not answer, or the watched operation is not completed.
 */
export async function operation(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<void> {
  const { values, positionals } = parse(args);
  const [command = '', ...rest] = positionals;
  const server = serverOf(values.url, env);
  const { json } = values;
  const show = (status: OperationStatus): void => {
    if (json) output.print(JSON.stringify(status));
    else for (const line of progressBlock(status, Date.now())) output.print(line);
  };
  const path = (): string => `/api/operations/${encodeURIComponent(oneWord(rest, 'the id of an operation'))}`;

  switch (command) {
    case 'watch': {
      const timeoutMs = timeoutOf(values['timeout-s']);
      return watchOperation(server, oneWord(rest, 'the id of an operation'), output, { json, timeoutMs });
    }
    case 'show':
      return show(await ask<OperationStatus>(server, 'GET', path()));
    case 'logs': {
      const { lines } = await ask<LogPage>(server, 'GET', `${path()}/logs?limit=1000`);
      for (const line of lines) {
        const { at, stage = '-', text } = line;
        output.print(json ? JSON.stringify(line) : `${new Date(at).toISOString()} ${stage}  ${plain(text)}`);
      }
      return;
    }
    case 'list': {
      noMore(rest);
      const { operations } = await ask<{ operations: readonly OperationStatus[] }>(
        server,
        'GET',
        `/api/operations?${queryOf(values).toString()}`,
      );
      if (json) for (const status of operations) output.print(JSON.stringify(status));
      else for (const line of table(operations)) output.print(line);
      return;
    }
    default: {
      const action = OPERATION_ACTIONS.find((known) => known === command);
      if (!action) throw new Misuse(`"operation ${command}" is no command`);
      return show(await ask<OperationStatus>(server, 'POST', `${path()}/${action}`));
    }
  }
}

function table(operations: readonly OperationStatus[]): string[] {
  const head = ['OPERATION', 'STATE', 'DONE', 'TYPE', 'AGENT', 'CREATED', 'BY', 'TITLE'];
  const rows = operations.map((status) => [
    status.operation,
    status.state,
    `${Math.round(status.percent)} %`,
    status.type,
    status.agent ?? '-',
    new Date(status.createdAt).toISOString(),
    status.by,
    status.title,
  ]);
  return columns(head, rows);
}

type Values = ReturnType<typeof parse>['values'];

function queryOf({ agent, state, type, limit }: Values): URLSearchParams {
  const count = wholeNumber('limit', limit, 1, 1_000) ?? 50;
  const wanted = { agent, state, type, limit: String(count) };
  return new URLSearchParams(
    Object.entries(wanted).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        json: { type: 'boolean', default: false },
        agent: { type: 'string' },
        state: { type: 'string' },
        type: { type: 'string' },
        limit: { type: 'string' },
        'timeout-s': { type: 'string' },
      },
    });
  } catch (error) {
    throw new Misuse((error as Error).message);
  }
}
