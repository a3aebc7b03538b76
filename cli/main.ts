/** The command line: `waooaw serve` runs the server; `backup`, `restore` and `migrate` look after its folder; the others talk to a running one. */
import { parseArgs } from 'node:util';
import { ProofFailed } from '../src/proof/index.ts';
import { VERSION } from '../src/protocol/index.ts';
import { AGENTS_HELP, agents } from './agents.ts';
import { CommandFailed } from './api.ts';
import { AUDIT_HELP, audit } from './audit.ts';
import { BACKUP_HELP, backup, migrate, restore } from './backup.ts';
import { plain } from './columns.ts';
import { Misuse, noMore } from './command.ts';
import type { Output } from './command.ts';
import { KEYS_HELP, keys } from './keys.ts';
import { KINDS_HELP, kinds } from './kinds.ts';
import { OPERATION_HELP, operation } from './operation.ts';
import { standardOutput } from './standard-output.ts';

const HELP = `waooaw ${VERSION}

  waooaw serve          run the server until SIGTERM or Ctrl+C
    --port <n>            port to listen on; 0 takes a free one   (WAOOAW_PORT, 8787)
    --host <address>      address to listen on                    (WAOOAW_HOST, 127.0.0.1)
    --data-dir <folder>   folder for the database                 (WAOOAW_DATA_DIR, .waooaw)
    --base-path <path>    path that everything stands below       (WAOOAW_BASE_PATH)

${KEYS_HELP}

${AUDIT_HELP}

${KINDS_HELP}

${AGENTS_HELP}

${OPERATION_HELP}

${BACKUP_HELP}

  waooaw --version, -v  print the version
  waooaw --help, -h     print this

Exit codes: 0 done, 1 not done or not verified, 2 a misuse of the command line. See docs/cli.md.
Every other setting is an environment variable: see docs/configuration.md.`;

/** Options of `serve`, and the variable that each stands for. */
const VARIABLES = {
  port: 'WAOOAW_PORT',
  host: 'WAOOAW_HOST',
  'data-dir': 'WAOOAW_DATA_DIR',
  'base-path': 'WAOOAW_BASE_PATH',
} as const;

/** Commands with words of their own. */
const COMMANDS = { keys, audit, kinds, agents, operation, backup, restore, migrate } as const;

/** A misuse of the command line, as shells know it. */
const USAGE = 2;

/** Runs one command. @returns the process's exit code. */
export async function main(
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  output: Output = standardOutput(),
): Promise<number> {
  const [word = '', ...words] = args;
  try {
    if (!Object.hasOwn(COMMANDS, word)) return await serve(args, env, output);
    if (args.includes('--help') || args.includes('-h')) output.print(HELP);
    else await COMMANDS[word as keyof typeof COMMANDS](words, env, output);
    return 0;
  } catch (error) {
    output.note(`waooaw: ${plain(reasonOf(error))}`);
    return error instanceof Misuse ? USAGE : 1;
  }
}

async function serve(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help || args.length === 0) {
    output.print(HELP);
    return 0;
  }
  if (values.version) {
    output.print(VERSION);
    return 0;
  }
  const [command, ...rest] = positionals;
  if (command !== 'serve') throw new Misuse(`"${command ?? ''}" is no command`);
  noMore(rest);

  const settings = Object.entries(VARIABLES).flatMap(([option, variable]) => {
    const value = values[option as keyof typeof VARIABLES];
    return value === undefined ? [] : [[variable, value] as const];
  });
  // The server is loaded by the command that needs it, so that the others answer at once.
  const { main: run } = await import('../server/main.ts');
  return run({ ...env, ...Object.fromEntries(settings) });
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
        port: { type: 'string' },
        host: { type: 'string' },
        'data-dir': { type: 'string' },
        'base-path': { type: 'string' },
      },
    });
  } catch (error) {
    throw new Misuse((error as Error).message);
  }
}

/** Why a command was not done, in one line. What nobody foresaw is thrown on. */
function reasonOf(error: unknown): string {
  if (error instanceof ProofFailed) return `not verified: ${error.message}`;
  if (error instanceof CommandFailed) return error.message;
  if (!(error instanceof Misuse)) throw error;
  // Some of Node's messages go on with hints for programmers.
  const [what = ''] = error.message.split('\n');
  return `${what.replace(/\.$/, '')}. See waooaw --help.`;
}
