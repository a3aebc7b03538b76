/** The HTTP client against a real server, and the programs of docs/api-client.md, as they stand there. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { ApiError, WaooawError, createApi } from '../src/api/index.ts';
import type { Api } from '../src/api/index.ts';
import { ADMIN_KEY } from '../server/testing/authenticating.ts';
import { anEvent } from '../server/testing/auditing.ts';
import { startServer } from '../server/testing/harness.ts';
import { FILE, apiTypes, readApiDocument } from './api-types.ts';
import { runProgram } from './page-programs.ts';
import { root } from './run.ts';

const withCode = (code: string) => (error: unknown) => error instanceof WaooawError && error.code === code;

/** Something else than our server. */
async function other(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('src/api/paths.ts', () => {
  it('is what the API says of itself, and changes with it', async () => {
    const document = await readApiDocument();
    const text = await apiTypes(document);
    assert.equal(text, readFileSync(FILE, 'utf8'), 'node scripts/api-types.ts --write');
    const { '/livez': livez, ...paths } = document.paths;
    assert.ok(livez && Object.keys(paths).length > 50);
    const without = await apiTypes({ ...document, paths });
    assert.match(text, /'\/livez'/);
    assert.doesNotMatch(without, /'\/livez'/);
  });
});

describe('the HTTP client', () => {
  it('asks, sends and reads with every part of an address, also below a base path', async (t) => {
    const { url, waooaw } = await startServer(t, { basePath: '/ops', adminKey: ADMIN_KEY });
    const api = createApi({ url: `${url}/`, token: ADMIN_KEY });
    assert.deepEqual(await api.get('/livez'), { status: 'ok' });
    const { sequences } = await api.post('/api/audit', {
      headers: { 'idempotency-key': 'once' },
      body: {
        action: 'upgrade',
        level: 'info',
        resource: { type: 'agent', id: 'a/b c' },
        result: 'success',
      },
    });
    const [sequence = 0] = sequences;
    const entry = await api.get('/api/audit/entries/{sequence}', { path: { sequence } });
    assert.equal(entry.resource?.id, 'a/b c');
    const { items } = await api.get('/api/audit', { query: { action: ['upgrade', 'delete'], limit: 5 } });
    assert.deepEqual(
      items.map((item) => item.sequence),
      [sequence],
    );
    const made = await api.post('/api/keys', { body: { name: 'shop', role: 'viewer' } });
    assert.equal(await api.delete('/api/keys/{id}', { path: { id: made.id } }).then(({ id }) => id), made.id);
    const { accepted } = await api.post('/api/metrics', {
      body: 'orders_open{shop="s 1"} 417\n',
      contentType: 'text/plain',
    });
    assert.equal(accepted, 1);
    const { answers } = await api.get('/api/metrics/query', {
      query: { metric: ['orders_open'], windowMs: 60_000 },
    });
    assert.equal(answers.length, 1);
    assert.match(await api.get('/metrics'), /waooaw_/);
    assert.equal((await api.get('/api/health')).status, 'pass');
    assert.equal(waooaw.config.basePath, '/ops');
  });

  it('hands a stream over as it comes', async (t) => {
    const { url, waooaw } = await startServer(t, { adminKey: ADMIN_KEY });
    for (let i = 0; i < 3; i++) await waooaw.audit.record(anEvent());
    const api = createApi({ url, token: ADMIN_KEY });
    const response = await api.get('/api/audit/export', { query: { format: 'ndjson' } });
    const lines = (await response.text()).trimEnd().split('\n');
    assert.ok(lines.length >= 5);
  });

  it('rejects with the code that the server answered, where it was, and when to come back', async (t) => {
    const { url } = await startServer(t, { adminKey: ADMIN_KEY, authFailuresPerMinute: 1 });
    const api = createApi({ url, token: ADMIN_KEY });
    await assert.rejects(api.get('/api/agents/{agent}', { path: { agent: 'none' } }), (error: unknown) => {
      assert.ok(error instanceof ApiError && error instanceof WaooawError);
      assert.deepEqual([error.code, error.httpStatus, error.retryable], ['not_found', 404, false]);
      assert.match(error.requestId, /./);
      return true;
    });
    const bad = api.post('/api/audit', { body: { action: 'A', level: 'info' } as never });
    await assert.rejects(bad, (error: unknown) => {
      assert.ok(error instanceof ApiError);
      assert.equal(error.code, 'bad_entry');
      assert.ok(error.details?.some(({ pointer }) => pointer === '/action'));
      return true;
    });
    const guessing = createApi({ url, token: 'not-a-key' });
    await assert.rejects(guessing.get('/api/me'), withCode('unauthorized'));
    await assert.rejects(guessing.get('/api/me'), (error: unknown) => {
      assert.ok(error instanceof ApiError && error.code === 'rate_limited' && error.retryable);
      assert.ok((error.afterMs ?? 0) >= 1_000);
      return true;
    });
  });

  it('asks for a token before every call, and once more where it has expired', async (t) => {
    const seen: (string | undefined)[] = [];
    const url = await other(t, (request, response) => {
      seen.push(request.headers.authorization);
      const expired = seen.at(-1) !== 'Bearer t2';
      response.writeHead(expired ? 401 : 200, {
        'content-type': expired ? 'application/problem+json' : 'application/json',
      });
      const problem = { code: 'token_expired', detail: 'It has', requestId: 'r1', retryable: true };
      response.end(JSON.stringify(expired ? problem : { status: 'ok' }));
    });
    let asked = 0;
    const provider = createApi({ url, token: () => Promise.resolve(`t${++asked}`) });
    assert.deepEqual(await provider.get('/livez'), { status: 'ok' });
    assert.deepEqual(seen, ['Bearer t1', 'Bearer t2']);
    await assert.rejects(provider.get('/livez'), withCode('token_expired'));
    assert.equal(asked, 4);
    await assert.rejects(createApi({ url, token: 't0' }).get('/livez'), withCode('token_expired'));
    assert.equal(seen.length, 5);
  });

  it('ends when it is told to, in time, and says when nobody answers', async (t) => {
    const open: (() => void)[] = [];
    const silent = await other(t, (_, response) => void open.push(() => response.destroy()));
    const ending = new AbortController();
    const call = createApi({ url: silent }).get('/livez', { signal: ending.signal });
    ending.abort();
    await assert.rejects(call, withCode('aborted'));
    await assert.rejects(createApi({ url: silent, timeoutMs: 1 }).get('/livez'), withCode('request_timeout'));
    for (const end of open) end();
    const gone = await other(t, (request) => request.socket.destroy());
    await assert.rejects(createApi({ url: gone }).get('/livez'), withCode('connection_lost'));
    const moved = await other(t, (_, response) => response.writeHead(302, { location: silent }).end());
    await assert.rejects(
      createApi({ url: moved, token: 'secret' }).get('/livez'),
      withCode('connection_lost'),
    );
  });

  it('takes what a proxy says for what it is, and keeps codes that it does not know', async (t) => {
    let answer: [status: number, type: string, body: string] = [502, 'text/html', '<h1>Bad gateway</h1>'];
    const url = await other(t, (_, response) => {
      const [status, type, body] = answer;
      response.writeHead(status, { 'content-type': type }).end(body);
    });
    const api = createApi({ url });
    await assert.rejects(api.get('/livez'), withCode('unavailable'));
    answer = [404, 'text/html', 'nothing'];
    await assert.rejects(api.get('/livez'), withCode('internal'));
    answer = [418, 'application/problem+json', '{"code":"of_a_later_release","detail":"x","retryable":true}'];
    await assert.rejects(api.get('/livez'), (error: unknown) => {
      assert.ok(error instanceof ApiError);
      assert.deepEqual([String(error.code), error.retryable], ['of_a_later_release', true]);
      return true;
    });
  });

  it('goes to no other address than the one that is meant', async () => {
    for (const url of ['ftp://ops.example', 'https://a:b@ops.example', 'ops.example'])
      assert.throws(() => createApi({ url }), TypeError, url);
    const seen: string[] = [];
    const api = createApi({
      url: 'https://ops.example/base/?x#y',
      fetch: ({ url }) => (seen.push(url), Response.json({})),
    });
    await api.get('/api/agents/{agent}', { path: { agent: '../keys?x=1#/' } });
    assert.deepEqual(seen, ['https://ops.example/base/api/agents/..%2Fkeys%3Fx%3D1%23%2F']);
    for (const agent of ['', '.', '..', undefined])
      await assert.rejects(api.get('/api/agents/{agent}', { path: { agent: agent as string } }), TypeError);
  });
});

/** The compiler's part: each of these is a mistake that it finds. Never called. */
export function mistakes(api: Api): unknown[] {
  return [
    // @ts-expect-error there is no such address
    api.get('/api/nothing'),
    // @ts-expect-error it does not take this method
    api.patch('/api/agents'),
    // @ts-expect-error a part of the address is missing
    api.get('/api/agents/{agent}'),
    // @ts-expect-error the body is missing
    api.post('/api/keys'),
    // @ts-expect-error no role is called so
    api.post('/api/keys', { body: { name: 'shop', role: 'king' } }),
    // @ts-expect-error nothing of the query is called so
    api.get('/api/audit', { query: { actors: 'ana' } }),
    api.get('/api/agents').then((answer) => {
      // @ts-expect-error the answer has no such field
      void answer.agent;
    }),
  ];
}

describe('docs/api-client.md', () => {
  it('has programs that run as they stand there', async (t) => {
    const page = readFileSync(join(root, 'docs/api-client.md'), 'utf8');
    const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
    assert.ok(blocks.length >= 4);
    const { url } = await startServer(t, { adminKey: ADMIN_KEY });
    const door = new URL('../src/api/index.ts', import.meta.url).href;
    for (const block of blocks) {
      const { output, code } = await runProgram(block.replaceAll("'waooaw/api'", JSON.stringify(door)), {
        WAOOAW_URL: url,
        WAOOAW_TOKEN: ADMIN_KEY,
      });
      assert.equal(code, 0, `${block}\n${output}`);
    }
  });
});
