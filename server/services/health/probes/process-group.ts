/** A program with everything that it starts: it and they end together. */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Clock } from '../../../ports/clock.ts';

/** How long output is waited for once the program has ended and its group is killed, ms: only one that left the group holds it. */
const DRAIN_MS = 200;

/** What is run. */
export interface Program {
  /** The program by its absolute path, and its arguments. */
  readonly command: readonly string[];
  /** The whole of its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Between asking it to end and killing it, ms. */
  readonly graceMs: number;
  /** Of both outputs together, kept and borne. */
  readonly maxOutputBytes: number;
}

/** How it ended. */
export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
  /** It wrote more than it may, and was ended for that. */
  readonly flooded: boolean;
}

/**
 * Runs a program without a shell, in a group of its own. An abort asks the group to end and, `graceMs` later, kills it; what is
 * left of the group when the program itself ends is killed at once. What leaves the group on purpose (`setsid`) is not reached.
 * @returns only once the program has ended, also after an abort.
 * @throws the system's error where it cannot be started.
 */
export function runProgram(program: Program, clock: Clock, signal: AbortSignal): Promise<Ended> {
  const { command, env, cwd, graceMs, maxOutputBytes } = program;
  const [file, ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(file!, args, {
      cwd,
      env,
      detached: true,
      shell: false,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const kept: Record<'output' | 'errors', Buffer[]> = { output: [], errors: [] };
    let bytes = 0;
    let flooded = false;
    let killing: { cancel(): void } | undefined;

    const stop = (): void => {
      if (killing) return;
      kill(child.pid, 'SIGTERM');
      killing = clock.after(graceMs, () => kill(child.pid, 'SIGKILL'));
    };
    const take = (where: Buffer[], part: Buffer): void => {
      const taken = part.subarray(0, Math.max(0, maxOutputBytes - bytes));
      bytes += part.length;
      where.push(taken);
      if (bytes <= maxOutputBytes) return;
      flooded = true;
      // Nobody reads on: whoever writes on waits, until it is ended.
      child.stdout.pause();
      child.stderr.pause();
      stop();
    };
    const letGo = (): void => {
      child.stdout.destroy();
      child.stderr.destroy();
    };

    // Also where it could not be started: there is nothing to be ended then.
    child.on('error', (error) => {
      killing?.cancel();
      signal.removeEventListener('abort', stop);
      reject(error);
    });
    // Where no file can be opened any more there are no pipes, whatever the types say; the error follows.
    if (!(child.stdout as Readable | undefined)) return;
    child.stdout.on('data', (part: Buffer) => take(kept.output, part));
    child.stderr.on('data', (part: Buffer) => take(kept.errors, part));
    child.on('exit', () => {
      killing?.cancel();
      kill(child.pid, 'SIGKILL');
      if (flooded || signal.aborted) letGo();
      else killing = clock.after(DRAIN_MS, letGo);
    });
    child.on('close', (code, by) => {
      killing?.cancel();
      signal.removeEventListener('abort', stop);
      const text = (parts: readonly Buffer[]): string => Buffer.concat(parts).toString();
      resolve({ code, signal: by, output: text(kept.output), errors: text(kept.errors), flooded });
    });
    signal.addEventListener('abort', stop, { once: true });
  });
}

function kill(group: number | undefined, signal: NodeJS.Signals): void {
  if (group === undefined) return;
  try {
    process.kill(-group, signal);
  } catch {
    // Nobody is left of it, or nobody whom we may end.
  }
}
