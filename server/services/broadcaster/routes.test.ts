import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { z } from '@hono/zod-openapi';
import { CLOSE, ROLES } from '../../../src/protocol/index.ts';
import type { CreatedApiKey, Grant, Published, Role } from '../../../src/protocol/index.ts';
import type { ConfigOverrides } from '../../config.ts';
import { ADMIN_KEY, JWT_SECRET, sign } from '../../testing/authenticating.ts';
import { EventReader } from '../../testing/event-reader.ts';
import { Reader, post, request, startServer } from '../../testing/harness.ts';
import type { Answer, Problem, Running } from '../../testing/harness.ts';

/** Deep enough that walking it by recursion fails. */
const LEVELS = 100_000;

/** Status and code of an answer: `200`, or `403 forbidden`. */
function outcome({ status, text }: Answer): string {
  return status < 400 ? `${status}` : `${status} ${(JSON.parse(text) as Problem).code}`;
}

interface Asking extends Running {
  /** A new API key. */
  key(what: { role?: Role; grants?: readonly Grant[] }): Promise<CreatedApiKey>;
  /** Posts a publication. */
  publish(body: unknown, token?: string, headers?: Record<string, string>): Promise<Answer>;
  ask(method: string, path: string, token?: string): Promise<Answer>;
  reader(token?: string): Promise<Reader>;
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** A server that knows everybody by a token. */
async function asking(t: TestContext, overrides: ConfigOverrides = {}): Promise<Asking> {
  const running = await startServer(t, { adminKey: ADMIN_KEY, jwtSecret: JWT_SECRET, ...overrides });
  const { url, socketUrl } = running;
  return {
    ...running,
    async key(what) {
      const answer = await post(`${url}/api/keys`, { name: 'test', ...what }, bearer(ADMIN_KEY));
      assert.equal(answer.status, 200, answer.text);
      return answer.json<CreatedApiKey>();
    },
    publish: (body, token = ADMIN_KEY, headers = {}) =>
      post(`${url}/api/publish`, body, { ...bearer(token), ...headers }),
    ask: (method, path, token = ADMIN_KEY) =>
      request(`${url}${path}`, { method, headers: { 'content-type': 'application/json', ...bearer(token) } }),
    async reader(token = ADMIN_KEY) {
      const reader = await Reader.open(t, socketUrl);
      assert.ok((await reader.ask({ connect: { token } })).ok);
      return reader;
    },
  };
}

describe('POST /api/publish', () => {
  it('publishes to everybody who follows the channel, and says where the publication stands', async (t) => {
    const { publish, reader } = await asking(t);
    const readers = [await reader(), await reader()];
    for (const one of readers) await one.ask({ subscribe: { ch: 'app/orders' } });
    const data = { id: 7, nested: [null, true, 'x\ny'] };
    const answer = await publish({ ch: 'app/orders', data });
    assert.equal(answer.status, 200);
    const { ch, e, o, ...more } = answer.json<Published>();
    assert.deepEqual([ch, o, more], ['app/orders', 1, {}]);
    assert.match(e, /./);
    for (const one of readers) assert.deepEqual((await one.next()).pubs, [[1, data]]);
    assert.equal((await publish({ ch: 'app/orders', data: null })).json<Published>().o, 2);
    for (const one of readers) assert.deepEqual((await one.next()).pubs, [[2, null]]);
  });

  it('publishes to an identity, on all it has open, and to nobody else', async (t) => {
    const { publish, reader, key, url } = await asking(t);
    const [ana, ben] = [await key({ role: 'viewer' }), await key({ role: 'viewer' })];
    const ch = `user/key:${ana.id}`;
    const socket = await reader(ana.key);
    const stream = await EventReader.connected(t, url, {}, ana.key);
    for (const one of [socket, stream]) assert.ok((await one.ask({ subscribe: { ch } })).ok);
    const other = await reader(ben.key);
    assert.equal((await other.ask({ subscribe: { ch } })).err?.code, 'forbidden');
    const answer = await publish({ user: `key:${ana.id}`, data: 'hello', key: 'k' });
    assert.deepEqual([answer.status, answer.json<Published>().ch], [200, ch]);
    for (const one of [socket, stream]) assert.deepEqual((await one.next()).pubs, [[1, 'hello']]);
    assert.equal(
      (await publish({ user: `key:${ana.id}`, data: 'hello', key: 'k' })).json<Published>().duplicate,
      true,
    );
    assert.deepEqual(other.inbox.rest(), []);
  });

  it('publishes to an identity whose JWT names it in any letters', async (t) => {
    const { publish, reader } = await asking(t);
    for (const sub of ['ana@example.com', 'Ana María', 'CN=Ana, O=Example', '安娜', 'auth0|1/2*']) {
      const ch = `user/${sub}`;
      const exp = Math.floor(Date.now() / 1000) + 600;
      const ana = await reader(await sign({ sub, role: 'viewer', exp }));
      assert.equal((await ana.ask({ subscribe: { ch } })).ok?.ch, ch);
      assert.equal(outcome(await publish({ user: sub, data: 1 })), '200', sub);
      assert.deepEqual((await ana.next()).pubs, [[1, 1]]);
    }
  });

  it('says something to one connection, on no channel', async (t) => {
    const { publish, reader, waooaw } = await asking(t);
    const [one, other] = [await reader(), await reader()];
    const [{ session } = { session: '' }] = waooaw.broadcaster.connections();
    const answer = await publish({ session, data: { say: 'hello' } });
    assert.deepEqual([answer.status, answer.json()], [200, {}]);
    assert.deepEqual(await one.next(), { direct: { say: 'hello' } });
    assert.equal(outcome(await publish({ session: 'nobody', data: 1 })), '404 not_connected');
    one.socket.terminate();
    await one.closed;
    assert.deepEqual(other.inbox.rest(), []);
  });

  it('stores a publication with the same key once, named in the body or in the header', async (t) => {
    const { publish, reader } = await asking(t);
    const one = await reader();
    await one.ask({ subscribe: { ch: 'app/a' } });
    const body = { ch: 'app/a', data: { x: 1 } };
    const header = { 'idempotency-key': 'k1' };
    const first = (await publish({ ...body, key: 'k1' })).json<Published>();
    assert.equal('duplicate' in first, false);
    for (const again of [await publish({ ...body, key: 'k1' }), await publish(body, ADMIN_KEY, header)]) {
      assert.deepEqual([again.status, again.json()], [200, { ...first, duplicate: true }]);
    }
    // The body's own key is nearer than the header's.
    assert.equal((await publish({ ...body, key: 'k2' }, ADMIN_KEY, header)).json<Published>().o, 2);
    const other = { ch: 'app/a', data: { x: 2 } };
    assert.equal(outcome(await publish({ ...other, key: 'k1' })), '422 idempotency_conflict');
    assert.equal(outcome(await publish(other, ADMIN_KEY, header)), '422 idempotency_conflict');
    assert.equal((await publish({ ...other, ch: 'app/b', key: 'k1' })).json<Published>().o, 1);
    assert.deepEqual([(await one.next()).pubs, (await one.next()).pubs], [[[1, { x: 1 }]], [[2, { x: 1 }]]]);
    await one.ask({ demand: { n: 1, everyMs: 0 } });
    assert.deepEqual(one.inbox.rest(), []);
  });

  it('is for operators and admins, and for whoever was granted the channel', async (t) => {
    const { publish, key, waooaw, reader } = await asking(t);
    await reader();
    const [{ session } = { session: '' }] = waooaw.broadcaster.connections();
    const targets = [{ ch: 'app/a' }, { user: 'ana' }, { session }];
    const allowed: Readonly<Record<Role, string>> = {
      viewer: '403 forbidden',
      auditor: '403 forbidden',
      operator: '200',
      admin: '200',
    };
    for (const role of ROLES) {
      const { key: token } = await key({ role });
      for (const target of targets) {
        assert.equal(
          outcome(await publish({ ...target, data: 1 }, token)),
          allowed[role],
          `${role} ${Object.keys(target)[0]}`,
        );
      }
    }
    const grants: Grant[] = [
      { channels: 'app/orders/*', allow: ['publish'] },
      { channels: 'app/one', allow: ['subscribe', 'publish'] },
      { channels: 'app/seen', allow: ['subscribe'] },
      { channels: 'health', allow: ['publish'] },
      { channels: 'metrics/*', allow: ['publish'] },
    ];
    const { key: token } = await key({ grants });
    for (const [ch, expected] of [
      ['app/orders/7', '200'],
      ['app/one', '200'],
      ['app/one/more', '403 forbidden'],
      ['app/orders', '403 forbidden'],
      ['app/seen', '403 forbidden'],
      ['app/other', '403 forbidden'],
      ['health', '403 forbidden'],
      ['metrics/x', '403 forbidden'],
      ['user/ana', '403 forbidden'],
    ]) {
      assert.equal(outcome(await publish({ ch, data: 1 }, token)), expected, ch);
    }
    assert.equal(outcome(await publish({ session, data: 1 }, token)), '403 forbidden');
    assert.equal(outcome(await publish({ user: 'ana', data: 1 }, token)), '403 forbidden');
  });

  it('is nobody’s on a service’s own channels', async (t) => {
    const { publish, key, reader } = await asking(t);
    const one = await reader();
    const followed = ['health', 'health/database', 'metrics/x', 'metrics/x{a="b"}'];
    for (const ch of followed) assert.ok((await one.ask({ subscribe: { ch } })).ok);
    for (const role of ROLES) {
      const { key: token } = await key({ role });
      for (const ch of followed)
        assert.equal(outcome(await publish({ ch, data: 1 }, token)), '403 forbidden');
    }
    assert.ok(one.inbox.rest().every(({ pubs }) => pubs?.every(([, data]) => data !== 1) ?? true));
  });

  it('is not for whom nobody knows', async (t) => {
    const { publish, url } = await asking(t);
    assert.equal(outcome(await publish({ ch: 'app/a', data: 1 }, 'no key')), '401 unauthorized');
    assert.equal(outcome(await post(`${url}/api/publish`, { ch: 'app/a', data: 1 })), '401 unauthorized');
  });

  it('refuses what is no publication, and names what was wrong', async (t) => {
    const { publish, waooaw } = await asking(t);
    for (const body of [
      '{"ch":"app/a"}',
      '{"data":1}',
      '{"ch":7,"data":1}',
      '{"user":"","data":1}',
      '{"session":7,"data":1}',
      '{"ch":"app/a","data":1,"key":""}',
      `{"ch":"app/a","data":1,"key":"${'k'.repeat(129)}"}`,
      '[]',
      'null',
      '7',
    ]) {
      assert.equal(outcome(await publish(body)), '400 bad_request', body);
    }
    const long = { 'idempotency-key': 'k'.repeat(129) };
    assert.equal(outcome(await publish({ ch: 'app/a', data: 1 }, ADMIN_KEY, long)), '400 bad_request');
    assert.equal(outcome(await publish('{"ch":"app/a","data":')), '400 bad_json');
    assert.equal(outcome(await publish('')), '400 bad_json');
    const loud = { 'content-type': 'Application/JSON; charset=utf-8' };
    assert.equal(outcome(await publish('{"ch":"app/a"}', ADMIN_KEY, loud)), '400 bad_request');
    const form = { 'content-type': 'text/plain' };
    assert.equal(outcome(await publish('{}', ADMIN_KEY, form)), '415 unsupported_media_type');
    assert.equal(waooaw.broadcaster.stats().channels, 0);
  });

  it('refuses names that are no channel, and opens none for them', async (t) => {
    const { publish, waooaw } = await asking(t, { broadcaster: { maxChannelLength: 20 } });
    for (const [ch, expected] of [
      ['', '400 bad_channel'],
      [`app/${'x'.repeat(17)}`, '400 bad_channel'],
      ['app/a b', '400 bad_channel'],
      ['app/*', '400 bad_channel'],
      ['app/a*b', '400 bad_channel'],
      ['app//', '400 bad_channel'],
      ['app//a', '400 bad_channel'],
      ['app/a/', '400 bad_channel'],
      ['app/a//b', '400 bad_channel'],
      ['app/ä', '400 bad_channel'],
      ['app/a\nb', '400 bad_channel'],
      ['app/a\u0000', '400 bad_channel'],
      ['user/a\nb', '400 bad_channel'],
      ['app', '404 unknown_channel'],
      ['app/', '404 unknown_channel'],
      ['user', '404 unknown_channel'],
      ['user/', '404 unknown_channel'],
      ['apple/a', '404 unknown_channel'],
      ['/app/a', '404 unknown_channel'],
      ['nowhere', '404 unknown_channel'],
      [`app/${'x'.repeat(16)}`, '200'],
      ['app/~!{"a"}', '200'],
    ]) {
      assert.equal(outcome(await publish({ ch, data: 1 })), expected, JSON.stringify(ch));
    }
    assert.equal(waooaw.broadcaster.stats().channels, 2);
  });

  it('refuses what is larger than maxPublicationBytes, as JSON in UTF-8', async (t) => {
    const { publish } = await asking(t, { broadcaster: { maxPublicationBytes: 100 } });
    assert.equal(outcome(await publish({ ch: 'app/a', data: 'x'.repeat(98) })), '200');
    assert.equal(outcome(await publish({ ch: 'app/a', data: 'x'.repeat(99) })), '413 publication_too_large');
    assert.equal(outcome(await publish({ ch: 'app/a', data: '€'.repeat(33) })), '413 publication_too_large');
    const spaced = `{"ch":"app/a","data":[${' '.repeat(1_000)}]}`;
    assert.equal(outcome(await publish(spaced)), '200', 'what counts is what is sent on');
    assert.equal(outcome(await publish({ user: 'ana', data: 'x'.repeat(99) })), '413 publication_too_large');
  });

  it('refuses what is nested too deeply, and nothing breaks', async (t) => {
    const limits = { maxPublicationBytes: 1_000_000 };
    const { publish, reader } = await asking(t, { broadcaster: limits });
    const one = await reader();
    await one.ask({ subscribe: { ch: 'app/a' } });
    const arrays = '['.repeat(LEVELS) + ']'.repeat(LEVELS);
    const objects = '{"a":'.repeat(LEVELS) + '1' + '}'.repeat(LEVELS);
    for (const data of [arrays, objects]) {
      assert.equal(outcome(await publish(`{"ch":"app/a","data":${data}}`)), '400 bad_request');
      assert.equal(outcome(await publish(data)), '400 bad_request');
    }
    const tooLarge = `{"ch":"app/a","data":${'['.repeat(6 * LEVELS)}${']'.repeat(6 * LEVELS)}}`;
    assert.equal(outcome(await publish(tooLarge)), '413 body_too_large');
    assert.equal(outcome(await publish({ ch: 'app/a', data: 'fine' })), '200');
    assert.deepEqual((await one.next()).pubs, [[1, 'fine']]);
  });

  it('takes a body that is nested to maxDepth, and brackets in its texts count for nothing', async (t) => {
    const { publish } = await asking(t, { broadcaster: { maxDepth: 10 } });
    const nested = (levels: number): string =>
      `{"ch":"app/a","data":${'['.repeat(levels)}"[[[[{{{{"${']'.repeat(levels)}}`;
    assert.equal(outcome(await publish(nested(9))), '200');
    const refused = await publish(nested(10));
    assert.equal(outcome(refused), '400 bad_request');
    assert.match(refused.json<Problem>().detail, /10 levels/);
  });

  it('says of what it says to one connection too that it is nested too deeply', async (t) => {
    const { publish, reader, waooaw } = await asking(t);
    await reader();
    const [{ session } = { session: '' }] = waooaw.broadcaster.connections();
    const deep = `{"session":"${session}","data":${'['.repeat(LEVELS)}${']'.repeat(LEVELS)}}`;
    assert.equal(outcome(await publish(deep)), '400 bad_request');
  });

  it('refuses a channel over maxChannels, and serves those that are open', async (t) => {
    const { publish } = await asking(t, { broadcaster: { maxChannels: 2 } });
    for (const ch of ['app/a', 'app/b', 'app/a'])
      assert.equal(outcome(await publish({ ch, data: 1 })), '200');
    const answer = await publish({ ch: 'app/c', data: 1 });
    assert.deepEqual([outcome(answer), answer.json<Problem>().retryable], ['429 channel_limit', true]);
  });
});

interface Stats {
  readonly connections: number;
  readonly transports: Readonly<Record<string, number>>;
  readonly channels: number;
  readonly subscriptions: number;
  readonly behind: Readonly<Record<string, number>>;
  readonly lag: Readonly<Record<string, number>>;
  readonly publications: number;
  readonly deliveries: number;
  readonly flushes: number;
  readonly flushSizes: {
    readonly buckets: readonly { upTo: number | null; count: number }[];
    readonly sum: number;
    readonly count: number;
  };
  readonly recoveries: Readonly<Record<string, number>>;
  readonly closed: Readonly<Record<string, number>>;
}

/** A component of the API's description as a strict schema: nothing that it does not name passes. */
async function schemaOf(url: string, name: string): Promise<z.ZodType> {
  const text = (await request(`${url}/api/openapi.json`)).text.replaceAll(
    '#/components/schemas/',
    '#/$defs/',
  );
  const document = JSON.parse(text, (_, value: unknown) => {
    const isObject = typeof value === 'object' && value !== null && 'properties' in value;
    return isObject && 'type' in value ? { additionalProperties: false, ...value } : value;
  }) as { components: { schemas: Record<string, z.core.JSONSchema.JSONSchema> } };
  return z.fromJSONSchema({ $ref: `#/$defs/${name}`, $defs: document.components.schemas });
}

describe('GET /api/broadcaster', () => {
  it('says what is open and what happened, as it is described', async (t) => {
    const { publish, reader, url, ask } = await asking(t);
    const [one, two] = [await reader(), await reader()];
    const stream = await EventReader.connected(t, url, {}, ADMIN_KEY);
    const { ok } = await one.ask({ subscribe: { ch: 'app/a' } });
    await two.ask({ subscribe: { ch: 'app/a', everyMs: 60_000 } });
    await stream.ask({ subscribe: { ch: 'app/a' } });
    const since = { e: ok?.e ?? '', o: ok?.o ?? -1, h: ok?.h ?? '' };
    for (const data of [1, 2]) await publish({ ch: 'app/a', data });
    for (const each of [one, stream]) await each.next();
    await one.ask({ subscribe: { ch: 'app/a', since } });
    await one.ask({ subscribe: { ch: 'app/a', since: { ...since, e: 'another' } } });
    one.say({ pos: { [ok?.n ?? 0]: 1 } });
    await one.ask({ unsubscribe: { n: 9 } });
    const stats = (await ask('GET', '/api/broadcaster')).json<Stats>();
    (await schemaOf(url, 'BroadcasterStats')).parse(stats);
    assert.deepEqual(stats.transports, { websocket: 2, sse: 1 });
    assert.deepEqual([stats.connections, stats.channels, stats.subscriptions], [3, 1, 3]);
    assert.deepEqual(stats.behind, { slow: 0, demand: 1, broken: 0 });
    assert.deepEqual(stats.lag, { p50: 1, p95: 1, p99: 1, max: 1 });
    assert.deepEqual([stats.deliveries, stats.flushes], [4, 2]);
    // The health checks publish too.
    assert.ok(stats.publications >= 2);
    assert.deepEqual([stats.flushSizes.count, stats.flushSizes.sum], [2, 2]);
    assert.deepEqual(
      [stats.flushSizes.buckets[0], stats.flushSizes.buckets.at(-1)],
      [
        { upTo: 1, count: 2 },
        { upTo: null, count: 2 },
      ],
    );
    assert.deepEqual(stats.recoveries, { recovered: 1, epoch: 1, tail: 0, history: 0, slow: 0 });
    two.socket.send(Buffer.from('binary'));
    await two.closed;
    const after = (await ask('GET', '/api/broadcaster')).json<Stats>();
    assert.deepEqual([after.connections, after.closed, after.behind['demand']], [2, { binary_frame: 1 }, 0]);
  });

  it('is for whoever has a role', async (t) => {
    const { ask, key } = await asking(t);
    for (const role of ROLES) {
      assert.equal(outcome(await ask('GET', '/api/broadcaster', (await key({ role })).key)), '200');
    }
    const { key: token } = await key({ grants: [{ channels: '*', allow: ['subscribe', 'publish'] }] });
    assert.equal(outcome(await ask('GET', '/api/broadcaster', token)), '403 forbidden');
    assert.equal(outcome(await ask('GET', '/api/broadcaster', 'no key')), '401 unauthorized');
  });
});

interface Listed {
  readonly connections: readonly Readonly<Record<string, unknown>>[];
  readonly next: string | null;
}

describe('/api/broadcaster/connections', () => {
  it('describes each connection, also one that has not said who it is', async (t) => {
    const { ask, reader, key, url, socketUrl } = await asking(t);
    const { id, key: token } = await key({ role: 'viewer' });
    await Reader.open(t, socketUrl);
    const one = await Reader.open(t, socketUrl);
    const client = { name: 'console', version: '2' };
    await one.ask({ connect: { token, client, subs: [{ ch: 'app/a' }, { ch: 'app/b', everyMs: 1_000 }] } });
    await EventReader.connected(t, url, {}, ADMIN_KEY);
    await reader();
    const listed = (await ask('GET', '/api/broadcaster/connections')).json<Listed>();
    (await schemaOf(url, 'Connections')).parse(listed);
    assert.equal(listed.next, null);
    const [mute, busy, stream] = listed.connections;
    assert.deepEqual(
      [mute?.['identity'], mute?.['client'], mute?.['lag'], mute?.['channels']],
      [null, null, null, []],
    );
    const { session, since, heardAt, ...rest } = busy ?? {};
    assert.match(String(session), /^[0-9a-f-]{36}$/);
    assert.ok(Number(heardAt) >= Number(since));
    assert.deepEqual(rest, {
      transport: 'websocket',
      address: '127.0.0.1',
      identity: `key:${id}`,
      client,
      lag: null,
      bufferedBytes: 0,
      channels: [
        { channel: 'app/a', everyMs: 0, behind: null },
        { channel: 'app/b', everyMs: 1_000, behind: 'demand' },
      ],
    });
    assert.deepEqual([stream?.['transport'], stream?.['identity']], ['sse', 'key:admin']);
  });

  it('come in pages, oldest first, and a page whose beginning is gone is refused', async (t) => {
    const { ask, reader, waooaw } = await asking(t);
    const readers = [];
    for (let i = 0; i < 5; i++) readers.push(await reader());
    const sessions = [...waooaw.broadcaster.connections()].map(({ session }) => session);
    const page = async (query: string): Promise<Listed> =>
      (await ask('GET', `/api/broadcaster/connections${query}`)).json<Listed>();
    const seen: unknown[] = [];
    let next: string | null = null;
    const sizes: number[] = [];
    do {
      const listed: Listed = await page(`?limit=2${next === null ? '' : `&after=${next}`}`);
      seen.push(...listed.connections.map(({ session }) => session));
      sizes.push(listed.connections.length);
      next = listed.next;
    } while (next !== null);
    assert.deepEqual([seen, sizes], [sessions, [2, 2, 1]]);
    assert.deepEqual(await page(`?after=${sessions[4]}`), { connections: [], next: null });
    assert.equal((await page('?limit=5')).next, null);
    readers[1]!.socket.terminate();
    await readers[1]!.closed;
    while (waooaw.broadcaster.stats().connections === 5) await page('');
    const gone = await ask('GET', `/api/broadcaster/connections?limit=2&after=${sessions[1]}`);
    assert.equal(outcome(gone), '404 not_connected');
    for (const query of ['limit=0', 'limit=1001', 'limit=x', 'limit=1.5', 'limit=-1']) {
      assert.equal(
        outcome(await ask('GET', `/api/broadcaster/connections?${query}`)),
        '400 bad_request',
        query,
      );
    }
  });

  it('end with the code that says not to come back', async (t) => {
    const { ask, reader, url, waooaw } = await asking(t);
    const [one, other] = [await reader(), await reader()];
    const stream = await EventReader.connected(t, url, {}, ADMIN_KEY);
    const [first] = [...waooaw.broadcaster.connections()].map(({ session }) => session);
    const end = (session = ''): Promise<Answer> => ask('DELETE', `/api/broadcaster/connections/${session}`);
    const answer = await end(first);
    assert.deepEqual([answer.status, answer.text], [204, '']);
    assert.deepEqual(await one.closed, { code: CLOSE.disconnected, reason: 'disconnected' });
    assert.equal((await end(stream.session)).status, 204);
    assert.deepEqual(await stream.closed, { code: CLOSE.disconnected, reason: 'disconnected' });
    assert.equal(outcome(await end(first)), '404 not_connected');
    assert.ok((await other.ask({ subscribe: { ch: 'app/a' } })).ok);
    assert.deepEqual(waooaw.broadcaster.stats().closed, { disconnected: 2 });
  });

  it('are for admins', async (t) => {
    const { ask, key, reader, waooaw } = await asking(t);
    await reader();
    const [{ session } = { session: '' }] = waooaw.broadcaster.connections();
    const granted = { grants: [{ channels: '*', allow: ['subscribe', 'publish'] as const }] };
    for (const what of [...ROLES.filter((role) => role !== 'admin').map((role) => ({ role })), granted]) {
      const { key: token } = await key(what);
      const list = await ask('GET', '/api/broadcaster/connections', token);
      const end = await ask('DELETE', `/api/broadcaster/connections/${session}`, token);
      assert.deepEqual([outcome(list), outcome(end)], ['403 forbidden', '403 forbidden']);
    }
    assert.equal(outcome(await ask('GET', '/api/broadcaster/connections', 'no key')), '401 unauthorized');
    assert.equal(
      outcome(await ask('DELETE', `/api/broadcaster/connections/${session}`, 'no')),
      '401 unauthorized',
    );
    assert.equal(waooaw.broadcaster.stats().connections, 1);
  });
});

/** A family of metrics, read back. */
interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: {
    readonly name: string;
    readonly labels: Record<string, string>;
    readonly value: number;
  }[];
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Reads Prometheus text, strictly: every sample stands below the HELP and TYPE of its family, each family once. */
function parseExposition(text: string): Map<string, Family> {
  assert.ok(text.endsWith('\n'), 'the last line ends');
  const families = new Map<string, Family>();
  const lines = text.slice(0, -1).split('\n');
  let name = '';
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    const help = /^# HELP (\S+) (.+)$/.exec(line);
    if (help) {
      name = help[1]!;
      assert.ok(!families.has(name), `${name} comes twice`);
      const [, of, type] = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(lines[++i] ?? '') ?? [];
      assert.equal(of, name, `${name} has a type`);
      families.set(name, { type: type!, help: help[2]!, samples: [] });
      continue;
    }
    const [, sample = '', labels = '', value = ''] = SAMPLE.exec(line) ?? assert.fail(`no sample: ${line}`);
    const family = families.get(name)!;
    const suffixes = family.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    assert.ok(
      suffixes.some((suffix) => sample === `${name}${suffix}`),
      `${sample} below ${name}`,
    );
    const pairs = [...labels.matchAll(LABEL)].map(([, key, text]) => [key, text] as const);
    const number = value === '+Inf' ? Infinity : Number(value);
    assert.ok(!Number.isNaN(number), line);
    family.samples.push({
      name: sample,
      labels: Object.fromEntries(pairs) as Record<string, string>,
      value: number,
    });
  }
  return families;
}

describe('GET /metrics', () => {
  it('is Prometheus text, and says what happened', async (t) => {
    const { ask, publish, reader, url } = await asking(t);
    const one = await reader();
    await EventReader.connected(t, url, {}, ADMIN_KEY);
    await one.ask({ subscribe: { ch: 'app/a' } });
    for (const data of [1, 2, 3]) await publish({ ch: 'app/a', data });
    const gone = await reader();
    gone.socket.send(Buffer.from('x'));
    await gone.closed;
    const answer = await ask('GET', '/metrics');
    assert.equal(answer.status, 200);
    assert.match(answer.headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/);
    const families = parseExposition(answer.text);
    const valueOf = (name: string, labels: Record<string, string> = {}): number | undefined =>
      families
        .get(`waooaw_broadcaster_${name}`)
        ?.samples.find((sample) => JSON.stringify(sample.labels) === JSON.stringify(labels))?.value;
    assert.deepEqual(
      [
        valueOf('connections', { transport: 'websocket' }),
        valueOf('connections', { transport: 'sse' }),
        valueOf('channels'),
        valueOf('subscriptions'),
        valueOf('deliveries_total'),
        valueOf('closed_total', { reason: 'binary_frame' }),
        valueOf('lag_publications', { quantile: '0.99' }),
        valueOf('subscriptions_behind', { why: 'demand' }),
        valueOf('recoveries_total', { outcome: 'recovered' }),
        valueOf('publish_failures_total'),
        valueOf('conflated_total'),
        valueOf('buffered_bytes'),
      ],
      [1, 1, 1, 1, 3, 1, 0, 0, 0, 0, 0, 0],
    );
    assert.ok((valueOf('publications_total') ?? 0) >= 3);
    for (const [name, { type, help }] of families) {
      assert.equal(type === 'counter', name.endsWith('_total'), name);
      assert.match(help, /^[A-Z].*\.$/, name);
    }
    const { type, samples } = families.get('waooaw_broadcaster_flush_publications')!;
    const buckets = samples.filter(({ name }) => name.endsWith('_bucket'));
    const bounds = buckets.map(({ labels }) => (labels['le'] === '+Inf' ? Infinity : Number(labels['le'])));
    assert.deepEqual(
      [type, bounds, bounds.at(-1)],
      ['histogram', [...bounds].sort((a, b) => a - b), Infinity],
    );
    const counts = buckets.map(({ value }) => value);
    assert.deepEqual(
      counts,
      [...counts].sort((a, b) => a - b),
      'cumulative',
    );
    const total = samples.find(({ name }) => name.endsWith('_count'))?.value;
    assert.deepEqual([counts.at(-1), total], [3, 3]);
    assert.equal(samples.find(({ name }) => name.endsWith('_sum'))?.value, 3);
  });

  it('is for whoever has a role, by the header alone', async (t) => {
    const { ask, key, url } = await asking(t);
    for (const role of ROLES)
      assert.equal(outcome(await ask('GET', '/metrics', (await key({ role })).key)), '200');
    const { key: token } = await key({ grants: [{ channels: '*', allow: ['subscribe'] }] });
    assert.equal(outcome(await ask('GET', '/metrics', token)), '403 forbidden');
    assert.equal(outcome(await ask('GET', '/metrics', 'no key')), '401 unauthorized');
    assert.equal(outcome(await request(`${url}/metrics?token=${ADMIN_KEY}`)), '401 unauthorized');
    assert.equal(outcome(await ask('POST', '/metrics')), '405 method_not_allowed');
  });

  it('is for anybody on this machine while no authentication is configured', async (t) => {
    const { url } = await startServer(t);
    parseExposition((await request(`${url}/metrics`)).text);
  });
});
