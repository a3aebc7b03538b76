/** `waooaw kinds`: what agents may be made of. */
import { parseArgs } from 'node:util';
import type { AgentKindInfo } from '../src/protocol/index.ts';
import { ask } from './api.ts';
import { columns } from './columns.ts';
import { Misuse, noMore, serverOf } from './command.ts';
import type { Output } from './command.ts';

/** The command's part of the help. */
export const KINDS_HELP = `  waooaw kinds          the kinds of agents that the server's own configuration defines
    --json                as JSON
    --url, WAOOAW_TOKEN   as above`;

/** Runs the command. @throws Misuse, or CommandFailed when the server refuses or does not answer. */
export async function kinds(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<void> {
  const { values, positionals } = parse(args);
  noMore(positionals);
  const { kinds: found } = await ask<{ kinds: readonly AgentKindInfo[] }>(
    serverOf(values.url, env),
    'GET',
    '/api/kinds',
  );
  if (values.json) return output.print(JSON.stringify(found));
  const rows = found.map((kind) => [
    kind.kind,
    kind.versions.join(' '),
    String(kind.maxReplicas),
    kind.hasPort ? 'yes' : 'no',
    namesOf(kind).join(' ') || '-',
    kind.secrets.map(({ name, required }) => (required ? name : `[${name}]`)).join(' ') || '-',
    kind.title,
  ]);
  const head = ['KIND', 'VERSIONS', 'REPLICAS', 'PORT', 'PARAMETERS', 'SECRETS', 'TITLE'];
  for (const line of columns(head, rows)) output.print(line);
}

/** Names of the parameters, those that may be left out in brackets. */
function namesOf({ parameters }: AgentKindInfo): string[] {
  const { properties = {}, required = [] } = (parameters ?? {}) as {
    properties?: object;
    required?: readonly string[];
  };
  return Object.keys(properties).map((name) => (required.includes(name) ? name : `[${name}]`));
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { url: { type: 'string' }, json: { type: 'boolean', default: false } },
    });
  } catch (error) {
    throw new Misuse((error as Error).message);
  }
}
