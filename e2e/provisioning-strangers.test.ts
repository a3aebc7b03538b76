/** Who may not start anything: pages of other origins, rebound names, callers without a token or a role, and content that is no choice. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { AgentStatus, OperationStatus } from '../src/protocol/index.ts';
import { AGENTS_FILE, endAgents } from '../scripts/demo-agents.ts';
import type { ServerProcess } from '../scripts/server-process.ts';
import { openBrowser, openPage, openServer, openSite } from './harness.ts';

const ADMIN_KEY = 'an-admin-key-that-nobody-else-has-0123456789abcdef';
const PROBER = { agent: 'stranger', kind: 'prober' };
const JSON_TYPE = { 'content-type': 'application/json' };
const PATIENCE_MS = 60_000;

/** Every request that changes something, as the server's own description has it. */
interface Route {
  readonly method: string;
  readonly path: string;
}

async function mutations(url: string): Promise<readonly Route[]> {
  const { paths } = (await (await fetch(`${url}/api/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
  return routes
    .filter(({ method, path }) => method !== 'GET' && /\/(agents|operations)(\/|$)/.test(path))
    .map(({ method, path }) => ({ method, path: path.replaceAll(/\{[^}]+\}/g, 'stranger') }));
}

/** Asks with whatever headers, as no browser and no `fetch` would. */
function ask(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: object = PROBER,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const text = method === 'DELETE' ? '' : JSON.stringify(body);
    const all = { ...JSON_TYPE, 'content-length': String(Buffer.byteLength(text)), ...headers };
    const asked = request(new URL(path, url), { method, headers: all }, (answer) => {
      let said = '';
      answer.setEncoding('utf8').on('data', (part: string) => (said += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: said }));
    });
    asked.on('error', reject);
    asked.end(text);
  });
}

async function nothingHappened(url: string, headers: Record<string, string> = {}): Promise<void> {
  const { agents } = (await (await fetch(`${url}/api/agents`, { headers })).json()) as {
    agents: AgentStatus[];
  };
  const { operations } = (await (await fetch(`${url}/api/operations`, { headers })).json()) as {
    operations: OperationStatus[];
  };
  assert.deepEqual([agents, operations], [[], []]);
}

describe('a server whose anonymous may do everything', () => {
  let url: string;

  before(async () => {
    ({ url } = await openServer({ env: { WAOOAW_AGENTS_FILE: AGENTS_FILE } }));
  });

  it('lets no page of another origin start anything, whatever it tries', async () => {
    const site = await openSite();
    site.html = `<form method="post" enctype="text/plain" action="${url}/api/agents" target="there">
      <input name='{"agent": "stranger", "kind": "prober", "x": "' value='"}'></form><iframe name="there"></iframe>`;
    const { page, context } = await openPage(await openBrowser(), site.origin);
    const posted = page.waitForResponse(
      (answer) => answer.request().isNavigationRequest() && answer.url().startsWith(url),
    );
    const came = await page.evaluate(
      async ({ url, body }) => {
        const tries: [string, RequestInit][] = [
          ['/api/agents', { method: 'POST', headers: { 'content-type': 'application/json' }, body }],
          [
            '/api/agents',
            { method: 'POST', mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body },
          ],
          ['/api/agents', { method: 'POST', mode: 'no-cors', body: new Blob([body]) }],
          [
            '/api/agents',
            { method: 'POST', mode: 'no-cors', body: new URLSearchParams({ agent: 'stranger' }) },
          ],
          ['/api/agents/bulk', { method: 'POST', mode: 'no-cors', body }],
          ['/api/agents/stranger', { method: 'DELETE' }],
          ['/api/agents', {}],
        ];
        const read: string[] = [];
        for (const [path, init] of tries) {
          const answer = await fetch(url + path, init).catch(() => undefined);
          if (answer && answer.type !== 'opaque') read.push(`${path}: ${answer.status}`);
        }
        const sent = navigator.sendBeacon(`${url}/api/agents`, new Blob([body], { type: 'text/plain' }));
        document.querySelector('form')?.submit();
        return { read, sent };
      },
      { url, body: JSON.stringify(PROBER) },
    );
    assert.deepEqual(came, { read: [], sent: true });
    assert.equal((await posted).status(), 403);
    await context.close();
    await nothingHappened(url);
  });

  it('lets no page start anything whose name was rebound to it, nor a foreign origin that asks by itself', async () => {
    const routes = await mutations(url);
    assert.ok(routes.length >= 15, `${routes.length} routes`);
    const { port } = new URL(url);
    for (const { method, path } of routes) {
      const rebound = { host: `rebound.example:${port}`, origin: `http://rebound.example:${port}` };
      for (const headers of [rebound, { origin: 'https://elsewhere.example' }, { origin: 'null' }]) {
        const { status } = await ask(url, method, path, headers);
        const expected = 'host' in headers ? 421 : 403;
        assert.equal(status, expected, `${method} ${path} ${JSON.stringify(headers)}`);
      }
    }
    const { status } = await ask(url, 'GET', '/api/agents', { host: 'rebound.example' });
    assert.equal(status, 421);
    await nothingHappened(url);
  });

  it('takes nothing that is not JSON, and nothing that would be a command', async () => {
    for (const { method, path } of await mutations(url)) {
      const { status } = await ask(url, method, path, { 'content-type': 'text/plain' });
      assert.equal(status, 415, `${method} ${path}`);
    }
    const bad: object[] = [
      { ...PROBER, command: ['/bin/sh', '-c', 'true'] },
      { ...PROBER, env: { NODE_OPTIONS: '--require /tmp/x' } },
      { ...PROBER, folder: '/tmp' },
      { ...PROBER, kind: '../../etc/passwd' },
      { ...PROBER, agent: '../stranger' },
      { ...PROBER, agent: 'stranger\u0000' },
      { ...PROBER, version: '../1.0.0' },
      { ...PROBER, version: '9.9.9' },
      { ...PROBER, parameters: { path: '/livez; rm -rf /' } },
      { ...PROBER, parameters: { everyMs: '1000' } },
      { ...PROBER, parameters: { command: 'x' } },
      { ...PROBER, secrets: { LD_PRELOAD: '/tmp/x.so' } },
      { ...PROBER, secrets: { AUTHORIZATION: 'a\u0000b' } },
      { ...PROBER, port: 70_000 },
      { ...PROBER, replicas: 1_000 },
      { ...PROBER, tags: { agent: 'other' } },
      { kind: 'prober' },
      [],
    ];
    for (const body of bad) {
      const { status, text } = await ask(url, 'POST', '/api/agents', {}, body);
      assert.ok(status >= 400 && status < 500, `${status} for ${JSON.stringify(body)}: ${text}`);
      const { code } = JSON.parse(text) as { code: string };
      assert.notEqual(code, 'internal', JSON.stringify(body));
    }
    await nothingHappened(url);
  });
});

describe('a server with keys', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waooaw-test-'));
  const admin = { authorization: `Bearer ${ADMIN_KEY}` };
  let server: ServerProcess;
  let url: string;

  before(async () => {
    ({ server, url } = await openServer({
      env: { WAOOAW_AGENTS_FILE: AGENTS_FILE, WAOOAW_ADMIN_KEY: ADMIN_KEY, WAOOAW_DATA_DIR: folder },
    }));
  });
  after(async () => {
    await server.stop();
    await endAgents(folder);
    rmSync(folder, { recursive: true, force: true });
  });

  it('tells nobody without a token anything, and starts nothing for them', async () => {
    for (const { method, path } of await mutations(url)) {
      assert.equal((await ask(url, method, path, {})).status, 401, `${method} ${path}`);
      const forged = { authorization: 'Bearer waooaw_k_0000000000000000_guessed' };
      assert.equal((await ask(url, method, path, forged)).status, 401, `${method} ${path}`);
    }
    for (const path of ['/api/kinds', '/api/agents', '/api/operations', '/api/agents/stranger/logs'])
      assert.equal((await fetch(url + path)).status, 401, path);
    await nothingHappened(url, admin);
  });

  it('starts nothing for those who may only read', async () => {
    for (const role of ['viewer', 'auditor']) {
      const made = await ask(url, 'POST', '/api/keys', admin, { name: role, role });
      const { key } = JSON.parse(made.text) as { key: string };
      const headers = { authorization: `Bearer ${key}` };
      for (const { method, path } of await mutations(url))
        assert.equal((await ask(url, method, path, headers)).status, 403, `${role}: ${method} ${path}`);
      assert.equal((await fetch(`${url}/api/agents`, { headers })).status, 200);
    }
    await nothingHappened(url, admin);
  });

  it('keeps secrets from everybody but their agent, and gives its token nothing but its channel', async () => {
    const secret = 'canary-7f3c9a51';
    const body = { ...PROBER, version: '1.0.0', secrets: { AUTHORIZATION: secret } };
    const created = await ask(url, 'POST', '/api/agents', admin, body);
    assert.equal(created.status, 202, created.text);
    const seen: string[] = [created.text];
    const get = async (path: string): Promise<string> => {
      const text = await (await fetch(`${url}/api${path}`, { headers: admin })).text();
      seen.push(text);
      return text;
    };
    const until = Date.now() + PATIENCE_MS;
    let status: AgentStatus;
    do {
      status = JSON.parse(await get('/agents/stranger')) as AgentStatus;
      assert.ok(Date.now() < until, `it is ${status.state}`);
    } while (status.state !== 'running' || status.busy);
    assert.deepEqual(status.secrets, ['AUTHORIZATION']);
    for (const path of [
      '/agents',
      '/agents/stranger/logs',
      '/agents/stranger/configurations',
      '/audit?limit=1000',
    ])
      await get(path);
    for (const path of [
      `/operations/${status.operation}`,
      `/operations/${status.operation}/logs`,
      '/operations',
    ])
      await get(path);
    for (const text of seen) assert.ok(!text.includes(secret), text);

    const [instance] = status.instances;
    const environment = readFileSync(`/proc/${instance?.pid}/environ`, 'utf8').split('\0');
    const token = environment.find((one) => one.startsWith('WAOOAW_TOKEN='))?.slice('WAOOAW_TOKEN='.length);
    assert.deepEqual(
      environment.filter((one) => one.includes(ADMIN_KEY) || one.startsWith('PATH=')),
      [],
      'what is the server’s own is not handed on',
    );
    const asAgent = { authorization: `Bearer ${token}` };
    const publish = async (ch: string): Promise<number> =>
      (await ask(url, 'POST', '/api/publish', asAgent, { ch, data: {} })).status;
    assert.equal(await publish('app/agents/stranger'), 200);
    for (const ch of ['app/agents/stranger-2', 'app/agents/strange', 'app/agents', 'app/demo/usage-wanted'])
      assert.equal(await publish(ch), 403, ch);
    for (const { method, path } of await mutations(url))
      assert.equal((await ask(url, method, path, asAgent)).status, 403, `its token: ${method} ${path}`);
    assert.equal((await ask(url, 'POST', '/api/keys', asAgent, { name: 'mine', role: 'admin' })).status, 403);

    const deleted = await ask(url, 'DELETE', '/api/agents/stranger', admin);
    assert.equal(deleted.status, 202, deleted.text);
    do {
      status = JSON.parse(await get('/agents/stranger')) as AgentStatus;
      assert.ok(Date.now() < until, `it is ${status.state}`);
    } while (status.state !== 'revoked' || status.busy);
    assert.equal(
      (await fetch(`${url}/api/agents`, { headers: asAgent })).status,
      401,
      'its token ended with it',
    );
    await server.stop();
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    assert.ok(files.length > 0);
    for (const { parentPath, name } of files) {
      const held = readFileSync(join(parentPath, name));
      assert.ok(!held.includes(secret), `${join(parentPath, name)} has it`);
    }
    assert.ok(!server.output.includes(secret));
  });
});
