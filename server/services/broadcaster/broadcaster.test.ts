import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SUBPROTOCOLS, VERSION } from '../../../src/protocol/index.ts';
import type { Position } from '../../../src/protocol/index.ts';
import { FakeReader, connected } from '../../testing/fake-reader.ts';
import type { Heard } from '../../testing/inbox.ts';
import { createMemoryBus } from '../../engines/memory/bus.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import { broadcasting } from '../../testing/broadcasting.ts';
import type { BroadcasterLimits } from './index.ts';

const setUp = (limits: Partial<BroadcasterLimits> = {}, flushWindowMs = 0) => {
  const clock = createManualClock();
  return broadcasting({ clock, bus: createMemoryBus(clock) }, limits, { flushWindowMs });
};

const positionOf = ({ ok }: Heard): Position => ({ e: ok?.e ?? '', o: ok?.o ?? -1, h: ok?.h ?? '' });
const NO_TAIL = '0'.repeat(16);

describe('connect', () => {
  it('is answered with what a client needs to know', async () => {
    const { broadcaster, clock } = setUp({ pingMs: 9_000, maxFrameBytes: 500 });
    const { ok } = await new FakeReader(broadcaster).ask({ connect: {} });
    assert.match(ok?.session ?? '', /^[0-9a-f-]{36}$/);
    assert.deepEqual(ok, {
      session: ok?.session,
      t: clock.now(),
      pingMs: 9_000,
      maxFrameBytes: 500,
      identity: { id: 'anonymous', name: 'anonymous', role: 'admin' },
      server: { version: VERSION, protocol: SUBPROTOCOLS[0] },
      subs: [],
    });
  });

  it('subscribes at once, each channel standing or falling by itself', async () => {
    const { broadcaster, state } = setUp();
    state.set('app/a', 7);
    const subs = [{ ch: 'app/a' }, { ch: 'nowhere' }, { ch: '' }, { ch: 'app/b' }];
    const { ok } = await new FakeReader(broadcaster).ask({ connect: { subs } });
    assert.deepEqual(
      ok?.subs?.map(({ ch, o, h, snapshot, err }) => [ch, err?.code ?? [o, h, snapshot]]),
      [
        ['app/a', [0, NO_TAIL, 7]],
        ['nowhere', 'unknown_channel'],
        ['', 'bad_channel'],
        ['app/b', [0, NO_TAIL, null]],
      ],
    );
    assert.equal(broadcaster.stats().subscriptions, 2);
  });
});

describe('a subscription', () => {
  it('starts with a snapshot and its position, and goes on with the next offset', async () => {
    const { broadcaster, bus } = setUp();
    broadcaster.publish('app/a', 1);
    broadcaster.publish('app/a', 2);
    const reader = await connected(broadcaster);
    const answer = await reader.ask({ subscribe: { ch: 'app/a' } });
    const { position } = await bus.read('app/a');
    assert.deepEqual(answer.ok, { n: answer.ok?.n, ch: 'app/a', ...position, snapshot: null });
    broadcaster.publish('app/a', { x: [3] });
    const batch = await reader.next();
    assert.deepEqual(batch, {
      n: answer.ok?.n,
      pubs: [[3, { x: [3] }]],
      h: (await bus.read('app/a')).position.h,
    });
  });

  it('tells everybody the same number for a channel, and another for another', async () => {
    const { broadcaster } = setUp();
    const [one, two] = [await connected(broadcaster), await connected(broadcaster)];
    const n = (await one.ask({ subscribe: { ch: 'app/a' } })).ok?.n;
    assert.equal((await two.ask({ subscribe: { ch: 'app/a' } })).ok?.n, n);
    assert.notEqual((await two.ask({ subscribe: { ch: 'app/b' } })).ok?.n, n);
  });

  it('is one, also when it is asked for twice: a new snapshot, and nothing delivered twice', async () => {
    const { broadcaster, state } = setUp();
    const reader = await connected(broadcaster);
    const first = await reader.ask({ subscribe: { ch: 'app/a' } });
    broadcaster.publish('app/a', 1);
    state.set('app/a', 'new');
    const second = await reader.ask({ subscribe: { ch: 'app/a' } });
    assert.deepEqual([second.ok?.n, second.ok?.o, second.ok?.snapshot], [first.ok?.n, 1, 'new']);
    broadcaster.publish('app/a', 2);
    const heard = [await reader.next(), await reader.next()].map(({ pubs }) => pubs);
    assert.deepEqual(heard, [[[1, 1]], [[2, 2]]]);
    assert.equal(broadcaster.stats().subscriptions, 1);
    await reader.ask({ unsubscribe: { n: first.ok?.n ?? 0 } });
    assert.equal(broadcaster.stats().subscriptions, 0);
    assert.deepEqual(reader.inbox.rest(), []);
  });

  it('follows the one spelling of a channel', async () => {
    const { broadcaster } = setUp();
    const reader = await connected(broadcaster);
    assert.equal((await reader.ask({ subscribe: { ch: 'live/ A' } })).ok?.ch, 'live/a');
  });

  it('ends with unsubscribe, after what was published before it', async () => {
    const { broadcaster } = setUp();
    const reader = await connected(broadcaster);
    const n = (await reader.ask({ subscribe: { ch: 'app/a' } })).ok?.n ?? 0;
    broadcaster.publish('app/a', 1);
    const answer = await reader.ask({ unsubscribe: { n } });
    broadcaster.publish('app/a', 2);
    await reader.ask({ subscribe: { ch: 'app/b' } });
    assert.deepEqual(answer.ok, {});
    assert.deepEqual(
      reader.inbox.rest().map(({ pubs }) => pubs),
      [[[1, 1]]],
    );
    assert.equal((await reader.ask({ unsubscribe: { n } })).err?.code, 'not_subscribed');
  });

  it('ends with the connection, and the others hear on', async () => {
    const { broadcaster } = setUp();
    const readers = [];
    for (let i = 0; i < 4; i++) {
      const reader = await connected(broadcaster);
      await reader.ask({ subscribe: { ch: 'app/a' } });
      readers.push(reader);
    }
    const [first, second, third, fourth] = readers;
    second?.connection.lost();
    second?.connection.lost();
    fourth?.connection.lost();
    broadcaster.publish('app/a', 1);
    assert.deepEqual((await first?.next())?.pubs, [[1, 1]]);
    assert.deepEqual((await third?.next())?.pubs, [[1, 1]]);
    assert.deepEqual([...(second?.inbox.rest() ?? []), ...(fourth?.inbox.rest() ?? [])], []);
    const { connections, subscriptions, deliveries } = broadcaster.stats();
    assert.deepEqual([connections, subscriptions, deliveries], [2, 2, 2]);
  });
});

describe('a flush', () => {
  it('is one frame a reader for everything published in a turn, one line a channel', async () => {
    const { broadcaster } = setUp();
    const reader = await connected(broadcaster);
    for (const ch of ['app/a', 'app/b']) await reader.ask({ subscribe: { ch } });
    const before = reader.inbox.frames.length;
    broadcaster.publish('app/a', 1);
    broadcaster.publish('app/b', 'x');
    broadcaster.publish('app/a', 2);
    assert.deepEqual((await reader.next()).pubs, [
      [1, 1],
      [2, 2],
    ]);
    assert.deepEqual((await reader.next()).pubs, [[1, 'x']]);
    assert.equal(reader.inbox.frames.length, before + 1);
    assert.equal(broadcaster.stats().flushes, 1);
    assert.equal(broadcaster.stats().deliveries, 3);
  });

  it('writes the very same frame to all readers of the same channels', async () => {
    const { broadcaster } = setUp();
    const readers = [];
    for (const channels of [['app/a', 'app/b'], ['app/b', 'app/a'], ['app/a'], ['app/a', 'app/c']]) {
      const reader = await connected(broadcaster);
      for (const ch of channels) await reader.ask({ subscribe: { ch } });
      readers.push(reader);
    }
    broadcaster.publish('app/a', 1);
    broadcaster.publish('app/b', 1);
    for (const reader of readers) await reader.next();
    const [both, same, one, other] = readers.map(({ frames }) => frames.at(-1));
    assert.ok(both && both === same);
    assert.ok(one && one === other && one !== both);
  });

  it('waits for flushWindowMs when told to', async () => {
    const { broadcaster, clock } = setUp({}, 40);
    const reader = await connected(broadcaster);
    await reader.ask({ subscribe: { ch: 'app/a' } });
    broadcaster.publish('app/a', 1);
    clock.advance(39);
    broadcaster.publish('app/a', 2);
    await reader.ask({ subscribe: { ch: 'app/b' } });
    assert.deepEqual(reader.inbox.rest(), []);
    clock.advance(1);
    assert.deepEqual((await reader.next()).pubs, [
      [1, 1],
      [2, 2],
    ]);
    broadcaster.publish('app/a', 3);
    clock.advance(40);
    assert.deepEqual((await reader.next()).pubs, [[3, 3]]);
  });

  it('goes on to the others when it has to close a reader in its midst', async () => {
    const { broadcaster } = setUp({ maxBufferedBytes: 400 });
    const readers = [];
    for (let i = 0; i < 3; i++) {
      const reader = await connected(broadcaster);
      await reader.ask({ subscribe: { ch: 'app/a' } });
      readers.push(reader);
    }
    const [slow, ...others] = readers;
    if (slow) slow.buffered = 401;
    broadcaster.publish('app/a', 1);
    for (const reader of others) assert.deepEqual((await reader.next()).pubs, [[1, 1]]);
    assert.equal(slow?.closedWith, 'slow');
    assert.deepEqual(broadcaster.stats().closed, { slow: 1 });
  });
});

describe('resuming', () => {
  it('gives everything since a position, and no snapshot', async () => {
    const { broadcaster } = setUp();
    const reader = await connected(broadcaster);
    const past = positionOf(await reader.ask({ subscribe: { ch: 'app/a' } }));
    reader.connection.lost();
    for (const i of [1, 2, 3]) broadcaster.publish('app/a', i);
    const { ok } = await (await connected(broadcaster)).ask({ subscribe: { ch: 'app/a', since: past } });
    assert.deepEqual(ok?.pubs, [
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    assert.deepEqual([ok?.recovered, ok?.o, ok?.lost, 'snapshot' in (ok ?? {})], [true, 3, undefined, false]);
  });

  it('is recovered with nothing when nothing happened', async () => {
    const { broadcaster } = setUp();
    const reader = await connected(broadcaster);
    const past = positionOf(await reader.ask({ subscribe: { ch: 'app/a' } }));
    const { ok } = await reader.ask({ subscribe: { ch: 'app/a', since: past } });
    assert.deepEqual([ok?.recovered, ok?.pubs], [true, []]);
  });

  it('says what was lost, and why, with a fresh snapshot', async () => {
    const { broadcaster, state } = setUp();
    const reader = await connected(broadcaster);
    const past = positionOf(await reader.ask({ subscribe: { ch: 'app/a' } }));
    for (let i = 1; i <= 9; i++) broadcaster.publish('app/a', i);
    const now = positionOf(await reader.ask({ subscribe: { ch: 'app/a' } }));
    state.set('app/a', 'fresh');
    for (const [lost, since] of [
      ['history', past],
      ['epoch', { ...now, e: 'another' }],
      ['tail', { ...now, h: 'f'.repeat(16) }],
      ['tail', { ...now, o: 10 }],
    ] as const) {
      const { ok } = await reader.ask({ subscribe: { ch: 'app/a', since } });
      assert.deepEqual([ok?.recovered, ok?.lost, ok?.snapshot, ok?.o], [false, lost, 'fresh', 9]);
      assert.equal(ok?.pubs, undefined);
    }
  });
});

describe('a channel on demand', () => {
  it('stores nothing while nobody wants it', async () => {
    const { broadcaster, bus } = setUp();
    assert.equal(broadcaster.wants('live/a'), false);
    broadcaster.publish('live/a', 1);
    broadcaster.publish('app/a', 1);
    assert.equal((await bus.read('live/a')).position.o, 0);
    assert.equal((await bus.read('app/a')).position.o, 1);
    assert.equal(broadcaster.stats().publications, 1);
  });

  it('outlives its last reader by its history’s age, so that who comes back finds its past', async () => {
    const { broadcaster, clock } = setUp();
    const reader = await connected(broadcaster);
    const past = positionOf(await reader.ask({ subscribe: { ch: 'live/a' } }));
    reader.connection.lost();
    clock.advance(60_000);
    assert.equal(broadcaster.wants('live/a'), true);
    broadcaster.publish('live/a', 1);
    const { ok } = await (await connected(broadcaster)).ask({ subscribe: { ch: 'live/a', since: past } });
    assert.deepEqual([ok?.recovered, ok?.pubs], [true, [[1, 1]]]);
    clock.advance(5_000);
    assert.equal(broadcaster.wants('live/a'), true);
  });

  it('is forgotten after that, and begins another epoch', async () => {
    const { broadcaster, clock } = setUp();
    const reader = await connected(broadcaster);
    const past = positionOf(await reader.ask({ subscribe: { ch: 'live/a' } }));
    reader.connection.lost();
    clock.advance(61_000);
    assert.equal(broadcaster.wants('live/a'), false);
    assert.equal(broadcaster.stats().channels, 0);
    const { ok } = await (await connected(broadcaster)).ask({ subscribe: { ch: 'live/a', since: past } });
    assert.deepEqual([ok?.recovered, ok?.lost], [false, 'epoch']);
  });

  it('differs from one that is always kept, whose stream goes on without a reader', async () => {
    const { broadcaster, clock } = setUp();
    const reader = await connected(broadcaster);
    const past = positionOf(await reader.ask({ subscribe: { ch: 'app/a' } }));
    reader.connection.lost();
    clock.advance(601_000);
    assert.equal(broadcaster.stats().channels, 0);
    broadcaster.publish('app/a', 1);
    const { ok } = await (await connected(broadcaster)).ask({ subscribe: { ch: 'app/a', since: past } });
    assert.deepEqual([ok?.recovered, ok?.pubs], [true, [[1, 1]]]);
  });
});

describe('shutting down', () => {
  it('sends what is pending, then closes everybody, and turns newcomers away', async () => {
    const { broadcaster, bus } = setUp();
    const reader = await connected(broadcaster);
    await reader.ask({ subscribe: { ch: 'app/a' } });
    broadcaster.publish('app/a', 1);
    broadcaster.close();
    assert.deepEqual((await reader.next()).pubs, [[1, 1]]);
    assert.equal(reader.closedWith, 'shutdown');
    assert.equal(new FakeReader(broadcaster).closedWith, 'shutdown');
    broadcaster.close();
    const { connections, channels, closed } = broadcaster.stats();
    assert.deepEqual(
      { connections, channels, closed },
      { connections: 0, channels: 0, closed: { shutdown: 2 } },
    );
    await bus.publish('app/a', '2', { size: 1, ageMs: 1 });
    assert.deepEqual(reader.inbox.rest(), []);
  });
});
