/** Who may make this machine run something, and who not: every route of the provisioning API, tried as an attacker would. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { ROLES } from '../src/protocol/index.ts';
import type { AgentStatus, ErrorCode, OperationStatus, Role } from '../src/protocol/index.ts';
import type { ConfigOverrides } from './config.ts';
import { ADMIN_KEY } from './testing/authenticating.ts';
import { Reader, request, startServer } from './testing/harness.ts';
import type { Answer, Problem, Running } from './testing/harness.ts';
import { ended, writtenKinds } from './testing/running-agents.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
/** Bodies that the routes would take. What has none here takes `{}`. */
const BODIES: Readonly<Record<string, unknown>> = {
  'post /api/agents': { agent: 'shop', kind: 'none' },
  'post /api/agents/{agent}/scale': { replicas: 2 },
  'post /api/agents/bulk': { selection: { agents: ['shop'] }, command: { type: 'start' } },
  'post /api/operations': { type: 'release', title: 'Release', stages: [{ name: 'build' }] },
  'patch /api/operations/{operation}/stages/{stage}': { state: 'running' },
};
/** Roles that may change something. */
const ACTING: readonly Role[] = ['operator', 'admin'];

interface Route {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly mutates: boolean;
  readonly body: string | undefined;
}

/** Every route of the API that is about kinds, agents and operations, as the server itself lists them. */
async function routesOf(url: string): Promise<readonly Route[]> {
  const { paths } = (await request(`${url}/api/openapi.json`)).json<{ paths: Record<string, object> }>();
  return Object.entries(paths)
    .filter(([path]) => /^\/api\/(kinds|agents|operations)(\/|$)/.test(path))
    .flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => {
        const name = `${method} ${path}`;
        const mutates = method !== 'get';
        const body = method === 'post' || method === 'patch' ? JSON.stringify(BODIES[name] ?? {}) : undefined;
        return { name, method: method.toUpperCase(), path: path.replace(/\{\w+\}/g, 'shop'), mutates, body };
      }),
    );
}

interface Edge extends Running {
  readonly routes: readonly Route[];
  ask(route: Route, headers: Readonly<Record<string, string>>): Promise<Answer>;
  /** Nothing was made, and nothing is running that was not before. */
  assertNothing(): Promise<void>;
}

async function edge(t: TestContext, overrides: ConfigOverrides = {}): Promise<Edge> {
  const running = await startServer(t, overrides);
  const { url, waooaw } = running;
  const routes = await routesOf(url);
  assert.ok(routes.length >= 24, `${routes.length} routes`);
  const ask: Edge['ask'] = ({ method, path, body }, headers) =>
    request(`${url}${path}`, {
      method,
      headers: { ...(body !== undefined && { 'content-length': `${Buffer.byteLength(body)}` }), ...headers },
      ...(body !== undefined && { body }),
    });
  return {
    ...running,
    routes,
    ask,
    async assertNothing() {
      const { provisioning } = waooaw;
      assert.deepEqual(provisioning.agents(), [] satisfies AgentStatus[]);
      assert.deepEqual(await provisioning.operations({ limit: 10 }), [] satisfies OperationStatus[]);
      assert.equal(existsSync(join(waooaw.config.dataDir, 'agents', 'run')), false);
    },
  };
}

const codeOf = (answer: Answer): [number, ErrorCode] => [answer.status, answer.json<Problem>().code];

describe('a page that somebody happens to visit', () => {
  it('starts nothing by its origin, whatever it sends', async (t) => {
    const { routes, ask, assertNothing } = await edge(t);
    for (const route of routes) {
      for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example']) {
        const answer = await ask(route, { ...JSON_TYPE, origin });
        assert.deepEqual(codeOf(answer), [403, 'origin_not_allowed'], `${route.name} from ${origin}`);
      }
    }
    await assertNothing();
  });

  it('starts nothing by a form, an image or a beacon, which can send no JSON', async (t) => {
    const { routes, ask, assertNothing } = await edge(t);
    const types = [
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/plain',
      'text/plain; application/json',
      '',
    ];
    for (const route of routes.filter(({ mutates }) => mutates)) {
      for (const type of types) {
        const answer = await ask(route, type === '' ? {} : { 'content-type': type });
        assert.deepEqual(codeOf(answer), [415, 'unsupported_media_type'], `${route.name} as "${type}"`);
      }
    }
    await assertNothing();
  });

  it('starts nothing by a name that it has pointed at this machine', async (t) => {
    const { routes, ask, assertNothing } = await edge(t);
    for (const route of routes) {
      for (const host of ['evil.example', 'evil.example:80', '127.0.0.1.evil.example', '169.254.1.1']) {
        const answer = await ask(route, { ...JSON_TYPE, host });
        assert.deepEqual(codeOf(answer), [421, 'host_not_allowed'], `${route.name} as ${host}`);
      }
    }
    await assertNothing();
  });

  it('reads nothing where it sends no origin but its browser says that it is another site', async (t) => {
    const { routes, ask } = await edge(t);
    for (const route of routes.filter(({ mutates }) => !mutates)) {
      const answer = await ask(route, { 'sec-fetch-site': 'cross-site' });
      assert.deepEqual(codeOf(answer), [403, 'origin_not_allowed'], route.name);
    }
  });
});

describe('somebody without a token', () => {
  it('starts and reads nothing once there is a way to authenticate, also with a token in the address', async (t) => {
    const { url, routes, ask, assertNothing } = await edge(t, { adminKey: ADMIN_KEY });
    for (const route of routes) {
      assert.deepEqual(codeOf(await ask(route, JSON_TYPE)), [401, 'unauthorized'], route.name);
      const path = `${route.path}?token=${ADMIN_KEY}&access_token=${ADMIN_KEY}`;
      assert.equal((await ask({ ...route, path }, JSON_TYPE)).status, 401, route.name);
    }
    await assertNothing();
    assert.ok(url);
  });

  it('is what the anonymous role says, and no more', async (t) => {
    const { routes, ask, assertNothing } = await edge(t, { adminKey: ADMIN_KEY, anonymousRole: 'viewer' });
    for (const route of routes.filter(({ mutates }) => mutates))
      assert.deepEqual(codeOf(await ask(route, JSON_TYPE)), [403, 'forbidden'], route.name);
    await assertNothing();
  });
});

describe('each role', () => {
  it('reads, and changes something only as operator or admin', async (t) => {
    const { routes, ask, waooaw } = await edge(t, { adminKey: ADMIN_KEY });
    for (const role of ROLES) {
      const { key } = await waooaw.auth.keys.create({ name: role, role });
      const headers = { ...JSON_TYPE, authorization: `Bearer ${key}` };
      for (const route of routes) {
        const { status, text } = await ask(route, headers);
        const may = !route.mutates || ACTING.includes(role);
        assert.equal(status === 403, !may, `${route.name} as ${role}: ${status} ${text}`);
        assert.ok(status < 500 && status !== 401, `${route.name} as ${role}: ${status} ${text}`);
      }
    }
    const { key } = await waooaw.auth.keys.create({
      name: 'granted',
      grants: [{ channels: 'app/*', allow: ['subscribe', 'publish'] }],
    });
    for (const route of routes) {
      const { status } = await ask(route, { ...JSON_TYPE, authorization: `Bearer ${key}` });
      assert.equal(status, 403, `${route.name} without a role`);
    }
  });

  it('who is refused leaves an entry that names whom it would have been done to', async (t) => {
    const { ask, routes, waooaw } = await edge(t, { adminKey: ADMIN_KEY });
    const { id, key } = await waooaw.auth.keys.create({ name: 'looker', role: 'viewer' });
    const stop = routes.find(({ name }) => name === 'post /api/agents/{agent}/stop')!;
    const headers = { ...JSON_TYPE, authorization: `Bearer ${key}`, 'x-request-id': 'refused-stop' };
    await ask(stop, headers);
    const look = async () =>
      (await waooaw.audit.log.find({ requestId: ['refused-stop'] }, { limit: 5 })).map(({ facts }) => facts);
    let found = await look();
    while (found.length === 0) found = await look();
    const [entry] = found;
    assert.deepEqual(
      [entry?.action, entry?.resource?.type, entry?.result, entry?.error, entry?.actor?.id],
      ['stop', 'agent', 'refused', 'forbidden', `key:${id}`],
    );
  });
});

describe('the channels', () => {
  it('are read with a role, and written by nobody', async (t) => {
    const { waooaw, socketUrl } = await edge(t, { adminKey: ADMIN_KEY, agentsFile: writtenKinds() });
    const { operation } = await waooaw.provisioning.create(
      { agent: 'shop', kind: 'plain', start: false },
      { by: 'test', actor: { id: 'test', kind: 'user' } },
    );
    await ended(waooaw, operation);
    const ids = [`operation/${operation}`, `logs/operation/${operation}`];
    const channels = ['agents', 'agent/shop', 'logs/shop', 'operations', ...ids];
    const grants = [{ channels: 'app/*', allow: ['subscribe', 'publish'] }] as const;
    const { key } = await waooaw.auth.keys.create({ name: 'granted', grants });
    const granted = await Reader.open(t, socketUrl);
    await granted.ask({ connect: { token: key } });
    const admin = await Reader.open(t, socketUrl);
    await admin.ask({ connect: { token: ADMIN_KEY } });
    for (const ch of channels) {
      assert.equal((await granted.ask({ subscribe: { ch } })).err?.code, 'forbidden', ch);
      assert.equal((await granted.ask({ publish: { ch, data: 1 } })).err?.code, 'forbidden', ch);
      assert.equal((await admin.ask({ publish: { ch, data: 1 } })).err?.code, 'forbidden', ch);
    }
    const { key: viewer } = await waooaw.auth.keys.create({ name: 'looker', role: 'viewer' });
    const looker = await Reader.open(t, socketUrl);
    await looker.ask({ connect: { token: viewer } });
    for (const ch of channels) assert.ok((await looker.ask({ subscribe: { ch } })).ok, ch);
  });
});
