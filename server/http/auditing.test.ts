import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRoute, z } from '@hono/zod-openapi';
import { pino } from 'pino';
import { ROLES, WaooawError } from '../../src/protocol/index.ts';
import type { Role } from '../../src/protocol/index.ts';
import { createApp } from '../app.ts';
import { createConfig } from '../config.ts';
import { createManualClock } from '../engines/memory/clock.ts';
import type { Statement } from '../ports/database.ts';
import { FakeAuditSink, recorderOf } from '../testing/fake-audit-sink.ts';
import type { Problem } from '../testing/harness.ts';
import { FakeIdentities } from '../testing/identities.ts';
import { requireRole } from './access.ts';
import { api, bodyRead } from './api.ts';
import { committing, folded, note, readsOnly, recorded, recordsItself } from './auditing.ts';
import { json } from './openapi.ts';

const WINDOW_MS = 300_000;
const ok = { 200: { description: 'Done' } };

/** Routes of every kind. */
function thingsRoutes(acted: string[]) {
  const app = api();
  const thing = z.object({ name: z.string() });
  const create = createRoute({
    method: 'post',
    path: '/things',
    middleware: [recorded('create', 'thing'), bodyRead] as const,
    request: { body: { required: true, ...json(thing) } },
    responses: ok,
  });
  app.openapi(create, (c) => {
    const made = c.req.valid('json');
    acted.push(`make ${made.name}`);
    note(c, { resource: { type: 'thing', id: made.name }, details: { size: 7 } });
    note(c, { after: made });
    c.header('cache-control', 'no-store');
    return c.json(made, 200);
  });
  app.delete('/things/:id', recorded('delete', 'thing', { param: 'id', level: 'warning' }), (c) => {
    const { id } = c.req.param();
    if (id === 'gone') throw new WaooawError('not_found');
    if (id === 'broken') throw new Error('no luck');
    if (id === 'odd') return c.body(null, 409);
    acted.push(`remove ${id}`);
    return c.body(null, 204);
  });
  app.put('/keys', recorded('update', 'keys'), requireRole('admin'), (c) => c.body(null, 204));
  app.post('/samples', folded('ingest', 'samples'), (c) => {
    if (c.req.header('x-bad')) throw new WaooawError('bad_request');
    return c.json({}, 200);
  });
  app.post('/ask', readsOnly(), (c) => {
    if (c.req.header('x-bad')) throw new WaooawError('bad_request');
    return c.json({}, 200);
  });
  app.post('/entries', recordsItself('append', 'entries'), (c) => {
    if (c.req.header('x-bad')) throw new WaooawError('bad_request');
    return c.json({}, 200);
  });
  app.put('/rows/:id', recorded('update', 'row', { param: 'id' }), async (c) => {
    const commit = committing(c, (after: object) => ({ after }));
    await commit?.([{ sql: 'SELECT 1' }], { size: 7 });
    if (c.req.header('x-bad')) throw new WaooawError('internal');
    return c.json({ together: commit !== undefined }, 200);
  });
  app.patch('/forgotten/:id', (c) => c.body(null, 204));
  app.get('/things', (c) => c.json([], 200));
  app.get('/secrets', requireRole('admin'), (c) => c.json([], 200));
  return app;
}

/** Those that the general rule of access is mounted behind. */
function ownRoutes() {
  const app = api();
  app.delete('/own/:id', recorded('delete', 'own', { param: 'id' }), requireRole('admin'), (c) =>
    c.body(null, 204),
  );
  return app;
}

function asking(basePath = '') {
  const clock = createManualClock();
  const committed: Statement[] = [];
  const sink = new FakeAuditSink({
    transaction(statements) {
      committed.push(...statements);
      return Promise.resolve([]);
    },
  });
  const acted: string[] = [];
  const identities = new FakeIdentities();
  for (const role of ROLES) identities.add(role, { role });
  const recorder = recorderOf(clock, { sink, summaryMs: WINDOW_MS });
  const app = createApp({
    config: createConfig({ basePath, maxBodyBytes: 1_024, allowedOrigins: ['https://portal.example'] }),
    log: pino({ level: 'silent' }),
    authenticator: identities,
    recorder,
    ownAccess: [ownRoutes()],
    routes: [thingsRoutes(acted)],
    rootRoutes: [],
    assetsFolder: import.meta.dirname,
    ready: () => true,
    count: () => undefined,
  });
  const ask = async (
    method: string,
    path: string,
    how: { role?: Role | 'nobody'; body?: unknown; headers?: Record<string, string>; from?: string } = {},
  ): Promise<Response> => {
    const { role = 'operator', body, headers, from = '192.0.2.1' } = how;
    const init = {
      method,
      headers: {
        host: 'localhost',
        'content-type': 'application/json',
        authorization: `Bearer ${role}`,
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    };
    return app.request(`${basePath}${path}`, init, { incoming: { socket: { remoteAddress: from } } });
  };
  return { ask, sink, clock, acted, committed, recorder };
}

const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as Problem).code;

describe('a request whose rows commit with its entry', () => {
  it('is one entry, that of the transaction, with what it became', async () => {
    const { ask, sink, committed } = asking();
    assert.equal((await ask('PUT', '/api/rows/a')).status, 200);
    assert.deepEqual(sink.said, ['update row/a success by operator']);
    assert.deepEqual(sink.entries[0]?.after, { size: 7 });
    assert.deepEqual(committed, [{ sql: 'SELECT 1' }]);
  });

  it('is turned away where the entry cannot be written, and has committed nothing', async () => {
    const { ask, sink, committed } = asking();
    sink.break();
    const answer = await ask('PUT', '/api/rows/a');
    assert.deepEqual([answer.status, await codeOf(answer)], [503, 'audit_unavailable']);
    assert.deepEqual([committed, sink.entries], [[], []]);
  });

  it('that fails all the same is two entries', async () => {
    const { ask, sink } = asking();
    assert.equal((await ask('PUT', '/api/rows/a', { headers: { 'x-bad': '1' } })).status, 500);
    assert.deepEqual(sink.said, [
      'update row/a success by operator',
      'update row/a failure (internal) by operator',
    ]);
  });

  it('commits them alone where nothing is recorded', async () => {
    const answer = await thingsRoutes([]).request('/rows/a', { method: 'PUT' });
    assert.deepEqual(await answer.json(), { together: false });
  });
});

describe('a request that changes something', () => {
  it('is an entry that is there before the answer, with who, what, whence, how and what it became', async () => {
    const { ask, sink } = asking();
    const answer = await ask('POST', '/api/things', {
      body: { name: 'lamp' },
      headers: { 'x-request-id': 'r7' },
    });
    assert.equal(answer.status, 200);
    assert.deepEqual(sink.entries, [
      {
        actor: { id: 'operator', kind: 'user' },
        action: 'create',
        level: 'info',
        resource: { type: 'thing', id: 'lamp' },
        result: 'success',
        ip: '192.0.2.1',
        requestId: 'r7',
        after: { name: 'lamp' },
        details: { method: 'POST', route: '/api/things', status: 200, size: 7 },
      },
    ]);
  });

  it('is named by its path, whatever stands there', async () => {
    for (const basePath of ['', '/ops']) {
      const { ask, sink } = asking(basePath);
      for (const id of ['a', 'a%20b', '%F0%9F%92%A1', '%zz', 'a%00%1Bb', 'x'.repeat(999)])
        assert.equal((await ask('DELETE', `/api/things/${id}`)).status, 204, id);
      assert.deepEqual(
        sink.entries.map(({ resource }) => resource.id),
        ['a', 'a b', '💡', '%zz', 'a\u{fffd}\u{fffd}b', 'x'.repeat(256)],
      );
      assert.ok(sink.entries.every(({ level, action }) => level === 'warning' && action === 'delete'));
    }
  });

  it('is an entry though its route says nothing of itself', async () => {
    const { ask, sink } = asking();
    assert.equal((await ask('PATCH', '/api/forgotten/1')).status, 204);
    assert.deepEqual(sink.said, ['update route//api/forgotten/:id success by operator']);
  });

  it('is an entry with the code, each time, where it fails by whoever could act', async () => {
    const { ask, sink } = asking();
    for (const path of ['gone', 'gone', 'broken', 'odd']) await ask('DELETE', `/api/things/${path}`);
    await ask('POST', '/api/things', { body: '{"name":' });
    await ask('POST', '/api/things', { body: { name: 7 } });
    await ask('POST', '/api/things', { body: { name: 'x'.repeat(2_000) } });
    assert.deepEqual(sink.said, [
      'delete thing/gone failure (not_found) by operator',
      'delete thing/gone failure (not_found) by operator',
      'delete thing/broken failure (internal) by operator',
      'delete thing/odd failure (HTTP 409) by operator',
      'create thing/* failure (bad_json) by operator',
      'create thing/* failure (bad_request) by operator',
      'create thing/* failure (body_too_large) by operator',
    ]);
    assert.deepEqual(
      sink.entries.slice(2, 4).map(({ level }) => level),
      ['error', 'warning'],
    );
  });

  it('is refused with an entry for each route of those who may not act, whatever they name, and counted', async () => {
    const { ask, sink, clock } = asking();
    for (const id of ['a', 'b', 'a', 'a'])
      assert.equal((await ask('DELETE', `/api/things/${id}`, { role: 'viewer' })).status, 403);
    assert.equal((await ask('PUT', '/api/keys')).status, 403);
    assert.equal((await ask('DELETE', '/api/own/7')).status, 403);
    clock.advance(WINDOW_MS);
    assert.deepEqual(sink.said, [
      'delete thing/a refused (forbidden) by viewer',
      'update keys/* refused (forbidden) by operator',
      'delete own/7 refused (forbidden) by operator',
      'delete thing/* refused (forbidden) by viewer',
    ]);
    const { count, route } = sink.entries.at(-1)?.details as { count: number; route: string };
    assert.deepEqual([count, route], [3, '/api/things/:id']);
    assert.ok(sink.entries.every(({ level }) => level === 'warning'));
  });

  it('that only those send who may not is counted too, when it fails before they are refused', async () => {
    const { ask, sink } = asking();
    const body = { name: 'x'.repeat(2_000) };
    for (let i = 0; i < 3; i++)
      assert.equal((await ask('POST', '/api/things', { role: 'viewer', body })).status, 413);
    assert.deepEqual(sink.said, ['create thing/* failure (body_too_large) by viewer']);
  });

  it('where there is nothing is counted', async () => {
    const { ask, sink } = asking();
    for (const path of ['/api/nothing', '/api/nowhere', `/api/${'x'.repeat(999)}`])
      assert.equal((await ask('POST', path, { body: {} })).status, 404);
    assert.equal((await ask('DELETE', '/api/things')).status, 405);
    assert.deepEqual(sink.said, [
      'create route/* failure (not_found) by operator',
      'delete route/* failure (method_not_allowed) by operator',
    ]);
    assert.equal((sink.entries[0]?.details as { path: string }).path, '/api/nothing');
  });
});

describe('what is sent all the time', () => {
  it('is one entry a caller and result, and then one a window', async () => {
    const { ask, sink, clock } = asking();
    for (let i = 0; i < 10; i++) {
      for (const role of ['operator', 'admin'] as const) await ask('POST', '/api/samples', { role });
      await ask('POST', '/api/samples', { headers: { 'x-bad': '1' } });
    }
    assert.equal(sink.attempts, 3);
    clock.advance(WINDOW_MS);
    assert.deepEqual(sink.said.slice(3), [
      'ingest samples/* success by operator',
      'ingest samples/* success by admin',
      'ingest samples/* failure (bad_request) by operator',
    ]);
    assert.deepEqual(
      sink.entries.slice(3).map(({ details }) => (details as { count: number }).count),
      [9, 9, 9],
    );
  });

  it('goes on while the trail cannot be written', async () => {
    const { ask, sink } = asking();
    sink.break();
    assert.equal((await ask('POST', '/api/samples')).status, 200);
  });
});

describe('what changes nothing', () => {
  it('is no entry', async () => {
    const { ask, sink } = asking();
    assert.equal((await ask('GET', '/api/things')).status, 200);
    assert.equal((await ask('POST', '/api/ask')).status, 200);
    assert.equal((await ask('POST', '/api/ask', { headers: { 'x-bad': '1' } })).status, 400);
    assert.equal((await ask('GET', '/api/nothing')).status, 404);
    assert.equal((await ask('GET', '/nothing')).status, 404);
    assert.equal(sink.attempts, 0);
  });

  it('is one where it is refused', async () => {
    const { ask, sink } = asking();
    for (let i = 0; i < 3; i++) assert.equal((await ask('GET', '/api/secrets')).status, 403);
    assert.equal((await ask('POST', '/api/ask', { role: 'viewer' })).status, 403);
    assert.deepEqual(sink.said, [
      'access route//api/secrets refused (forbidden) by operator',
      'access route//api/ask refused (forbidden) by viewer',
    ]);
  });
});

describe('what records itself', () => {
  it('is an entry of ours only where it is refused or fails', async () => {
    const { ask, sink } = asking();
    assert.equal((await ask('POST', '/api/entries')).status, 200);
    assert.equal(sink.attempts, 0);
    for (let i = 0; i < 2; i++) await ask('POST', '/api/entries', { headers: { 'x-bad': '1' } });
    assert.equal((await ask('POST', '/api/entries', { role: 'viewer' })).status, 403);
    assert.deepEqual(sink.said, [
      'append entries/* failure (bad_request) by operator',
      'append entries/* failure (bad_request) by operator',
      'append entries/* refused (forbidden) by viewer',
    ]);
  });
});

describe('a request that is refused before it is known whose it is', () => {
  it('is counted by address and code, however it is varied', async () => {
    const { ask, sink, clock } = asking();
    for (let i = 0; i < 20; i++) {
      await ask('POST', `/api/things/${i}`, { headers: { origin: `https://evil${i}.example` } });
      await ask('GET', `/api/things?${i}`, { headers: { host: `evil${i}.example` }, from: '192.0.2.2' });
      await ask('DELETE', `/api/things/${i}`, { headers: { 'content-type': 'text/plain' } });
      await ask('POST', '/api/things', { headers: { origin: 'https://evil' }, from: `2001:db8::${i}` });
    }
    assert.deepEqual(sink.said, [
      'create route/* refused (origin_not_allowed) by anonymous',
      'access route//api/things refused (host_not_allowed) by anonymous',
      'delete thing/0 failure (unsupported_media_type) by anonymous',
      'create thing/* refused (origin_not_allowed) by anonymous',
    ]);
    clock.advance(WINDOW_MS);
    assert.deepEqual(
      sink.entries.slice(4).map(({ details }) => (details as { count: number }).count),
      [19, 19, 19, 19],
    );
    assert.deepEqual(Object.keys(sink.entries[4]?.details ?? {}), ['count', 'from', 'to']);
    assert.equal(sink.said[6], 'access route/* failure (unsupported_media_type) by anonymous');
  });

  it('is left to whoever looks at credentials, when that is why', async () => {
    const { ask, sink } = asking();
    assert.equal((await ask('POST', '/api/things', { role: 'nobody', body: {} })).status, 401);
    assert.equal(sink.attempts, 0);
  });
});

describe('a trail that cannot be written', () => {
  it('turns what has to be recorded away before anything is done, once it is known', async () => {
    const { ask, sink, acted, clock } = asking();
    sink.break();
    const first = await ask('POST', '/api/things', {
      body: { name: 'lamp' },
      headers: { origin: 'https://portal.example' },
    });
    assert.equal(first.status, 503);
    assert.equal(first.headers.get('access-control-allow-origin'), 'https://portal.example');
    assert.equal(first.headers.get('content-type'), 'application/problem+json');
    const said = (await first.json()) as Problem;
    assert.deepEqual([said.code, /^It was done/.test(said.detail)], ['audit_unavailable', true]);

    const second = await ask('DELETE', '/api/things/lamp');
    assert.deepEqual([second.status, second.headers.get('retry-after')], [503, '1']);
    assert.match(((await second.json()) as Problem).detail, /nothing was done/);
    assert.deepEqual(acted, ['make lamp']);

    sink.broken = undefined;
    clock.advance(1_000);
    assert.equal((await ask('DELETE', '/api/things/lamp')).status, 204);
    assert.deepEqual(sink.said, [
      'delete thing/lamp refused (audit_unavailable) by operator',
      'delete thing/lamp success by operator',
    ]);
    assert.deepEqual(acted, ['make lamp', 'remove lamp']);
  });

  it('does not hide what else was wrong, nor keep anybody from reading', async () => {
    const { ask, sink } = asking();
    sink.break();
    assert.equal(await codeOf(await ask('DELETE', '/api/things/gone')), 'not_found');
    assert.equal((await ask('GET', '/api/things')).status, 200);
    assert.equal((await ask('POST', '/api/ask')).status, 200);
    assert.equal(
      await codeOf(await ask('POST', '/api/things', { role: 'nobody', body: {} })),
      'unauthorized',
    );
  });
});
