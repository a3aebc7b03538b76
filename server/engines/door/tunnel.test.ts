import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import type { DoorTarget } from '../../ports/agent-door.ts';
import { openSocket } from '../../testing/agent-instances.ts';
import { until } from '../../testing/fault-servers.ts';
import { Proxying, readAll } from '../../testing/proxying.ts';
import { OPCODE, RawClient, closePayload, encodeFrame, upgradeRequest } from '../../testing/raw-client.ts';
import { AGENT } from '../../testing/proxying.ts';

const HEAD =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Own: 1\r\n\r\n';
const LONG_MS = 60_000;

/** A server of WebSockets made by hand. */
class RawServer {
  readonly requests: IncomingMessage[] = [];
  readonly target: DoorTarget;
  readonly #opened: Socket[] = [];
  #arrived: () => void = () => undefined;

  private constructor(target: DoorTarget) {
    this.target = target;
  }

  /** @param head what it answers to a handshake; empty: nothing. */
  static async start(t: TestContext, head = HEAD, name = 'raw'): Promise<RawServer> {
    const server = createServer();
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => undefined);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const raw = new RawServer({ instance: name, host: '127.0.0.1', port });
    server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
      raw.requests.push(request);
      if (head !== '') socket.write(head, 'latin1');
      raw.#opened.push(socket);
      raw.#arrived();
    });
    t.after(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return raw;
  }

  /** The next connection. */
  async opened(): Promise<Socket> {
    while (this.#opened.length === 0) await new Promise<void>((resolve) => (this.#arrived = resolve));
    return this.#opened.shift()!;
  }
}

const text = (payload: string, fin = true) =>
  encodeFrame({ opcode: OPCODE.text, payload, fin, masked: false });
const rest = (payload: string) => encodeFrame({ opcode: OPCODE.continuation, payload, masked: false });

/** A WebSocket through the door, and its other end. */
async function opened(t: TestContext, options = {}) {
  const door = new Proxying(t, options);
  const server = await RawServer.start(t);
  await door.point([server.target]);
  const client = await RawClient.upgraded(t, `127.0.0.1:${door.port}`);
  const socket = await server.opened();
  return { door, server, client, socket };
}

describe('a WebSocket’s handshake', () => {
  it('arrives with all that belongs to it, and so does its answer', async (t) => {
    const door = new Proxying(t);
    const server = await RawServer.start(t);
    await door.point([server.target]);
    const client = await RawClient.open(t, `127.0.0.1:${door.port}`);
    client.socket.write(
      upgradeRequest('h', { 'X-Forwarded-For': '6.6.6.6', Cookie: 'a=1' }, 'GET /a?b HTTP/1.1'),
    );
    const answer = await client.answer;
    assert.match(answer, /^HTTP\/1\.1 101 Switching Protocols\r\n/);
    assert.match(answer, /X-Own: 1/);
    assert.equal(answer.match(/upgrade: websocket/gi)?.length, 1);
    const { url, headers } = server.requests[0]!;
    assert.equal(url, '/a?b');
    assert.deepEqual(
      [headers.host, headers.cookie, headers['x-forwarded-for'], headers['sec-websocket-version']],
      ['h', 'a=1', '127.0.0.1', '13'],
    );
  });

  it('is not lost with what follows it at once, either way', async (t) => {
    const door = new Proxying(t);
    const server = await RawServer.start(t, HEAD + text('first').toString('latin1'));
    await door.point([server.target]);
    const client = await RawClient.open(t, `127.0.0.1:${door.port}`);
    client.socket.write(
      Buffer.concat([
        Buffer.from(upgradeRequest('h')),
        encodeFrame({ opcode: OPCODE.text, payload: 'early' }),
      ]),
    );
    assert.equal(await client.text(), 'first');
    const socket = await server.opened();
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    assert.equal(bytes.length, 6 + 5);
  });

  it('is not lost with much that follows it before its answer, of which only so much is held', async (t) => {
    const door = new Proxying(t, { maxReplayBytes: 10 });
    const server = await RawServer.start(t, '');
    await door.point([server.target]);
    const client = await door.connect();
    const sent = Buffer.alloc(500_000, 'x');
    client.write(Buffer.concat([Buffer.from(upgradeRequest('h')), sent]));
    const socket = await server.opened();
    let got = 0;
    socket.on('data', (bytes: Buffer) => (got += bytes.length));
    socket.write(HEAD);
    await until('all has arrived', () => got === sent.length);
  });

  it('is asked of another where the first cannot be reached or breaks off', async (t) => {
    const door = new Proxying(t);
    const [gone, bad] = [await door.start('gone'), await RawServer.start(t, 'HTTP/1.1 101 \r\n', 'bad')];
    void bad.opened().then((socket) => socket.destroy());
    await gone.stop();
    const good = await door.start('good');
    await door.point([gone.target, bad.target], [good.target]);
    const socket = await openSocket(door.port);
    assert.equal(good.sockets.size, 1);
    assert.deepEqual([door.counts.sockets, door.counts.retried, door.counts.failed], [1, 2, 0]);
    socket.terminate();
  });

  it('is refused as the instance refuses it', async (t) => {
    const door = new Proxying(t);
    const one = await RawServer.start(t, 'HTTP/1.1 401 No\r\nContent-Length: 5\r\nX-Own: 1\r\n\r\nnever');
    await door.point([one.target]);
    const answer = await door.raw(upgradeRequest('h'));
    assert.match(answer, /^HTTP\/1\.1 401 No\r\n/);
    assert.match(answer, /X-Own: 1[^]*\r\n\r\nnever$/);
    assert.deepEqual([door.counts.sockets, door.counts.failed], [0, 0]);
  });

  it('is refused when nobody takes it, cannot be reached, does not answer in time, or answers nonsense', async (t) => {
    const door = new Proxying(t, { answerTimeoutMs: 50 });
    await door.point([]);
    assert.match(await door.raw(upgradeRequest('h')), /^HTTP\/1\.1 503 [^]*Retry-After: 1\r\n/);
    const gone = await door.start('gone');
    await gone.stop();
    await door.point([gone.target]);
    assert.match(await door.raw(upgradeRequest('h')), /^HTTP\/1\.1 502 /);
    await door.point([(await RawServer.start(t, '')).target]);
    assert.match(await door.raw(upgradeRequest('h')), /^HTTP\/1\.1 504 /);
    await door.point([(await RawServer.start(t, 'HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n')).target]);
    assert.equal(await door.raw(upgradeRequest('h')), '');
    await door.point([
      (await RawServer.start(t, 'HTTP/1.1 401 No\r\nContent-Length: 5\r\n\r\nne', 'half')).target,
    ]);
    const half = await door.connect();
    half.write(upgradeRequest('h'));
    await once(half, 'data');
    assert.equal(door.counts.failed, 4);
    assert.match(await door.raw(upgradeRequest('h', { Host: undefined })), /^HTTP\/1\.1 400 /);
    assert.match(await door.raw(upgradeRequest('h', {}, 'GET x HTTP/1.1')), /^HTTP\/1\.1 400 /);
    half.destroy();
  });

  it('is taken back when its client goes, or is cut', async (t) => {
    const door = new Proxying(t);
    const server = await RawServer.start(t, '');
    await door.point([server.target]);
    const first = await door.connect();
    first.write(upgradeRequest('h'));
    const one = await server.opened();
    one.resume();
    first.resetAndDestroy();
    await once(one, 'end');
    const second = await door.connect();
    second.write(upgradeRequest('h'));
    (await server.opened()).resume();
    await door.point([]);
    const ended = readAll(second);
    assert.deepEqual(await door.proxy.drain(AGENT, ['raw'], 0), { drained: 0, socketsClosed: 0, cut: 1 });
    assert.equal(await ended, '');
  });

  it('that is answered while its instance drains is told to come again at once', async (t) => {
    const door = new Proxying(t);
    const server = await RawServer.start(t, '');
    await door.point([server.target]);
    const client = await RawClient.open(t, `127.0.0.1:${door.port}`);
    client.socket.write(upgradeRequest('h'));
    const socket = await server.opened();
    await door.point([]);
    const drain = door.proxy.drain(AGENT, ['raw'], LONG_MS);
    socket.on('data', () => socket.end());
    socket.write(HEAD);
    assert.equal((await client.ended).code, 1012);
    assert.equal((await drain).socketsClosed, 1);
  });
});

describe('a WebSocket through the door', () => {
  it('passes what is large and compressed, both ways', async (t) => {
    const door = new Proxying(t);
    const one = await door.start('one');
    await door.point([one.target]);
    const socket = new WebSocket(`ws://127.0.0.1:${door.port}/`, { perMessageDeflate: true });
    await once(socket, 'open');
    const sent = Buffer.alloc(5_000_000, 'abc');
    socket.send(sent);
    const [data] = (await once(socket, 'message')) as [Buffer];
    assert.ok(sent.equals(data));
    const closed = once(socket, 'close');
    for (const other of one.sockets) other.close(4_001, 'why');
    assert.deepEqual([(await closed)[0], String((await closed)[1])], [4_001, 'why']);
    await until('it is over', () => door.counts.sockets === 1 && one.sockets.size === 0);
    assert.equal(door.counts.socketsClosed, 0);
  });

  it('is closed between two frames, also of one message', async (t) => {
    const { door, client, socket } = await opened(t);
    await door.point([]);
    const whole = text('hello');
    const passed = once(client.socket, 'data');
    socket.write(whole.subarray(0, 3));
    await passed;
    const drain = door.proxy.drain(AGENT, ['raw'], LONG_MS);
    socket.on('data', () => socket.end());
    socket.write(Buffer.concat([whole.subarray(3), text('never')]));
    assert.equal((await client.ended).code, 1012);
    assert.deepEqual(client.texts, ['hello']);
    assert.deepEqual(await drain, { drained: 0, socketsClosed: 1, cut: 0 });
  });

  it('is closed between the parts of a message, and what follows is left out', async (t) => {
    const { door, client, socket } = await opened(t);
    const arrived = once(client.socket, 'data');
    socket.write(text('part', false));
    await arrived;
    await door.point([]);
    const drain = door.proxy.drain(AGENT, ['raw'], LONG_MS);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.equal(answer[0], 0x88);
    socket.end(rest('never'));
    assert.equal((await client.ended).code, 1012);
    assert.equal((await drain).socketsClosed, 1);
  });

  it('is cut when its frame does not end in a drain’s time', async (t) => {
    const { door, client, socket } = await opened(t);
    const arrived = once(client.socket, 'data');
    socket.write(text('hello').subarray(0, 4));
    await arrived;
    await door.point([]);
    assert.deepEqual(await door.proxy.drain(AGENT, ['raw'], 0), { drained: 0, socketsClosed: 0, cut: 1 });
    assert.equal((await client.ended).code, undefined);
  });

  it('that closes by itself is not closed a second time', async (t) => {
    const { door, client, socket } = await opened(t);
    const arrived = once(client.socket, 'data');
    socket.write(encodeFrame({ opcode: OPCODE.close, payload: closePayload(1000), masked: false }));
    await arrived;
    await door.point([]);
    const drain = door.proxy.drain(AGENT, ['raw'], LONG_MS);
    socket.end();
    assert.equal((await client.ended).code, 1000);
    assert.deepEqual(await drain, { drained: 0, socketsClosed: 0, cut: 0 });
  });

  it('is closed with 1012 when its instance crashes between two frames, and just ends within one', async (t) => {
    const first = await opened(t);
    first.socket.write(text('hello'));
    await first.client.text();
    first.socket.destroy();
    assert.equal((await first.client.ended).code, 1012);
    await until('it is over', () => first.door.counts.socketsClosed === 1);
    const second = await opened(t);
    const arrived = once(second.client.socket, 'data');
    second.socket.write(text('hello').subarray(0, 4));
    await arrived;
    second.socket.resetAndDestroy();
    assert.equal((await second.client.ended).code, undefined);
    assert.equal(second.door.counts.socketsClosed, 0);
  });

  it('does not wait for a client that never answers its close', async (t) => {
    const { door, server, socket } = await opened(t, { closeAnswerMs: 50 });
    const mute = await door.connect();
    mute.write(upgradeRequest('h'));
    await once(mute, 'data');
    await server.opened();
    socket.on('data', () => socket.end());
    await door.point([]);
    const report = await door.proxy.drain(AGENT, ['raw'], LONG_MS);
    assert.deepEqual(report, { drained: 0, socketsClosed: 2, cut: 0 });
  });

  it('is cut after tunnelIdleMs without a byte either way', async (t) => {
    const { client, door } = await opened(t, { tunnelIdleMs: 50 });
    assert.equal((await client.ended).code, undefined);
    assert.deepEqual([door.counts.cut, door.counts.socketsClosed], [0, 0]);
  });

  it('does not read from an instance more than its client takes', async (t) => {
    const { door, client, socket } = await opened(t);
    client.socket.pause();
    const frame = encodeFrame({ opcode: OPCODE.text, payload: Buffer.alloc(60_000, 'x'), masked: false });
    let sent = 0;
    // Until the buffers of both connections are full, and what is written waits.
    while (socket.writableLength < 1_000_000) {
      socket.write(frame);
      sent += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    client.socket.resume();
    await until('all has arrived', () => client.texts.length === sent);
    client.socket.destroy();
    await until('it is over', () => socket.destroyed || socket.readableEnded || !socket.writable);
    assert.equal(door.counts.socketsClosed, 0);
  });
});
