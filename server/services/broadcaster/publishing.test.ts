import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { Json, Position } from '../../../src/protocol/index.ts';
import { createMemoryBus } from '../../engines/memory/bus.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import { READ_ONLY } from '../../ports/publisher.ts';
import type { Namespace } from '../../ports/publisher.ts';
import { turn } from '../../testing/event-loop.ts';
import { FakeReader, connected } from '../../testing/fake-reader.ts';
import { coded } from '../../testing/harness.ts';
import { FakeIdentities } from '../../testing/identities.ts';
import type { Heard } from '../../testing/inbox.ts';
import { createBroadcaster } from './index.ts';
import type { BroadcasterLimits } from './index.ts';

/** A broadcaster with nothing but its own namespaces, and people of every kind. */
const setUp = (limits: Partial<BroadcasterLimits> = {}) => {
  const clock = createManualClock();
  const bus = createMemoryBus(clock);
  const identities = new FakeIdentities();
  identities.add('operator', { role: 'operator' });
  identities.add('viewer', { role: 'viewer' });
  identities.add('auditor', { role: 'auditor' });
  identities.add('ben', { role: 'operator' });
  identities.add('shop', { grants: [{ channels: 'app/orders/*', allow: ['publish'] }] });
  const errors: [what: string, error: unknown][] = [];
  const broadcaster = createBroadcaster({
    bus,
    clock,
    authenticator: identities,
    // A clock that jumps over minutes must not end those who hear nothing meanwhile.
    limits: { pingMs: 3_600_000, ...limits },
    onError: (error, what) => void errors.push([what, error]),
  });
  return { clock, bus, identities, broadcaster, errors };
};

const AGE_MS = 300_000;

const positionOf = ({ ok }: Heard): Position => ({ e: ok?.e ?? '', o: ok?.o ?? -1, h: ok?.h ?? '' });

const namespace = (name: string, more: Partial<Namespace> = {}): Namespace => ({
  name,
  history: { size: 5, ageMs: 60_000 },
  onDemand: false,
  access: READ_ONLY,
  resolve: (channel) => channel,
  ...more,
});

/** A promise that the test keeps or breaks. */
function deferred(): {
  promise: Promise<Json>;
  resolve: (data: Json) => void;
  reject: (error: Error) => void;
} {
  let [resolve, reject]: [(data: Json) => void, (error: Error) => void] = [() => undefined, () => undefined];
  const promise = new Promise<Json>((keep, fail) => ([resolve, reject] = [keep, fail]));
  return { promise, resolve, reject };
}

/** `[[[…]]]`, as text: deeper than it can be written by recursion. */
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('the publish command', () => {
  it('is answered with where the publication stands, and reaches everybody, the publisher too', async () => {
    const { broadcaster } = setUp();
    const [writer, reader] = [
      await connected(broadcaster, 'operator'),
      await connected(broadcaster, 'viewer'),
    ];
    const { ok: followed } = await writer.ask({ subscribe: { ch: 'app/a' } });
    await reader.ask({ subscribe: { ch: 'app/a' } });
    for (const [offset, data] of [null, false, 0, '', 'x\ny', [1, [2]], { a: { b: 1 } }].entries()) {
      const { ok } = await writer.ask({ publish: { ch: 'app/a', data } });
      assert.deepEqual(ok, { ch: 'app/a', e: followed?.e, o: offset + 1 });
      for (const each of [writer, reader]) assert.deepEqual((await each.next()).pubs, [[offset + 1, data]]);
    }
  });

  it('that comes again with its key is stored and heard once; with other data it is refused', async () => {
    const { broadcaster, clock } = setUp();
    const [writer, other] = [await connected(broadcaster, 'operator'), await connected(broadcaster, 'ben')];
    await other.ask({ subscribe: { ch: 'app/a' } });
    const publish = { ch: 'app/a', data: { total: 1 }, key: 'order-1' };
    const first = await writer.ask({ publish });
    assert.deepEqual((await writer.ask({ publish })).ok, { ...first.ok, duplicate: true });
    const conflict = await other.ask({ publish: { ...publish, data: { total: 2 } } });
    assert.deepEqual([conflict.err?.code, conflict.err?.retryable], ['idempotency_conflict', false]);
    clock.advance(AGE_MS);
    assert.equal((await writer.ask({ publish })).ok?.duplicate, undefined, 'long after');
    const heard = [{ total: 1 }, { total: 1 }].map((data, i) => [i + 1, data]);
    assert.deepEqual((await other.next()).pubs, heard);
    await turn();
    assert.deepEqual(other.inbox.rest(), []);
    assert.equal(broadcaster.stats().publications, 2);
  });

  it('takes a role or a grant, and nothing helps on a service’s own channels', async () => {
    const { broadcaster, identities, bus } = setUp();
    broadcaster.serve(namespace('health'));
    identities.add('all', { role: 'admin', grants: [{ channels: '*', allow: ['subscribe', 'publish'] }] });
    for (const [token, ch, expected] of [
      ['operator', 'app/a', undefined],
      ['viewer', 'app/a', 'forbidden'],
      ['auditor', 'app/a', 'forbidden'],
      ['shop', 'app/orders/1', undefined],
      ['shop', 'app/orders', 'forbidden'],
      ['shop', 'app/a', 'forbidden'],
      ['operator', 'user/ana', undefined],
      ['viewer', 'user/viewer', 'forbidden'],
      ['operator', 'health', 'forbidden'],
      ['all', 'health/database', 'forbidden'],
      ['all', 'app/a', undefined],
      ['operator', 'nowhere', 'unknown_channel'],
      ['operator', 'app/a b', 'bad_channel'],
      ['operator', '', 'bad_channel'],
    ] as const) {
      const reader = await connected(broadcaster, token);
      const { err } = await reader.ask({ publish: { ch, data: 1 } });
      assert.equal(err?.code, expected, `${token} on ${ch}`);
    }
    assert.equal((await bus.read('health')).position.o, 0);
  });

  it('is refused over maxPublicationBytes and over maxChannels, and nothing is stored', async () => {
    const { broadcaster, bus } = setUp({ maxPublicationBytes: 20, maxChannels: 1 });
    const writer = await connected(broadcaster, 'operator');
    assert.ok((await writer.ask({ publish: { ch: 'app/a', data: 'x'.repeat(18) } })).ok);
    for (const [ch, data, code] of [
      ['app/a', 'x'.repeat(19), 'publication_too_large'],
      ['app/a', '€'.repeat(7), 'publication_too_large'],
      ['app/b', 1, 'channel_limit'],
    ] as const) {
      assert.equal((await writer.ask({ publish: { ch, data } })).err?.code, code);
    }
    assert.deepEqual([(await bus.read('app/a')).position.o, (await bus.read('app/b')).position.o], [1, 0]);
  });

  it('counts against the rate of its connection', async () => {
    const { broadcaster, clock } = setUp({ messageBurst: 3, messagesPerSecond: 10 });
    const writer = await connected(broadcaster, 'operator');
    for (const id of [11, 12, 13]) writer.say({ id, publish: { ch: 'app/a', data: id } });
    const refused = await writer.next();
    assert.deepEqual([refused.id, refused.err?.code, refused.err?.afterMs], [13, 'rate_limited', 100]);
    assert.deepEqual([(await writer.next()).ok?.o, (await writer.next()).ok?.o], [1, 2]);
    clock.advance(100);
    assert.equal((await writer.ask({ publish: { ch: 'app/a', data: 14 } })).ok?.o, 3);
  });

  it('keeps the order in which one client said things', async () => {
    const { broadcaster } = setUp();
    const writer = await connected(broadcaster, 'operator');
    await writer.ask({ subscribe: { ch: 'app/a' } });
    const lines = Array.from({ length: 50 }, (_, i) =>
      JSON.stringify({ id: i + 10, publish: { ch: 'app/a', data: i } }),
    );
    writer.say(lines.join('\n'));
    const data: Json[] = [];
    while (data.length < 50) for (const [, one] of (await writer.next()).pubs ?? []) data.push(one);
    assert.deepEqual(
      data,
      data.map((_, i) => i),
    );
  });

  it('is refused before anybody is known, and with data that cannot be written', async () => {
    const { broadcaster } = setUp();
    const stranger = new FakeReader(broadcaster);
    const { err } = await stranger.ask({ publish: { ch: 'app/a', data: 1 } });
    assert.equal(err?.code, 'connect_required');
    const writer = await connected(broadcaster, 'operator');
    writer.say(`{"id":9,"publish":{"ch":"app/a","data":${nested(100_000)}}}`);
    assert.equal((await writer.inbox.answer(9)).err?.code, 'bad_request');
    writer.say('{"id":10,"publish":{"ch":"app/a"}}');
    assert.equal((await writer.inbox.answer(10)).err?.code, 'bad_request');
    assert.equal(broadcaster.stats().publications, 0);
  });

  it('takes nothing that a returning reader could not be given', async () => {
    const { broadcaster } = setUp();
    const writer = await connected(broadcaster, 'operator');
    const since = positionOf(await writer.ask({ subscribe: { ch: 'app/a' } }));
    // The deepest nesting that is taken: the message and its command are levels too.
    const deepest = broadcaster.limits.maxDepth - 2;
    for (const [id, levels] of [
      [50, deepest + 1],
      [51, deepest],
    ] as const) {
      writer.say(`{"id":${id},"publish":{"ch":"app/a","data":${nested(levels)}}}`);
      const { ok, err } = await writer.inbox.answer(id);
      assert.deepEqual([ok?.o, err?.code], levels > deepest ? [undefined, 'bad_request'] : [1, undefined]);
    }
    const back = new FakeReader(broadcaster);
    const { ok } = await back.ask({ connect: { subs: [{ ch: 'app/a', since }] } });
    assert.deepEqual([ok?.subs?.[0]?.err, ok?.subs?.[0]?.recovered], [undefined, true]);
  });
});

describe('publishing by the host', () => {
  it('takes what is nested to maxDepth, and refuses more, also to one connection', async () => {
    const { broadcaster } = setUp({ maxDepth: 10 });
    const reader = await connected(broadcaster, 'ben');
    const { session } = reader.connection;
    const [fits, deep] = [JSON.parse(nested(10)) as Json, JSON.parse(nested(11)) as Json];
    assert.equal((await broadcaster.sendToUser('ben', fits)).o, 1);
    await assert.rejects(broadcaster.sendToUser('ben', deep), coded('bad_request', '10 levels'));
    assert.doesNotThrow(() => broadcaster.sendTo(session, fits));
    assert.throws(() => broadcaster.sendTo(session, deep), coded('bad_request', '10 levels'));
  });
});

describe('publishing by a service', () => {
  it('never throws, whatever it is given, and sends nothing that is no JSON', async () => {
    const { broadcaster, errors } = setUp();
    broadcaster.serve(namespace('own'));
    const reader = await connected(broadcaster, 'viewer');
    await reader.ask({ subscribe: { ch: 'own/a' } });
    const circular: Record<string, unknown> = {};
    circular['itself'] = circular;
    for (const data of [circular, 1n, JSON.parse(nested(100_000))]) {
      assert.doesNotThrow(() => broadcaster.publish('own/a', data as Json));
    }
    broadcaster.publish('own/a', undefined as unknown as Json);
    broadcaster.publish('own/a', 'fine');
    await turn();
    assert.equal(reader.inbox.rest().at(-1)?.pubs?.at(-1)?.[1], 'fine');
    assert.deepEqual([errors.length, broadcaster.stats().failures], [4, 4]);
  });
});

describe('a request', () => {
  it('is answered by the method of its name, which knows who asks', async () => {
    const { broadcaster } = setUp();
    broadcaster.respond('echo', (data, { identity }) => ({ data: data ?? null, by: identity.id }));
    broadcaster.respond('later', () => turn().then(() => 'done'));
    const reader = await connected(broadcaster, 'viewer');
    for (const [data, echoed] of [
      [{ a: [1] }, { a: [1] }],
      [null, null],
      [undefined, null],
    ] as const) {
      const asked = { method: 'echo', ...(data !== undefined && { data }) };
      assert.deepEqual((await reader.ask({ request: asked })).ok, { data: { data: echoed, by: 'viewer' } });
    }
    assert.deepEqual((await reader.ask({ request: { method: 'later' } })).ok, { data: 'done' });
    broadcaster.respond('echo', () => 'another');
    assert.deepEqual((await reader.ask({ request: { method: 'echo' } })).ok, { data: 'another' });
  });

  it('that nobody answers, or not for this role, is refused, and the method is not asked', async () => {
    const { broadcaster } = setUp();
    const asked: string[] = [];
    broadcaster.respond('restart', (_, { identity }) => asked.push(identity.id), ['operator', 'admin']);
    for (const [token, method, code] of [
      ['operator', 'restart', undefined],
      ['viewer', 'restart', 'forbidden'],
      ['auditor', 'restart', 'forbidden'],
      ['shop', 'restart', 'forbidden'],
      ['operator', 'Restart', 'unknown_method'],
      ['operator', 'toString', 'unknown_method'],
      ['operator', '', 'bad_request'],
      ['operator', 'm'.repeat(129), 'bad_request'],
    ] as const) {
      const reader = await connected(broadcaster, token);
      assert.equal((await reader.ask({ request: { method } })).err?.code, code, `${token} ${method}`);
    }
    assert.deepEqual(asked, ['operator']);
    const stranger = new FakeReader(broadcaster);
    assert.equal((await stranger.ask({ request: { method: 'restart' } })).err?.code, 'connect_required');
  });

  it('that fails says the code of our own errors, and internal of all others, which are reported', async () => {
    const { broadcaster, errors } = setUp();
    const thrown: unknown[] = [new Error('a secret'), 'a text', new TypeError('another secret')];
    broadcaster.respond('known', () => {
      throw new WaooawError('storage_full', 'No room', { afterMs: 5 });
    });
    broadcaster.respond('at-once', () => {
      throw thrown[0] as Error;
    });
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a host's method may.
    broadcaster.respond('no-error', () => Promise.reject(thrown[1]));
    broadcaster.respond('later', () => turn().then(() => Promise.reject(thrown[2] as Error)));
    broadcaster.respond('no-json', () => 1n as unknown as Json);
    const reader = await connected(broadcaster, 'viewer');
    const known = await reader.ask({ request: { method: 'known' } });
    assert.deepEqual(known.err, { code: 'storage_full', message: 'No room', retryable: true, afterMs: 5 });
    for (const method of ['at-once', 'no-error', 'later', 'no-json']) {
      const { err } = await reader.ask({ request: { method } });
      assert.deepEqual([err?.code, err?.retryable], ['internal', true], method);
      assert.doesNotMatch(err?.message ?? '', /secret|text/);
    }
    assert.deepEqual(
      errors.slice(0, 3).map(([, error]) => error),
      thrown,
    );
    assert.equal(errors.length, 4);
  });

  it('that takes its time holds up nobody, nor its own connection', async () => {
    const { broadcaster } = setUp();
    const slow = deferred();
    broadcaster.respond('slow', () => slow.promise);
    const [reader, other] = [
      await connected(broadcaster, 'operator'),
      await connected(broadcaster, 'viewer'),
    ];
    reader.say({ id: 90, request: { method: 'slow' } });
    reader.say({ id: 91, request: { method: 'slow' } });
    await reader.ask({ subscribe: { ch: 'app/a' } });
    await other.ask({ subscribe: { ch: 'app/a' } });
    await reader.ask({ publish: { ch: 'app/a', data: 1 } });
    for (const each of [reader, other]) assert.deepEqual((await each.next()).pubs, [[1, 1]]);
    slow.resolve('at last');
    assert.deepEqual(
      [await reader.next(), await reader.next()],
      [
        { id: 90, ok: { data: 'at last' } },
        { id: 91, ok: { data: 'at last' } },
      ],
    );
  });

  it('that is answered after its connection is over harms nothing', async () => {
    const { broadcaster, errors } = setUp();
    const slow = [deferred(), deferred()];
    broadcaster.respond('slow', (data) => slow[Number(data)]!.promise);
    const reader = await connected(broadcaster, 'viewer');
    for (const data of [0, 1]) reader.say({ id: 90 + data, request: { method: 'slow', data } });
    await turn();
    reader.connection.lost();
    const { length } = reader.frames;
    slow[0]!.resolve('too late');
    slow[1]!.reject(new Error('too late as well'));
    await turn();
    assert.equal(reader.frames.length, length);
    assert.deepEqual(
      errors.map(([, error]) => (error as Error).message),
      ['too late as well'],
    );
    assert.equal(broadcaster.stats().connections, 0);
  });
});

describe('speaking to one connection', () => {
  it('reaches it alone, on no channel, and at most once', async () => {
    const { broadcaster } = setUp();
    const [one, other] = [await connected(broadcaster), await connected(broadcaster)];
    const { session } = one.connection;
    assert.equal(broadcaster.connection(session), one.connection);
    for (const data of [null, 'x', { a: 1 }]) broadcaster.sendTo(session, data);
    assert.deepEqual(
      [await one.next(), await one.next(), await one.next()],
      [{ direct: null }, { direct: 'x' }, { direct: { a: 1 } }],
    );
    assert.deepEqual([other.inbox.rest(), broadcaster.stats().publications], [[], 0]);
    one.connection.lost();
    assert.throws(() => broadcaster.sendTo(session, 1), coded('not_connected', session));
    const silent = new FakeReader(broadcaster).connection;
    assert.throws(() => broadcaster.sendTo(silent.session, 1), coded('not_connected'), 'before its connect');
    silent.lost();
    assert.throws(() => broadcaster.disconnect('x'.repeat(1_000)), coded('not_connected'));
    assert.equal(broadcaster.connection(session), undefined);
  });

  it('ends it for good when an administrator says so', async () => {
    const { broadcaster } = setUp();
    const reader = await connected(broadcaster);
    broadcaster.disconnect(reader.connection.session);
    assert.equal(reader.closedWith, 'disconnected');
    assert.throws(() => broadcaster.disconnect(reader.connection.session), coded('not_connected'));
  });
});

describe('what is meant for one identity', () => {
  it('is followed by that identity alone, whatever the role or the grants of others', async () => {
    const { broadcaster, identities } = setUp();
    identities.add('ana', {});
    identities.add('key', { id: 'key:k_1', kind: 'key' });
    identities.add('nosy', { role: 'admin', grants: [{ channels: '*', allow: ['subscribe'] }] });
    for (const [token, ch, code] of [
      ['ana', 'user/ana', undefined],
      ['key', 'user/key:k_1', undefined],
      ['ana', 'user/ben', 'forbidden'],
      ['ana', 'user/ana/inbox', 'forbidden'],
      ['ana', 'user/Ana', 'forbidden'],
      ['nosy', 'user/ana', 'forbidden'],
      ['nosy', 'user/anonymous', 'forbidden'],
      [undefined, 'user/anonymous', 'forbidden'],
      [undefined, 'user/ana', 'forbidden'],
      ['ana', 'user', 'unknown_channel'],
      ['ana', 'user/', 'unknown_channel'],
    ] as const) {
      const reader = await connected(broadcaster, token);
      assert.equal((await reader.ask({ subscribe: { ch } })).err?.code, code, `${token} follows ${ch}`);
    }
  });

  it('reaches everything that the identity has open, once for each key', async () => {
    const { broadcaster } = setUp();
    const readers = [await connected(broadcaster, 'viewer'), await connected(broadcaster, 'viewer')];
    for (const reader of readers) await reader.ask({ subscribe: { ch: 'user/viewer' } });
    const first = await broadcaster.sendToUser('viewer', { hello: 1 }, 'k');
    assert.deepEqual(await broadcaster.sendToUser('viewer', { hello: 1 }, 'k'), {
      ...first,
      duplicate: true,
    });
    assert.deepEqual([first.ch, first.o], ['user/viewer', 1]);
    await broadcaster.sendToUser('ben', 'not for you');
    for (const reader of readers) assert.deepEqual((await reader.next()).pubs, [[1, { hello: 1 }]]);
    await turn();
    for (const reader of readers) assert.deepEqual(reader.inbox.rest(), []);
  });

  it('waits for who is away, for as long as the history lasts', async () => {
    const { broadcaster, clock } = setUp();
    const reader = await connected(broadcaster, 'viewer');
    const since = positionOf(await reader.ask({ subscribe: { ch: 'user/viewer' } }));
    reader.connection.lost();
    for (const data of [1, 2]) await broadcaster.sendToUser('viewer', data);
    clock.advance(AGE_MS - 1);
    const back = await connected(broadcaster, 'viewer');
    const { ok } = await back.ask({ subscribe: { ch: 'user/viewer', since } });
    assert.deepEqual(
      [ok?.recovered, ok?.pubs],
      [
        true,
        [
          [1, 1],
          [2, 2],
        ],
      ],
    );
    back.connection.lost();
    clock.advance(AGE_MS + 1_001);
    assert.equal(broadcaster.stats().channels, 0);
  });

  it('is refused for a name that no identity can have', async () => {
    const { broadcaster } = setUp();
    await assert.rejects(broadcaster.sendToUser('', 1), coded('unknown_channel'));
    await assert.rejects(broadcaster.sendToUser('a\nb', 1), coded('bad_channel'));
    await assert.rejects(broadcaster.sendToUser('x'.repeat(1_000), 1), coded('bad_channel'));
    assert.equal((await broadcaster.sendToUser('Ana María/安娜 *', 1)).o, 1);
  });
});

describe('namespaces', () => {
  it('are found by the longest name that the channel’s begins with', async () => {
    const { broadcaster } = setUp();
    const snapshot = (name: string) => (): Json => name;
    broadcaster.serve(namespace('a', { snapshot: snapshot('a') }));
    broadcaster.serve(namespace('a/b', { snapshot: snapshot('a/b') }));
    broadcaster.serve(namespace('a/b/c/d', { snapshot: snapshot('a/b/c/d') }));
    const reader = await connected(broadcaster, 'viewer');
    for (const [ch, expected] of [
      ['a', 'a'],
      ['a/x', 'a'],
      ['a/bc', 'a'],
      ['a/b', 'a/b'],
      ['a/b/c', 'a/b'],
      ['a/b/c/d', 'a/b/c/d'],
      ['a/b/c/d/e', 'a/b/c/d'],
      ['a/b/c/de', 'a/b'],
    ] as const) {
      assert.equal((await reader.ask({ subscribe: { ch } })).ok?.snapshot, expected, ch);
    }
    for (const ch of ['ab', 'b', 'A']) {
      assert.equal((await reader.ask({ subscribe: { ch } })).err?.code, 'unknown_channel', ch);
    }
  });

  it('of a host stand below app too: a board whose last state is the snapshot of who comes', async () => {
    const { broadcaster } = setUp();
    const access = { ...READ_ONLY, publish: ['operator'] } as const;
    broadcaster.serve(namespace('app/board', { conflate: 'latest', access }));
    const writer = await connected(broadcaster, 'operator');
    const reader = await connected(broadcaster, 'viewer');
    assert.equal((await reader.ask({ subscribe: { ch: 'app/board/1' } })).ok?.snapshot, null);
    for (const score of [1, 2]) await writer.ask({ publish: { ch: 'app/board/1', data: { score } } });
    const late = await connected(broadcaster, 'viewer');
    const { ok } = await late.ask({ subscribe: { ch: 'app/board/1' } });
    assert.deepEqual([ok?.snapshot, ok?.o], [{ score: 2 }, 2]);
    await writer.ask({ publish: { ch: 'app/other', data: 7 } });
    assert.equal(
      (await late.ask({ subscribe: { ch: 'app/other' } })).ok?.snapshot,
      null,
      'app itself has none',
    );
    // Nobody but the namespace's own roles: admins are not among them.
    const admin = await connected(broadcaster);
    assert.equal((await admin.ask({ publish: { ch: 'app/board/1', data: 1 } })).err?.code, 'forbidden');
  });

  it('served again replace the one of the same name for channels that open from then on', async () => {
    const { broadcaster } = setUp();
    const reader = await connected(broadcaster, 'viewer');
    broadcaster.serve(namespace('a', { snapshot: () => 1 }));
    assert.equal((await reader.ask({ subscribe: { ch: 'a/x' } })).ok?.snapshot, 1);
    broadcaster.serve(namespace('a', { snapshot: () => 2 }));
    assert.equal((await reader.ask({ subscribe: { ch: 'a/y' } })).ok?.snapshot, 2);
  });
});

describe('a channel', () => {
  it('that is only published to is dropped and forgotten after its history’s age', async () => {
    const { broadcaster, clock, bus } = setUp();
    const writer = await connected(broadcaster, 'operator');
    const publish = async (data: number): Promise<Heard> => writer.ask({ publish: { ch: 'app/a', data } });
    const first = await publish(1);
    for (let data = 2; data < 5; data++) {
      clock.advance(AGE_MS);
      assert.deepEqual((await publish(data)).ok, { ch: 'app/a', e: first.ok?.e, o: data });
    }
    assert.equal(broadcaster.stats().channels, 1);
    clock.advance(AGE_MS + 1_000);
    assert.deepEqual([broadcaster.stats().channels, broadcaster.wants('app/a')], [0, false]);
    assert.deepEqual(bus.handOver(), []);
    const anew = await publish(9);
    assert.equal(anew.ok?.o, 1);
    assert.notEqual(anew.ok?.e, first.ok?.e);
  });

  it('that a connection has no room for is not opened', async () => {
    const { broadcaster, bus } = setUp({ maxSubscriptions: 1 });
    const reader = new FakeReader(broadcaster);
    const subs = ['app/a', 'app/b', 'app/c'].map((ch) => ({ ch }));
    const { ok } = await reader.ask({ connect: { subs } });
    assert.deepEqual(
      ok?.subs?.map(({ err }) => err?.code),
      [undefined, 'subscription_limit', 'subscription_limit'],
    );
    for (const ch of ['app/d', 'app/e']) {
      assert.equal((await reader.ask({ subscribe: { ch } })).err?.code, 'subscription_limit');
    }
    assert.equal(broadcaster.stats().channels, 1);
    assert.deepEqual(
      bus.handOver().map(([channel]) => channel),
      ['app/a'],
    );
  });

  it('that a reader may not follow is not opened', async () => {
    const { broadcaster } = setUp();
    const reader = await connected(broadcaster, 'shop');
    for (const ch of ['app/a', 'app/orders/1', 'user/viewer']) {
      assert.equal((await reader.ask({ subscribe: { ch } })).err?.code, 'forbidden', ch);
    }
    assert.equal(broadcaster.stats().channels, 0);
  });
});

describe('a past', () => {
  it('larger than maxBufferedBytes is given in parts or honestly not, and never closes who comes back for it', async () => {
    const { broadcaster } = setUp({ maxBufferedBytes: 10_000 });
    const first = await connected(broadcaster, 'viewer');
    const since = positionOf(await first.ask({ subscribe: { ch: 'app/a' } }));
    first.connection.lost();
    for (let i = 0; i < 5; i++) broadcaster.publish('app/a', 'x'.repeat(3_000));
    const back = new FakeReader(broadcaster);
    // Nothing has gone out yet when the server looks: as over any line that is slower than memory.
    back.bufferedBytes = () => back.frames.reduce((sum, { text }) => sum + text.length, 0);
    await back.ask({ connect: { subs: [{ ch: 'app/a', since }] } });
    assert.equal(back.closedWith, undefined);
  });
});

describe('adopting', () => {
  it('opens channels of an earlier process, which then are kept as any other is', async () => {
    const { broadcaster, bus, clock } = setUp();
    const kept = { size: 10, ageMs: AGE_MS };
    const before = (await bus.read('app/a')).position;
    for (const data of ['1', '2']) await bus.publish('app/a', data, kept);
    assert.equal(broadcaster.wants('app/a'), false);
    await broadcaster.adopt(['app/a']);
    assert.equal(broadcaster.wants('app/a'), true);
    broadcaster.publish('app/a', 3);
    const reader = await connected(broadcaster, 'viewer');
    const { ok } = await reader.ask({ subscribe: { ch: 'app/a', since: before } });
    assert.deepEqual(ok?.pubs, [
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    reader.connection.lost();
    clock.advance(AGE_MS + 1_001);
    assert.deepEqual([broadcaster.wants('app/a'), bus.handOver()], [false, []]);
  });

  it('forgets those that there are no more, reports what else cannot be, and goes on with the others', async () => {
    const { broadcaster, errors } = setUp({ maxChannels: 2 });
    await broadcaster.adopt(['app/a', 'gone/b', 'app/ bad', 'app/c', 'app/d']);
    assert.deepEqual(
      errors.map(([what, error]) => [what, (error as WaooawError).code]),
      [['adopt app/d', 'channel_limit']],
    );
    assert.deepEqual([broadcaster.wants('app/a'), broadcaster.wants('app/c')], [true, true]);
  });

  it('reports a stream that cannot be forgotten', async () => {
    const { broadcaster, bus, errors } = setUp();
    bus.forget = () => Promise.reject(new Error('no route'));
    await broadcaster.adopt(['gone/b']);
    assert.deepEqual(
      errors.map(([what]) => what),
      ['forget gone/b'],
    );
  });
});
