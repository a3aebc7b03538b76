/** Clients that ask without a pause, over connections that they keep or over new ones, and note whatever was not as it should be. */
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';

/** What became of the requests. */
export interface LoadReport {
  readonly asked: number;
  /** Answered otherwise than with 200 and what was sent, or not at all. */
  readonly failures: readonly string[];
  /** Versions that answered. */
  readonly versions: ReadonlySet<string>;
}

/** Between two requests of one client, ms. */
const PAUSE_MS = 5;
/** An answer that takes longer is a failed request, ms. */
const PATIENCE_MS = 30_000;

/** Many clients of one port. */
export class Load {
  /** A request that may not be repeated cannot survive a crash of who is answering it: left out where one is provoked. */
  allowsPost = true;
  readonly #port: number;
  readonly #ended: Promise<unknown>;
  readonly #failures: string[] = [];
  readonly #versions = new Set<string>();
  #asked = 0;
  #over = false;

  /** @param clients half of them keep their connection. */
  constructor(port: number, clients: number) {
    this.#port = port;
    this.#ended = Promise.all(Array.from({ length: clients }, (_, i) => this.#run(i)));
  }

  get report(): LoadReport {
    return { asked: this.#asked, failures: this.#failures, versions: this.#versions };
  }

  /** Waits for the last answers. */
  async stop(): Promise<LoadReport> {
    this.#over = true;
    await this.#ended;
    return this.report;
  }

  async #run(client: number): Promise<void> {
    const agent = client % 2 === 0 ? new Agent({ keepAlive: true, maxSockets: 1 }) : new Agent();
    for (let i = client; !this.#over; i += 1) {
      const method = i % 10 === 0 ? 'PUT' : i % 10 === 5 && this.allowsPost ? 'POST' : 'GET';
      const path = `${i % 20 === 7 ? '/slow' : '/quick'}/${client}/${i}`;
      const body = method === 'GET' ? '' : `body ${client} ${i}`;
      try {
        const version = await this.#ask(agent, method, path, body);
        this.#versions.add(version);
      } catch (error) {
        this.#failures.push(`${new Date().toISOString()} ${method} ${path}: ${String(error)}`);
      }
      this.#asked += 1;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    agent.destroy();
  }

  async #ask(agent: Agent, method: string, path: string, body: string): Promise<string> {
    const request = httpRequest({ host: '127.0.0.1', port: this.#port, method, path, agent });
    request.setTimeout(PATIENCE_MS, () => request.destroy(new Error('no answer')));
    request.end(body);
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    const text = Buffer.concat((await answer.toArray()) as Buffer[]).toString();
    if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode}: ${text}`);
    const said = JSON.parse(text) as { version: string; path: string; body: string };
    if (said.path !== path || said.body !== body) throw new Error(`another request's answer: ${text}`);
    return said.version;
  }
}
