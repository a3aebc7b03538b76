import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { pino } from 'pino';
import { WebSocketServer } from 'ws';
import { CLOSE } from '../src/protocol/index.ts';
import { createWaooaw } from './create.ts';
import { createManualClock } from './engines/memory/clock.ts';
import { createConfig, listen, readConfig, WaooawError } from './index.ts';
import { ADMIN_KEY } from './testing/authenticating.ts';
import { Reader, coded, post, request, startServer, temporaryFolder } from './testing/harness.ts';
import { READ_ONLY } from './ports/publisher.ts';

const SAMPLE = { samples: [{ name: 'x', value: 1 }] };
const HOST = { host: 'localhost' };

/** A host's own server on a free port. */
async function host(t: TestContext, listener: RequestListener): Promise<{ server: Server; at: string }> {
  const server = createServer(listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { server, at: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A log that can be read. */
function readableLog() {
  const lines: { level: number; msg: string; collector?: string; err?: { message: string } }[] = [];
  const log = pino(
    { level: 'warn' },
    { write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[0]) },
  );
  return { log, lines };
}

describe('inside a host’s own Node server', () => {
  it('leaves requests that merely offer an upgrade to be answered, and other paths’ upgrades to nobody', async (t) => {
    const make = (basePath: string) =>
      createWaooaw({ dataDir: temporaryFolder(), basePath, logLevel: 'silent' });
    const [one, two] = [make('/one'), make('/two')];
    t.after(() => Promise.all([one.stop(), two.stop()]));
    const { server, at } = await host(t, (_, response) => response.end('the host'));
    const detach = [one.attach(server), two.attach(server)];
    const offer = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': '' };
    assert.equal((await request(`http://${at}/`, { headers: offer })).text, 'the host');
    for (const { config } of [one, two]) {
      const reader = await Reader.connected(t, `ws://${at}${config.basePath}/ws`);
      assert.ok(reader);
    }
    for (const stop of detach) stop();
    assert.equal((await request(`http://${at}/one/ws`, { headers: offer })).text, 'the host');
  });

  it('stands below its base path, beside the host’s routes and the host’s own WebSockets', async (t) => {
    const waooaw = createWaooaw({ dataDir: temporaryFolder(), basePath: '/ops', logLevel: 'silent' });
    const { server, at } = await host(t, (request, response) => {
      if (request.url?.startsWith('/ops')) waooaw.listener(request, response);
      else response.end('the host');
    });
    waooaw.attach(server);
    const own = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, socket, head) => {
      if (request.url === '/own') own.handleUpgrade(request, socket, head, (ws) => ws.send('{"ping":1}'));
    });
    await waooaw.start();
    t.after(() => waooaw.stop());

    assert.equal((await request(`http://${at}/`)).text, 'the host');
    assert.equal((await post(`http://${at}/ops/api/metrics`, SAMPLE)).status, 200);
    assert.equal((await request(`http://${at}/ops/livez`)).status, 200);
    const reader = await Reader.connected(t, `ws://${at}/ops/ws`);
    assert.ok((await reader.ask({ subscribe: { ch: 'metrics/x' } })).ok);
    const theirs = await Reader.open(t, `ws://${at}/own`, { protocols: [] });
    assert.deepEqual(await theirs.next(), { ping: 1 });

    void waooaw.drain();
    assert.equal((await reader.closed).code, CLOSE.shutdown);
    assert.equal((await request(`http://${at}/`)).text, 'the host');
    const gone = theirs.closed;
    own.clients.forEach((client) => client.close(1000));
    assert.equal((await gone).code, 1000);
  });

  it('takes no upgrade any more once it is detached', async (t) => {
    const waooaw = createWaooaw({ dataDir: temporaryFolder(), logLevel: 'silent' });
    t.after(() => waooaw.stop());
    const { server, at } = await host(t, waooaw.listener);
    const detach = waooaw.attach(server);
    await Reader.connected(t, `ws://${at}/ws`);
    assert.equal(server.listenerCount('upgrade'), 1);
    detach();
    assert.equal(server.listenerCount('upgrade'), 0);
  });
});

describe('inside a Hono host', () => {
  it('answers through fetch, with the client’s address from the host’s bindings', async (t) => {
    const lines: { path: string; client: string }[] = [];
    const log = pino(
      { level: 'debug' },
      { write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[0]) },
    );
    const waooaw = createWaooaw({ dataDir: temporaryFolder(), basePath: '/ops' }, { log });
    await waooaw.start();
    t.after(() => waooaw.stop());
    const app = new Hono<{ Bindings: object }>();
    app.get('/', (c) => c.text('the host'));
    app.all('/ops/*', (c) => waooaw.fetch(c.req.raw, c.env));
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
    await once(server, 'listening');
    t.after(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    assert.equal((await request(url)).text, 'the host');
    assert.equal((await post(`${url}/ops/api/metrics`, SAMPLE)).status, 200);
    assert.equal((await post(`${url}/ops/api/metrics`, '{')).status, 400);
    assert.equal(lines.find(({ path }) => path === '/ops/api/metrics')?.client, '127.0.0.1');
  });

  it('answers without bindings too, but knows no address then, and so nobody without a token', async (t) => {
    const { waooaw } = await startServer(t, { adminKey: ADMIN_KEY, anonymousRole: 'admin' });
    const ask = async (headers: Record<string, string>): Promise<Response> =>
      waooaw.fetch(
        new Request('http://localhost/api/metrics', {
          method: 'POST',
          headers: { ...HOST, 'content-type': 'application/json', ...headers },
          body: JSON.stringify(SAMPLE),
        }),
      );
    const answer = await ask({ authorization: `Bearer ${ADMIN_KEY}` });
    assert.deepEqual(await answer.json(), { accepted: 1, rejected: 0, errors: [] });
    assert.equal((await ask({})).status, 401);
  });
});

describe('a server’s life', () => {
  it('begins unready, and an unused one ends without having opened anything', async () => {
    const dataDir = join(temporaryFolder(), 'data');
    const waooaw = createWaooaw({ dataDir, logLevel: 'silent' });
    const ready = await waooaw.fetch(new Request('http://localhost/readyz', { headers: HOST }));
    assert.equal(ready.status, 503);
    await waooaw.stop();
    await waooaw.stop();
    await assert.rejects(rm(dataDir, { recursive: true }), { code: 'ENOENT' });
  });

  it('ends with what it opened closed, however often it is told to', async (t) => {
    const { waooaw, url, stop } = await startServer(t);
    assert.equal((await request(`${url}/readyz`)).status, 200);
    await stop();
    await waooaw.stop();
    await assert.rejects(request(`${url}/livez`), { code: 'ECONNREFUSED' });
  });

  it('may be one of several in a process, which have nothing in common', async (t) => {
    const [one, two] = [await startServer(t), await startServer(t)];
    await post(`${one.url}/api/metrics`, { samples: [{ name: 'only_here', value: 1 }] });
    assert.equal((await request(`${one.url}/api/metrics/window?series=only_here`)).status, 200);
    assert.equal((await request(`${two.url}/api/metrics/window?series=only_here`)).status, 404);
    await one.stop();
    assert.equal((await request(`${two.url}/readyz`)).status, 200);
  });

  it('cannot begin twice on one port, and names the port', async (t) => {
    const { host: taken } = await startServer(t);
    const port = Number(taken.split(':')[1]);
    const waooaw = createWaooaw({ port, dataDir: temporaryFolder(), logLevel: 'silent' });
    await assert.rejects(listen(waooaw), coded('port_in_use', `${port}`, 'WAOOAW_PORT'));
    await waooaw.stop();
  });

  it('does not begin on an address that other machines reach', async () => {
    const waooaw = createWaooaw({
      host: '192.0.2.1',
      port: 0,
      dataDir: temporaryFolder(),
      logLevel: 'silent',
    });
    await assert.rejects(listen(waooaw), coded('exposed_without_auth', '192.0.2.1'));
    await waooaw.stop();
  });

  it('begins there once authentication is configured, by a setting or by an API key, for people with a token', async (t) => {
    const dataDir = temporaryFolder();
    const config = { host: '0.0.0.0', dataDir };
    const first = await startServer(t, { ...config, adminKey: ADMIN_KEY });
    const port = first.host.split(':')[1];
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    const me = await request(`http://127.0.0.1:${port}/api/me`, { headers });
    assert.equal(me.json<{ id: string }>().id, 'key:admin');
    assert.equal((await request(`http://127.0.0.1:${port}/api/me`)).status, 401);
    const body = { name: 'shop', role: 'viewer' };
    const made = await post(`http://127.0.0.1:${port}/api/keys`, body, headers);
    const { id, key } = made.json<{ id: string; key: string }>();
    await first.stop();

    const second = await startServer(t, config);
    const at = `http://127.0.0.1:${second.host.split(':')[1]}`;
    const shop = { authorization: `Bearer ${key}` };
    assert.equal((await request(`${at}/api/metrics/series`, { headers: shop })).status, 200);
    assert.equal((await post(`${at}/api/metrics`, SAMPLE, shop)).status, 403);
    await second.waooaw.auth.keys.revoke(id);
    await second.stop();
    const third = await startServer(t, config);
    const left = `http://127.0.0.1:${third.host.split(':')[1]}`;
    assert.equal((await request(`${left}/api/me`)).status, 401, 'the last key’s end lays nothing open');
    await assert.rejects(startServer(t, { host: '0.0.0.0' }), coded('exposed_without_auth'));
  });

  const ipv6 = Object.values(networkInterfaces()).some((list) =>
    list?.some(({ address }) => address === '::1'),
  );
  it('says its IPv6 address as a browser wants it', { skip: !ipv6 }, async (t) => {
    const { url } = await startServer(t, { host: '::1' });
    assert.match(url, /^http:\/\/\[::1\]:\d+$/);
    assert.equal((await request(`${url}/livez`)).status, 200);
  });
});

describe('what goes wrong inside', () => {
  it('is logged once for a collector that can no longer read, and the others go on', async (t) => {
    const clock = createManualClock();
    const { log, lines } = readableLog();
    const { waooaw } = await startServer(t, {}, { clock, log });
    await rm(waooaw.config.dataDir, { recursive: true });
    const before = waooaw.metrics.stats().accepted;
    // A reading is over when its samples are in; a third one can begin only then.
    for (let times = 0; times < 3; times++) {
      const seen = waooaw.metrics.stats().accepted;
      while (waooaw.metrics.stats().accepted === seen) {
        clock.advance(1_000);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    assert.ok(waooaw.metrics.stats().accepted > before);
    const complaints = lines.filter(({ collector }) => collector === 'disk');
    assert.equal(complaints.length, 1);
    assert.match(complaints[0]?.err?.message ?? '', /ENOENT/);
  });

  it('is logged when the broadcaster can tell nobody', async (t) => {
    const { log, lines } = readableLog();
    const { waooaw, socketUrl } = await startServer(t, {}, { log });
    waooaw.broadcaster.serve({
      name: 'broken',
      history: { size: 1, ageMs: 1_000 },
      onDemand: false,
      access: READ_ONLY,
      resolve: (channel) => channel,
      snapshot: () => {
        throw new Error('no snapshot today');
      },
    });
    const reader = await Reader.connected(t, socketUrl);
    assert.equal((await reader.ask({ subscribe: { ch: 'broken' } })).err?.code, 'internal');
    assert.ok(lines.some(({ err }) => err?.message === 'no snapshot today'));
  });
});

describe('the door for hosts', () => {
  it('offers what a host needs', () => {
    assert.equal(createConfig({ port: 1 }).port, 1);
    assert.equal(readConfig({ WAOOAW_PORT: '2' }).port, 2);
    assert.equal(new WaooawError('not_found').status, 404);
  });
});
