import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, it } from 'node:test';
import { Proxying, readAll } from '../../testing/proxying.ts';

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Answers the body's hash, its length and its framing. */
const hash: RequestListener = (request, response) => {
  const digest = createHash('sha256');
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    digest.update(chunk);
    length += chunk.length;
  });
  request.on('end', () => {
    const { 'transfer-encoding': coding, 'content-length': said } = request.headers;
    response.end(JSON.stringify([digest.digest('hex'), length, coding ?? said]));
  });
};

/** Sends bytes in pieces. @param length of what is said; undefined says none. */
async function put(port: number, bytes: Buffer, length: number | undefined, method = 'PUT') {
  const headers = length === undefined ? {} : { 'content-length': length };
  const request = httpRequest({ host: '127.0.0.1', port, method, agent: false, headers });
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  const pieces = Array.from({ length: Math.ceil(bytes.length / 5_000) }, (_, i) =>
    bytes.subarray(i * 5_000, (i + 1) * 5_000),
  );
  // What is refused in the middle is not read to its end.
  void pipeline(Readable.from(pieces), request).catch(() => undefined);
  const [answer] = await answered;
  const text = (await answer.toArray()).join('');
  return { status: answer.statusCode, text };
}

describe('a request’s body', () => {
  it('arrives whole, whether it is held or streamed, with or without a length', async (t) => {
    const door = new Proxying(t);
    const one = await door.start('one', hash);
    await door.point([one.target]);
    for (const size of [1, 65_536, 65_537, 3_000_000]) {
      const bytes = randomBytes(size);
      for (const length of [size, undefined]) {
        const { text } = await put(door.port, bytes, length);
        assert.deepEqual(JSON.parse(text), [
          hashOf(bytes),
          size,
          length === undefined ? 'chunked' : String(size),
        ]);
      }
    }
  });

  it('is sent again when it was held, and not when it was streamed', async (t) => {
    const door = new Proxying(t, { maxReplayBytes: 10 });
    const bad = await door.start('bad', (request) => void request.on('data', () => request.socket.destroy()));
    const good = await door.start('good', hash);
    await door.point([bad.target], [good.target]);
    const small = Buffer.from('0123456789');
    assert.deepEqual(JSON.parse((await put(door.port, small, 10)).text), [hashOf(small), 10, '10']);
    assert.equal((await put(door.port, small, undefined)).status, 502);
    assert.equal((await put(door.port, Buffer.alloc(11), 11)).status, 502);
    assert.deepEqual([good.requests.length, door.counts.failed], [1, 2]);
  });

  it('is streamed to another when the first takes no connection', async (t) => {
    const door = new Proxying(t, { maxReplayBytes: 10 });
    const [gone, good] = [await door.start('gone'), await door.start('good', hash)];
    await gone.stop();
    await door.point([gone.target], [good.target]);
    const bytes = randomBytes(100_000);
    const { text } = await put(door.port, bytes, undefined, 'POST');
    assert.deepEqual(JSON.parse(text), [hashOf(bytes), 100_000, 'chunked']);
  });

  it('is refused when it is larger than maxBodyBytes, as soon as that is known', async (t) => {
    const door = new Proxying(t, { maxBodyBytes: 100_000, maxReplayBytes: 10 });
    const one = await door.start('one', hash);
    await door.point([one.target]);
    assert.equal((await put(door.port, Buffer.alloc(100_000), 100_000)).status, 200);
    assert.equal((await put(door.port, Buffer.alloc(100_000), 100_001)).status, 413);
    assert.equal(one.requests.length, 1);
    assert.equal((await put(door.port, Buffer.alloc(200_000), undefined)).status, 413);
    assert.equal(door.counts.failed, 0);
  });

  it('ends an answer that had begun, when it grows too large', async (t) => {
    const door = new Proxying(t, { maxBodyBytes: 100_000, maxReplayBytes: 10 });
    const one = await door.start('one', (request, response) => {
      request.resume();
      response.write('early');
    });
    await door.point([one.target]);
    const socket = await door.connect();
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n');
    await once(socket, 'data');
    const closed = once(socket, 'close');
    socket.write(`186a0\r\n${'x'.repeat(100_000)}\r\n`);
    await closed;
  });

  it('is asked for with 100, and the instance is not', async (t) => {
    const door = new Proxying(t);
    const one = await door.start('one', hash);
    await door.point([one.target]);
    const request = httpRequest({
      host: '127.0.0.1',
      port: door.port,
      method: 'POST',
      headers: { expect: '100-continue', 'content-length': 2 },
      agent: false,
    });
    request.flushHeaders();
    await once(request, 'continue');
    request.end('ok');
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    assert.equal(answer.statusCode, 200);
    answer.resume();
    assert.equal(one.requests[0]!.headers.expect, undefined);
  });

  it('never arrives in part when its client goes while it is held', async (t) => {
    const door = new Proxying(t);
    const one = await door.start('one', hash);
    await door.point([one.target]);
    const socket = await door.connect();
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab');
    socket.end();
    await readAll(socket);
    assert.equal(one.requests.length, 0);
    assert.equal(door.counts.failed, 0);
  });
});
