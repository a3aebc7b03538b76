import assert from 'node:assert/strict';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { describe, it } from 'node:test';
import { startHttp } from '../../../testing/fault-servers.ts';
import { look, probeOf } from '../../../testing/probing.ts';
import type { ProbeResult } from './probe.ts';

type Options = Omit<Parameters<typeof probeOf>[0] & { kind: 'http' }, 'kind' | 'url'>;

const json =
  (document: unknown): RequestListener =>
  (_, response) =>
    void response.end(JSON.stringify(document));
const status =
  (code: number, headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    void response.writeHead(code, headers).end('secret body');

/** Asks a server that answers so. */
async function ask(
  t: Parameters<typeof startHttp>[0],
  answer: RequestListener,
  options: Options = {},
  path = '/health?token=secret',
): Promise<ProbeResult> {
  const server = await startHttp(t, answer);
  const probe = probeOf({ kind: 'http', url: `http://127.0.0.1:${server.port}${path}`, ...options });
  const result = await look(probe);
  await server.left();
  assert.doesNotMatch(result.reason ?? '', /secret/);
  return result;
}

const summary = ({ state, reason }: ProbeResult) => `${state}: ${reason}`;

describe('the probe that asks over HTTP', () => {
  it('is up where the answer is as expected, and says where the time went', async (t) => {
    const result = await ask(t, status(204));
    assert.equal(summary(result), 'up: HTTP 204');
    const { connectMs, firstByteMs, totalMs, dnsMs, tlsMs } = result.timings!;
    assert.ok(connectMs! >= 0 && firstByteMs! >= 0 && totalMs >= connectMs!);
    assert.deepEqual([dnsMs, tlsMs, result.certificateExpiresAt], [undefined, undefined, undefined]);
  });

  it('takes the statuses that are listed, one by one and in ranges', async (t) => {
    for (const [code, expected, said] of [
      [200, undefined, 'up: HTTP 200'],
      [299, undefined, 'up: HTTP 299'],
      [404, undefined, 'down: HTTP 404'],
      [503, [503], 'up: HTTP 503'],
      [200, [503], 'down: HTTP 200'],
      [418, [200, '400-418'], 'up: HTTP 418'],
      [419, [200, '400-418'], 'down: HTTP 419'],
      [302, ['300-399'], 'up: HTTP 302'],
    ] as const) {
      const options = expected ? { expect: { status: [...expected] } } : {};
      assert.equal(summary(await ask(t, status(code), options)), said);
    }
  });

  it('sends the method, the headers and the body that it is told', async (t) => {
    let seen: { method: string; url: string; headers: IncomingHttpHeaders; body: string } | undefined;
    const listener: RequestListener = (request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        seen = { method: request.method!, url: request.url!, headers: request.headers, body };
        response.end();
      });
    };
    const options: Options = {
      method: 'POST',
      body: '{"a":1}',
      headers: { 'Content-Type': 'application/json', Host: 'shop.example' },
      secretHeaders: { Authorization: 'Bearer secret' },
    };
    assert.equal(summary(await ask(t, listener, options)), 'up: HTTP 200');
    const { headers, ...rest } = seen!;
    assert.deepEqual(rest, { method: 'POST', url: '/health?token=secret', body: '{"a":1}' });
    const { host, authorization, connection } = headers;
    assert.deepEqual([host, authorization, connection], ['shop.example', 'Bearer secret', 'close']);
    assert.deepEqual(
      [headers['content-type'], headers['content-length'], headers['accept-encoding']],
      ['application/json', '7', 'identity'],
    );
    assert.match(headers['user-agent']!, /^waooaw\/\d/);
  });

  it('judges headers by patterns', async (t) => {
    const answer = status(200, { 'content-type': 'application/json; charset=utf-8', 'set-cookie': 'a=1' });
    const judge = async (headers: Record<string, string>) =>
      summary(await ask(t, answer, { expect: { headers } }));
    assert.equal(await judge({ 'Content-Type': '^application/json' }), 'up: HTTP 200');
    assert.equal(await judge({ 'set-cookie': '^a=' }), 'up: HTTP 200');
    assert.equal(
      await judge({ 'content-type': '^text/' }),
      'down: HTTP 200, but the header content-type is not as expected',
    );
    assert.equal(await judge({ constructor: '.' }), 'down: HTTP 200, without the header constructor');
    assert.equal(
      await judge({ 'x-frame-options': '.' }),
      'down: HTTP 200, without the header x-frame-options',
    );
  });

  it('judges the body by a text and by a pattern', async (t) => {
    const answer: RequestListener = (_, response) => {
      response.write('all sys');
      response.end('tems go');
    };
    const judge = async (expect: NonNullable<Options['expect']>, more: Options = {}) =>
      summary(await ask(t, answer, { expect, ...more }));
    assert.equal(await judge({ contains: 'systems' }), 'up: HTTP 200');
    assert.equal(await judge({ matches: 'sys\\w+ go$' }), 'up: HTTP 200');
    assert.equal(await judge({ contains: 'all', matches: 'go' }), 'up: HTTP 200');
    assert.equal(await judge({ contains: 'down' }), 'down: The body does not contain the expected text');
    assert.equal(await judge({ matches: '^go' }), 'down: The body does not match the expected pattern');
    assert.equal(
      await judge({ contains: 'systems' }, { maxBodyBytes: 9 }),
      'down: The body does not contain the expected text in the first 9 bytes',
    );
    assert.equal(
      await judge({ matches: 'go$' }, { maxBodyBytes: 9 }),
      'down: The body does not match the expected pattern in the first 9 bytes',
    );
    assert.equal(await judge({ contains: 'systems go' }, { maxBodyBytes: 14 }), 'up: HTTP 200');
    const long: RequestListener = (_, response) => void response.end(`${'a'.repeat(100_000)}z`);
    for (const [matches, reach] of [
      ['z', 65_536],
      // Of more than 400 instructions: sought in less, so that it costs no more.
      ['[a-y]{400}z', 11_000],
    ] as const) {
      const { reason } = await ask(t, long, { expect: { matches } });
      const [, bytes] = /^The body does not match the expected pattern in the first (\d+) bytes$/.exec(
        reason!,
      )!;
      assert.ok(Number(bytes) <= reach && Number(bytes) > reach / 2, bytes);
    }
  });

  it('judges a JSON body by its values', async (t) => {
    const answer = json({ status: 'ok', depth: 7 });
    const judge = async (list: string[], more: Options = {}) =>
      summary(await ask(t, answer, { expect: { json: list }, ...more }));
    assert.equal(await judge(['$.status == "ok"', '$.depth < 8']), 'up: HTTP 200');
    assert.equal(await judge(['$.status == "ok"', '$.depth < 7']), 'down: $.depth is 7, expected < 7');
    assert.equal(await judge(['$.depth'], { maxBodyBytes: 10 }), 'down: The body is larger than 10 bytes');
    const page = await ask(t, (_, response) => void response.end('<secret>'), { expect: { json: ['$'] } });
    assert.equal(summary(page), 'down: The body is not JSON');
  });

  it('does not judge what is compressed, as that was not asked for', async (t) => {
    const answer = status(200, { 'content-encoding': 'gzip' });
    assert.equal(
      summary(await ask(t, answer, { expect: { contains: 'x' } })),
      'down: The answer is compressed, though that was not asked for, and its body cannot be judged',
    );
    assert.equal(summary(await ask(t, answer)), 'up: HTTP 200');
    const plain = status(200, { 'content-encoding': 'Identity' });
    assert.equal(summary(await ask(t, plain, { expect: { contains: 'body' } })), 'up: HTTP 200');
  });

  it('asks over a new connection each time', async (t) => {
    const server = await startHttp(t, status(200));
    const probe = probeOf({ kind: 'http', url: `http://127.0.0.1:${server.port}/` });
    await look(probe);
    await look(probe);
    assert.equal(server.connections(), 2);
    await server.left();
  });

  it('keeps its connection where it is told to, until it is closed', async (t) => {
    const server = await startHttp(t, json({ a: 'x'.repeat(100_000) }));
    const url = `http://127.0.0.1:${server.port}/`;
    for (const expect of [{}, { json: ['$.a'] }]) {
      const before = server.connections();
      const probe = probeOf({ kind: 'http', url, keepAlive: true, expect });
      for (let run = 0; run < 15; run++) assert.equal(summary(await look(probe)), 'up: HTTP 200');
      assert.equal(server.connections(), before + 1);
      const { timings } = await look(probe);
      assert.equal(timings!.connectMs, undefined);
      probe.close?.();
      await server.left();
    }
  });

  it('does not keep a connection whose answer is longer than what may be read, or was left half read', async (t) => {
    const server = await startHttp(t, (_, response) => void response.end('x'.repeat(300_000)));
    const url = `http://127.0.0.1:${server.port}/`;
    for (const more of [
      { maxBodyBytes: 1_000 },
      { expect: { contains: 'x' } },
      { maxBodyBytes: 9, expect: { contains: 'y' } },
    ]) {
      const before = server.connections();
      const probe = probeOf({ kind: 'http', url, keepAlive: true, ...more });
      await look(probe);
      await look(probe);
      assert.equal(server.connections(), before + 2);
      await server.left();
      probe.close?.();
    }
  });

  it('asks once more where the target closed the connection that was kept', async (t) => {
    let asked = 0;
    const server = await startHttp(t, (request, response) => {
      asked += 1;
      if (asked === 2) request.socket.resetAndDestroy();
      else response.end('here');
    });
    const probe = probeOf({ kind: 'http', url: `http://127.0.0.1:${server.port}/`, keepAlive: true });
    assert.equal(summary(await look(probe)), 'up: HTTP 200');
    assert.equal(summary(await look(probe)), 'up: HTTP 200');
    assert.deepEqual([asked, server.connections()], [3, 2]);
    probe.close?.();
    await server.left();
  });

  it('asks of names what it found of them, and the port that belongs to the scheme', async (t) => {
    const server = await startHttp(t, (request, response) => void response.end(request.headers.host));
    const probe = probeOf(
      {
        kind: 'http',
        url: `http://shop.example:${server.port}/`,
        expect: { contains: `shop.example:${server.port}` },
      },
      { resolve: () => Promise.resolve(['127.0.0.1']) },
    );
    const { state, timings } = await look(probe);
    assert.equal(state, 'up');
    assert.ok(timings!.dnsMs! >= 0);
    for (const url of ['http://shop.example/', 'https://shop.example/']) {
      const refusing = probeOf({ kind: 'http', url }, { resolve: () => Promise.resolve(['169.254.1.1']) });
      assert.match(
        (await look(refusing)).reason!,
        /^169\.254\.1\.1, an address of shop\.example, is link-local/,
      );
    }
    await server.left();
  });
});
