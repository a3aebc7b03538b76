import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { ROLES } from '../../src/protocol/index.ts';
import type { ApiKey, ApiKeyList, CreatedApiKey, Me, Revocation } from '../../src/protocol/index.ts';
import { createApp } from '../app.ts';
import type { ConfigOverrides } from '../config.ts';
import { createMetrics } from '../services/metrics/index.ts';
import { BodyBudget } from '../http/raw-body.ts';
import { jsonFormat } from '../services/metrics/formats/json.ts';
import { ingestRoutes } from '../services/metrics/ingest-routes.ts';
import { metricsRoutes, queryRoutes } from '../services/metrics/routes.ts';
import {
  ADMIN_KEY,
  ELSEWHERE,
  HERE,
  JWT_SECRET,
  authenticating,
  seconds,
  sign,
  unsigned,
} from '../testing/authenticating.ts';
import type { Authenticating } from '../testing/authenticating.ts';
import { FakeAuditSink, recorderOf } from '../testing/fake-audit-sink.ts';
import { FakePublisher } from '../testing/fake-publisher.ts';
import type { Problem } from '../testing/harness.ts';
import { authRoutes } from './routes.ts';

interface Ask {
  readonly token?: string;
  readonly body?: unknown;
  readonly address?: string;
  readonly headers?: Record<string, string>;
}

interface Asking extends Authenticating {
  readonly sink: FakeAuditSink;
  readonly lines: string[];
  ask(method: string, path: string, how?: Ask): Promise<Response>;
}

/** The app as create.ts puts it together, with one service beside identity. */
async function asking(t: TestContext, overrides: ConfigOverrides = {}): Promise<Asking> {
  const all = await authenticating(t, overrides);
  const lines: string[] = [];
  const sink = new FakeAuditSink(all.database);
  const metrics = createMetrics({ clock: all.clock, publisher: new FakePublisher() });
  const app = createApp({
    config: all.config,
    log: pino({ level: 'trace' }, { write: (line) => void lines.push(line) }),
    authenticator: all.auth,
    recorder: recorderOf(all.clock, { sink }),
    ownAccess: [authRoutes(all.auth), queryRoutes(metrics)],
    routes: [ingestRoutes(metrics, [jsonFormat(10)], new BodyBudget(1e6)), metricsRoutes(metrics)],
    rootRoutes: [],
    assetsFolder: import.meta.dirname,
    ready: () => true,
    count: () => undefined,
  });
  const ask: Asking['ask'] = async (method, path, { token, body, address = HERE, headers } = {}) => {
    const init = {
      method,
      headers: {
        host: 'localhost',
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    return app.request(path, init, { incoming: { socket: { remoteAddress: address } } });
  };
  return { ...all, sink, lines, ask };
}

const bodyOf = async <T>(response: Promise<Response>): Promise<T> => (await (await response).json()) as T;

/** Status and code of an answer: `200`, or `401 unauthorized`. */
async function outcome(response: Promise<Response>): Promise<string> {
  const answer = await response;
  const { code } = (await answer.clone().json()) as Partial<Problem>;
  if (code !== undefined) assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  return code === undefined ? `${answer.status}` : `${answer.status} ${code}`;
}

describe('GET /api/me', () => {
  it('is whoever asks', async (t) => {
    const { ask, clock } = await asking(t, { jwtSecret: JWT_SECRET, anonymousRole: 'viewer' });
    assert.deepEqual(await bodyOf<Me>(ask('GET', '/api/me')), {
      id: 'anonymous',
      kind: 'anonymous',
      name: 'anonymous',
      role: 'viewer',
      grants: [],
    });
    const waooaw = { grants: [{ channels: 'app/*', allow: ['publish'] }] };
    const token = await sign({ sub: 'ana', name: 'Ana', exp: seconds(clock) + 60, waooaw });
    assert.deepEqual(await bodyOf<Me>(ask('GET', '/api/me', { token })), {
      id: 'ana',
      kind: 'jwt',
      name: 'Ana',
      grants: waooaw.grants,
      expiresAt: (seconds(clock) + 90) * 1000,
    });
  });
});

describe('/api/keys', () => {
  it('makes a key, lists it without itself, and revokes it', async (t) => {
    const { ask, clock } = await asking(t, { adminKey: ADMIN_KEY });
    const token = ADMIN_KEY;
    const grants = [{ channels: 'app/orders/*', allow: ['subscribe', 'publish'] }];
    const wanted = { name: 'shop', role: 'operator', grants, expiresAt: clock.now() + 1_000 };
    const answer = await ask('POST', '/api/keys', { token, body: wanted });
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    const { key, ...made } = (await answer.json()) as CreatedApiKey;
    assert.deepEqual(made, { id: made.id, ...wanted, createdAt: clock.now() });
    assert.equal((await bodyOf<Me>(ask('GET', '/api/me', { token: key }))).id, `key:${made.id}`);
    assert.deepEqual(await bodyOf<ApiKeyList>(ask('GET', '/api/keys', { token })), { keys: [made] });

    const revoked = { ...made, revokedAt: clock.now() };
    assert.deepEqual(await bodyOf<ApiKey>(ask('DELETE', `/api/keys/${made.id}`, { token })), revoked);
    assert.equal(await outcome(ask('GET', '/api/me', { token: key })), '401 token_revoked');
    clock.advance(5);
    assert.deepEqual(await bodyOf<ApiKey>(ask('DELETE', `/api/keys/${made.id}`, { token })), revoked);
    assert.deepEqual(await bodyOf<ApiKeyList>(ask('GET', '/api/keys', { token })), { keys: [revoked] });
  });

  it('refuses what is no key to be, and names what was wrong', async (t) => {
    const { ask, auth } = await asking(t);
    const name = 'x';
    for (const [body, pointer] of [
      [{}, '/name'],
      [{ name: '', role: 'viewer' }, '/name'],
      [{ name: 'x'.repeat(129), role: 'viewer' }, '/name'],
      [{ name: 'a\u001b[2J', role: 'viewer' }, '/name'],
      [{ name }, '/role'],
      [{ name, grants: [] }, '/role'],
      [{ name, role: 'emperor' }, '/role'],
      [{ name, grants: [{ channels: 'a*b', allow: ['publish'] }] }, '/grants/0/channels'],
      [{ name, grants: [{ channels: 'a', allow: ['own'] }] }, '/grants/0/allow/0'],
      [{ name, role: 'viewer', expiresAt: 'tomorrow' }, '/expiresAt'],
      [{ name, role: 'viewer', expiresAt: 1 }, '/expiresAt'],
    ] as const) {
      const answer = await bodyOf<Problem>(ask('POST', '/api/keys', { body }));
      assert.deepEqual([answer.status, answer.code], [400, 'bad_request'], JSON.stringify(body));
      assert.ok(answer.detail.startsWith(pointer), answer.detail);
    }
    assert.deepEqual(auth.keys.list(), []);
    assert.equal(await outcome(ask('DELETE', '/api/keys/k_0000000000000000')), '404 not_found');
    assert.equal(await outcome(ask('DELETE', `/api/keys/${'x'.repeat(129)}`)), '400 bad_request');
  });
});

describe('POST /api/revocations', () => {
  it('revokes a subject’s tokens', async (t) => {
    const { ask, clock } = await asking(t, { jwtSecret: JWT_SECRET, anonymousRole: 'admin' });
    const token = await sign({ sub: 'ana', iat: seconds(clock), exp: seconds(clock) + 60, role: 'viewer' });
    assert.equal(await outcome(ask('GET', '/api/me', { token })), '200');
    assert.deepEqual(
      await bodyOf<Revocation>(ask('POST', '/api/revocations', { body: { subject: 'ana' } })),
      {
        subject: 'ana',
        revokedAt: clock.now(),
      },
    );
    assert.equal(await outcome(ask('GET', '/api/me', { token })), '401 token_revoked');
  });

  it('takes no subject that no token could have', async (t) => {
    const { ask } = await asking(t);
    for (const subject of ['', 'anonymous', 'key:k_0123456789abcdef', 'x'.repeat(129), 7, undefined]) {
      assert.equal(await outcome(ask('POST', '/api/revocations', { body: { subject } })), '400 bad_request');
    }
  });
});

describe('what each role may', () => {
  const READS = ['viewer', 'operator', 'auditor', 'admin'];
  const RULES: [method: string, path: string, body: object | undefined, allowed: readonly string[]][] = [
    ['GET', '/api/metrics/series', undefined, READS],
    ['HEAD', '/api/metrics/series', undefined, READS],
    ['POST', '/api/metrics', { samples: [{ name: 'x', value: 1 }] }, ['operator', 'admin']],
    ['POST', '/api/metrics/query', { queries: [{ metric: 'x' }] }, READS],
    ['GET', '/api/metrics/cardinality', undefined, READS],
    ['GET', '/api/metrics/window', undefined, READS],
    ['GET', '/api/me', undefined, [...READS, 'none']],
    ['GET', '/api/keys', undefined, ['auditor', 'admin']],
    ['POST', '/api/keys', { name: 'x', role: 'viewer' }, ['admin']],
    ['DELETE', '/api/keys/{id}', undefined, ['admin']],
    ['POST', '/api/revocations', { subject: 'bob' }, ['admin']],
    // Also where there is nothing: nobody finds out more than their role lets them.
    ['POST', '/api/nothing', {}, ['operator', 'admin']],
    ['DELETE', '/api/metrics/series', undefined, ['operator', 'admin']],
  ];

  for (const [method, path, body, allowed] of RULES) {
    it(`${method} ${path} is for ${allowed.join(', ')}`, async (t) => {
      const { ask, auth, clock } = await asking(t, { jwtSecret: JWT_SECRET });
      const { id } = await auth.keys.create({ name: 'victim', role: 'viewer' });
      for (const role of [...ROLES, 'none']) {
        const token = await sign({ sub: 'ana', exp: seconds(clock) + 60, role });
        const answer = await ask(method, path.replace('{id}', id), { token, body });
        const refused = answer.status === 403;
        assert.equal(refused, !allowed.includes(role), `${role}: ${answer.status}`);
        if (refused && method !== 'HEAD') {
          const { code, detail } = (await answer.json()) as Problem;
          assert.deepEqual([code, detail.endsWith(`yours is ${role}`)], ['forbidden', true], detail);
        }
        assert.notEqual(answer.status, 401);
        assert.ok(answer.status < 500);
      }
      assert.equal((await ask(method, path.replace('{id}', id), { body })).status, 401);
    });
  }

  it('covers every route of these', async (t) => {
    const { ask } = await asking(t);
    const { paths } = await bodyOf<{ paths: Record<string, object> }>(ask('GET', '/api/openapi.json'));
    const listed = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const ruled = RULES.map(([method, path]) => `${method} ${path}`);
    assert.deepEqual(listed.filter((route) => !ruled.includes(route)).sort(), [
      'GET /api/metrics/labels',
      'GET /api/metrics/metadata',
      'GET /api/metrics/query',
      'GET /livez',
      'GET /readyz',
    ]);
  });

  it('is answered before the body is looked at', async (t) => {
    const { ask, clock } = await asking(t, { jwtSecret: JWT_SECRET, maxBodyBytes: 1_024 });
    const token = await sign({ sub: 'ana', exp: seconds(clock) + 60, role: 'viewer' });
    const body = { name: 'x'.repeat(2_000) };
    assert.equal(await outcome(ask('POST', '/api/keys', { body })), '401 unauthorized');
    assert.equal(await outcome(ask('POST', '/api/keys', { body: 7, token })), '403 forbidden');
  });
});

describe('a request that is not authenticated', () => {
  it('reads what is open, and nothing else', async (t) => {
    for (const basePath of ['', '/ops']) {
      const { ask } = await asking(t, { adminKey: ADMIN_KEY, basePath });
      for (const path of ['/livez', '/readyz', '/api/openapi.json']) {
        assert.equal((await ask('GET', `${basePath}${path}`)).status, 200, path);
        assert.equal((await ask('HEAD', `${basePath}${path}`)).status, 200, path);
      }
      for (const path of [
        '/api',
        '/api/',
        '/api/metrics/series',
        '/api/me',
        '/api/nothing',
        '/api/openapi.json/',
      ]) {
        assert.equal(await outcome(ask('GET', `${basePath}${path}`)), '401 unauthorized', path);
      }
      for (const path of ['/%61pi/me', '/api/x/../me', '/api/./me', '/api/openapi.json%2f..%2fme']) {
        assert.ok((await ask('GET', `${basePath}${path}`)).status >= 400, path);
      }
      assert.equal(
        await outcome(ask('POST', `${basePath}/api/openapi.json`, { body: {} })),
        '401 unauthorized',
      );
      assert.equal((await ask('GET', `${basePath}/nothing`)).status, 404);
    }
  });

  it('is told how to authenticate, and may read so from an allowed page', async (t) => {
    const { ask } = await asking(t, { adminKey: ADMIN_KEY, allowedOrigins: ['https://portal.example'] });
    const headers = { origin: 'https://portal.example' };
    const tries: Ask[] = [{}, { token: 'wrong' }, { token: 'waooaw_k_0000000000000000_x' }, { token: '' }];
    for (const how of tries) {
      const answer = await ask('GET', '/api/me', { ...how, headers });
      assert.equal(answer.status, 401);
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
      assert.equal(answer.headers.get('access-control-allow-origin'), 'https://portal.example');
      assert.equal(answer.headers.get('content-type'), 'application/problem+json');
      assert.ok(answer.headers.get('x-request-id'));
    }
    const forbidden = await asking(t, {
      anonymousRole: 'viewer',
      allowedOrigins: ['https://portal.example'],
    });
    const refused = await forbidden.ask('POST', '/api/keys', { body: {}, headers });
    assert.equal(refused.status, 403);
    assert.equal(refused.headers.get('www-authenticate'), null);
    assert.equal(refused.headers.get('access-control-allow-origin'), 'https://portal.example');
  });

  it('may ask first what it will be allowed to send', async (t) => {
    const { ask } = await asking(t, { adminKey: ADMIN_KEY, allowedOrigins: ['https://portal.example'] });
    const answer = await ask('OPTIONS', '/api/keys', {
      headers: {
        origin: 'https://portal.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
    assert.equal(answer.status, 204);
    assert.match(answer.headers.get('access-control-allow-headers') ?? '', /authorization/);
  });

  it('is not helped by a token in its address, in a cookie or of another scheme', async (t) => {
    const { ask } = await asking(t, { adminKey: ADMIN_KEY });
    for (const name of ['token', 'access_token', 'authorization', 'key', 'api_key']) {
      assert.equal(await outcome(ask('GET', `/api/me?${name}=${ADMIN_KEY}`)), '401 unauthorized');
    }
    const basic = `Basic ${Buffer.from(`admin:${ADMIN_KEY}`).toString('base64')}`;
    for (const headers of [
      { cookie: `token=${ADMIN_KEY}` },
      { 'x-api-key': ADMIN_KEY },
      { authorization: basic },
      { authorization: ADMIN_KEY },
    ]) {
      assert.equal(await outcome(ask('GET', '/api/me', { headers })), '401 unauthorized');
    }
  });

  it('is not anonymous from another machine, however it says where it comes from', async (t) => {
    const { ask } = await asking(t, { trustedProxies: ['10.0.0.0/8'] });
    assert.equal(await outcome(ask('GET', '/api/me')), '200');
    assert.equal(await outcome(ask('GET', '/api/me', { address: ELSEWHERE })), '401 unauthorized');
    for (const [address, forwarded] of [
      [ELSEWHERE, HERE],
      ['10.0.0.1', `${HERE}, ${ELSEWHERE}`],
      ['10.0.0.1', HERE],
      ['10.0.0.1', `${HERE}, 10.0.0.2`],
      ['10.0.0.1', '::ffff:127.0.0.1'],
      ['10.0.0.1', '::1'],
    ] as const) {
      const headers = { 'x-forwarded-for': forwarded };
      assert.equal(await outcome(ask('GET', '/api/me', { address, headers })), '401 unauthorized', forwarded);
    }
  });

  it('has to wait after too many wrong tokens, and is told for how long', async (t) => {
    const { ask } = await asking(t, { adminKey: ADMIN_KEY, authFailuresPerMinute: 3 });
    const guess = { token: 'guess', address: ELSEWHERE };
    for (let i = 0; i < 3; i++) assert.equal(await outcome(ask('GET', '/api/me', guess)), '401 unauthorized');
    const limited = await ask('GET', '/api/me', guess);
    assert.deepEqual([limited.status, limited.headers.get('retry-after')], [429, '20']);
    assert.equal(
      await outcome(ask('GET', '/api/me', { token: ADMIN_KEY, address: ELSEWHERE })),
      '429 rate_limited',
    );
    assert.equal(await outcome(ask('GET', '/api/me', { token: ADMIN_KEY })), '200');
  });
});

describe('a secret', () => {
  it('is in no line of the log and in no answer but the one that makes it', async (t) => {
    const { ask, lines, clock } = await asking(t, { adminKey: ADMIN_KEY, jwtSecret: JWT_SECRET });
    const token = ADMIN_KEY;
    const { key, id } = await bodyOf<CreatedApiKey>(
      ask('POST', '/api/keys', { token, body: { name: 'shop', role: 'viewer' } }),
    );
    const good = await sign({ sub: 'ana', exp: seconds(clock) + 60 });
    const expired = await sign({ sub: 'ana', exp: seconds(clock) - 60 });
    const forged = unsigned({ alg: 'none' }, { sub: 'eve', exp: seconds(clock) + 60 });
    const wrong = `${key.slice(0, -4)}wxyz`;
    const said: string[] = [];
    for (const shown of [key, good, expired, forged, wrong, ADMIN_KEY]) {
      for (const [method, path] of [
        ['GET', '/api/me'],
        ['GET', `/api/me?token=${shown}`],
        ['POST', '/api/keys'],
        ['GET', '/api/keys'],
        ['DELETE', `/api/keys/${id}`],
      ] as const) {
        const body = method === 'POST' ? { name: 'x' } : undefined;
        said.push(await (await ask(method, path, { token: shown, ...(body && { body }) })).text());
      }
    }
    assert.ok(lines.some((line) => line.includes('API key made') && line.includes(id)));
    assert.ok(lines.some((line) => line.includes('API key revoked')));
    const all = [...lines, ...said].join('\n');
    for (const secret of [ADMIN_KEY, JWT_SECRET, key.slice(-43), wrong.slice(-43), good, expired, forged]) {
      assert.ok(!all.includes(secret), secret);
    }
  });
});

describe('a key, its end, and a revocation', () => {
  it('are written in one transaction with the entry that tells of them', async (t) => {
    const { ask, sink, database } = await asking(t, { adminKey: ADMIN_KEY });
    const token = ADMIN_KEY;
    const alongside: number[] = [];
    const record = sink.record.bind(sink);
    t.mock.method(sink, 'record', (...[event, statements]: Parameters<typeof record>) => {
      alongside.push(statements?.length ?? 0);
      return record(event, statements);
    });
    const { id } = await bodyOf<CreatedApiKey>(
      ask('POST', '/api/keys', { token, body: { name: 'shop', role: 'viewer' } }),
    );
    assert.equal(await outcome(ask('DELETE', `/api/keys/${id}`, { token })), '200');
    assert.equal(await outcome(ask('POST', '/api/revocations', { token, body: { subject: 'ana' } })), '200');
    assert.deepEqual(sink.said, [
      `create api-key/${id} success by key:admin`,
      `delete api-key/${id} success by key:admin`,
      'create revocation/ana success by key:admin',
    ]);
    assert.deepEqual(alongside, [1, 1, 2]);
    assert.equal((await database.read({ sql: 'SELECT * FROM api_keys WHERE revoked_at > 0' })).length, 1);
    assert.equal((await database.read({ sql: 'SELECT * FROM revoked_subjects' })).length, 1);
  });

  for (const [what, method, path, body] of [
    ['a key', 'POST', '/api/keys', { name: 'other', role: 'viewer' }],
    ['its end', 'DELETE', '/api/keys/<id>', undefined],
    ['a revocation', 'POST', '/api/revocations', { subject: 'ana' }],
  ] as const) {
    it(`do not come about where the entry cannot be written, and the answer says so: ${what}`, async (t) => {
      const parts = await asking(t, { adminKey: ADMIN_KEY, jwtSecret: JWT_SECRET });
      const { ask, sink, auth, database, clock } = parts;
      const token = ADMIN_KEY;
      const { id, key } = await auth.keys.create({ name: 'shop', role: 'viewer' });
      const jwt = await sign({ sub: 'ana', role: 'viewer', iat: seconds(clock), exp: seconds(clock) + 60 });
      sink.break();
      const asked = ask(method, path.replace('<id>', id), { token, ...(body && { body }) });
      assert.equal(await outcome(asked), '503 audit_unavailable');
      assert.equal(sink.attempts, 1, 'it was found out by this very call');
      assert.deepEqual(
        auth.keys.list().map(({ name }) => name),
        ['shop'],
      );
      assert.equal(
        (await database.read({ sql: 'SELECT * FROM api_keys WHERE revoked_at IS NULL' })).length,
        1,
      );
      assert.equal((await database.read({ sql: 'SELECT * FROM revoked_subjects' })).length, 0);
      for (const good of [key, jwt])
        assert.equal(await outcome(ask('GET', '/api/me', { token: good })), '200');
    });
  }
});
