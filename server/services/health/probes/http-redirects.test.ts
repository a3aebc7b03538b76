import assert from 'node:assert/strict';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { describe, it } from 'node:test';
import { startHttp } from '../../../testing/fault-servers.ts';
import type { FaultServer } from '../../../testing/fault-servers.ts';
import { look, probeOf } from '../../../testing/probing.ts';

type Options = Partial<Parameters<typeof probeOf>[0] & { kind: 'http' }>;

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers that point elsewhere, by path; other paths answer. */
type Routes = Readonly<Record<string, readonly [status: number, location: string]>>;

async function site(
  t: Parameters<typeof startHttp>[0],
  routes: () => Routes,
): Promise<FaultServer & { seen: Seen[] }> {
  const seen: Seen[] = [];
  const listener: RequestListener = (request, response) => {
    const { method = '', url: path = '', headers } = request;
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      seen.push({ method, path, headers, body });
      const [status, location] = routes()[path] ?? [200, ''];
      response.writeHead(status, location === '' ? {} : { location }).end('x'.repeat(1_000));
    });
  };
  return { ...(await startHttp(t, listener)), seen };
}

async function ask(server: FaultServer, path: string, options: Options = {}): Promise<string> {
  const url = `http://127.0.0.1:${server.port}${path}`;
  const probe = probeOf({ kind: 'http', redirects: 3, ...options, url });
  const { state, reason } = await look(probe);
  probe.close?.();
  await server.left();
  return `${state}: ${reason}`;
}

describe('redirects', () => {
  it('are followed as often as is allowed, and the last answer is judged', async (t) => {
    const server = await site(t, () => ({ '/a': [301, '/b'], '/b': [307, '/c'], '/c': [308, 'd?x=1'] }));
    assert.equal(await ask(server, '/a'), 'up: HTTP 200');
    assert.deepEqual(
      server.seen.map(({ path }) => path),
      ['/a', '/b', '/c', '/d?x=1'],
    );
    const { port } = server;
    assert.equal(
      await ask(server, '/a', { redirects: 2 }),
      `down: More than 2 redirects, the last to http://127.0.0.1:${port}/d`,
    );
    assert.equal(
      await ask(server, '/b', { redirects: 1, keepAlive: true }),
      `down: More than 1 redirect, the last to http://127.0.0.1:${port}/d`,
    );
  });

  it('are not followed by default: the answer itself is judged, and its target named without its query', async (t) => {
    const server = await site(t, () => ({
      '/a': [302, 'https://login.example/in?token=secret'],
      '/b': [302, 'http://['],
      '/c': [304, 'http://x.example/'],
      '/d': [302, ''],
    }));
    const redirects = 0;
    assert.equal(
      await ask(server, '/a', { redirects }),
      'down: HTTP 302, a redirect to https://login.example/in; this check follows none',
    );
    assert.equal(await ask(server, '/a', { redirects, expect: { status: [302] } }), 'up: HTTP 302');
    assert.equal(await ask(server, '/b', { redirects }), 'down: HTTP 302');
    assert.equal(await ask(server, '/c', { redirects }), 'down: HTTP 304');
    assert.equal(await ask(server, '/d', { redirects }), 'down: HTTP 302');
    assert.equal(await ask(server, '/d', { redirects: 1 }), 'down: HTTP 302');
    assert.equal(server.seen.length, 6);
  });

  it('that go round in circles end with the number that is allowed', async (t) => {
    const server = await site(t, () => ({ '/a': [302, '/b'], '/b': [302, '/a'] }));
    const said = await ask(server, '/a', { redirects: 10 });
    assert.equal(said, `down: More than 10 redirects, the last to http://127.0.0.1:${server.port}/b`);
    assert.equal(server.seen.length, 11);
  });

  it('are checked anew each: none leads to where the check may not go', async (t) => {
    const server = await site(t, () => ({
      '/literal': [302, 'http://169.254.169.254/latest/meta-data/'],
      '/mapped': [302, 'http://[::ffff:a9fe:a9fe]/'],
      '/number': [302, 'http://2852039166/'],
      '/octal': [302, 'http://0251.0376.0251.0376/'],
      '/name': [302, 'http://metadata.example/'],
      '/file': [302, 'file:///etc/passwd'],
      '/nothing': [302, 'http://['],
    }));
    for (const [path, said] of [
      ['/literal', '169.254.169.254 is a metadata service, which this check may not reach'],
      ['/mapped', '::ffff:a9fe:a9fe is a metadata service, which this check may not reach'],
      ['/number', '169.254.169.254 is a metadata service, which this check may not reach'],
      ['/octal', '169.254.169.254 is a metadata service, which this check may not reach'],
      ['/file', 'A redirect to file:, which is not followed'],
      ['/nothing', 'A redirect to what is no address'],
    ] as const) {
      assert.equal(await ask(server, path), `down: ${said}`);
    }
    const probe = probeOf(
      { kind: 'http', url: `http://127.0.0.1:${server.port}/name`, redirects: 1 },
      { resolve: () => Promise.resolve(['10.0.0.1', '100.100.100.200']) },
    );
    assert.match(
      (await look(probe)).reason!,
      /^100\.100\.100\.200, an address of metadata\.example, is a metadata service/,
    );
  });

  it('of what is public do not lead to this machine where private addresses are not allowed', async (t) => {
    const server = await startHttp(
      t,
      (_, response) => void response.writeHead(302, { location: 'http://inner.example/' }).end(),
    );
    const url = `http://127.0.0.1:${server.port}/`;
    assert.throws(() => probeOf({ kind: 'http', url }, { allowPrivate: false }), {
      code: 'bad_request',
      message: 'probe.url: is loopback, which this check may not reach',
    });
    const probe = probeOf(
      { kind: 'http', url: `http://outer.example:${server.port}/` },
      { allowPrivate: false, resolve: () => Promise.resolve(['127.0.0.1']) },
    );
    assert.match((await look(probe)).reason!, /is loopback/);
    assert.equal(server.connections(), 0);
  });

  it('to another origin take no secret with them, also should they lead back', async (t) => {
    let routes: Routes = {};
    const one = await site(t, () => routes);
    const other = await site(t, () => ({ '/there': [302, `http://127.0.0.1:${one.port}/back`] }));
    routes = { '/go': [302, `http://127.0.0.1:${other.port}/there`] };
    const options: Options = {
      headers: { 'x-plain': 'plain', host: 'shop.example', Referer: 'http://inner.example/' },
      secretHeaders: { Authorization: 'Bearer secret', Cookie: 'a=secret', 'X-Api-Key': 'secret' },
    };
    assert.equal(await ask(one, '/go', options), 'up: HTTP 200');
    const [go, back] = one.seen;
    const [there] = other.seen;
    assert.deepEqual([go!.headers.authorization, go!.headers['x-api-key']], ['Bearer secret', 'secret']);
    for (const { headers } of [there!, back!]) {
      assert.doesNotMatch(JSON.stringify(headers), /secret|shop|inner/);
      assert.equal(headers['x-plain'], 'plain');
    }
    assert.equal(there!.headers.host, `127.0.0.1:${other.port}`);
  });

  it('within an origin keep what is sent', async (t) => {
    const server = await site(t, () => ({ '/a': [302, '/b'] }));
    assert.equal(
      await ask(server, '/a', { secretHeaders: { authorization: 'Bearer secret' } }),
      'up: HTTP 200',
    );
    assert.equal(server.seen[1]!.headers.authorization, 'Bearer secret');
  });

  it('turn a POST into a GET or repeat it as their status says, and hand its body to nobody else', async (t) => {
    let routes: Routes = {};
    const server = await site(t, () => routes);
    const other = await site(t, () => ({}));
    routes = {
      '/301': [301, '/get'],
      '/303': [303, '/get'],
      '/307': [307, '/again'],
      '/elsewhere': [308, `http://127.0.0.1:${other.port}/`],
      '/turned': [302, `http://127.0.0.1:${other.port}/`],
    };
    const options: Options = { method: 'POST', body: 'b', headers: { 'content-type': 'text/plain' } };
    for (const path of ['/301', '/303', '/307'])
      assert.equal(await ask(server, path, options), 'up: HTTP 200');
    const [, first, , second, , third] = server.seen;
    for (const seen of [first!, second!]) {
      assert.deepEqual(
        [seen.method, seen.path, seen.body, seen.headers['content-type']],
        ['GET', '/get', '', undefined],
      );
    }
    assert.deepEqual([third!.method, third!.path, third!.body], ['POST', '/again', 'b']);
    assert.equal(
      await ask(server, '/elsewhere', options),
      `down: A redirect of a POST with its body to http://127.0.0.1:${other.port}/, which is not followed`,
    );
    assert.equal(other.seen.length, 0);
    assert.equal(await ask(server, '/turned', options), 'up: HTTP 200');
    assert.deepEqual([other.seen[0]!.method, other.seen[0]!.body], ['GET', '']);
  });
});
