/** The command line: `waooaw serve` runs the server; `waooaw keys` talks to a running one over HTTP. */
import { parseArgs } from 'node:util';
import { VERSION } from '../src/protocol/index.ts';
import { CommandFailed } from './api.ts';
import { KEYS_HELP, Misuse, keys } from './keys.ts';

const HELP = `waooaw ${VERSION}

  waooaw serve          run the server until SIGTERM or Ctrl+C
    --port <n>            port to listen on; 0 takes a free one   (WAOOAW_PORT, 8787)
    --host <address>      address to listen on                    (WAOOAW_HOST, 127.0.0.1)
    --data-dir <folder>   folder for the database                 (WAOOAW_DATA_DIR, .waooaw)
    --base-path <path>    path that everything stands below       (WAOOAW_BASE_PATH)

${KEYS_HELP}

  waooaw --version
  waooaw --help

Every other setting is an environment variable: see docs/configuration.md.`;

/** Options of `serve`, and the variable that each stands for. */
const VARIABLES = {
  port: 'WAOOAW_PORT',
  host: 'WAOOAW_HOST',
  'data-dir': 'WAOOAW_DATA_DIR',
  'base-path': 'WAOOAW_BASE_PATH',
} as const;

/** A misuse of the command line, as shells know it. */
const USAGE = 2;

/** Runs one command. @returns the process's exit code. */
export async function main(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  if (args[0] === 'keys') {
    return args.includes('--help') || args.includes('-h') ? print(HELP) : administer(args.slice(1), env);
  }
  let parsed;
  try {
    parsed = parseArgs({
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
    return misuse((error as Error).message);
  }
  const { values, positionals } = parsed;
  if (values.help || args.length === 0) return print(HELP);
  if (values.version) return print(VERSION);
  const [command, ...rest] = positionals;
  if (command !== 'serve') return misuse(`"${command ?? ''}" is no command`);
  if (rest.length > 0) return misuse(`"${rest[0] ?? ''}" is one word too many`);

  const settings = Object.entries(VARIABLES).flatMap(([option, variable]) => {
    const value = values[option as keyof typeof VARIABLES];
    return value === undefined ? [] : [[variable, value] as const];
  });
  // The server is loaded by the command that needs it, so that the others answer at once.
  const { main: serve } = await import('../server/main.ts');
  return serve({ ...env, ...Object.fromEntries(settings) });
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

async function administer(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  try {
    await keys(args, env, { print, note: (line) => void process.stderr.write(`${line}\n`) });
    return 0;
  } catch (error) {
    if (error instanceof Misuse) return misuse(error.message);
    if (!(error instanceof CommandFailed)) throw error;
    process.stderr.write(`waooaw: ${error.message}\n`);
    return 1;
  }
}

function misuse(message: string): number {
  // Some of Node's messages go on with hints for programmers.
  const [what = ''] = message.split('\n');
  process.stderr.write(`waooaw: ${what.replace(/\.$/, '')}. See waooaw --help.\n`);
  return USAGE;
}
