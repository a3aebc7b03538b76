import assert from 'node:assert/strict';
import { once } from 'node:events';
import { IncomingMessage, createServer } from 'node:http';
import type { Server } from 'node:http';
import { Socket, connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { CLOSE } from '../src/protocol/index.ts';
import type { CloseName, MetricUpdate } from '../src/protocol/index.ts';
import type { ConfigOverrides } from './config.ts';
import { createManualClock } from './engines/memory/clock.ts';
import { createWaooaw } from './create.ts';
import type { Waooaw } from './create.ts';
import { Reader, post, request, startServer, temporaryFolder } from './testing/harness.ts';
import type { Heard, ReaderOptions } from './testing/harness.ts';
import { READ_ONLY } from './ports/publisher.ts';

/** Opens a socket and says how it was closed. */
async function closing(
  t: TestContext,
  url: string,
  options: ReaderOptions,
): Promise<[code: number, reason: string]> {
  const { code, reason } = await (await Reader.open(t, url, options)).closed;
  return [code, reason];
}

const named = (name: CloseName): [code: number, reason: string] => [CLOSE[name], name];

/** A server whose sockets the test can watch. */
async function watched(
  t: TestContext,
  overrides: ConfigOverrides = {},
): Promise<{ waooaw: Waooaw; server: Server; port: number; url: string }> {
  const dataDir = temporaryFolder();
  const waooaw = createWaooaw({ dataDir, logLevel: 'silent', ...overrides });
  await waooaw.start();
  const server = createServer(waooaw.listener);
  waooaw.attach(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(async () => {
    await waooaw.stop();
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { waooaw, server, port, url: `ws://127.0.0.1:${port}/ws` };
}

/** The text of an upgrade request. */
function upgradeOf(target: string, host: string): string {
  return (
    `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: waooaw.v1\r\n\r\n'
  );
}

describe('a WebSocket', () => {
  it('carries a posted sample to everybody who follows its series', async (t) => {
    const clock = createManualClock();
    const { url, socketUrl } = await startServer(t, {}, { clock });
    const ch = 'metrics/queue_pending';
    const readers = [await Reader.connected(t, socketUrl), await Reader.connected(t, socketUrl)];
    for (const reader of readers) {
      const { ok } = await reader.ask({ subscribe: { ch } });
      assert.deepEqual((ok?.snapshot as { rows: unknown[] }).rows, []);
    }
    await post(`${url}/api/metrics`, { samples: [{ name: 'queue_pending', value: 7 }] });
    clock.advance(250);
    for (const reader of readers) {
      const { pubs } = await reader.next();
      const [[offset, update] = []] = pubs ?? [];
      assert.deepEqual([offset, (update as unknown as MetricUpdate).rows], [1, [[clock.now() - 250, 7]]]);
    }
  });

  it('carries health, the whole and each check', async (t) => {
    const { waooaw, socketUrl } = await startServer(t);
    await waooaw.health.waitFor('database', 'up', AbortSignal.timeout(20_000));
    const reader = await Reader.open(t, socketUrl);
    const { ok } = await reader.ask({ connect: { subs: [{ ch: 'health' }, { ch: 'health/database' }] } });
    const [whole, one] = (ok?.subs ?? []).map(({ snapshot }) => snapshot as Record<string, unknown>);
    assert.deepEqual(
      (whole?.['checks'] as { check: string }[]).map(({ check }) => check),
      ['server', 'event-loop', 'data-folder', 'database', 'audit-log', 'clock'],
    );
    assert.deepEqual([one?.['check'], one?.['state']], ['database', 'up']);
  });

  it('is counted in the statistics', async (t) => {
    const { url, socketUrl } = await startServer(t);
    const reader = await Reader.connected(t, socketUrl);
    await reader.ask({ subscribe: { ch: 'health' } });
    const stats = (await request(`${url}/api/broadcaster`)).json<Record<string, unknown>>();
    assert.deepEqual([stats['connections'], stats['channels'], stats['subscriptions']], [1, 1, 1]);
    assert.deepEqual(stats['closed'], {});
    reader.socket.send(Buffer.from('x'));
    await reader.closed;
    const after = (await request(`${url}/api/broadcaster`)).json<Record<string, unknown>>();
    assert.deepEqual([after['connections'], after['closed']], [0, { binary_frame: 1 }]);
  });

  it('resumes after a broken connection, and says after a restart that the stream is another', async (t) => {
    const clock = createManualClock();
    const { waooaw, socketUrl } = await startServer(t, {}, { clock });
    const put = (value: number): void => {
      waooaw.metrics.ingest([{ name: 'x', value }]);
      clock.advance(250);
    };
    const first = await Reader.connected(t, socketUrl);
    const { ok } = await first.ask({ subscribe: { ch: 'metrics/x' } });
    const since = { e: ok?.e ?? '', o: ok?.o ?? -1, h: ok?.h ?? '' };
    first.socket.terminate();
    put(1);
    put(2);
    const second = await Reader.open(t, socketUrl);
    const back = (await second.ask({ connect: { subs: [{ ch: 'metrics/x', since }] } })).ok?.subs?.[0];
    assert.deepEqual([back?.recovered, back?.pubs?.map(([offset]) => offset)], [true, [1, 2]]);
    const other = await startServer(t, {}, { clock });
    const third = await Reader.open(t, other.socketUrl);
    const lost = (await third.ask({ connect: { subs: [{ ch: 'metrics/x', since }] } })).ok?.subs?.[0];
    assert.deepEqual([lost?.recovered, lost?.lost], [false, 'epoch']);
  });
});

describe('an upgrade', () => {
  it('without our subprotocol is let through to be told so', async (t) => {
    const { socketUrl } = await startServer(t);
    for (const protocols of [[], ['waooaw.v0'], ['graphql-ws', 'soap']]) {
      assert.deepEqual(
        await closing(t, socketUrl, { protocols }),
        named('unsupported_protocol'),
        protocols.join(),
      );
    }
  });

  it('with ours among others gets ours', async (t) => {
    const { socketUrl } = await startServer(t);
    const reader = await Reader.open(t, socketUrl, { protocols: ['waooaw.v9', 'waooaw.v1'] });
    assert.equal(reader.socket.protocol, 'waooaw.v1');
    assert.ok((await reader.ask({ connect: {} })).ok);
  });

  it('from a foreign page is let through to be told so, and serves it nothing', async (t) => {
    const { socketUrl } = await startServer(t, { allowedOrigins: ['https://portal.example'] });
    for (const origin of ['https://evil.example', 'http://localhost:1', 'null']) {
      assert.deepEqual(await closing(t, socketUrl, { origin }), named('origin_not_allowed'), origin);
    }
  });

  it('from the own page or an allowed one is served', async (t) => {
    const { url, socketUrl } = await startServer(t, { allowedOrigins: ['https://portal.example'] });
    for (const origin of [url, 'https://portal.example']) {
      assert.ok((await (await Reader.open(t, socketUrl, { origin })).ask({ connect: {} })).ok, origin);
    }
  });

  it('under a rebound name is refused before it', async (t) => {
    const { socketUrl } = await startServer(t);
    const socket = new WebSocket(socketUrl, ['waooaw.v1'], { headers: { host: 'evil.example' } });
    socket.on('error', () => undefined);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    assert.equal(response.statusCode, 421);
  });

  it('elsewhere, or at an address that is none, is cut and harms nothing', async (t) => {
    const { url, host, socketUrl } = await startServer(t);
    const ended = ['/', '/ws/', '/wss', '/api/ws', '//', '///', '/ws%20', 'http://[', '*'].map((target) => {
      const socket = connect(Number(host.split(':')[1]), '127.0.0.1');
      socket.on('error', () => undefined).resume();
      socket.write(upgradeOf(target, host));
      return once(socket, 'close');
    });
    // Those that are answered as plain requests are kept open for a while, as any is.
    await Promise.all(ended);
    assert.equal((await request(`${url}/livez`)).status, 200);
    assert.ok((await (await Reader.open(t, `${socketUrl}?some=query`)).ask({ connect: {} })).ok);
  });

  it('that is refused leaves no socket behind, though the peer never ends its side', async (t) => {
    const { server, port } = await watched(t);
    const arrived = once(server, 'connection') as Promise<[Socket]>;
    const peer = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    t.after(() => peer.destroy());
    peer.write(upgradeOf('/ws', 'evil.example'));
    const [socket] = await arrived;
    let answer = '';
    peer.setEncoding('utf8').on('data', (text: string) => (answer += text));
    await once(socket, 'close');
    await once(peer, 'end');
    assert.match(answer, /^HTTP\/1\.1 421 /);
  });

  it('that is refused does not bring the server down when the peer resets it', async (t) => {
    const { waooaw } = await watched(t);
    const peer = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => void done });
    const asked = new IncomingMessage(new Socket());
    asked.url = '/ws';
    asked.headers = { host: 'evil.example' };
    assert.equal(waooaw.upgrade(asked, peer, Buffer.alloc(0)), true);
    peer.emit('error', new Error('read ECONNRESET'));
    assert.equal(peer.destroyed, true);
    delete asked.url;
    assert.equal(waooaw.upgrade(asked, peer, Buffer.alloc(0)), false);
  });
});

describe('a bad frame', () => {
  it('that is binary ends the connection with a code', async (t) => {
    const { socketUrl } = await startServer(t);
    const reader = await Reader.connected(t, socketUrl);
    reader.socket.send(Buffer.from('{}'));
    assert.deepEqual(await reader.closed, { code: CLOSE.binary_frame, reason: 'binary_frame' });
  });

  it('that is larger than maxFrameBytes ends the connection with 1009, and no byte of it is parsed', async (t) => {
    const { waooaw, socketUrl } = await startServer(t, { broadcaster: { maxFrameBytes: 1_000 } });
    const channels = (): number => waooaw.broadcaster.stats().channels;
    const reader = await Reader.connected(t, socketUrl);
    assert.ok((await reader.ask({ subscribe: { ch: 'health' } })).ok);
    reader.say(`{"id":9,"subscribe":{"ch":"metrics/${'x'.repeat(1_000)}"}}`);
    assert.equal((await reader.closed).code, 1009);
    assert.equal(channels(), 1);
  });

  it('that is no UTF-8 ends the connection with 1007', async (t) => {
    const { socketUrl } = await startServer(t);
    const reader = await Reader.connected(t, socketUrl);
    reader.socket.send(Buffer.from([0x7b, 0xff, 0xfe]), { binary: false });
    assert.equal((await reader.closed).code, 1007);
  });

  it('that is no JSON, or JSON that is no object, is answered, and the connection lives', async (t) => {
    const { socketUrl } = await startServer(t);
    const reader = await Reader.connected(t, socketUrl);
    for (const text of ['{', '[]', '"x"', '\n', '1e999', '']) {
      reader.say(text);
      assert.equal((await reader.next()).err?.code, 'bad_frame', text);
      reader.inbox.rest();
    }
    assert.ok((await reader.ask({ subscribe: { ch: 'health' } })).ok);
  });
});

describe('a client that goes too far', () => {
  it('by being one too many is told to come back later', async (t) => {
    const { socketUrl } = await startServer(t, { broadcaster: { maxConnections: 1 } });
    await Reader.connected(t, socketUrl);
    assert.deepEqual(await closing(t, socketUrl, {}), named('connection_limit'));
  });

  it('by flooding is refused with codes, then closed', async (t) => {
    const limits = { messageBurst: 20, messagesPerSecond: 1, maxRefused: 50 };
    const { url, socketUrl } = await startServer(t, { broadcaster: limits });
    const reader = await Reader.connected(t, socketUrl);
    for (let id = 1; id <= 500; id++) reader.say({ id, subscribe: { ch: `metrics/m${id}` } });
    assert.deepEqual(await reader.closed, { code: CLOSE.rate_limited, reason: 'rate_limited' });
    const answers = reader.inbox.rest();
    assert.ok(answers.filter(({ ok }: Heard) => ok).length <= 20);
    assert.ok(answers.some(({ err }: Heard) => err?.code === 'rate_limited' && (err.afterMs ?? 0) > 0));
    assert.equal((await request(`${url}/livez`)).status, 200);
  });

  it('by never connecting, or never answering a ping, is closed', async (t) => {
    const clock = createManualClock();
    const { socketUrl } = await startServer(t, {}, { clock });
    const mute = await Reader.open(t, socketUrl);
    clock.advance(10_000);
    assert.deepEqual(await mute.closed, { code: CLOSE.connect_timeout, reason: 'connect_timeout' });
    const silent = await Reader.connected(t, socketUrl);
    clock.advance(25_000);
    assert.equal((await silent.next()).ping, clock.now());
    clock.advance(11_000);
    assert.deepEqual(await silent.closed, { code: CLOSE.unresponsive, reason: 'unresponsive' });
  });

  it('by never reading is closed when its buffer is full, then cut, and everybody else is served', async (t) => {
    const maxBufferedBytes = 200_000;
    const { waooaw, server, url } = await watched(t, { broadcaster: { maxBufferedBytes } });
    const { broadcaster } = waooaw;
    const data = 'x'.repeat(50_000);
    broadcaster.serve({
      name: 'big',
      history: { size: 1, ageMs: 1_000 },
      onDemand: false,
      access: READ_ONLY,
      resolve: (channel) => channel,
      snapshot: () => null,
    });
    const arrived = once(server, 'connection') as Promise<[Socket]>;
    const deaf = await Reader.connected(t, url);
    const [socket] = await arrived;
    const lively = await Reader.connected(t, url);
    for (const reader of [deaf, lively]) await reader.ask({ subscribe: { ch: 'big/a' } });
    deaf.socket.pause();
    let most = 0;
    let published = 0;
    while (broadcaster.stats().closed['slow'] === undefined) {
      broadcaster.publish('big/a', data);
      published += 1;
      assert.equal((await lively.next()).pubs?.[0]?.[0], published);
      most = Math.max(most, socket.writableLength);
    }
    // Closed at the latest when it is over by far, at four times the limit.
    assert.ok(most <= 4 * maxBufferedBytes + data.length + 1_000, `${most} bytes were held`);
    assert.equal(broadcaster.stats().connections, 1);
    const gone = once(socket, 'close');
    broadcaster.publish('big/a', data);
    assert.equal((await lively.next()).pubs?.[0]?.[0], published + 1);
    await gone;
  });
});

describe('shutting down', () => {
  it('sends what is pending, then closes every socket with a code that brings it back at once', async (t) => {
    const { waooaw, socketUrl, stop } = await startServer(t, { flushWindowMs: 1_000 });
    const reader = await Reader.connected(t, socketUrl);
    waooaw.broadcaster.serve({
      name: 'host',
      history: { size: 1, ageMs: 1_000 },
      onDemand: false,
      access: READ_ONLY,
      resolve: (channel) => channel,
      snapshot: () => null,
    });
    await reader.ask({ subscribe: { ch: 'host/a' } });
    waooaw.broadcaster.publish('host/a', 'last words');
    const stopped = stop();
    assert.equal((await reader.next()).move?.why, 'drain');
    assert.deepEqual((await reader.next()).pubs, [[1, 'last words']]);
    assert.deepEqual(await reader.closed, { code: CLOSE.shutdown, reason: 'shutdown' });
    await stopped;
  });
});
