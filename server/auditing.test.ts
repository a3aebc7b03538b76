import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { OpenAPIHono } from '@hono/zod-openapi';
import { CLOSE } from '../src/protocol/index.ts';
import type { AuditFacts } from '../src/protocol/index.ts';
import type { AuditFilter } from './ports/audit-log.ts';
import { ADMIN_KEY, JWT_SECRET, sign } from './testing/authenticating.ts';
import { Reader, request, startServer, temporaryFolder } from './testing/harness.ts';
import type { Answer, Problem, Running } from './testing/harness.ts';
import { ended, endAgents, writtenKinds } from './testing/running-agents.ts';
import type { ConfigOverrides } from './config.ts';
import type { Parts } from './create.ts';
import { createManualClock } from './engines/memory/clock.ts';

/** How often a test looks for an entry that nobody waited for, and how long it pauses between two looks, ms. */
const LOOKS = 500;
const PAUSE_MS = 20;

interface Trail extends Running {
  /** Asks as the administrator, in the name of a request. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Entries of the trail, oldest first. */
  entries(filter?: AuditFilter): Promise<readonly Partial<AuditFacts>[]>;
  /** The first entry of the kind, once it is there. */
  entry(filter: AuditFilter, among?: (entry: Partial<AuditFacts>) => boolean): Promise<Partial<AuditFacts>>;
}

async function trail(t: TestContext, overrides: ConfigOverrides = {}, parts: Parts = {}): Promise<Trail> {
  const running = await startServer(t, { adminKey: ADMIN_KEY, jwtSecret: JWT_SECRET, ...overrides }, parts);
  const { waooaw, url } = running;
  const entries: Trail['entries'] = async (filter = {}) => {
    const rows = await waooaw.audit.log.find(filter, { limit: 1_000 });
    return rows.map(({ facts }) => facts).toReversed();
  };
  return {
    ...running,
    entries,
    ask(method, path, body, headers = {}) {
      const text = body === undefined ? '' : JSON.stringify(body);
      const all = {
        authorization: `Bearer ${ADMIN_KEY}`,
        'content-type': 'application/json',
        'content-length': `${Buffer.byteLength(text)}`,
        ...headers,
      };
      return request(`${url}${path}`, { method, headers: all, body: text });
    },
    async entry(filter, among = () => true) {
      for (let look = 0; look < LOOKS; look++) {
        const found = (await entries(filter)).find(among);
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
      const there = (await entries()).map(outcomeOf).join('\n');
      throw new Error(`No entry for ${JSON.stringify(filter)} among\n${there}`);
    },
  };
}

const outcomeOf = ({ action, resource, result, error }: Partial<AuditFacts>): string =>
  [`${action} ${resource?.type}/${resource?.id} ${result}`, ...(error ? [error] : [])].join(' ');

const RULE = { name: 'busy', query: { metric: 'load' }, condition: { op: '>', value: 10 } };
const CHECK = { check: 'backup', probe: { kind: 'heartbeat', everyMs: 86_400_000 } };
const MATCHERS = [{ label: 'agent', value: 'a' }];

/** What a call of a route needs, and what its entry says: a route that is not here has none. */
interface Call {
  /** In the place of the route’s own path. */
  readonly path?: string;
  readonly body?: unknown;
  /** As `outcomeOf` says it. Absent: it only reads, or what it does is recorded where it is done. */
  readonly entry?: string;
}

describe('every route that could change something', () => {
  it('writes an entry that names what was done to what, and one where it is refused', async (t) => {
    const apps: OpenAPIHono[] = [];
    const { route: mount } = OpenAPIHono.prototype;
    t.mock.method(
      OpenAPIHono.prototype,
      'route',
      function (this: OpenAPIHono, ...args: Parameters<typeof mount>) {
        apps.push(this);
        return mount.apply(this, args);
      },
    );
    const dataDir = temporaryFolder();
    const one = { agentsFile: writtenKinds(), dataDir, provisioning: { maxActiveOperations: 1 } };
    const { ask, waooaw, socketUrl, entry } = await trail(t, one);
    t.after(() => endAgents(dataDir));
    const operation = async (method: string, path: string, body?: unknown): Promise<string> =>
      (await ask(method, path, body)).json<{ operation: string }>().operation;
    const agents = [
      'started',
      'stopped',
      'restarted',
      'upgraded',
      'reverted',
      'scaled',
      'halted',
      'awake',
      'old',
    ];
    for (const agent of [...agents, 'chosen']) {
      const start = ['stopped', 'restarted', 'scaled', 'halted', 'awake'].includes(agent);
      await ended(
        waooaw,
        await operation('POST', '/api/agents', { agent, kind: 'plain', version: '1.0.0', start }),
      );
    }
    await ended(waooaw, await operation('POST', '/api/agents/awake/suspend'));
    await ended(waooaw, await operation('POST', '/api/agents/reverted/upgrade', { version: '2.0.0' }));
    const failed = await operation('POST', '/api/agents', { agent: 'gone', kind: 'gone' });
    await ended(waooaw, failed, 'failed');
    // From here on the one that is under way never ends, and everything else waits behind it.
    await operation('POST', '/api/agents', { agent: 'never', kind: 'never' });
    const waiting = await operation('POST', '/api/agents', { agent: 'waiting', kind: 'plain' });
    const told = { type: 'release', title: 'Release', stages: [{ name: 'build' }] };
    const hosts = await operation('POST', '/api/operations', told);
    const commanded = (command: string, agent: string, body?: unknown): [string, Call] => [
      `post /api/agents/{agent}/${command}`,
      { path: `/api/agents/${agent}/${command}`, body, entry: `${command} agent/${agent} success` },
    ];
    const acted = (action: string, id: string): [string, Call] => [
      `post /api/operations/{operation}/${action}`,
      { path: `/api/operations/${id}/${action}`, entry: `${action} operation/${id} success` },
    ];
    const { id: key } = await waooaw.auth.keys.create({ name: 'victim', role: 'viewer' });
    const reader = await Reader.open(t, socketUrl);
    await reader.ask({ connect: { token: ADMIN_KEY } });
    const [{ session } = { session: '' }] = waooaw.broadcaster.connections();
    const until = Date.now() + 3_600_000;
    const lasting = { matchers: MATCHERS, endsAt: until };
    const { id: silence } = (await ask('POST', '/api/alerts/silences', lasting)).json<{ id: string }>();
    waooaw.health.register({
      check: 'broken',
      title: 'Broken',
      intervalMs: 3_600_000,
      timeoutMs: 1_000,
      probe: () => ({ state: 'down' }),
    });
    await waooaw.health.waitFor('broken', 'down', AbortSignal.timeout(30_000));
    const incident = waooaw.health.check('broken').incident?.id ?? '';
    const upkeep = { reason: 'Patching', checks: ['broken'], endsAt: until };
    const { id: window } = (await ask('POST', '/api/health/maintenance', upkeep)).json<{ id: string }>();
    const calls: Readonly<Record<string, Call>> = {
      'post /api/keys': { body: { name: 'shop', role: 'viewer' }, entry: 'create api-key/<id> success' },
      'delete /api/keys/{id}': { path: `/api/keys/${key}`, entry: `delete api-key/${key} success` },
      'post /api/revocations': { body: { subject: 'ana' }, entry: 'create revocation/ana success' },
      'post /api/alerts/rules': { body: RULE, entry: 'create alert-rule/busy success' },
      'post /api/alerts/rules/test': { body: RULE },
      'put /api/alerts/rules/{name}': {
        path: '/api/alerts/rules/busy',
        body: { ...RULE, forMs: 5 },
        entry: 'update alert-rule/busy success',
      },
      'delete /api/alerts/rules/{name}': {
        path: '/api/alerts/rules/busy',
        entry: 'delete alert-rule/busy success',
      },
      'post /api/alerts/silences': {
        body: lasting,
        entry: 'create silence/<id> success',
      },
      'delete /api/alerts/silences/{id}': {
        path: `/api/alerts/silences/${silence}`,
        entry: `stop silence/${silence} success`,
      },
      'post /api/health/checks': { body: CHECK, entry: 'create check/backup success' },
      'put /api/health/checks/{check}': {
        path: '/api/health/checks/backup',
        body: { ...CHECK, critical: false },
        entry: 'update check/backup success',
      },
      'post /api/health/{check}/beat': {
        path: '/api/health/backup/beat',
        entry: 'beat check/backup success',
      },
      'delete /api/health/checks/{check}': {
        path: '/api/health/checks/backup',
        entry: 'delete check/backup success',
      },
      'post /api/health/{check}/run': { path: '/api/health/broken/run', entry: 'run check/broken success' },
      'post /api/health/{check}/pause': {
        path: '/api/health/broken/pause',
        entry: 'pause check/broken success',
      },
      'post /api/health/{check}/resume': {
        path: '/api/health/broken/resume',
        entry: 'resume check/broken success',
      },
      'post /api/health/incidents/{id}/acknowledge': {
        path: `/api/health/incidents/${incident}/acknowledge`,
        body: { note: 'On it' },
        entry: `acknowledge incident/${incident} success`,
      },
      'post /api/health/incidents/{id}/notes': {
        path: `/api/health/incidents/${incident}/notes`,
        body: { text: 'The disk' },
        entry: `annotate incident/${incident} success`,
      },
      'post /api/health/maintenance': { body: upkeep, entry: 'create maintenance/<id> success' },
      'delete /api/health/maintenance/{id}': {
        path: `/api/health/maintenance/${window}`,
        entry: `stop maintenance/${window} success`,
      },
      'post /api/agents': { body: { agent: 'new', kind: 'plain' }, entry: 'create agent/new success' },
      ...Object.fromEntries([
        commanded('start', 'started'),
        commanded('stop', 'stopped', {}),
        commanded('restart', 'restarted'),
        commanded('upgrade', 'upgraded', { version: '2.0.0' }),
        commanded('rollback', 'reverted'),
        commanded('scale', 'scaled', { replicas: 2 }),
        commanded('suspend', 'halted'),
        commanded('resume', 'awake'),
        acted('retry', failed),
        acted('pause', waiting),
        acted('resume', waiting),
        acted('cancel', waiting),
      ]),
      'delete /api/agents/{agent}': { path: '/api/agents/old', entry: 'delete agent/old success' },
      'post /api/agents/bulk': {
        body: { selection: { agents: ['chosen'] }, command: { type: 'start' } },
        entry: 'start agent/chosen success',
      },
      'post /api/operations': { body: told, entry: 'create operation/<id> success' },
      'patch /api/operations/{operation}/stages/{stage}': {
        path: `/api/operations/${hosts}/stages/build`,
        body: { state: 'running' },
        entry: `update operation/${hosts} success`,
      },
      'delete /api/broadcaster/connections/{session}': {
        path: `/api/broadcaster/connections/${session}`,
        entry: `disconnect connection/${session} success`,
      },
      'post /api/publish': { body: { ch: 'app/a', data: 1 }, entry: 'publish channel/* success' },
      'post /api/metrics': {
        body: { samples: [{ name: 'x', value: 1 }] },
        entry: 'ingest metrics/* success',
      },
      'post /api/metrics/query': { body: { queries: [{ metric: 'x' }] } },
      'post /api/otlp/v1/metrics': { body: { resourceMetrics: [] }, entry: 'ingest metrics/* success' },
      'post /api/audit': {
        body: { action: 'deploy', resource: { type: 'app', id: '1' } },
        entry: 'deploy app/1 success',
      },
      'post /api/audit/keys/rotate': { entry: 'rotate_key audit/key success' },
    };
    /** Streams: whoever connects is a login, and what they publish is recorded as over the WebSocket. */
    const carriers = ['post /sse', 'post /sse/{session}'];
    const { paths } = (await ask('GET', '/api/openapi.json')).json<{ paths: Record<string, object> }>();
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => method !== 'get')
        .map((method) => `${method} ${path}`),
    );
    const known = [...Object.keys(calls), ...carriers].toSorted();
    assert.deepEqual(routes.toSorted(), known);
    // The document has no routes that were written by hand: the table of the app, which is put together last, has.
    const table = apps
      .at(-1)!
      .routes.filter(({ method }) => method !== 'GET' && method !== 'ALL')
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)(\{[^}]*\})?/g, '{$1}')}`);
    assert.deepEqual([...new Set(table)].toSorted(), known);
    const { key: viewer } = await waooaw.auth.keys.create({ name: 'looker', role: 'viewer' });
    for (const [route, { path, body, entry: said }] of Object.entries(calls)) {
      const [method = '', own = ''] = route.split(' ');
      const requestId = `refused-${route.replace(/[^a-z]/g, '-').slice(0, 50)}`;
      const headers = { authorization: `Bearer ${viewer}`, 'x-request-id': requestId };
      const { status } = await ask(method.toUpperCase(), path ?? own, body, headers);
      if (status < 300) assert.equal(said, undefined, `${route} is for everybody`);
      else assert.equal((await entry({ requestId: [requestId] })).result, 'refused', route);
    }

    for (const [route, { path, body, entry: said }] of Object.entries(calls)) {
      const [method = '', own = ''] = route.split(' ');
      const requestId = route.replace(/[^a-z]/g, '-').slice(0, 60);
      const answer = await ask(method.toUpperCase(), path ?? own, body, { 'x-request-id': requestId });
      assert.ok(answer.status < 300, `${route}: ${answer.text}`);
      if (said === undefined) continue;
      const found = await entry({ requestId: [requestId] });
      const { id = '', operation: begun = id } = answer.text.startsWith('{')
        ? answer.json<{ id?: string; operation?: string }>()
        : {};
      assert.equal(outcomeOf(found), said.replace('<id>', begun), route);
      assert.deepEqual(
        [found.actor?.id, found.actor?.kind, found.ip],
        ['key:admin', 'service', '127.0.0.1'],
        route,
      );
    }
  });
});

describe('an entry', () => {
  it('says how a rule and a silence were before and after', async (t) => {
    const { ask, entries } = await trail(t);
    const rule = (forMs: number): object => ({ ...RULE, forMs });
    await ask('POST', '/api/alerts/rules', rule(1));
    await ask('PUT', '/api/alerts/rules/busy', rule(2));
    await ask('DELETE', '/api/alerts/rules/busy');
    const changes = (await entries({ resourceType: ['alert-rule'] })).map(({ action, before, after }) => [
      action,
      (before as { forMs: number } | undefined)?.forMs,
      (after as { forMs: number } | undefined)?.forMs,
    ]);
    assert.deepEqual(changes, [
      ['create', undefined, 1],
      ['update', 1, 2],
      ['delete', 2, undefined],
    ]);
    const lasting = { matchers: MATCHERS, endsAt: Date.now() + 3_600_000, comment: 'deploy' };
    const { id } = (await ask('POST', '/api/alerts/silences', lasting)).json<{ id: string }>();
    await ask('DELETE', `/api/alerts/silences/${id}`);
    const comments = (await entries({ resourceType: ['silence'] })).map(({ before, after }) => [
      (before as { comment: string } | undefined)?.comment,
      (after as { comment: string } | undefined)?.comment,
    ]);
    assert.deepEqual(comments, [
      [undefined, 'deploy'],
      ['deploy', undefined],
    ]);
  });

  it('says what a key may, and never what it is', async (t) => {
    const { ask, entries } = await trail(t);
    const made = (await ask('POST', '/api/keys', { name: 'shop', role: 'viewer' })).json<{
      id: string;
      key: string;
    }>();
    await ask('DELETE', `/api/keys/${made.id}`);
    await ask('DELETE', `/api/keys/${made.id}`);
    const all = await entries({ resourceType: ['api-key'], action: ['create', 'delete'] });
    const [created, deleted, again] = all;
    const after = created?.after as Record<string, unknown> | undefined;
    assert.deepEqual(
      [after?.['id'], after?.['name'], after?.['role'], created?.resource?.name, created?.level],
      [made.id, 'shop', 'viewer', 'shop', 'warning'],
    );
    assert.equal('revokedAt' in (deleted?.before as object), false);
    assert.equal('revokedAt' in (deleted?.after as object), true);
    assert.deepEqual(again?.before, again?.after, 'revoked twice, once in effect');
    assert.ok(!JSON.stringify(await entries()).includes(made.key.slice(-43)));
  });

  it('is there for what fails, and for what is refused to whom', async (t) => {
    const { ask, entry, waooaw } = await trail(t);
    const { id, key } = await waooaw.auth.keys.create({ name: 'looker', role: 'viewer' });
    const looker = { authorization: `Bearer ${key}` };
    const calls: readonly [expected: string, status: number, ask: () => Promise<Answer>][] = [
      ['create api-key/* failure bad_request', 400, () => ask('POST', '/api/keys', { name: '' })],
      [
        'update alert-rule/x failure not_found',
        404,
        () => ask('PUT', '/api/alerts/rules/x', { ...RULE, name: 'x' }),
      ],
      ['create alert-rule/* failure bad_json', 400, () => ask('POST', '/api/alerts/rules')],
      ['create silence/* refused forbidden', 403, () => ask('POST', '/api/alerts/silences', {}, looker)],
      ['record audit refused forbidden', 403, () => ask('POST', '/api/audit', {}, looker)],
      ['delete api-key/k_1 refused forbidden', 403, () => ask('DELETE', '/api/keys/k_1', undefined, looker)],
      ['ingest metrics/* refused forbidden', 403, () => ask('POST', '/api/metrics', {}, looker)],
      ['access route refused forbidden', 403, () => ask('GET', '/api/keys', undefined, looker)],
    ];
    for (const [expected, status, call] of calls) {
      assert.equal((await call()).status, status, expected);
      const [said = '', result = '', code = ''] =
        /^(.*) (failure|refused) (.*)$/.exec(expected)?.slice(1) ?? [];
      const found = await entry({ result: [result] }, (one) => outcomeOf(one).startsWith(said));
      assert.equal(found.error, code, expected);
      assert.equal(found.actor?.id, status === 403 ? `key:${id}` : 'key:admin', expected);
    }
  });

  it('is there whatever stands in an address, in a name or in a text', async (t) => {
    const { ask, entries } = await trail(t, { maxBodyBytes: 1_000_000 });
    for (const id of ['%00', '%E2%80%AE', '%ED%A0%80', 'x'.repeat(2_000)])
      assert.ok((await ask('DELETE', `/api/alerts/rules/${id}`)).status >= 400);
    const summary = '\ud800 and \u202e';
    assert.equal((await ask('POST', '/api/alerts/rules', { ...RULE, annotations: { summary } })).status, 200);
    const annotations = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`a${i}`, 'x'.repeat(4_000)]),
    );
    const large = { ...RULE, name: 'large', annotations };
    assert.equal((await ask('POST', '/api/alerts/rules', large)).status, 200);
    const all = await entries({ resourceType: ['alert-rule'] });
    assert.deepEqual(
      all.map(({ resource }) => resource?.id),
      ['\u{fffd}', '\u202e', '%ED%A0%80', 'x'.repeat(256), 'busy', 'large'],
    );
    const after = all[4]?.after as { annotations: { summary: string } };
    assert.equal(after.annotations.summary, '\u{fffd} and \u202e');
    assert.equal((all[5]?.after as { omitted: string }).omitted, 'too large');
  });

  it('is there for a foreign page and a foreign name, once, however often they try', async (t) => {
    const { ask, entry, entries } = await trail(t);
    for (let i = 0; i < 5; i++) {
      const origin = `https://evil${i}.example`;
      assert.equal((await ask('POST', '/api/keys', {}, { origin })).status, 403);
      assert.equal((await ask('GET', '/api/keys', undefined, { host: `evil${i}.example` })).status, 421);
    }
    await entry({ result: ['refused'] }, ({ error }) => error === 'origin_not_allowed');
    const refused = await entry({ result: ['refused'] }, ({ error }) => error === 'host_not_allowed');
    assert.deepEqual([refused.actor?.kind, refused.ip], ['anonymous', '127.0.0.1']);
    assert.equal((await entries({ result: ['refused'] })).length, 2);
  });
});

describe('a credential', () => {
  it('is a login once, whatever it is used for, and its refusals are counted by address', async (t) => {
    const { url, socketUrl, entry, entries, waooaw } = await trail(t);
    const { id, key } = await waooaw.auth.keys.create({ name: 'shop', role: 'viewer' });
    for (let i = 0; i < 3; i++) {
      const reader = await Reader.open(t, socketUrl);
      await reader.ask({ connect: { token: key } });
      await request(`${url}/metrics`, { headers: { authorization: `Bearer ${key}` } });
      await request(`${url}/api/me`, { headers: { authorization: `Bearer ${key}` } });
    }
    const login = await entry({ action: ['login'], result: ['success'] });
    assert.deepEqual(
      [login.actor, login.resource, login.ip],
      [
        { id: `key:${id}`, kind: 'service', name: 'shop' },
        { type: 'api-key', id, name: 'shop' },
        '127.0.0.1',
      ],
    );
    for (let i = 0; i < 3; i++) {
      const reader = await Reader.open(t, socketUrl);
      reader.say({ id: 1, connect: { token: `guess ${i}` } });
      assert.equal((await reader.closed).code, CLOSE.unauthorized);
      const headers = { authorization: `Bearer guess${i}` };
      assert.equal((await request(`${url}/api/me`, { headers })).status, 401);
    }
    const refused = await entry({ action: ['login'], result: ['refused'] });
    assert.deepEqual([refused.error, refused.actor?.kind], ['unauthorized', 'anonymous']);
    assert.equal((await entries({ action: ['login'] })).length, 2);
  });

  it('that ends while somebody is in is their logout: revoked, and expired', async (t) => {
    const clock = createManualClock();
    const { ask, socketUrl, entry } = await trail(t, { jwtClockToleranceMs: 0 }, { clock });
    const seconds = Math.floor(clock.now() / 1000);
    const readers: Record<string, Reader> = {};
    for (const [sub, life] of [
      ['ana', 5],
      ['bob', 600],
    ] as const) {
      const token = await sign({
        sub,
        name: sub.toUpperCase(),
        iat: seconds,
        exp: seconds + life,
        role: 'viewer',
      });
      const reader = await Reader.open(t, socketUrl);
      await reader.ask({ connect: { token } });
      readers[sub] = reader;
    }
    await ask('POST', '/api/revocations', { subject: 'bob' });
    assert.equal((await readers['bob']!.closed).code, CLOSE.token_revoked);
    const bob = await entry({ action: ['logout'] }, ({ actor }) => actor?.id === 'bob');
    assert.deepEqual([bob.reason, bob.actor?.kind, bob.actor?.name], ['token_revoked', 'user', 'BOB']);
    clock.advance(6_000);
    assert.equal((await readers['ana']!.closed).code, CLOSE.token_expired);
    const ana = await entry({ action: ['logout'] }, ({ actor }) => actor?.id === 'ana');
    assert.equal(ana.reason, 'token_expired');
    assert.match(ana.session ?? '', /^[0-9a-f-]{36}$/);
  });
});

describe('a connection', () => {
  it('publishes with one entry for the first, and another kind for what is refused', async (t) => {
    const { socketUrl, entry, entries } = await trail(t);
    const reader = await Reader.open(t, socketUrl);
    await reader.ask({ connect: { token: ADMIN_KEY } });
    for (let i = 0; i < 20; i++) {
      await reader.ask({ publish: { ch: 'app/a', data: i } });
      await reader.ask({ publish: { ch: 'health', data: i } });
      await reader.ask({ publish: { ch: 'nowhere', data: i } });
    }
    for (const [result, code] of [['success'], ['refused', 'forbidden'], ['failure', 'unknown_channel']]) {
      const found = await entry({ action: ['publish'], result: [result!] });
      assert.deepEqual([found.error, found.actor?.id, found.ip], [code, 'key:admin', '127.0.0.1']);
      assert.match(found.session ?? '', /^[0-9a-f-]{36}$/);
    }
    assert.equal((await entries({ action: ['publish'] })).length, 3);
  });

  it('that comes from a foreign page is refused with an entry', async (t) => {
    const { socketUrl, entry } = await trail(t);
    const reader = await Reader.open(t, socketUrl, { origin: 'https://evil.example' });
    await reader.closed;
    const found = await entry({ resourceType: ['socket'] });
    assert.equal(outcomeOf(found), 'access socket/* refused origin_not_allowed');
    const headers = { connection: 'upgrade', upgrade: 'websocket', host: 'evil.example' };
    await request(socketUrl.replace('ws', 'http'), { headers }).catch(() => undefined);
    await entry({ resourceType: ['socket'] }, ({ error }) => error === 'host_not_allowed');
  });
});

describe('samples that are sent all the time', () => {
  it('are one entry for the first, and one with the count when the server goes down', async (t) => {
    const dataDir = temporaryFolder();
    const { ask, entry, entries, stop } = await trail(t, { dataDir });
    const body = { samples: [{ name: 'x', value: 1 }] };
    assert.equal((await ask('POST', '/api/metrics', body)).status, 200);
    await entry({ action: ['ingest'] });
    const size = (await entries()).length;
    for (let i = 0; i < 200; i++) assert.equal((await ask('POST', '/api/metrics', body)).status, 200);
    assert.equal((await entries()).length, size, 'no entry a call');
    await stop();
    const again = await trail(t, { dataDir });
    const [first, summary, ...more] = await again.entries({ action: ['ingest'] });
    assert.deepEqual(more, []);
    assert.equal((first?.details as Record<string, unknown>)['count'], undefined);
    const { from, to, ...details } = summary?.details as { from: number; to: number };
    assert.deepEqual(details, { method: 'POST', route: '/api/metrics', status: 200, count: 200 });
    assert.ok(from <= to);
  });
});

describe('a server with an audit trail', () => {
  it('is watched, and counts', async (t) => {
    const { waooaw, ask } = await trail(t);
    await waooaw.health.waitFor('audit-log', 'up', AbortSignal.timeout(30_000));
    assert.match((await ask('GET', '/metrics')).text, /^waooaw_audit_size \d+$/m);
  });

  it('takes its name, its second place and what may leave a gap from the settings', async (t) => {
    const folder = temporaryFolder();
    const auditCheckpointFile = join(folder, 'elsewhere.txt');
    const { waooaw, ask, stop } = await trail(t, {
      auditOrigin: 'ops.example/audit',
      auditCheckpointFile,
      auditOnFailure: ['info=gap'],
      auditRedact: ['pin'],
      audit: { maxBatchEntries: 7 },
    });
    const { limits } = waooaw.audit;
    assert.deepEqual(
      [limits.maxBatchEntries, limits.onFailure.info, limits.onFailure.error],
      [7, 'gap', 'block'],
    );
    const entry = { action: 'x', resource: { type: 'a', id: '1' }, details: { pin: 'hush', name: 'ana' } };
    assert.equal((await ask('POST', '/api/audit', entry)).status, 200);
    const note = (await ask('GET', '/api/audit/checkpoint')).text;
    assert.ok(note.startsWith('ops.example/audit\n'), note);
    const [row] = await waooaw.audit.log.find({ action: ['x'] }, { limit: 1 });
    assert.ok(!JSON.stringify(row?.facts).includes('hush'));
    await stop();
    assert.ok((await readFile(auditCheckpointFile, 'utf8')).includes(note.trimEnd()));
  });
});

describe('a trail that cannot be written', () => {
  /** Takes the trail’s table away, and gives it back. */
  const table = (dataDir: string, sql: string): void => {
    const database = new DatabaseSync(join(dataDir, 'waooaw.db'), { timeout: 30_000 });
    database.exec(sql);
    database.close();
  };
  const TAKE = 'ALTER TABLE audit_entry RENAME TO taken';
  const GIVE = 'ALTER TABLE taken RENAME TO audit_entry';

  it('turns away what would go unrecorded, and nothing else, and goes on by itself', async (t) => {
    const clock = createManualClock();
    const { ask, waooaw, entries } = await trail(t, {}, { clock });
    const { dataDir } = waooaw.config;
    await ask('POST', '/api/alerts/rules', { ...RULE, name: 'zeroth' });
    table(dataDir, TAKE);
    const said = async (name: string): Promise<string> => {
      const answer = await ask('POST', '/api/alerts/rules', { ...RULE, name });
      if (answer.status === 200) return 'done';
      const { code, detail } = answer.json<Problem>();
      return `${answer.status} ${code}: ${detail}`;
    };
    assert.match(await said('first'), /^503 audit_unavailable: It was done/);
    assert.match(await said('second'), /^503 audit_unavailable: .*nothing was done/);
    assert.equal((await ask('POST', '/api/metrics', { samples: [{ name: 'x', value: 1 }] })).status, 200);
    assert.deepEqual(
      waooaw.alerts.rules().map(({ rule }) => rule.name),
      ['zeroth', 'first'],
    );
    assert.equal((await ask('GET', '/api/alerts/rules')).status, 200);
    table(dataDir, GIVE);
    clock.advance(1_000);
    assert.equal(await said('third'), 'done');
    const rules = await entries({ resourceType: ['alert-rule'] });
    assert.deepEqual(rules.map(outcomeOf), [
      'create alert-rule/zeroth success',
      'create alert-rule/* refused audit_unavailable',
      'create alert-rule/third success',
    ]);
  });

  it('is known from whoever finds out first', async (t) => {
    const { ask, waooaw } = await trail(t);
    table(waooaw.config.dataDir, TAKE);
    const entry = { action: 'deploy', resource: { type: 'app', id: '1' } };
    assert.equal((await ask('POST', '/api/audit', entry)).status, 503);
    const answer = await ask('POST', '/api/alerts/rules', RULE);
    assert.match(answer.json<Problem>().detail, /nothing was done/);
    assert.deepEqual(waooaw.alerts.rules(), []);
    table(waooaw.config.dataDir, GIVE);
  });

  it('does not hold up a level that may leave a gap', async (t) => {
    const { ask, waooaw } = await trail(t, { auditOnFailure: ['info=gap'] });
    table(waooaw.config.dataDir, TAKE);
    for (const name of ['a', 'b'])
      assert.equal((await ask('POST', '/api/alerts/rules', { ...RULE, name })).status, 200);
    assert.equal((await ask('POST', '/api/revocations', { subject: 'ana' })).status, 503);
    table(waooaw.config.dataDir, GIVE);
  });
});
