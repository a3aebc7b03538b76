/** `waooaw keys`: makes, lists and revokes the API keys of a running server. */
import { parseArgs } from 'node:util';
import type { ApiKey, ApiKeyList, CreatedApiKey, Grant, NewApiKey } from '../src/protocol/index.ts';
import { ask } from './api.ts';
import { columns } from './columns.ts';
import { Misuse, noMore, serverOf } from './command.ts';
import type { Output } from './command.ts';

/** The command's part of the help. */
export const KEYS_HELP = `  waooaw keys create    make an API key of a running server, and print it this once
    --name <name>         whose it is, for people
    --role <role>         viewer, operator, auditor or admin
    --grant <ch>=<right>  right on a channel or on all that begin like app/*; may be repeated.
                          'app/orders/*=subscribe,publish'
    --expires-days <n>    days until it expires; never without
  waooaw keys list      every API key, without the keys themselves
  waooaw keys revoke <id>
    --url <url>           the server                  (WAOOAW_URL, http://127.0.0.1:8787)
    WAOOAW_TOKEN          the API key or JWT to ask with`;

const DAY_MS = 86_400_000;

/**
 * Runs one of the commands.
 * @throws Misuse, or CommandFailed when the server refuses or does not answer.
 */
export async function keys(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<void> {
  const { values, positionals } = parse(args);
  const [command, ...rest] = positionals;
  const server = serverOf(values.url, env);

  switch (command) {
    case 'create': {
      noMore(rest);
      const made = await ask<CreatedApiKey>(server, 'POST', '/api/keys', newKey(values));
      output.note(`${made.id} "${made.name}" was made. This is its key, which nobody can show again:`);
      return output.print(made.key);
    }
    case 'list': {
      noMore(rest);
      const { keys } = await ask<ApiKeyList>(server, 'GET', '/api/keys');
      for (const line of table(keys)) output.print(line);
      return;
    }
    case 'revoke': {
      const [word, ...more] = rest;
      if (word === undefined) throw new Misuse('keys revoke needs the id of a key');
      noMore(more);
      const id = idOf(word);
      const { name } = await ask<ApiKey>(server, 'DELETE', `/api/keys/${encodeURIComponent(id)}`);
      return output.print(`${id} "${name}" is revoked.`);
    }
    default:
      throw new Misuse(`"keys ${command ?? ''}" is no command`);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        name: { type: 'string' },
        role: { type: 'string' },
        grant: { type: 'string', multiple: true, default: [] },
        'expires-days': { type: 'string' },
      },
    });
  } catch (error) {
    throw new Misuse((error as Error).message);
  }
}

function newKey(values: ReturnType<typeof parse>['values']): NewApiKey {
  const { name, role, grant, 'expires-days': days } = values;
  if (name === undefined) throw new Misuse('keys create needs --name');
  if (days !== undefined && !/^[1-9]\d{0,4}$/.test(days)) {
    throw new Misuse(`--expires-days is "${days}"; expected a whole number from 1 to 99999`);
  }
  return {
    name,
    // Which words are roles and rights is the server's to say: it may be newer.
    ...(role !== undefined && { role: role as NonNullable<NewApiKey['role']> }),
    grants: grant.map(grantOf),
    ...(days !== undefined && { expiresAt: Date.now() + Number(days) * DAY_MS }),
  };
}

/** `app/orders/*=subscribe,publish`. A channel may hold `=` itself; the rights do not. */
function grantOf(text: string): Grant {
  const at = text.lastIndexOf('=');
  if (at < 1) throw new Misuse(`--grant is "${text}"; expected <channels>=<rights>`);
  return { channels: text.slice(0, at), allow: text.slice(at + 1).split(',') as Grant['allow'] };
}

/** Whoever pastes the whole key means its id: the secret part has no business in an address. */
function idOf(word: string): string {
  return /^waooaw_(k_[0-9a-f]+)_/.exec(word)?.[1] ?? word;
}

function table(keys: readonly ApiKey[]): string[] {
  const head = ['ID', 'NAME', 'ROLE', 'STATE', 'CREATED', 'EXPIRES', 'GRANTS'];
  const rows = keys.map((key) => [
    key.id,
    key.name,
    key.role ?? '-',
    stateOf(key),
    day(key.createdAt),
    key.expiresAt === undefined ? 'never' : day(key.expiresAt),
    key.grants.map(({ channels, allow }) => `${channels}=${allow.join(',')}`).join(' ') || '-',
  ]);
  return columns(head, rows);
}

function stateOf({ revokedAt, expiresAt = Infinity }: ApiKey): string {
  if (revokedAt !== undefined) return 'revoked';
  return expiresAt <= Date.now() ? 'expired' : 'live';
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
