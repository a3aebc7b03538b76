/** A real `server/main.ts` in a process of its own, for tests: start, stop, kill, start again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './run.ts';

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 15_000;

/** Where a running server is reached. */
export interface ServerAddress {
  readonly url: string;
  readonly wsUrl: string;
}

/** How a server is started. */
export interface ServerOptions {
  /** Arguments for `node`; the server's source by default. */
  readonly command?: readonly string[];
  /** Added to the environment, over the port and the data folder. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** One server with its own port and data folder, both kept from one start to the next. */
export class ServerProcess {
  readonly #options: ServerOptions;
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'waooaw-test-'));
  #child: ChildProcess | undefined;
  #port = '0';
  #output = '';

  constructor(options: ServerOptions = {}) {
    this.#options = options;
  }

  /** What the server printed since its last start. */
  get output(): string {
    return this.#output;
  }

  /** The process id while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * Starts the server, on its former port when it had one, and waits until it says where it listens.
   *
   * @throws when it ends or stays silent, with everything that it printed
   */
  async start(): Promise<ServerAddress> {
    if (this.#child) throw new Error('the server runs already');
    const { command = [join(root, 'server/main.ts')], env, cwd = root } = this.#options;
    const child = spawn(process.execPath, command, {
      cwd,
      // NODE_V8_COVERAGE comes along with the rest, so this process counts as tested code.
      env: { ...process.env, WAOOAW_PORT: this.#port, WAOOAW_DATA_DIR: this.#dataDir, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    const url = await new Promise<string>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`the server ${why}:\n${this.#output}`));
      const timer = setTimeout(() => fail('did not say where it listens'), START_TIMEOUT_MS);
      child.on('error', reject);
      child.on('close', (code, signal) => {
        clearTimeout(timer);
        if (this.#child === child) this.#child = undefined;
        fail(`ended with ${signal ?? code}`); // without effect once it has started
      });
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        const address = /waooaw is running at (http\S+?)\/?\s/.exec(this.#output)?.[1];
        if (!address) return;
        clearTimeout(timer);
        resolve(address);
      });
    }).catch(async (error: unknown) => {
      await this.stop('SIGKILL');
      throw error;
    });
    this.#port = new URL(url).port;
    return { url, wsUrl: `${url.replace(/^http/, 'ws')}/ws` };
  }

  /**
   * Ends the server by its own process id and waits for it; SIGKILL follows when it does not obey.
   *
   * @returns the exit code, or null when a signal ended it (or it did not run)
   */
  async stop(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (!child) return null;
    if (child.exitCode === null && child.signalCode === null) {
      const closed = once(child, 'close');
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await closed;
      clearTimeout(timer);
    }
    this.#child = undefined;
    return child.exitCode;
  }

  /** Ends the server and deletes its data. */
  async dispose(): Promise<void> {
    await this.stop();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}
