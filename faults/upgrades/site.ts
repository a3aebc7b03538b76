/** A real server with one agent, in processes of their own: upgraded over the API, and killed in the middle. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServerProcess } from '../../scripts/server-process.ts';
import { isEnded } from '../../src/protocol/index.ts';
import type { AgentStatus, OperationStatus } from '../../src/protocol/index.ts';
import { createDoor } from '../../server/engines/door/door.ts';
import { createProcessRuntime } from '../../server/engines/process/runtime.ts';
import { createSystemClock } from '../../server/engines/system/clock.ts';
import { KIND, versionOf, writeKinds } from './kinds.ts';
import type { Way } from './kinds.ts';

const AGENT = 'proof';
const LOOK_MS = 50;
/** An operation that takes longer hangs, ms. */
const PATIENCE_MS = 120_000;

/** The server and its agent. */
export class Site {
  readonly #folder = mkdtempSync(join(tmpdir(), 'waooaw-upgrades-'));
  readonly #server: ServerProcess;
  #url = '';

  /** @param ways of the kind's versions, in their order. */
  constructor(ways: readonly Way[]) {
    this.#server = new ServerProcess({
      env: {
        WAOOAW_DATA_DIR: this.#folder,
        WAOOAW_AGENTS_FILE: writeKinds(this.#folder, ways),
        WAOOAW_LOG_LEVEL: 'warn',
      },
    });
  }

  /** What the server printed. */
  get output(): string {
    return this.#server.output;
  }

  /** Starts the server, and makes the agent of the first version. @returns its stable port. */
  async begin(): Promise<number> {
    ({ url: this.#url } = await this.#server.start());
    const operation = await this.#post('/agents', { agent: AGENT, kind: KIND, version: versionOf(0) });
    const created = await this.end(operation);
    if (created.state !== 'completed') throw new Error(`not created: ${JSON.stringify(created)}`);
    const { address } = await this.agent();
    return address!.port;
  }

  upgrade(version: string): Promise<OperationStatus> {
    return this.#post(`/agents/${AGENT}/upgrade`, { version });
  }

  agent(): Promise<AgentStatus> {
    return this.#get<AgentStatus>(`/agents/${AGENT}`);
  }

  /** Waits until a stage runs, or is behind. */
  async until({ operation }: OperationStatus, stage: string): Promise<void> {
    await this.#wait(operation, ({ stages }) =>
      stages.some(({ name, state }) => name === stage && state !== 'pending'),
    );
  }

  /** Waits for the end. */
  end({ operation }: OperationStatus): Promise<OperationStatus> {
    return this.#wait(operation, ({ state }) => isEnded(state));
  }

  /** `kill -9`, and another start. */
  async killServer(): Promise<void> {
    await this.#server.stop('SIGKILL');
    ({ url: this.#url } = await this.#server.start());
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await this.#server.dispose();
    const clock = createSystemClock();
    const onError = (error: unknown): void => console.error(error);
    await createDoor({ folder: join(this.#folder, 'door'), clock, onError }).end();
    const runtime = createProcessRuntime({ folder: join(this.#folder, 'agents', 'run'), clock, onError });
    for (const { name } of await runtime.list()) await runtime.stop(name, 0);
    await runtime.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What the door wrote beside its work. */
  doorLog(): string {
    return readFileSync(join(this.#folder, 'door', 'door.log'), 'utf8');
  }

  async #wait(operation: string, done: (status: OperationStatus) => boolean): Promise<OperationStatus> {
    const giveUpAt = performance.now() + PATIENCE_MS;
    for (;;) {
      const status = await this.#get<OperationStatus>(`/operations/${operation}`);
      if (done(status)) return status;
      if (performance.now() > giveUpAt) throw new Error(`hangs: ${JSON.stringify(status, null, 1)}`);
      await sleep(LOOK_MS);
    }
  }

  async #get<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.#url}/api${path}`);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as T;
  }

  async #post(path: string, body: unknown): Promise<OperationStatus> {
    const answer = await fetch(`${this.#url}/api${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as OperationStatus;
  }
}
