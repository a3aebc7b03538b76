/** A process that is told things and says things in JSON, one a line. Ended by its own id, at the latest with us. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { root } from '../../scripts/run.ts';

type Said = Readonly<Record<string, unknown>>;

/** How long anything may take, ms: a bench that hangs says so. */
const PATIENCE_MS = 60_000;

/** One child process. */
export class LineProcess {
  readonly #child: ChildProcess;
  readonly #heard = new Map<string, ((said: Said) => void)[]>();
  readonly #early = new Map<string, Said[]>();
  #output = '';

  /** @param command with its arguments */
  constructor(command: readonly string[]) {
    const [file = '', ...args] = command;
    const child = spawn(file, args, { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    // A child that ended cannot be written to; what it was asked then times out, with its output.
    child.stdin.on('error', () => undefined);
    createInterface(child.stdout).on('line', (line) => this.#hear(line));
  }

  /** Tells it something. */
  send(message: object): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  /** Calls back for every line that has this key. */
  on(key: string, listener: (said: Said) => void): void {
    this.#heard.set(key, [...(this.#heard.get(key) ?? []), listener]);
  }

  /**
   * The next line that has this key, or one that nobody has taken yet.
   * @param patienceMs default 60,000.
   * @throws when none comes in time.
   */
  async next<T>(key: string, patienceMs = PATIENCE_MS): Promise<T> {
    const [early, ...rest] = this.#early.get(key) ?? [];
    if (early) {
      this.#early.set(key, rest);
      return early[key] as T;
    }
    const { promise, resolve, reject } = Promise.withResolvers<Said>();
    const fail = (why: string): void => {
      reject(
        new Error(`${this.#child.spawnargs.join(' ')} ${why}, and never said "${key}":\n${this.#output}`),
      );
    };
    const timer = setTimeout(() => fail('ran out of time'), patienceMs);
    const ended = (): void => fail('ended');
    this.#child.once('close', ended);
    const once = (said: Said): void => {
      const listeners = this.#heard.get(key) ?? [];
      this.#heard.set(
        key,
        listeners.filter((listener) => listener !== once),
      );
      resolve(said);
    };
    this.on(key, once);
    try {
      return (await promise)[key] as T;
    } finally {
      clearTimeout(timer);
      this.#child.off('close', ended);
    }
  }

  /** Asks, and waits for the answer of the same key. */
  ask<T>(key: string, details: object | true = true): Promise<T> {
    const answer = this.next<T>(key);
    this.send({ [key]: details });
    return answer;
  }

  /** Ends it: its input first, so that it can tidy up, then the process. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.stdin?.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await closed;
    clearTimeout(timer);
  }

  #hear(line: string): void {
    if (!line.startsWith('{')) {
      this.#output += `${line}\n`;
      return;
    }
    const said = JSON.parse(line) as Said;
    for (const key of Object.keys(said)) {
      const listeners = this.#heard.get(key) ?? [];
      if (listeners.length === 0) this.#early.set(key, [...(this.#early.get(key) ?? []), said]);
      for (const listener of listeners) listener(said);
    }
  }
}
