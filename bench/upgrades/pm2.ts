/** The agent of `npm run upgrades` under pm2, in cluster mode with one instance, in a home of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/run.ts';
import { freePort } from '../ingest/peers.ts';

const PM2 = join(root, 'bench/node_modules/pm2/bin/pm2');
const PATIENCE_MS = 30_000;

/** A pm2 that runs it. */
export class Pm2 {
  readonly port: number;
  readonly #home: string;

  private constructor(home: string, port: number) {
    this.#home = home;
    this.port = port;
  }

  /** Starts it, and waits until it answers. */
  static async start(): Promise<Pm2> {
    const pm2 = new Pm2(mkdtempSync(join(tmpdir(), 'waooaw-bench-pm2-')), await freePort());
    const app = {
      name: 'proof',
      script: join(root, 'faults/upgrades/agent.ts'),
      args: ['0.0.0', 'well'],
      interpreter: process.execPath,
      exec_mode: 'cluster',
      instances: 1,
      // Long enough for every answer that is under way.
      kill_timeout: 10_000,
      env: { PORT: String(pm2.port) },
    };
    const file = join(pm2.#home, 'ecosystem.json');
    writeFileSync(file, JSON.stringify({ apps: [app] }));
    await pm2.#run('start', file);
    const giveUpAt = performance.now() + PATIENCE_MS;
    while (!(await fetch(`http://127.0.0.1:${pm2.port}/ready`).catch(() => undefined))?.ok) {
      if (performance.now() > giveUpAt) {
        await pm2.stop();
        throw new Error('the agent does not answer under pm2');
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return pm2;
  }

  /** Puts a new one in its place. Resolves when pm2 says that it is done. */
  reload(): Promise<void> {
    return this.#run('reload', 'proof');
  }

  /** Ends it with its daemon. */
  async stop(): Promise<void> {
    await this.#run('kill');
    rmSync(this.#home, { recursive: true, force: true });
  }

  async #run(...args: readonly string[]): Promise<void> {
    const child = spawn(process.execPath, [PM2, ...args], {
      env: { PATH: process.env.PATH, HOME: this.#home, PM2_HOME: this.#home, PM2_DISCRETE_MODE: 'true' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    const [code] = (await once(child, 'close')) as [number];
    if (code !== 0) throw new Error(`pm2 ${args.join(' ')} ended with ${code}:\n${output}`);
  }
}
