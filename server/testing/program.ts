/** For tests: one of our programs in a process of its own. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs, and is killed with its test at the latest. */
export class Program {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';
  #heard: () => void = () => undefined;

  /** @param file from the project's folder. @param env over the test's own, in which no `WAOOAW_` variable is left. */
  constructor(
    t: TestContext,
    file: string,
    env: Readonly<Record<string, string>>,
    args: readonly string[] = [],
  ) {
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('WAOOAW_'));
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(ROOT, file), ...args],
      {
        cwd: ROOT,
        env: { ...Object.fromEntries(own), ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#heard();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.ended = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr });
        this.#heard();
      });
    });
    t.after(() => {
      child.kill('SIGKILL');
      return this.ended;
    });
  }

  /** The first line on standard output that matches, once it is there. @throws when the program ends without it. */
  async line(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.#stdout
        .split('\n')
        .slice(0, -1)
        .find((line) => pattern.test(line));
      if (found !== undefined) return found;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        const { stdout, stderr } = await this.ended;
        throw new Error(`No ${String(pattern)} in:\n${stdout}\n${stderr}`);
      }
      await new Promise<void>((resolve) => (this.#heard = resolve));
    }
  }

  /** Where the server says that it listens, without a slash at its end. */
  async url(): Promise<string> {
    const line = await this.line(/^waooaw is running at /);
    return line.replace(/^waooaw is running at /, '').replace(/\/$/, '');
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}
