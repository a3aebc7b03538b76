/** Runs programs that stand in documents. */
import { spawn } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../server/testing/temporary-folder.ts';
import { root } from './run.ts';

/** A program that runs. */
export interface PageProgram {
  /** The folder that it stands in. */
  readonly folder: string;
  /** What it printed so far, on both streams. */
  output(): string;
  /** Its first line that matches. @throws when it ends without one. */
  line(pattern: RegExp): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** Its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/**
 * Starts a program as a reader would: in a folder of its own, where what the project installed is installed.
 * @param env over the environment, in which no `WAOOAW_` variable is left.
 * @param name of its file: `.ts` is run as it stands, too.
 */
export function startProgram(
  source: string,
  env: Readonly<Record<string, string>>,
  name = 'program.ts',
): PageProgram {
  const folder = temporaryFolder();
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(join(folder, name), source);
  const own = Object.entries(process.env).filter(([variable]) => !variable.startsWith('WAOOAW_'));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(folder, name)], {
    cwd: folder,
    env: { ...Object.fromEntries(own), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let heard = (): void => undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      heard();
    });
  }
  let over = false;
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      over = true;
      resolve(code);
      heard();
    });
  });
  return {
    folder,
    output: () => output,
    async line(pattern) {
      for (;;) {
        const found = output
          .split('\n')
          .slice(0, -1)
          .find((line) => pattern.test(line));
        if (found !== undefined) return found;
        if (over) throw new Error(`No ${String(pattern)} in:\n${output}`);
        await new Promise<void>((resolve) => (heard = resolve));
      }
    },
    kill: (signal) => void child.kill(signal),
    ended,
  };
}

/** Runs a program to its end. */
export async function runProgram(
  source: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const program = startProgram(source, env);
  return { code: await program.ended, output: program.output() };
}
