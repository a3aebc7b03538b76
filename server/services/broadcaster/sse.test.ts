import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket, AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { CLOSE } from '../../../src/protocol/index.ts';
import type { CloseName, ErrorCode, Position } from '../../../src/protocol/index.ts';
import type { ConfigOverrides } from '../../config.ts';
import { createWaooaw } from '../../create.ts';
import type { Waooaw } from '../../create.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import type { ManualClock } from '../../engines/memory/clock.ts';
import { READ_ONLY } from '../../ports/publisher.ts';
import { ADMIN_KEY, JWT_SECRET, seconds, sign } from '../../testing/authenticating.ts';
import { turn } from '../../testing/event-loop.ts';
import { EventReader } from '../../testing/event-reader.ts';
import { Reader, post, request, startServer, temporaryFolder } from '../../testing/harness.ts';
import type { Answer, Problem, Running } from '../../testing/harness.ts';
import type { Heard } from '../../testing/inbox.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const named = (reason: CloseName): { code: number; reason: string } => ({ code: CLOSE[reason], reason });
const positionOf = ({ ok }: Heard): Position => ({ e: ok?.e ?? '', o: ok?.o ?? -1, h: ok?.h ?? '' });

/** Turns the event loop until something is so: the runner's own time limit is the only one. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn();
}

/** Status and code of a refusal. */
function outcome({ status, text }: Answer): string {
  return text === '' ? `${status}` : `${status} ${(JSON.parse(text) as Problem).code}`;
}

/** A channel whose publications may be as big as a test wants. */
function serveBig({ broadcaster }: Waooaw, size: number): void {
  broadcaster.serve({
    name: 'big',
    history: { size, ageMs: 600_000 },
    onDemand: false,
    access: READ_ONLY,
    resolve: (channel) => channel,
    snapshot: () => 'now',
  });
}

/** A server whose sockets the test can watch. */
async function watched(
  t: TestContext,
  overrides: ConfigOverrides,
  clock: ManualClock,
): Promise<{ waooaw: Waooaw; url: string; sockets: Socket[] }> {
  const dataDir = temporaryFolder();
  const waooaw = createWaooaw({ dataDir, logLevel: 'silent', ...overrides }, { clock });
  await waooaw.start();
  const sockets: Socket[] = [];
  const server = createServer(waooaw.listener).on('connection', (socket) => sockets.push(socket));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(async () => {
    await waooaw.stop();
    server.close();
    server.closeAllConnections();
  });
  return { waooaw, sockets, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('a stream', () => {
  it('begins with the answer to the connect message, and tells proxies to hold nothing back', async (t) => {
    const { url, waooaw } = await startServer(t);
    const client = { name: 'test', version: '1' };
    const reader = await EventReader.connected(t, url, {
      client,
      subs: [{ ch: 'health' }, { ch: 'nowhere' }],
    });
    assert.match(reader.headers['content-type'] ?? '', /^text\/event-stream;/);
    assert.equal(reader.headers['cache-control'], 'no-store, no-transform');
    assert.equal(reader.headers['x-accel-buffering'], 'no');
    const { identity, subs } = reader.hello;
    assert.deepEqual(identity, { id: 'anonymous', name: 'anonymous', role: 'admin' });
    assert.deepEqual(
      subs?.map(({ ch, err }) => [ch, err?.code]),
      [
        ['health', undefined],
        ['nowhere', 'unknown_channel'],
      ],
    );
    const connection = waooaw.broadcaster.connection(reader.session);
    assert.deepEqual([connection?.transport, connection?.client], ['sse', client]);
    assert.deepEqual(waooaw.broadcaster.stats().transports, { websocket: 0, sse: 1 });
  });

  it('takes its token from the Authorization header; one in the connect message wins', async (t) => {
    const { url, waooaw } = await startServer(t, { adminKey: ADMIN_KEY });
    const { key, id } = await waooaw.auth.keys.create({ name: 'shop', role: 'viewer' });
    const byHeader = await EventReader.connected(t, url, {}, ADMIN_KEY);
    assert.equal(byHeader.hello.identity?.id, 'key:admin');
    assert.ok((await byHeader.ask({ subscribe: { ch: 'health' } })).ok);
    assert.equal((await EventReader.connected(t, url, { token: key })).hello.identity?.id, `key:${id}`);
    assert.equal(
      (await EventReader.connected(t, url, { token: key }, ADMIN_KEY)).hello.identity?.id,
      `key:${id}`,
    );
    for (const [token, reason] of [
      [undefined, 'unauthorized'],
      ['no key at all', 'unauthorized'],
      ['', 'unauthorized'],
    ] as const) {
      const refused = await EventReader.open(t, url, { id: 1, connect: {} }, token);
      assert.deepEqual([await refused.closed, refused.inbox.rest()], [named(reason), []]);
    }
  });

  it('hears the very frames that a WebSocket hears, each as one event', async (t) => {
    const { url, socketUrl, waooaw } = await startServer(t);
    const socket = await Reader.connected(t, socketUrl);
    const stream = await EventReader.connected(t, url);
    for (const reader of [socket, stream]) {
      for (const ch of ['app/a', 'app/b'])
        assert.equal((await reader.ask({ subscribe: { ch } })).ok?.snapshot, null);
    }
    const data = {
      lines: 'one\ntwo\r\nthree\rfour\u2028five',
      sign: '£ € 𝄞',
      event: 'data: x\n\nevent: close',
    };
    waooaw.broadcaster.publish('app/a', data);
    waooaw.broadcaster.publish('app/b', 2);
    waooaw.broadcaster.publish('app/a', 3);
    for (const reader of [socket, stream]) {
      const { pubs } = await reader.next();
      assert.deepEqual(pubs, [
        [1, data],
        [2, 3],
      ]);
      assert.deepEqual((await reader.next()).pubs, [[1, 2]]);
    }
    const frame = socket.inbox.frames.at(-1) ?? '';
    assert.deepEqual(stream.events.at(-1), { name: 'message', data: frame });
    assert.equal(frame.split('\n').length, 2, 'one line a channel');
    assert.equal(stream.inbox.frames.length, socket.inbox.frames.length);
  });

  it('goes on, after it was cut, with everything since', async (t) => {
    const { url, waooaw } = await startServer(t);
    const { broadcaster } = waooaw;
    const first = await EventReader.connected(t, url);
    const since = positionOf(await first.ask({ subscribe: { ch: 'app/a' } }));
    first.leave();
    await until(() => broadcaster.stats().connections === 0);
    for (const data of [1, 2, 3]) broadcaster.publish('app/a', data);
    const { hello, ...second } = await EventReader.connected(t, url, { subs: [{ ch: 'app/a', since }] });
    const [back] = hello.subs ?? [];
    assert.deepEqual(
      [back?.recovered, back?.pubs, back?.lost],
      [
        true,
        [
          [1, 1],
          [2, 2],
          [3, 3],
        ],
        undefined,
      ],
    );
    broadcaster.publish('app/a', 4);
    assert.deepEqual((await second.inbox.next()).pubs, [[4, 4]]);
  });

  it('carries commands up, one or a list, and their answers down in the same order', async (t) => {
    const { url, waooaw } = await startServer(t);
    const reader = await EventReader.connected(t, url);
    const one = await reader.say({ id: 2, subscribe: { ch: 'app/a' } });
    assert.deepEqual([one.status, one.text], [204, '']);
    const n = (await reader.inbox.answer(2)).ok?.n ?? 0;
    const many = await reader.say([
      { id: 3, publish: { ch: 'app/a', data: 'x' } },
      { id: 4, demand: { n, everyMs: 0 } },
      { id: 5, request: { method: 'nobody' } },
      { id: 6, unsubscribe: { n } },
      { pos: { [n]: 1 } },
      { id: 7, unsubscribe: { n } },
    ]);
    assert.equal(many.status, 204);
    const heard: string[] = [];
    while (heard.length < 6) {
      const { id, ok, err, pubs } = await reader.next();
      heard.push(pubs ? `pubs ${JSON.stringify(pubs)}` : `${id} ${ok ? 'ok' : err?.code}`);
    }
    // The publication goes out at the end of its turn, after its answer or before it.
    assert.deepEqual(
      heard.filter((line) => line.startsWith('pubs')),
      ['pubs [[1,"x"]]'],
    );
    assert.deepEqual(
      heard.filter((line) => /^[3467]/.test(line)),
      ['3 ok', '4 ok', '6 ok', '7 not_subscribed'],
    );
    assert.ok(heard.includes('5 unknown_method'));
    assert.equal(waooaw.broadcaster.stats().subscriptions, 0);
  });

  it('runs what follows the connect message in the same list', async (t) => {
    const { url } = await startServer(t);
    const body = [
      { id: 1, connect: {} },
      { id: 2, subscribe: { ch: 'app/a' } },
      { id: 3, publish: { ch: 'app/a', data: 1 } },
    ];
    const reader = await EventReader.open(t, url, body);
    const heard = [await reader.next(), await reader.next(), await reader.next(), await reader.next()];
    assert.deepEqual(new Set(heard.map(({ id, pubs }) => id ?? pubs?.[0]?.[1])), new Set([1, 2, 3]));
  });

  it('says what is wrong with a message as a WebSocket does, and goes on', async (t) => {
    const { url } = await startServer(t);
    const reader = await EventReader.connected(t, url);
    for (const [message, code] of [
      ['7', 'bad_frame'],
      ['null', 'bad_frame'],
      ['"text"', 'bad_frame'],
      ['[[]]', 'bad_frame'],
      ['{}', 'unknown_command'],
      ['{"id":2,"subscribe":{"ch":7}}', 'bad_request'],
      ['{"id":2,"connect":{}}', 'already_connected'],
    ] as const) {
      assert.equal((await reader.say(message)).status, 204);
      assert.equal((await reader.next()).err?.code, code, message);
    }
    assert.equal((await reader.say('[]')).status, 204);
    assert.ok((await reader.ask({ subscribe: { ch: 'health' } })).ok);
  });

  it('refuses one message of a list that is nested too deeply, with its id, and runs the others', async (t) => {
    const { url, waooaw } = await startServer(t, { broadcaster: { maxDepth: 10 } });
    waooaw.broadcaster.respond('echo', (data) => data ?? null);
    const reader = await EventReader.connected(t, url);
    const echo = (id: number, levels: number): string =>
      `{"id":${id},"request":{"method":"echo","data":${'['.repeat(levels)}${']'.repeat(levels)}}}`;
    const body = `[${echo(2, 8)},${echo(3, 9)},${echo(4, 20_000)},${echo(5, 1)}]`;
    assert.equal((await reader.say(body)).status, 204);
    const codes: unknown[] = [];
    for (const id of [2, 3, 4, 5]) codes.push((await reader.inbox.answer(id)).err?.code);
    assert.deepEqual(codes, [undefined, 'bad_request', 'bad_request', undefined]);
  });

  it('is pinged, and its pong is heard', async (t) => {
    const clock = createManualClock();
    const { url, waooaw } = await startServer(t, {}, { clock });
    const reader = await EventReader.connected(t, url);
    for (let i = 0; i < 3; i++) {
      clock.advance(25_000);
      const { ping } = await reader.next();
      assert.equal(ping, clock.now());
      assert.equal((await reader.say({ pos: {} })).status, 204);
    }
    assert.equal(waooaw.broadcaster.connection(reader.session)?.heardAt, clock.now());
  });

  it('is known by the address that a trusted proxy tells of', async (t) => {
    const { url, waooaw } = await startServer(t, { adminKey: ADMIN_KEY, trustedProxies: ['127.0.0.1'] });
    const headers = { 'x-forwarded-for': '203.0.113.9' };
    const reader = await EventReader.open(t, url, { id: 1, connect: {} }, ADMIN_KEY, headers);
    const { ok } = await reader.next();
    assert.equal(waooaw.broadcaster.connection(ok?.session ?? '')?.address, '203.0.113.9');
  });

  it('stands below the base path', async (t) => {
    const { url } = await startServer(t, { basePath: '/ops' });
    assert.ok(url.endsWith('/ops'));
    const reader = await EventReader.connected(t, url);
    assert.ok((await reader.ask({ subscribe: { ch: 'health' } })).ok);
    assert.equal((await post(`${url.replace('/ops', '')}/sse`, { id: 1, connect: {} })).status, 404);
  });

  it('is served by hosts that speak fetch, too', async (t) => {
    const { waooaw } = await startServer(t, { adminKey: ADMIN_KEY });
    const { broadcaster } = waooaw;
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const opened = async (): Promise<ReadableStreamDefaultReader<string>> => {
      const headers = { ...JSON_TYPE, host: 'localhost', authorization: `Bearer ${ADMIN_KEY}` };
      const body = JSON.stringify({ id: 1, connect: { subs: [{ ch: 'app/a' }] } });
      const response = await waooaw.fetch(
        new Request('http://localhost/sse', { method: 'POST', headers, body }),
      );
      return response.body!.pipeThrough(new TextDecoderStream()).getReader();
    };
    const [one, other] = [await opened(), await opened()];
    for (const reader of [one, other])
      assert.match((await reader.read()).value ?? '', /^data: \{"id":1,"ok"/);
    await one.cancel();
    assert.equal(broadcaster.stats().connections, 1);
    const [{ session } = { session: '' }] = broadcaster.connections();
    broadcaster.disconnect(session);
    assert.match((await other.read()).value ?? '', /^event: close\ndata: \{"code":4400/);
    // There is no socket to cut.
    t.mock.timers.tick(2_000);
    assert.equal((await other.read()).done, true);
  });

  it('is open to pages of allowed origins, and says so', async (t) => {
    const origin = 'https://portal.example';
    const { url } = await startServer(t, { allowedOrigins: [origin] });
    const preflight = await request(`${url}/sse`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers['access-control-allow-origin'], origin);
    assert.match(preflight.headers['access-control-allow-methods'] ?? '', /POST/);
    assert.match(preflight.headers['access-control-allow-headers'] ?? '', /authorization.*content-type/);
    const reader = await EventReader.open(t, url, { id: 1, connect: {} }, undefined, { origin });
    assert.equal(reader.headers['access-control-allow-origin'], origin);
    assert.match(reader.headers.vary ?? '', /Origin/i);
  });
});

describe('a request to a stream that is refused', () => {
  const COMMAND = { id: 2, subscribe: { ch: 'app/a' } };

  it('names no connection that streams: unknown, over a WebSocket, not connected yet, or over', async (t) => {
    const { url, socketUrl, waooaw } = await startServer(t);
    const socket = await Reader.open(t, socketUrl);
    const { ok } = await socket.ask({ connect: {} });
    await EventReader.open(t, url, { id: 1, subscribe: { ch: 'app/a' } });
    const [, mute] = waooaw.broadcaster.connections();
    const gone = await EventReader.connected(t, url);
    gone.leave();
    await until(() => waooaw.broadcaster.connection(gone.session) === undefined);
    assert.equal(mute?.connected, false);
    for (const session of ['nobody', ok?.session, mute?.session, gone.session, '%00']) {
      assert.equal(outcome(await post(`${url}/sse/${session}`, COMMAND)), '404 not_connected', session);
    }
    assert.deepEqual([socket.inbox.rest(), waooaw.broadcaster.stats().subscriptions], [[], 0]);
  });

  it('is not by whose connection it is', async (t) => {
    const { url, waooaw } = await startServer(t, { adminKey: ADMIN_KEY });
    const mine = await waooaw.auth.keys.create({ name: 'mine', role: 'viewer' });
    const other = await waooaw.auth.keys.create({ name: 'other', role: 'admin' });
    const revoked = await waooaw.auth.keys.create({ name: 'revoked', role: 'viewer' });
    await waooaw.auth.keys.revoke(revoked.id);
    const reader = await EventReader.connected(t, url, {}, mine.key);
    const anonymous = await post(`${url}/sse/${reader.session}`, COMMAND);
    assert.equal(outcome(anonymous), '401 unauthorized');
    assert.equal(anonymous.headers['www-authenticate'], 'Bearer');
    for (const [token, expected] of [
      [other.key, '403 forbidden'],
      [ADMIN_KEY, '403 forbidden'],
      [revoked.key, '401 token_revoked'],
      ['no key', '401 unauthorized'],
      [`${mine.key}x`, '401 unauthorized'],
    ] as const) {
      assert.equal(outcome(await reader.say(COMMAND, token)), expected);
    }
    assert.equal(waooaw.broadcaster.stats().subscriptions, 0);
    assert.equal(outcome(await reader.say(COMMAND)), '204');
    assert.ok((await reader.inbox.answer(2)).ok);
  });

  it('has a body or headers that are not taken, up and down alike', async (t) => {
    const { url, waooaw } = await startServer(t, { broadcaster: { maxFrameBytes: 1_000 } });
    const reader = await EventReader.connected(t, url);
    const long = JSON.stringify({ id: 2, connect: { client: { name: 'x'.repeat(1_000), version: '' } } });
    const wide = JSON.stringify({ id: 2, subscribe: { ch: '€'.repeat(400) } });
    const refusals: readonly [
      body: string,
      headers: Record<string, string>,
      expected: `${number} ${ErrorCode}`,
    ][] = [
      ['{"id":2,', {}, '400 bad_json'],
      ['', {}, '400 bad_json'],
      ['{"id":1}\n{"id":2}', {}, '400 bad_json'],
      ['{}', { 'content-type': 'text/plain' }, '415 unsupported_media_type'],
      ['{}', { 'content-type': 'application/x-www-form-urlencoded' }, '415 unsupported_media_type'],
      [long, {}, '413 body_too_large'],
      [wide, {}, '413 body_too_large'],
      ['{}', { origin: 'https://evil.example' }, '403 origin_not_allowed'],
      ['{}', { origin: 'null' }, '403 origin_not_allowed'],
      ['{}', { host: 'evil.example' }, '421 host_not_allowed'],
    ];
    for (const path of ['/sse', `/sse/${reader.session}`]) {
      for (const [body, headers, expected] of refusals) {
        const answer = await post(`${url}${path}`, body, headers);
        assert.equal(outcome(answer), expected, `${path}: ${body.slice(0, 40)}`);
        assert.equal(answer.headers['content-type'], 'application/problem+json');
      }
    }
    assert.deepEqual([reader.inbox.rest(), waooaw.broadcaster.stats().connections], [[], 1]);
  });

  it('is of another method', async (t) => {
    const { url } = await startServer(t);
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await request(`${url}/sse`, { method, headers: JSON_TYPE });
      assert.deepEqual([outcome(answer), answer.headers.allow], ['405 method_not_allowed', 'POST']);
    }
  });
});

describe('a stream ends', () => {
  it('when no connect comes in time, and what came instead was answered', async (t) => {
    const clock = createManualClock();
    const { url } = await startServer(t, {}, { clock });
    const reader = await EventReader.open(t, url, [{ id: 5, subscribe: { ch: 'app/a' } }, 7]);
    const [one, two] = [await reader.next(), await reader.next()];
    assert.deepEqual(
      [one.id, one.err?.code, two.id, two.err?.code],
      [5, 'connect_required', null, 'bad_frame'],
    );
    clock.advance(9_999);
    assert.equal(reader.events.length, 2);
    clock.advance(1);
    assert.deepEqual(await reader.closed, named('connect_timeout'));
  });

  const clockOf = (): ManualClock => createManualClock(Date.now());
  const ENDS: Partial<Record<CloseName, (t: TestContext) => Promise<EventReader>>> = {
    disconnected: async (t) => {
      const { url, waooaw } = await startServer(t);
      const reader = await EventReader.connected(t, url);
      waooaw.broadcaster.disconnect(reader.session);
      return reader;
    },
    token_revoked: async (t) => {
      const { url, waooaw } = await startServer(t, { adminKey: ADMIN_KEY });
      const { id, key } = await waooaw.auth.keys.create({ name: 'shop', role: 'viewer' });
      const reader = await EventReader.connected(t, url, {}, key);
      await waooaw.auth.keys.revoke(id);
      return reader;
    },
    token_expired: async (t) => {
      const clock = clockOf();
      const { url } = await startServer(
        t,
        { jwtSecret: JWT_SECRET, broadcaster: { pingMs: 100_000 } },
        { clock },
      );
      const token = await sign({ sub: 'ana', role: 'viewer', exp: seconds(clock) + 20 });
      const reader = await EventReader.connected(t, url, {}, token);
      assert.equal(reader.hello.expiresAt, (seconds(clock) + 50) * 1_000);
      clock.advance(51_000);
      return reader;
    },
    unresponsive: async (t) => {
      const clock = clockOf();
      const { url } = await startServer(t, {}, { clock });
      const reader = await EventReader.connected(t, url);
      clock.advance(36_000);
      return reader;
    },
    rate_limited: async (t) => {
      const limits = { messageBurst: 3, messagesPerSecond: 1, maxRefused: 5 };
      const { url } = await startServer(t, { broadcaster: limits });
      const reader = await EventReader.connected(t, url);
      await reader.say(Array.from({ length: 20 }, () => ({ pos: {} })));
      return reader;
    },
    connection_limit: async (t) => {
      const { url } = await startServer(t, { broadcaster: { maxConnections: 1 } });
      await EventReader.connected(t, url);
      return EventReader.open(t, url, { id: 1, connect: {} });
    },
    identity_limit: async (t) => {
      const { url } = await startServer(t, { broadcaster: { maxConnectionsPerIdentity: 1 } });
      await EventReader.connected(t, url);
      return EventReader.open(t, url, { id: 1, connect: {} });
    },
    shutdown: async (t) => {
      const { url, waooaw } = await startServer(t);
      waooaw.broadcaster.close();
      return EventReader.open(t, url, { id: 1, connect: {} });
    },
  };
  for (const [reason, provoke] of Object.entries(ENDS)) {
    it(`with the event close and its code: ${reason}`, async (t) => {
      const reader = await provoke(t);
      assert.deepEqual(await reader.closed, named(reason as CloseName));
      assert.equal(reader.events.at(-1)?.name, 'close', 'nothing comes after it');
      assert.equal(reader.events.filter(({ name }) => name === 'close').length, 1);
    });
  }

  it('with the server, which sends what is pending first', async (t) => {
    const { url, waooaw, stop }: Running = await startServer(t, { flushWindowMs: 1_000 });
    const reader = await EventReader.connected(t, url, { subs: [{ ch: 'app/a' }] });
    waooaw.broadcaster.publish('app/a', 'last words');
    const stopped = stop();
    assert.equal((await reader.next()).move?.why, 'drain');
    assert.deepEqual((await reader.next()).pubs, [[1, 'last words']]);
    assert.deepEqual(await reader.closed, named('shutdown'));
    await stopped;
  });

  it('when its client leaves, and holds nothing any more', async (t) => {
    const { url, waooaw } = await startServer(t);
    const { broadcaster } = waooaw;
    const staying = await EventReader.connected(t, url, { subs: [{ ch: 'app/a' }] });
    for (let i = 0; i < 3; i++) {
      const leaving = await EventReader.connected(t, url, { subs: [{ ch: 'app/a' }] });
      assert.equal(broadcaster.stats().connections, 2);
      leaving.leave();
      await until(() => broadcaster.stats().connections === 1);
      assert.deepEqual([broadcaster.stats().subscriptions, broadcaster.stats().closed], [1, {}]);
      broadcaster.publish('app/a', i);
      assert.deepEqual((await staying.next()).pubs, [[i + 1, i]]);
    }
  });
});

describe('a stream that nobody reads', () => {
  const data = 'x'.repeat(200_000);
  const LIMITS = { maxPendingBytes: 500_000, maxBufferedBytes: 100_000_000, slowAfterMs: 5_000 };

  it('falls behind at maxPendingBytes, costs no more memory, and catches up once it is read', async (t) => {
    const clock = createManualClock();
    const { waooaw, url } = await watched(t, { broadcaster: LIMITS }, clock);
    serveBig(waooaw, 1_000);
    const { broadcaster } = waooaw;
    const deaf = await EventReader.connected(t, url, { subs: [{ ch: 'big/a' }] });
    const lively = await EventReader.connected(t, url, { subs: [{ ch: 'big/a' }] });
    deaf.pause();
    let published = 0;
    let most = 0;
    const publish = async (): Promise<void> => {
      broadcaster.publish('big/a', data);
      published += 1;
      assert.equal((await lively.next()).pubs?.[0]?.[0], published);
      most = Math.max(most, broadcaster.stats().bufferedBytes);
    };
    while (broadcaster.stats().behind.slow === 0) await publish();
    for (let i = 0; i < 20; i++) await publish();
    assert.ok(most <= LIMITS.maxPendingBytes + 2 * data.length, `${most} bytes were held`);
    assert.equal(broadcaster.stats().connections, 2);
    deaf.resume();
    const offsets: number[] = [];
    while (offsets.length < published) {
      const { pubs, lost } = await deaf.next();
      assert.equal(lost, undefined);
      for (const [offset] of pubs ?? []) offsets.push(offset);
    }
    assert.deepEqual(
      offsets,
      offsets.map((_, i) => i + 1),
    );
    await until(() => broadcaster.stats().behind.slow === 0);
    await publish();
    assert.equal((await deaf.next()).pubs?.[0]?.[0], published);
  });

  it('is told of what it lost when it outlasts the history', async (t) => {
    const clock = createManualClock();
    const { waooaw, url } = await watched(t, { broadcaster: LIMITS }, clock);
    serveBig(waooaw, 2);
    const { broadcaster } = waooaw;
    const deaf = await EventReader.connected(t, url, { subs: [{ ch: 'big/a' }] });
    deaf.pause();
    let published = 0;
    const publish = async (): Promise<void> => {
      broadcaster.publish('big/a', data);
      published += 1;
      await turn();
    };
    while (broadcaster.stats().behind.slow === 0) await publish();
    for (let i = 0; i < 5; i++) await publish();
    deaf.resume();
    let heard: Heard = {};
    while (heard.lost === undefined) heard = await deaf.next();
    assert.deepEqual([heard.lost, heard.o, heard.snapshot], ['slow', published, 'now']);
    assert.equal(broadcaster.stats().recoveries.slow, 1);
  });

  it('is closed after slowAfterMs, then cut, and everybody else is served', async (t) => {
    const clock = createManualClock();
    const { waooaw, url, sockets } = await watched(t, { broadcaster: LIMITS }, clock);
    serveBig(waooaw, 1);
    const { broadcaster } = waooaw;
    const deaf = await EventReader.connected(t, url, { subs: [{ ch: 'big/a' }] });
    const [socket] = sockets;
    const lively = await EventReader.connected(t, url, { subs: [{ ch: 'big/a' }] });
    deaf.pause();
    const publish = async (): Promise<void> => {
      broadcaster.publish('big/a', data);
      await lively.next();
    };
    while (broadcaster.stats().behind.slow === 0) await publish();
    clock.advance(LIMITS.slowAfterMs - 1_000);
    assert.deepEqual(broadcaster.stats().closed, {});
    const cut = once(socket!, 'close');
    clock.advance(2_000);
    assert.deepEqual([broadcaster.stats().closed, broadcaster.stats().connections], [{ slow: 1 }, 1]);
    await publish();
    await cut;
    await publish();
  });
});
