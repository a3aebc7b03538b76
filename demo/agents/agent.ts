/**
 * What the demo's agents have in common: a port with `/` and `/healthz`, what they say on their channel, and an end. All they
 * know comes as every agent gets it: PORT, HOST, WAOOAW_AGENT, WAOOAW_CONFIG, WAOOAW_URL, WAOOAW_TOKEN.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SocketClient } from '../../src/client/index.ts';
import type { Json } from '../../src/protocol/index.ts';

/** What an agent found. `summary` is for people, in a line. */
export interface Finding {
  readonly summary: string;
  readonly [name: string]: Json;
}

/** What one of them does. */
export interface Work {
  readonly version: string;
  /** From the end of one look to the next, ms. */
  readonly everyMs: number;
  /** Looks once. What it throws is said and logged, and looked at again. */
  look(): Promise<Finding>;
  /** Why it takes no requests yet; default: until it has found something. */
  waitsFor?(): string | undefined;
}

/** How long a request may wait for its connection to be used again, ms: longer than whoever stands in front keeps one. */
const KEEP_ALIVE_MS = 75_000;

/** What whoever made the agent chose for it, over what is usual. */
export function parameters<T extends object>(usual: T): T {
  const file = process.env['WAOOAW_CONFIG'];
  if (!file) return usual;
  const { parameters: chosen } = JSON.parse(readFileSync(file, 'utf8')) as { parameters?: Partial<T> };
  return { ...usual, ...chosen };
}

/** Works until SIGTERM or SIGINT. Prints where it listens, and what it finds, a line each. */
export async function run(work: Work): Promise<void> {
  const agent = process.env['WAOOAW_AGENT'] ?? 'agent';
  const say = reporter(agent);
  let found: Finding | undefined;
  /** That were answered; asking whether it is well is none. */
  let requests = 0;
  const waitsFor = (): string | undefined =>
    work.waitsFor ? work.waitsFor() : found ? undefined : 'the first finding';

  const server = createServer((request, response) => {
    const waiting = waitsFor();
    if (request.url === '/healthz')
      answer(request, response, waiting ? 503 : 200, waiting ? { waiting } : { status: 'pass' });
    else if (request.url !== '/') answer(request, response, 404, { error: 'There are / and /healthz' });
    else if (!found) answer(request, response, 503, { error: `Waits for ${waiting ?? 'the first finding'}` });
    else {
      requests += 1;
      answer(request, response, 200, { agent, version: work.version, ...found });
    }
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(Number(process.env['PORT'] ?? 0), process.env['HOST'] ?? '127.0.0.1');
  await once(server, 'listening');
  log('info', `${agent} ${work.version} listens on ${(server.address() as AddressInfo).port}`);

  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const look = async (): Promise<void> => {
    try {
      found = await work.look();
      log('info', found.summary);
    } catch (error) {
      log('error', String(error));
      found = { summary: String(error) };
    }
    if (ended) return;
    // Those who are not ready yet have nothing to tell.
    if (!waitsFor()) say.tell({ version: work.version, requests, ...found });
    timer = setTimeout(() => void look(), work.everyMs);
  };
  void look();

  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  ended = true;
  clearTimeout(timer);
  say.close();
  server.close();
  // Requests that are under way are answered; connections that only wait are not waited for.
  server.closeIdleConnections();
  await once(server, 'close');
  log('info', `${agent} ${work.version} has ended`);
}

/** Publishes on the agent's channel, while there is a line. */
function reporter(agent: string): { tell(finding: Finding): void; close(): void } {
  const url = process.env['WAOOAW_URL'];
  if (!url) return { tell: () => undefined, close: () => undefined };
  const token = process.env['WAOOAW_TOKEN'];
  const client = new SocketClient({ url, ...(token && { token }) });
  client.connect();
  return {
    tell(finding) {
      // What could not be told now is old when the line is back.
      if (client.state !== 'live' && client.state !== 'fallback') return;
      client
        .publish(`app/agents/${agent}`, finding)
        .catch((error: unknown) => log('warn', `Not told: ${String(error)}`));
    },
    close: () => client.disconnect(),
  };
}

function answer(request: IncomingMessage, response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(request.method === 'HEAD' ? undefined : `${JSON.stringify(body)}\n`);
}

function log(level: 'info' | 'warn' | 'error', text: string): void {
  process.stdout.write(`${level} ${text}\n`);
}
