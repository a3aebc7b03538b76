/** The programs of docs/hosting.md, as they stand there: each is started, used as a host's users would, and ended. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import https from 'node:https';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { CLOSE } from '../src/protocol/index.ts';
import { ADMIN_KEY } from '../server/testing/authenticating.ts';
import { makeCertificate } from '../server/testing/certificates.ts';
import { Reader, post, request, startServer, temporaryFolder } from '../server/testing/harness.ts';
import { findExecutable } from './debian.ts';
import { startNginx } from './nginx.ts';
import { startProgram } from './page-programs.ts';
import { root } from './run.ts';

const page = readFileSync(join(root, 'docs/hosting.md'), 'utf8');
const programs = [...page.matchAll(/^```js\n\/\/ (\S+)\n([\s\S]*?)^```/gm)].map(
  ([, name = '', code = '']) => ({
    name,
    code: code.replaceAll(
      "'waooaw/server'",
      JSON.stringify(new URL('../server/index.ts', import.meta.url).href),
    ),
  }),
);
const AUTHORIZED = { authorization: `Bearer ${ADMIN_KEY}` };

/** Starts one, which ends with the test. */
async function started(t: TestContext, { name, code }: (typeof programs)[number]) {
  const port = String(await freePort());
  const program = startProgram(code, { PORT: port, DATA_DIR: 'data', WAOOAW_ADMIN_KEY: ADMIN_KEY }, name);
  t.after(() => {
    program.kill('SIGKILL');
    return program.ended;
  });
  const line = await program.line(/^listening on http:/);
  const [url = ''] = /http:\S+/.exec(line) ?? [];
  return { program, url };
}

describe('docs/hosting.md', () => {
  it('has a program for a Node host and one for Hono', () => {
    assert.deepEqual(
      programs.map(({ name }) => name),
      ['node-host.mjs', 'hono-host.mjs'],
    );
  });

  for (const one of programs) {
    it(`has a ${one.name} that answers its own routes and ours, takes subscriptions, and ends in order`, async (t) => {
      const { program, url } = await started(t, one);
      assert.equal((await request(url)).text, 'The host\n');
      assert.equal((await request(`${url}/ops/readyz`)).status, 200);
      assert.equal((await request(`${url}/ops/api/me`)).status, 401);
      const me = await request(`${url}/ops/api/me`, { headers: AUTHORIZED });
      assert.equal(me.json<{ id: string }>().id, 'key:admin');
      assert.match((await request(`${url}/ops/docs/api`)).text, /<h1>HTTP API/);

      const reader = await Reader.open(t, `${url.replace('http', 'ws')}/ops/ws`);
      assert.ok((await reader.ask({ connect: { token: ADMIN_KEY } })).ok);
      assert.ok((await reader.ask({ subscribe: { ch: 'metrics/orders_open' } })).ok);
      const sample = { samples: [{ name: 'orders_open', value: 417 }] };
      assert.equal((await post(`${url}/ops/api/metrics`, sample, AUTHORIZED)).status, 200);
      for (let heard = await reader.next(); !heard.pubs; heard = await reader.next());

      program.kill('SIGTERM');
      assert.equal((await reader.closed).code, CLOSE.shutdown);
      assert.equal(await program.ended, 0, program.output());
    });
  }
});

const nginx = findExecutable(['nginx', '/usr/sbin/nginx']);
const NAME = 'ops.example';

/** nginx with the page's configuration before a server; both end with the test. */
async function behindNginx(t: TestContext, program: string) {
  const { waooaw, url: upstream } = await startServer(t, {
    trustedProxies: ['127.0.0.1'],
    allowedHosts: [NAME],
  });
  const folder = temporaryFolder();
  const now = Date.now();
  const { key, cert } = makeCertificate({ names: [NAME], from: now - 3_600_000, to: now + 3_600_000 });
  const files = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  writeFileSync(files.certificate, cert);
  writeFileSync(files.key, key, { mode: 0o600 });
  const port = await freePort();
  const child = startNginx({ program, folder, port, upstream: Number(new URL(upstream).port), ...files });
  const ended = once(child, 'exit');
  t.after(() => {
    child.kill('SIGTERM');
    return ended;
  });
  while (!(await answers(port))) assert.equal(child.exitCode, null, 'nginx has ended');
  const options = { port, ca: cert, servername: NAME, headers: { host: NAME } };
  return { waooaw, port, options };
}

/** A port that nobody listens on just now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

/** Asks over TLS. @returns the status, and the body up to where `enough` says so. */
function ask(
  options: https.RequestOptions,
  body?: string,
  enough: (text: string) => boolean = () => false,
): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const asking = https.request({ host: '127.0.0.1', agent: false, ...options }, (response) => {
      let text = '';
      const done = (): void => resolve({ status: response.statusCode, text });
      response.setEncoding('utf8').on('end', done);
      response.on('data', (part: string) => {
        text += part;
        if (!enough(text)) return;
        done();
        asking.destroy();
      });
      response.on('error', () => undefined);
    });
    asking.on('error', reject);
    asking.end(body);
  });
}

describe('the nginx configuration of docs/hosting.md', () => {
  const skip = nginx === undefined && 'nginx is not installed';
  it(
    'brings requests, streams and WebSockets to the server, with the client’s address',
    { skip },
    async (t) => {
      const { waooaw, port, options } = await behindNginx(t, nginx!);
      assert.equal((await ask({ ...options, path: '/readyz' })).status, 200);
      const me = { ...options, path: '/api/me' };
      assert.equal((await ask(me)).status, 200);
      // Somebody of this machine is let in without a token, and nobody else is.
      const headers = { ...options.headers, 'x-forwarded-for': '203.0.113.9' };
      assert.equal((await ask({ ...me, headers })).status, 401);

      const reader = await Reader.open(t, `wss://127.0.0.1:${port}/ws`, options);
      assert.ok((await reader.ask({ connect: {} })).ok);
      assert.ok((await reader.ask({ subscribe: { ch: 'metrics/orders_open' } })).ok);
      waooaw.metrics.ingest([{ name: 'orders_open', value: 417 }]);
      for (let heard = await reader.next(); !heard.pubs; heard = await reader.next());

      const json = { ...options.headers, 'content-type': 'application/json' };
      const stream = { ...options, path: '/sse', method: 'POST', headers: json };
      const said = await ask(stream, '{"id":1,"connect":{}}', (text) => text.includes('"session"'));
      assert.equal(said.status, 200);
    },
  );
});
