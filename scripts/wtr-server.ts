/**
 * Test-runner plugin: real servers beside the browser tests, started when a test first asks.
 *
 *     GET  /__server                        → { id, url, wsUrl }   the server that tests share
 *     POST /__server/new  [{ "env": {…} }]  → { id, url, wsUrl }   one of the test's own
 *     POST /__server[/<id>]/start           → { id, url, wsUrl }   on the port it had
 *     POST /__server[/<id>]/stop            → { id }               SIGTERM, and waits for the end
 *     POST /__server[/<id>]/kill            → { id }               SIGKILL, and waits for the end
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TestRunnerConfig, TestRunnerPlugin } from '@web/test-runner';
import { type ServerAddress, ServerProcess } from './server-process.ts';

type Middleware = NonNullable<TestRunnerConfig['middleware']>[number];

const SHARED = 'shared';

/** The plugin ends the servers; the middleware, which must stand first, answers the tests. */
export function serverPlugin(): { plugin: TestRunnerPlugin; middleware: Middleware } {
  const servers = new Map<string, ServerProcess>();
  const addresses = new Map<string, Promise<ServerAddress>>();
  let origin = '';

  function start(id: string, env: Record<string, string> = {}): Promise<ServerAddress> {
    let server = servers.get(id);
    if (!server) {
      server = new ServerProcess({ env: { WAOOAW_ALLOWED_ORIGINS: origin, ...env } });
      servers.set(id, server);
    }
    const address = addresses.get(id) ?? server.start();
    addresses.set(id, address);
    address.catch(() => addresses.delete(id)); // the next request tries again
    return address;
  }

  async function stop(id: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    addresses.delete(id);
    await servers.get(id)?.stop(signal);
  }

  async function answer(
    method: string,
    path: string[],
    request: IncomingMessage,
  ): Promise<object | undefined> {
    const [id = SHARED, action] = path.length === 1 && path[0] !== 'new' ? [SHARED, path[0]] : path;
    if (method === 'GET' && path.length === 0) return { id: SHARED, ...(await start(SHARED)) };
    if (method !== 'POST') return undefined;
    if (id === 'new' && action === undefined) {
      const own = randomUUID();
      return { id: own, ...(await start(own, (await readJson(request)).env)) };
    }
    if (id !== SHARED && !servers.has(id)) return undefined;
    if (action === 'start') return { id, ...(await start(id)) };
    if (action !== 'stop' && action !== 'kill') return undefined;
    await stop(id, action === 'stop' ? 'SIGTERM' : 'SIGKILL');
    return { id };
  }

  return {
    plugin: {
      name: 'server',
      serverStart({ config }) {
        origin = `http://${config.hostname}:${config.port}`;
      },
      async serverStop() {
        // SIGTERM, so that each writes its coverage; by process id, so that nothing else is touched.
        await Promise.all([...servers.values()].map((server) => server.dispose()));
      },
    },
    async middleware(context, next) {
      const [first, ...path] = context.path.split('/').filter((part) => part !== '');
      if (first !== '__server') {
        await next();
        return;
      }
      try {
        const body = await answer(context.method, path, context.req);
        context.status = body ? 200 : 404;
        context.body = body ?? { error: `no such call: ${context.method} ${context.path}` };
      } catch (error) {
        context.status = 500;
        context.body = { error: String(error) };
      }
    },
  };
}

async function readJson(request: IncomingMessage): Promise<{ env?: Record<string, string> }> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text === '' ? {} : (JSON.parse(text) as { env?: Record<string, string> });
}
