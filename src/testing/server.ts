/** The real servers that stand beside the browser tests. */
import type { Sample } from '../protocol/metrics.ts';

/** One server process. */
export interface TestServer {
  readonly id: string;
  readonly url: string;
  readonly wsUrl: string;
}

/** What `GET /api/broadcaster` answers. */
export interface BroadcasterCounts {
  readonly connections: number;
  readonly subscriptions: number;
  readonly closed: Readonly<Record<string, number>>;
}

/** The server that all test files share: for what neither counts its connections nor ends it. */
export function sharedServer(): Promise<TestServer> {
  return call('GET', '/__server');
}

/**
 * A server of the test's own, to be counted, killed and started again. It reads the machine rarely and publishes
 * often, so that tests wait for nothing.
 * @param env settings in place of these.
 */
export function newServer(env: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const calm = {
    WAOOAW_COLLECT_INTERVAL_MS: '60000',
    WAOOAW_PUBLISH_INTERVAL_MS: '20',
    WAOOAW_LOG_LEVEL: 'warn',
  };
  return call('POST', '/__server/new', { env: { ...calm, ...env } });
}

/** Ends a server as an operator would. */
export async function stopServer({ id }: TestServer): Promise<void> {
  await call('POST', `/__server/${id}/stop`);
}

/** Ends a server as a power cut would. */
export async function killServer({ id }: TestServer): Promise<void> {
  await call('POST', `/__server/${id}/kill`);
}

/** Starts a server again, at its address. */
export async function startServer({ id }: TestServer): Promise<void> {
  await call('POST', `/__server/${id}/start`);
}

/** Posts samples, as any program would. */
export async function postSamples({ url }: TestServer, ...samples: readonly Sample[]): Promise<void> {
  const response = await fetch(`${url}/api/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ samples }),
  });
  if (!response.ok) throw new Error(`the samples were refused: ${await response.text()}`);
}

/** What the server counts of its connections. */
export async function countsOf({ url }: TestServer): Promise<BroadcasterCounts> {
  const response = await fetch(`${url}/api/broadcaster`);
  return (await response.json()) as BroadcasterCounts;
}

async function call(method: string, path: string, body?: object): Promise<TestServer> {
  const response = await fetch(path, { method, ...(body && { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
  return (await response.json()) as TestServer;
}
