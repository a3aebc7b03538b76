import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { pino } from 'pino';
import { CODES } from '../src/protocol/index.ts';
import { createApp } from './app.ts';
import { createConfig } from './config.ts';
import { createManualClock } from './engines/memory/clock.ts';
import { recorderOf } from './testing/fake-audit-sink.ts';
import { post, request, startServer } from './testing/harness.ts';
import type { Answer, Problem } from './testing/harness.ts';
import { FakeIdentities } from './testing/identities.ts';

const SAMPLE = { samples: [{ name: 'queue_pending', value: 1 }] };
const JSON_TYPE = { 'content-type': 'application/json' };

function isProblem(answer: Answer, code: keyof typeof CODES): void {
  assert.equal(answer.headers['content-type'], 'application/problem+json');
  const told = answer.json<Problem>();
  assert.deepEqual([told.code, told.status, answer.status], [code, CODES[code].status, CODES[code].status]);
  assert.equal(told.requestId, answer.headers['x-request-id']);
}

describe('Host', () => {
  it('must be a name of this machine, so that a page that rebinds its own name gets nothing', async (t) => {
    const { url, host } = await startServer(t);
    const port = host.split(':')[1];
    for (const name of [`127.0.0.1:${port}`, 'localhost', `localhost:${port}`, '[::1]', `[::1]:${port}`]) {
      assert.equal((await request(`${url}/livez`, { headers: { host: name } })).status, 200, name);
    }
    for (const name of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1.evil.example',
      '[::2]',
      '192.0.2.1',
    ]) {
      isProblem(await request(`${url}/livez`, { headers: { host: name } }), 'host_not_allowed');
      isProblem(await post(`${url}/api/metrics`, SAMPLE, { host: name }), 'host_not_allowed');
    }
  });

  it('may be a configured one', async (t) => {
    const { url } = await startServer(t, { allowedHosts: ['ops.example'] });
    assert.equal((await request(`${url}/livez`, { headers: { host: 'ops.example:443' } })).status, 200);
    isProblem(await request(`${url}/livez`, { headers: { host: 'dev.example' } }), 'host_not_allowed');
  });

  it('is missed where a fetch host hands a request over without one', async (t) => {
    const { waooaw } = await startServer(t);
    const response = await waooaw.fetch(new Request('http://127.0.0.1/livez'));
    assert.equal(response.status, 421);
  });
});

describe('Origin', () => {
  it('of a foreign page neither mutates nor reads', async (t) => {
    const { url, waooaw } = await startServer(t, { allowedOrigins: ['https://portal.example'] });
    for (const origin of [
      'https://evil.example',
      'null',
      'http://localhost:1',
      'https://portal.example.evil',
    ]) {
      isProblem(await post(`${url}/api/metrics`, SAMPLE, { origin }), 'origin_not_allowed');
      const read = await request(`${url}/api/metrics/series`, { headers: { origin } });
      assert.equal(read.headers['access-control-allow-origin'], undefined);
    }
    assert.equal(
      waooaw.metrics.series().some(({ name }) => name === 'queue_pending'),
      false,
    );
  });

  it('of the own page, of an allowed one, or none at all, mutates', async (t) => {
    const { url } = await startServer(t, { allowedOrigins: ['https://portal.example'] });
    assert.equal((await post(`${url}/api/metrics`, SAMPLE)).status, 200);
    assert.equal((await post(`${url}/api/metrics`, SAMPLE, { origin: url })).status, 200);
    const { status, headers } = await post(`${url}/api/metrics`, SAMPLE, {
      origin: 'https://portal.example',
    });
    assert.deepEqual([status, headers['access-control-allow-origin']], [200, 'https://portal.example']);
    assert.match(headers['vary'] ?? '', /Origin/);
    assert.match(headers['access-control-expose-headers'] ?? '', /x-request-id/);
  });

  it('is answered in a preflight: an allowed one with what it may do, a foreign one with nothing', async (t) => {
    const { url } = await startServer(t, { allowedOrigins: ['https://portal.example'] });
    const preflight = (origin: string): Promise<Answer> =>
      request(`${url}/api/metrics`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        },
      });
    const allowed = await preflight('https://portal.example');
    assert.equal(allowed.status, 204);
    assert.equal(allowed.headers['access-control-allow-origin'], 'https://portal.example');
    assert.match(allowed.headers['access-control-allow-methods'] ?? '', /POST/);
    assert.match(allowed.headers['access-control-allow-headers'] ?? '', /content-type/);
    const foreign = await preflight('https://evil.example');
    assert.equal(foreign.headers['access-control-allow-origin'], undefined);
  });

  it('is not answered to a page of another site, whose questions can be work', async (t) => {
    const { url } = await startServer(t, { allowedOrigins: ['https://portal.example'] });
    const ask = (headers: Record<string, string>) => request(`${url}/api/metrics/series`, { headers });
    isProblem(await ask({ origin: 'https://evil.example' }), 'origin_not_allowed');
    for (const site of ['cross-site', 'same-site', 'odd'])
      isProblem(await ask({ 'sec-fetch-site': site }), 'origin_not_allowed');
    for (const headers of [
      {},
      { origin: 'https://portal.example', 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-origin' },
    ])
      assert.equal((await ask(headers as Record<string, string>)).status, 200);
  });

  it('that was refused is still told why, readably, to an allowed page', async (t) => {
    const { url } = await startServer(t, { allowedOrigins: ['https://portal.example'] });
    const answer = await post(`${url}/api/metrics`, '{', { origin: 'https://portal.example' });
    isProblem(answer, 'bad_json');
    assert.equal(answer.headers['access-control-allow-origin'], 'https://portal.example');
  });
});

describe('a mutation’s body', () => {
  it('is nested to maxDepth at most, wherever it is sent', async (t) => {
    const { url } = await startServer(t, { broadcaster: { maxDepth: 10 } });
    for (const [path, body] of [
      ['metrics/query', { queries: [{ metric: 'x' }] }],
      ['publish', { ch: 'app/a', data: '[{'.repeat(100) }],
      ['keys', { name: 'x', role: 'viewer' }],
      ['revocations', { subject: 'ana' }],
    ] as const) {
      // What no schema knows counts too: the body is refused before anybody looks into it.
      const nested = (levels: number): string =>
        `{"x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)},${JSON.stringify(body).slice(1)}`;
      assert.equal((await post(`${url}/api/${path}`, nested(10))).status, 200, path);
      for (const levels of [11, 100_000]) {
        const answer = await post(`${url}/api/${path}`, nested(levels));
        isProblem(answer, 'bad_request');
        assert.match(answer.json<Problem>().detail, /10 levels/, path);
      }
    }
  });

  it('must be called JSON: what a form on a foreign page can send is refused', async (t) => {
    const { url } = await startServer(t);
    const body = JSON.stringify({ queries: [{ metric: 'x' }] });
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'json',
    ]) {
      isProblem(
        await request(`${url}/api/metrics/query`, {
          method: 'POST',
          headers: { 'content-type': type },
          body,
        }),
        'unsupported_media_type',
      );
    }
    const untyped = await request(`${url}/api/metrics/query`, { method: 'POST', body });
    isProblem(untyped, 'unsupported_media_type');
    assert.equal(untyped.json<Problem>().detail, 'There is no content-type; expected application/json');
    for (const type of ['application/json', 'Application/JSON; charset=utf-8']) {
      const headers = { 'content-type': type };
      assert.equal(
        (await request(`${url}/api/metrics/query`, { method: 'POST', headers, body })).status,
        200,
        type,
      );
    }
  });

  it('must be JSON', async (t) => {
    const { url } = await startServer(t);
    for (const text of ['', '{', '{"queries":[}', 'undefined', '{"queries":NaN}']) {
      isProblem(await post(`${url}/api/metrics/query`, text), 'bad_json');
    }
  });

  it('may not be larger than maxBodyBytes, whether it says so or comes in chunks', async (t) => {
    const { url } = await startServer(t, { maxBodyBytes: 2_000 });
    const large = JSON.stringify({ queries: [{ metric: `x{a="${'h'.repeat(2_000)}"}` }] });
    isProblem(await post(`${url}/api/metrics/query`, large), 'body_too_large');
    const chunks = large.match(/[^]{1,500}/g) ?? [];
    isProblem(
      await request(`${url}/api/metrics/query`, { method: 'POST', headers: JSON_TYPE, body: chunks }),
      'body_too_large',
    );
    const small = ['{"queries":', '[{"metric":', '"x"}]}'];
    const taken = await request(`${url}/api/metrics/query`, {
      method: 'POST',
      headers: JSON_TYPE,
      body: small,
    });
    assert.equal(taken.status, 200);
  });

  it('may not pass for smaller than it is', async (t) => {
    const { url, host } = await startServer(t, { maxBodyBytes: 2_000 });
    const [name = '', port = ''] = host.split(':');
    const socket = connect(Number(port), name);
    t.after(() => socket.destroy());
    let heard = '';
    socket.setEncoding('utf8').on('data', (text: string) => (heard += text));
    const text = JSON.stringify(SAMPLE);
    const head = `POST /api/metrics HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nContent-Type: application/json\r\n`;
    // A length and chunks at once is how requests are smuggled past a proxy: the connection ends.
    const both = `Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
    socket.end(`${head}${both}`);
    await once(socket, 'close');
    assert.match(heard, /^HTTP\/1\.1 400 /);
    assert.equal((await request(`${url}/livez`)).status, 200);
  });
});

describe('an address', () => {
  it('that is none is a 404 problem', async (t) => {
    const { url } = await startServer(t);
    for (const path of ['/api/nothing', '/api', '/api/metrics/nothing', '/api/health/a/b', '/nothing']) {
      isProblem(await request(`${url}${path}`), 'not_found');
    }
    isProblem(await post(`${url}/api/nothing`, {}), 'not_found');
  });

  it('that does not take the method is a 405 problem that says what it takes', async (t) => {
    const { url } = await startServer(t);
    const read = await request(`${url}/api/metrics`);
    isProblem(read, 'method_not_allowed');
    assert.equal(read.headers['allow'], 'POST');
    const wrote = await request(`${url}/api/health`, { method: 'DELETE', headers: JSON_TYPE });
    isProblem(wrote, 'method_not_allowed');
    assert.equal(wrote.headers['allow'], 'GET, HEAD');
  });

  it('of an odd spelling harms nothing', async (t) => {
    const { url } = await startServer(t);
    for (const path of ['//', '///api', '/%', '/%zz', '/api/health/%ff', '/api/health/%00', '*']) {
      assert.ok((await request(url, { path })).status >= 400, path);
    }
    assert.equal((await request(`${url}/livez`)).status, 200);
  });
});

describe('an answer', () => {
  it('repeats the id of the request when it is one, and makes one otherwise', async (t) => {
    const { url } = await startServer(t);
    const ask = async (id?: string): Promise<unknown> =>
      (await request(`${url}/livez`, { headers: id === undefined ? {} : { 'x-request-id': id } })).headers[
        'x-request-id'
      ];
    assert.equal(await ask('order-7_a=b'), 'order-7_a=b');
    for (const id of ['', 'a b', 'a\tb', '<script>', 'x'.repeat(65), undefined]) {
      assert.match(String(await ask(id)), /^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    }
  });

  it('carries security headers, a good one and a problem alike', async (t) => {
    const { url } = await startServer(t);
    const foreign = await post(`${url}/api/metrics`, SAMPLE, { origin: 'https://evil.example' });
    for (const { headers } of [await request(`${url}/livez`), await request(`${url}/nothing`), foreign]) {
      assert.equal(headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'");
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['x-frame-options'], 'DENY');
      assert.equal(headers['referrer-policy'], 'no-referrer');
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
      assert.equal(headers['strict-transport-security'], undefined);
      assert.equal(headers['x-powered-by'], undefined);
    }
  });
});

describe('readiness', () => {
  it('ends with the first moment of draining, while the process stays alive', async (t) => {
    const { waooaw } = await startServer(t);
    const ask = async (path: string): Promise<{ status: number; body: Partial<Problem> }> => {
      const response = await waooaw.fetch(
        new Request(`http://localhost${path}`, { headers: { host: 'localhost' } }),
      );
      return { status: response.status, body: (await response.json()) as Partial<Problem> };
    };
    assert.deepEqual(await ask('/readyz'), { status: 200, body: { status: 'ok' } });
    void waooaw.drain();
    const { status, body } = await ask('/readyz');
    assert.deepEqual([status, body.code, body.retryable], [503, 'unavailable', true]);
    assert.deepEqual(await ask('/livez'), { status: 200, body: { status: 'ok' } });
  });
});

describe('the request log', () => {
  const logging = (level: string, trustedProxies: string[] = []) => {
    const lines: { level: number; path?: string; status?: number; client?: string; requestId?: string }[] =
      [];
    const log = pino({ level }, { write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[0]) });
    let counted = 0;
    const app = createApp({
      config: createConfig({ trustedProxies }),
      log,
      authenticator: new FakeIdentities(),
      recorder: recorderOf(createManualClock()),
      routes: [],
      ownAccess: [],
      rootRoutes: [],
      assetsFolder: import.meta.dirname,
      ready: () => false,
      count: () => void (counted += 1),
    });
    const ask = (path: string, headers: Record<string, string> = {}, peer?: string): Promise<Response> => {
      const env = peer === undefined ? undefined : { incoming: { socket: { remoteAddress: peer } } };
      return Promise.resolve(app.request(path, { headers: { host: 'localhost', ...headers } }, env));
    };
    return { lines, ask, counted: () => counted };
  };

  it('has a line for each failure of ours, with the id that the client was told', async () => {
    const { lines, ask, counted } = logging('info');
    await ask('/livez');
    await ask('/nothing');
    const response = await ask('/readyz');
    assert.equal(counted(), 3);
    assert.equal(lines.length, 1);
    assert.deepEqual([lines[0]?.path, lines[0]?.status], ['/readyz', 503]);
    assert.equal(lines[0]?.requestId, response.headers.get('x-request-id'));
  });

  it('has every request at debug, with the client as trusted proxies see it', async () => {
    const { lines, ask } = logging('debug', ['10.0.0.0/8']);
    await ask('/livez', { 'x-forwarded-for': '1.1.1.1, 198.51.100.4' }, '10.0.0.1');
    await ask('/livez', { 'x-forwarded-for': '1.1.1.1' }, '203.0.113.9');
    assert.deepEqual(
      lines.map(({ path, status, client }) => [path, status, client]),
      [
        ['/livez', 200, '198.51.100.4'],
        ['/livez', 200, '203.0.113.9'],
      ],
    );
  });
});
