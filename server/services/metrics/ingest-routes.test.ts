import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { IngestResult, QueryAnswer } from '../../../src/protocol/index.ts';
import { request, startServer } from '../../testing/harness.ts';
import type { Problem, Running } from '../../testing/harness.ts';

const TEXT = { 'content-type': 'text/plain; version=0.0.4' };
const OPEN = { 'content-type': 'application/openmetrics-text; version=1.0.0; charset=utf-8' };

type Body = Parameters<typeof request>[1];

const send = (
  { url }: Running,
  headers: Record<string, string>,
  body: NonNullable<Body>['body'],
  path = '/api/metrics',
) => request(`${url}${path}`, { method: 'POST', headers, body: body as string });

async function last({ url }: Running, metric: string): Promise<number | undefined> {
  const query = new URLSearchParams({ metric, windowMs: '60000' }).toString();
  const { answers } = (await request(`${url}/api/metrics/query?${query}`)).json<{ answers: QueryAnswer[] }>();
  return answers[0]?.groups[0]?.points.at(-1)?.[1];
}

describe('POST /api/metrics', () => {
  it('reads the format that its content type names', async (t) => {
    const server = await startServer(t);
    assert.equal((await send(server, TEXT, 'a 1\nb{x="y"} 2\n')).json<IngestResult>().accepted, 2);
    const open = await send(server, OPEN, '# TYPE c gauge\nc 3\n');
    const { accepted, errors } = open.json<IngestResult>();
    assert.deepEqual([accepted, errors.length, errors[0]?.code], [1, 1, 'bad_exposition'], 'without # EOF');
    assert.deepEqual(
      [await last(server, 'a'), await last(server, 'b{x="y"}'), await last(server, 'c')],
      [1, 2, 3],
    );
    const other = await send(server, { 'content-type': 'application/xml' }, '<a/>');
    assert.deepEqual([other.status, other.json<Problem>().code], [415, 'unsupported_media_type']);
    assert.match(other.json<Problem>().detail, /text\/plain or application\/openmetrics-text/);
  });

  it('reads what is compressed, and nothing that only says so, or is more than it seems', async (t) => {
    const server = await startServer(t, { metrics: { maxDecompressedBytes: 10_000 } });
    const zipped = { ...TEXT, 'content-encoding': 'gzip' };
    const sent = async (
      body: Buffer,
      headers: Record<string, string> = zipped,
    ): Promise<[number, string | undefined]> => {
      const answer = await fetch(`${server.url}/api/metrics`, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
      });
      return [answer.status, ((await answer.json()) as Partial<Problem>).code];
    };
    assert.deepEqual(await sent(gzipSync('z 1\n')), [200, undefined]);
    assert.equal(await last(server, 'z'), 1);
    assert.deepEqual(await sent(Buffer.from('z 2\n')), [415, 'bad_encoding']);
    assert.deepEqual(await sent(gzipSync('z 2\n').subarray(0, 12)), [415, 'bad_encoding']);
    assert.deepEqual(await sent(brotliCompressSync('z 2\n'), { ...TEXT, 'content-encoding': 'br' }), [
      415,
      'bad_encoding',
    ]);
    assert.deepEqual(await sent(gzipSync(Buffer.alloc(5_000_000, 'z 2\n'))), [413, 'body_too_large']);
    assert.equal(await last(server, 'z'), 1);
  });

  it('takes bodies larger than others may be, up to maxIngestBytes, whether they say so or come in chunks', async (t) => {
    const server = await startServer(t, { maxBodyBytes: 1_024, metrics: { maxIngestBytes: 4_096 } });
    const lines = (count: number): string =>
      Array.from({ length: count }, (_, i) => `m{i="${i}"} 1\n`).join('');
    assert.equal((await send(server, TEXT, lines(200))).status, 200);
    const chunks = lines(200).match(/[^]{1,500}/g)!;
    assert.equal((await send(server, TEXT, chunks as unknown as string)).status, 200);
    assert.equal((await send(server, TEXT, lines(500))).json<Problem>().code, 'body_too_large');
    const many = lines(500).match(/[^]{1,500}/g)!;
    assert.equal(
      (await send(server, TEXT, many as unknown as string)).json<Problem>().code,
      'body_too_large',
    );
  });

  it('looks at how much there is before it makes anything of it', async (t) => {
    const server = await startServer(t);
    const json = { 'content-type': 'application/json' };
    for (const [path, body] of [
      ['/api/metrics', `{"samples":[${'[],'.repeat(400_000)}1]}`],
      ['/api/metrics', `{"samples":[{${Array.from({ length: 700_000 }, (_, i) => `"${i}":1`).join()}}]}`],
      ['/api/otlp/v1/metrics', `{"resourceMetrics":[${'{},'.repeat(600_000)}{}]}`],
    ] as const) {
      const answer = await send(server, json, body, path);
      assert.equal(answer.status, 413, path);
      assert.match(JSON.stringify(answer.json()), /body_too_large/);
    }
  });

  it('takes in so much at once, and lets others come back later', async (t) => {
    const server = await startServer(t, { metrics: { maxBodiesBytes: 1_000 } });
    const [name = '', port = ''] = server.host.split(':');
    const slow = connect(Number(port), name);
    await once(slow, 'connect');
    slow.write(
      `POST /api/metrics HTTP/1.1\r\nHost: ${server.host}\r\nContent-Type: text/plain\r\nContent-Length: 900\r\n\r\na 1\n`,
    );
    const body = 'b 1\n'.repeat(100);
    let answer = await send(server, TEXT, body);
    while (answer.status === 200) answer = await send(server, TEXT, body);
    assert.deepEqual(
      [answer.status, answer.json<Problem>().code, answer.json<Problem>().retryable],
      [429, 'rate_limited', true],
    );
    slow.destroy();
    while ((await send(server, TEXT, body)).status !== 200);
  });

  it('is not for pages of other sites, which can send plain text without asking', async (t) => {
    const server = await startServer(t);
    const answer = await send(server, { ...TEXT, origin: 'https://evil.example' }, 'a 1\n');
    assert.deepEqual([answer.status, answer.json<Problem>().code], [403, 'origin_not_allowed']);
    assert.equal(await last(server, 'a'), undefined);
  });

  it('bears a body that breaks off, and one that never comes', async (t) => {
    const server = await startServer(t);
    const [name = '', port = ''] = server.host.split(':');
    for (const head of ['Content-Length: 100', 'Transfer-Encoding: chunked']) {
      const socket = connect(Number(port), name);
      await once(socket, 'connect');
      socket.write(
        `POST /api/metrics HTTP/1.1\r\nHost: ${server.host}\r\nContent-Type: text/plain\r\n${head}\r\n\r\n`,
      );
      socket.write(head.startsWith('Content') ? 'a 1\n' : '4\r\na 1\n\r\n');
      socket.destroy();
      await once(socket, 'close');
    }
    assert.equal((await send(server, TEXT, 'b 1\n')).status, 200);
    assert.equal(await last(server, 'a'), undefined, 'nothing of half a body');
  });

  it('counts a series against whoever sends it, also where somebody else has sent the same lines', async (t) => {
    const server = await startServer(t, { metrics: { maxSeriesPerSource: 2 } });
    assert.equal(
      (await send(server, TEXT, 'a 1\nb 1\nc 1\n')).json<IngestResult>().errors[0]?.code,
      'source_limit',
    );
  });
});

describe('POST /api/otlp/v1/metrics', () => {
  const PATH = '/api/otlp/v1/metrics';
  const point = (asInt: string) => ({
    resourceMetrics: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'mail' } }] },
        scopeMetrics: [
          {
            metrics: [
              {
                name: 'queue.depth',
                gauge: { dataPoints: [{ timeUnixNano: `${Date.now()}000000`, asInt }] },
              },
            ],
          },
        ],
      },
    ],
  });

  it('takes what OpenTelemetry sends, and says what it did not take, in OTLP’s own words', async (t) => {
    const server = await startServer(t);
    const json = { 'content-type': 'application/json' };
    const taken = await send(server, json, JSON.stringify(point('7')), PATH);
    assert.deepEqual([taken.status, taken.json()], [200, {}]);
    assert.equal(await last(server, 'queue_depth{service="mail"}'), 7);
    const old = JSON.stringify(point('8')).replace(/\d{19}/, '1000000000000000000');
    const partly = (await send(server, json, old, PATH)).json<{
      partialSuccess: { rejectedDataPoints: string; errorMessage: string };
    }>();
    assert.equal(partly.partialSuccess.rejectedDataPoints, '1');
    assert.match(partly.partialSuccess.errorMessage, /time_too_old/);
  });

  it('refuses what is none, with google.rpc.Status in the encoding of the request', async (t) => {
    const server = await startServer(t);
    const json = await send(server, { 'content-type': 'application/json' }, '{', PATH);
    assert.deepEqual([json.status, json.headers['content-type']], [400, 'application/json']);
    assert.match(json.json<{ message: string }>().message, /^bad_json/);
    const protobuf = await send(server, { 'content-type': 'application/x-protobuf' }, '\x0a\xff', PATH);
    assert.deepEqual([protobuf.status, protobuf.headers['content-type']], [400, 'application/x-protobuf']);
  });
});
