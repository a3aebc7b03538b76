/** Runs the project's tools under the Node that runs the scripts. */
import { spawn } from 'node:child_process';
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
}

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
    });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code: code ?? 1, stdout, stderr: signal ? `${stderr}\nended by ${signal}` : stderr });
    });
  });
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
