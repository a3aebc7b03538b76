/** Runs the project's tools under the Node that runs the scripts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The project's folder. */
export const root = join(import.meta.dirname, '..');

/** What a finished command left behind. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Show the output as it comes instead of keeping it; `stdout` and `stderr` are then empty. */
  readonly show?: boolean;
  /** Ends the command and all that it started after so long, in milliseconds; without one, never. */
  readonly limitMs?: number;
}

/** What a command that is told to end has for its last words. */
const LAST_WORDS_MS = 10_000;

/**
 * Arguments for `node` that start an installed tool by its `bin` entry.
 *
 * @param name the package, e.g. `eslint`
 * @param command the command, where it differs from the package's name
 */
export function tool(name: string, command = name.replace(/^@.*\//, '')): string[] {
  const manifest = findManifest(name);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin?: string | Record<string, string> };
  const file = typeof bin === 'string' ? bin : bin?.[command];
  if (!file) throw new Error(`package ${name} has no command "${command}"`);
  return [join(dirname(manifest), file)];
}

/** Runs `node` with these arguments; never throws for a non-zero exit code. */
export function runNode(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: ['ignore', options.show ? 'inherit' : 'pipe', options.show ? 'inherit' : 'pipe'],
      // A group of its own, so that what it started ends with it.
      detached: options.limitMs !== undefined,
    });
    const unguard = options.limitMs === undefined ? () => {} : guard(child, options.limitMs);
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      unguard();
      resolve({ code: code ?? 1, stdout, stderr: signal ? `${stderr}\nended by ${signal}` : stderr });
    });
  });
}

/** Ends a child's group when its time is over or we are told to end; the answer takes that back. */
function guard(child: ChildProcess, limitMs: number): () => void {
  const end = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // it has ended by itself
    }
  };
  let last: NodeJS.Timeout | undefined;
  const limit = setTimeout(() => {
    console.error(`✗ not finished after ${limitMs / 60_000} minutes: ended`);
    // The leader alone, for it says what was still running.
    child.kill('SIGTERM');
    last = setTimeout(end, LAST_WORDS_MS, 'SIGKILL');
  }, limitMs);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const told = (signal: NodeJS.Signals): void => {
    end(signal);
    process.exitCode = 1;
  };
  for (const signal of signals) process.on(signal, told);
  return () => {
    clearTimeout(limit);
    clearTimeout(last);
    for (const signal of signals) process.off(signal, told);
  };
}

function findManifest(name: string): string {
  // A package's `exports` may hide its package.json, so walk the folders where Node would look.
  const folders = createRequire(join(root, 'package.json')).resolve.paths(name) ?? [];
  for (const folder of folders) {
    const manifest = join(folder, name, 'package.json');
    try {
      readFileSync(manifest);
      return manifest;
    } catch {
      // look further up
    }
  }
  throw new Error(`package ${name} is not installed: run npm ci`);
}
