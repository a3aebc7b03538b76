/** Where the command's lines go by default: the process's own standard output and standard error. */
import type { Output } from './command.ts';
import type { Terminal } from './screen.ts';

/** What of a process is needed. */
export interface Streams {
  readonly stdout: NodeJS.WritableStream & Partial<Readonly<Record<'columns' | 'rows', number>>>;
  readonly stderr: NodeJS.WritableStream;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The process's own. The streams are listened to from the first line on and not before: a server, which says little
 * here and nothing through this, must not end because nobody reads it.
 */
export function standardOutput({ stdout, stderr, env }: Streams = process): Output {
  const heard = new Set<NodeJS.WritableStream>();
  const to = (stream: NodeJS.WritableStream, failed: (error: NodeJS.ErrnoException) => void) => {
    return (text: string): void => {
      if (!heard.has(stream)) stream.on('error', failed);
      heard.add(stream);
      stream.write(text);
    };
  };
  // There is nowhere left to complain. What the command does, and its exit code, do not depend on who reads this.
  const say = to(stderr, () => undefined);
  const write = to(stdout, (error) => process.exit(afterFailure(error, say)));
  return {
    print: (line) => write(`${line}\n`),
    note: (line) => say(`${line}\n`),
    get terminal(): Terminal | undefined {
      if (!('isTTY' in stdout) || !stdout.isTTY || env['TERM'] === 'dumb') return undefined;
      return {
        get columns() {
          return stdout.columns ?? 0;
        },
        get rows() {
          return stdout.rows ?? 0;
        },
        write,
      };
    },
  };
}

/**
 * What the process ends with when standard output takes no more. A reader that closed it (`| head`, `| grep -q`) has read
 * what it wanted: no failure, and 0 where the usual tools are ended by SIGPIPE, which Node ignores. Under `pipefail` a
 * shell would count their 141 as a failure of the whole line, and nobody who wrote `| head` means that.
 */
function afterFailure(error: NodeJS.ErrnoException, say: (text: string) => void): number {
  // Of a command that is done, or has failed, that is already known, and stays.
  const known = Number(process.exitCode ?? 0);
  if (error.code === 'EPIPE') return known;
  say(`waooaw: standard output cannot be written: ${error.message}\n`);
  return known || 1;
}
