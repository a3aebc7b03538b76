import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMemoryBus } from '../../engines/memory/bus.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import { broadcasting } from '../../testing/broadcasting.ts';
import { turn } from '../../testing/event-loop.ts';
import { FakeReader, connected } from '../../testing/fake-reader.ts';
import { FakeIdentities } from '../../testing/identities.ts';
import { WaooawError } from '../../../src/protocol/index.ts';
import { Frame, createBroadcaster } from './index.ts';
import type { BroadcasterLimits } from './index.ts';
import { READ_ONLY } from '../../ports/publisher.ts';

const setUp = (limits: Partial<BroadcasterLimits> = {}, flushWindowMs = 0) => {
  const clock = createManualClock();
  return broadcasting({ clock, bus: createMemoryBus(clock) }, limits, { flushWindowMs });
};

describe('a command', () => {
  it('before connect is refused, and the connection lives', async () => {
    const { broadcaster } = setUp();
    const reader = new FakeReader(broadcaster);
    assert.equal((await reader.ask({ subscribe: { ch: 'app/a' } })).err?.code, 'connect_required');
    assert.equal((await reader.ask({ unsubscribe: { n: 1 } })).err?.code, 'connect_required');
    assert.ok((await reader.ask({ connect: {} })).ok);
  });

  it('to connect is taken once', async () => {
    const { broadcaster } = setUp();
    const reader = await connected(broadcaster);
    assert.equal((await reader.ask({ connect: {} })).err?.code, 'already_connected');
    assert.ok((await reader.ask({ subscribe: { ch: 'app/a' } })).ok);
  });

  it('that is none is answered with a code, and the connection lives', async () => {
    const { broadcaster } = setUp();
    const reader = await connected(broadcaster);
    for (const [text, id, code] of [
      ['{"id":7,"connect"', null, 'bad_frame'],
      ['', null, 'bad_frame'],
      ['[]', null, 'bad_frame'],
      ['null', null, 'bad_frame'],
      ['"connect"', null, 'bad_frame'],
      ['17', null, 'bad_frame'],
      ['{}', null, 'unknown_command'],
      ['{"id":8,"perform":{}}', 8, 'unknown_command'],
      ['{"id":8,"publish":{}}', 8, 'bad_request'],
      ['{"id":9,"__proto__":{"connect":{}}}', 9, 'unknown_command'],
      ['{"id":"9","subscribe":{"ch":"app/a"}}', null, 'bad_request'],
      ['{"id":10,"subscribe":{"ch":7}}', 10, 'bad_request'],
    ] as const) {
      reader.say(text);
      const { id: answered, err } = await reader.next();
      assert.deepEqual([answered, err?.code, err?.retryable], [id, code, false], text);
    }
    assert.ok((await reader.ask({ subscribe: { ch: 'app/a' } })).ok);
  });

  it('shares a frame with others, and answers come in the order of the questions', async () => {
    const { broadcaster, bus } = setUp();
    bus.slowly = turn;
    const reader = new FakeReader(broadcaster);
    const lines = [
      { id: 1, connect: { subs: [{ ch: 'app/a' }] } },
      { id: 2, subscribe: { ch: 'app/b' } },
      { id: 3, unsubscribe: { n: 99 } },
      { id: 4, subscribe: { ch: 'app/a' } },
    ];
    reader.say(lines.map((line) => JSON.stringify(line)).join('\n'));
    const ids = [];
    for (let i = 0; i < 4; i++) ids.push((await reader.next()).id);
    assert.deepEqual(ids, [1, 2, 3, 4]);
  });

  it('in a frame with one bad line is not run at all, because the frame is broken', async () => {
    const { broadcaster } = setUp();
    const reader = await connected(broadcaster);
    reader.say('{"id":5,"subscribe":{"ch":"app/a"}}\n{"id":6,');
    assert.equal((await reader.next()).err?.code, 'bad_frame');
    assert.equal(broadcaster.stats().subscriptions, 0);
  });

  it('that fails through our own fault says internal, subscribes nothing, and is reported', async () => {
    const { broadcaster, errors } = setUp();
    const failure = new TypeError('snapshot of a secret');
    broadcaster.serve({
      name: 'broken',
      history: { size: 1, ageMs: 1_000 },
      onDemand: false,
      access: READ_ONLY,
      resolve: (channel) => channel,
      snapshot: () => {
        throw failure;
      },
    });
    const reader = new FakeReader(broadcaster);
    const { ok } = await reader.ask({ connect: { subs: [{ ch: 'broken' }, { ch: 'app/a' }] } });
    assert.deepEqual([ok?.subs?.[0]?.err?.code, ok?.subs?.[1]?.ch], ['internal', 'app/a']);
    const { err } = await reader.ask({ subscribe: { ch: 'broken' } });
    assert.deepEqual([err?.code, err?.retryable], ['internal', true]);
    assert.doesNotMatch(err?.message ?? '', /secret/);
    assert.deepEqual(
      errors.map(([, error]) => error),
      [failure, failure],
    );
    broadcaster.publish('broken', 1);
    await reader.ask({ subscribe: { ch: 'app/b' } });
    assert.deepEqual(reader.inbox.rest(), []);
  });

  it('of a connection that is over changes nothing', async () => {
    const { broadcaster, bus } = setUp();
    const reader = await connected(broadcaster);
    bus.holdReads();
    const asked = bus.asked();
    reader.say({ id: 2, subscribe: { ch: 'app/a' } });
    reader.say({ id: 3, subscribe: { ch: 'app/b' } });
    await asked;
    reader.connection.lost();
    reader.say({ id: 4, subscribe: { ch: 'app/c' } });
    bus.letReadsGo();
    const other = await connected(broadcaster);
    await other.ask({ subscribe: { ch: 'app/a' } });
    broadcaster.publish('app/a', 1);
    assert.deepEqual((await other.next()).pubs, [[1, 1]]);
    assert.deepEqual(reader.inbox.rest(), []);
    const { connections, subscriptions, channels } = broadcaster.stats();
    assert.deepEqual(
      { connections, subscriptions, channels },
      { connections: 1, subscriptions: 1, channels: 1 },
    );
  });
});

describe('a channel that cannot be had', () => {
  it('is refused with its reason', async () => {
    const { broadcaster } = setUp({ maxChannelLength: 10 });
    const reader = await connected(broadcaster);
    for (const [ch, code] of [
      ['', 'bad_channel'],
      ['app/a23456', undefined],
      ['app/a234567', 'bad_channel'],
      ['nowhere/a', 'unknown_channel'],
      ['appa', 'unknown_channel'],
      ['/app', 'unknown_channel'],
    ] as const) {
      assert.equal((await reader.ask({ subscribe: { ch } })).err?.code, code, ch);
    }
  });

  it('is unavailable when the bus fails, for everybody who waits, and can be had once it works again', async () => {
    const { broadcaster, bus } = setUp();
    for (const part of ['subscribe', 'read'] as const) {
      const readers = [await connected(broadcaster), await connected(broadcaster)];
      bus.fails[part] = new Error('no route to the bus');
      const answers = await Promise.all(
        readers.map((reader) => reader.ask({ subscribe: { ch: `app/${part}` } })),
      );
      for (const { err } of answers) assert.deepEqual([err?.code, err?.retryable], ['unavailable', true]);
      assert.equal(broadcaster.stats().channels, part === 'subscribe' ? 0 : 1);
      delete bus.fails[part];
      for (const reader of readers) {
        assert.ok((await reader.ask({ subscribe: { ch: `app/${part}` } })).ok);
      }
      broadcaster.publish(`app/${part}`, 1);
      for (const reader of readers) assert.deepEqual((await reader.next()).pubs, [[1, 1]]);
    }
  });
});

describe('limits', () => {
  it('maxSubscriptions: one more is refused, the others and a repeated one stand', async () => {
    const { broadcaster } = setUp({ maxSubscriptions: 2 });
    const reader = await connected(broadcaster);
    for (const ch of ['app/a', 'app/b']) assert.ok((await reader.ask({ subscribe: { ch } })).ok);
    assert.equal((await reader.ask({ subscribe: { ch: 'app/c' } })).err?.code, 'subscription_limit');
    const again = await reader.ask({ subscribe: { ch: 'app/a' } });
    assert.ok(again.ok);
    await reader.ask({ unsubscribe: { n: again.ok.n ?? 0 } });
    assert.ok((await reader.ask({ subscribe: { ch: 'app/c' } })).ok);
  });

  it('maxChannels: a channel beyond is refused until another has been left for good', async () => {
    const { broadcaster, clock } = setUp({ maxChannels: 1 });
    const one = await connected(broadcaster);
    await one.ask({ subscribe: { ch: 'live/a' } });
    const two = await connected(broadcaster);
    const { err } = await two.ask({ subscribe: { ch: 'live/b' } });
    assert.deepEqual([err?.code, err?.retryable], ['channel_limit', true]);
    assert.ok((await two.ask({ subscribe: { ch: 'live/a' } })).ok);
    for (const reader of [one, two]) reader.connection.lost();
    clock.advance(61_000);
    assert.ok((await (await connected(broadcaster)).ask({ subscribe: { ch: 'live/b' } })).ok);
  });

  it('maxConnections: one more is closed at once, and its place is free when another leaves', () => {
    const { broadcaster } = setUp({ maxConnections: 2 });
    const [first] = [new FakeReader(broadcaster), new FakeReader(broadcaster)];
    assert.equal(new FakeReader(broadcaster).closedWith, 'connection_limit');
    assert.equal(broadcaster.stats().connections, 2);
    first.connection.lost();
    assert.equal(new FakeReader(broadcaster).closedWith, undefined);
  });

  it('messagesPerSecond: what is too much is refused with the time to wait, and the rest is served', async () => {
    const { broadcaster, clock } = setUp({ messagesPerSecond: 10, messageBurst: 3, maxRefused: 5 });
    const reader = await connected(broadcaster);
    for (const id of [2, 3, 4]) reader.say({ id, subscribe: { ch: `app/${id}` } });
    const refused = await reader.next();
    assert.deepEqual(refused.id, 4);
    assert.deepEqual(
      [refused.err?.code, refused.err?.retryable, refused.err?.afterMs],
      ['rate_limited', true, 100],
    );
    assert.deepEqual([(await reader.next()).id, (await reader.next()).id], [2, 3]);
    clock.advance(100);
    assert.ok((await reader.ask({ subscribe: { ch: 'app/5' } })).ok);
  });

  it('maxRefused: who goes on all the same is closed, and only refusals in a row count', async () => {
    const { broadcaster, clock } = setUp({ messagesPerSecond: 10, messageBurst: 1, maxRefused: 3 });
    const reader = await connected(broadcaster);
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 3; i++) reader.say('{"pos":{}}');
      assert.equal(reader.closedWith, undefined);
      clock.advance(100);
      reader.say('{"pos":{}}');
    }
    for (let i = 0; i < 4; i++) reader.say('not JSON either');
    assert.equal(reader.closedWith, 'rate_limited');
    const heard = reader.inbox.rest();
    assert.equal(heard.length, 12);
    assert.ok(heard.every(({ id, err }) => id === null && err?.code === 'rate_limited'));
  });

  it('a flood of subscribes costs what the limits say, and nobody else anything', async () => {
    const { broadcaster } = setUp({
      messageBurst: 50,
      maxRefused: 100,
      maxSubscriptions: 10,
      maxChannels: 40,
    });
    const quiet = await connected(broadcaster);
    await quiet.ask({ subscribe: { ch: 'live/quiet' } });
    const flooding = await connected(broadcaster);
    const frame = Array.from(
      { length: 1_000 },
      (_, i) => `{"id":${i + 2},"subscribe":{"ch":"live/${i}"}}`,
    ).join('\n');
    flooding.say(frame);
    assert.equal(flooding.closedWith, 'rate_limited');
    assert.ok(broadcaster.stats().channels <= 40);
    broadcaster.publish('live/quiet', 1);
    assert.deepEqual((await quiet.next()).pubs, [[1, 1]]);
    assert.equal(broadcaster.stats().subscriptions, 1);
  });

  it('maxDepth: a message that is nested deeper is refused with its id, and its neighbours are served', async () => {
    const { broadcaster, errors } = setUp({ maxDepth: 10 });
    broadcaster.respond('echo', (data) => data ?? null);
    const reader = await connected(broadcaster);
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    const echo = (id: number, levels: number): string =>
      `{"id":${id},"request":{"method":"echo","data":${nested(levels)}}}`;
    reader.say(`${echo(10, 9)}\n${echo(11, 30_000)}\n${echo(12, 8)}\n{"id":13,"x":${nested(30_000)}}`);
    for (const id of [10, 11, 13])
      assert.equal((await reader.inbox.answer(id)).err?.code, 'bad_request', `${id}`);
    assert.ok((await reader.inbox.answer(12)).ok);
    reader.say(nested(30_000));
    assert.deepEqual((await reader.next()).err?.code, 'bad_frame', 'no object, however deep');
    const { ok } = await reader.ask({ request: { method: 'echo', data: '[{'.repeat(100) } });
    assert.deepEqual([ok !== undefined, errors, reader.closedWith], [true, [], undefined]);
  });

  it('maxSubscriptions: a connect that names one channel a thousand times is not a thousand snapshots', async () => {
    const { broadcaster } = setUp({ maxSubscriptions: 3 });
    const reader = new FakeReader(broadcaster);
    const subs = Array.from({ length: 1_000 }, () => ({ ch: 'app/a' }));
    const answer = await reader.ask({ connect: { subs } });
    const given = (answer.ok as unknown as { subs: { n?: number; err?: { code: string } }[] }).subs;
    assert.equal(given.filter(({ n }) => n !== undefined).length, 3);
    assert.deepEqual([...new Set(given.slice(3).map(({ err }) => err?.code))], ['subscription_limit']);
    assert.equal(broadcaster.stats().subscriptions, 1);
  });

  it('pongTimeoutMs: whatever a client says is proof of life', async () => {
    const { broadcaster, clock } = setUp({ pingMs: 1_000, pongTimeoutMs: 1_500 });
    const reader = await connected(broadcaster);
    for (let i = 0; i < 6; i++) {
      clock.advance(1_000);
      await reader.ask({ subscribe: { ch: 'app/a' } });
    }
    assert.equal(reader.closedWith, undefined);
    clock.advance(4_000);
    assert.equal(reader.closedWith, 'unresponsive');
  });

  it('maxBufferedBytes: a reader that is over it is closed at once, and nothing more is written to it', async () => {
    const { broadcaster } = setUp({ maxBufferedBytes: 4_000 });
    const reader = await connected(broadcaster);
    reader.buffered = 4_000;
    assert.ok((await reader.ask({ subscribe: { ch: 'app/a' } })).ok);
    reader.buffered = 4_001;
    reader.say({ id: 9, subscribe: { ch: 'app/b' } });
    await assert.rejects(async () => {
      for (;;) await reader.next();
    }, /closed: slow/);
    const written = reader.frames.length;
    reader.connection.reader.send(new Frame('{}'));
    broadcaster.publish('app/a', 1);
    await (await connected(broadcaster)).ask({ subscribe: { ch: 'app/a' } });
    assert.equal(reader.frames.length, written);
  });
});

describe('closing', () => {
  it('happens once, for the first reason', async () => {
    const { broadcaster } = setUp();
    const reader = await connected(broadcaster);
    reader.connection.close('binary_frame');
    reader.connection.close('slow');
    assert.equal(reader.closedWith, 'binary_frame');
    assert.deepEqual(broadcaster.stats().closed, { binary_frame: 1 });
  });
});

describe('the heartbeat', () => {
  it('ends a connection that never connects', () => {
    const { broadcaster, clock } = setUp({ connectTimeoutMs: 5_000 });
    const reader = new FakeReader(broadcaster);
    clock.advance(4_999);
    assert.equal(reader.closedWith, undefined);
    clock.advance(1);
    assert.equal(reader.closedWith, 'connect_timeout');
  });

  it('pings with the server’s time, first after pingMs and then again and again', async () => {
    const { broadcaster, clock } = setUp({ pingMs: 25_000, connectTimeoutMs: 5_000 });
    const reader = await connected(broadcaster);
    clock.advance(24_999);
    assert.deepEqual(reader.inbox.rest(), []);
    clock.advance(1);
    assert.deepEqual(reader.inbox.rest(), [{ ping: clock.now() }]);
    reader.say({ pos: {} });
    await reader.ask({ unsubscribe: { n: 1 } });
    clock.advance(25_000);
    assert.deepEqual(reader.inbox.rest(), [{ ping: clock.now() }]);
  });

  it('closes a client that leaves a ping without its pong', async () => {
    const { broadcaster, clock } = setUp({ pingMs: 25_000, pongTimeoutMs: 10_000 });
    const [silent, lively] = [await connected(broadcaster), await connected(broadcaster)];
    clock.advance(25_000);
    lively.say({ pos: {} });
    await lively.ask({ unsubscribe: { n: 1 } });
    clock.advance(10_000);
    assert.equal(silent.closedWith, undefined);
    clock.advance(1_000);
    assert.equal(silent.closedWith, 'unresponsive');
    assert.equal(lively.closedWith, undefined);
  });

  it('does not take a second ping for a second chance', async () => {
    const { broadcaster, clock } = setUp({ pingMs: 4_000, pongTimeoutMs: 10_000 });
    const silent = await connected(broadcaster);
    clock.advance(15_000);
    assert.equal(silent.closedWith, 'unresponsive');
    assert.equal(silent.inbox.rest().length, 3);
  });

  it('learns from pongs how far a client is behind, on its own channels only', async () => {
    const { broadcaster } = setUp();
    const reader = await connected(broadcaster);
    const n = (await reader.ask({ subscribe: { ch: 'app/a' } })).ok?.n ?? 0;
    const m = (await reader.ask({ subscribe: { ch: 'app/b' } })).ok?.n ?? 0;
    for (const data of [1, 2, 3]) broadcaster.publish('app/a', data);
    broadcaster.publish('app/b', 1);
    reader.say({ pos: { [n]: 1, [m]: 0, 999: 5 } });
    await reader.ask({ demand: { n, everyMs: 0 } });
    assert.equal(reader.connection.lag, 2);
    assert.deepEqual(broadcaster.stats().lag, { p50: 2, p95: 2, p99: 2, max: 2 });
    await reader.ask({ unsubscribe: { n } });
    reader.say({ pos: { [m]: 1 } });
    await reader.ask({ demand: { n: m, everyMs: 0 } });
    assert.equal(reader.connection.lag, 0);
  });
});

describe('publishing', () => {
  it('never throws: a refusal of the bus is counted and reported, and the next one goes through', async () => {
    const { broadcaster, bus, errors } = setUp();
    const reader = await connected(broadcaster);
    await reader.ask({ subscribe: { ch: 'app/a' } });
    bus.fails.publish = new WaooawError('storage_full');
    broadcaster.publish('app/a', 1);
    delete bus.fails.publish;
    broadcaster.publish('app/a', 2);
    assert.deepEqual((await reader.next()).pubs, [[1, 2]]);
    assert.deepEqual(
      errors.map(([what, error]) => [what, (error as WaooawError).code]),
      [['publish app/a', 'storage_full']],
    );
    const { publications, failures } = broadcaster.stats();
    assert.deepEqual({ publications, failures }, { publications: 2, failures: 1 });
  });

  it('never throws when there is nobody to report to either', async () => {
    const { bus, clock } = setUp();
    const broadcaster = createBroadcaster({ bus, clock, authenticator: new FakeIdentities() });
    const history = { size: 1, ageMs: 1_000 };
    broadcaster.serve({
      name: 'a',
      history,
      onDemand: false,
      access: READ_ONLY,
      resolve: (channel) => channel,
      snapshot: () => null,
    });
    bus.fails.publish = new Error('no route to the bus');
    broadcaster.publish('a', 1);
    await turn();
    assert.equal(broadcaster.stats().failures, 1);
  });

  it('on a channel that no namespace owns does nothing', async () => {
    const { broadcaster, bus } = setUp();
    broadcaster.publish('nowhere/a', 1);
    assert.equal(broadcaster.wants('nowhere/a'), false);
    assert.equal(broadcaster.stats().publications, 0);
    assert.equal((await bus.read('nowhere/a')).position.o, 0);
  });

  it('reports a stream that cannot be forgotten', async () => {
    const { broadcaster, bus, clock, errors } = setUp();
    const reader = await connected(broadcaster);
    await reader.ask({ subscribe: { ch: 'live/a' } });
    reader.connection.lost();
    bus.forget = () => Promise.reject(new Error('no route'));
    clock.advance(61_000);
    await turn();
    assert.deepEqual(
      errors.map(([what]) => what),
      ['forget live/a'],
    );
  });
});
