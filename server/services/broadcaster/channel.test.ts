import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Position } from '../../../src/protocol/index.ts';
import { createMemoryBus } from '../../engines/memory/bus.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import type { ManualClock } from '../../engines/memory/clock.ts';
import { broadcasting } from '../../testing/broadcasting.ts';
import { turn } from '../../testing/event-loop.ts';
import type { Broadcasting } from '../../testing/broadcasting.ts';
import { FakeReader, connected } from '../../testing/fake-reader.ts';
import type { BroadcasterLimits } from './index.ts';

const setUp = (limits: Partial<BroadcasterLimits> = {}, flushWindowMs = 0) => {
  const clock = createManualClock();
  return broadcasting({ clock, bus: createMemoryBus(clock) }, limits, { flushWindowMs });
};

const CH = 'app/a';

/** A server with a reader of the channel, and what else a test needs of the two. */
async function following(): Promise<
  Broadcasting<ManualClock> & { reader: FakeReader; start: Position; publish(...data: number[]): void }
> {
  const all = setUp();
  const reader = await connected(all.broadcaster);
  await reader.ask({ subscribe: { ch: CH } });
  const { position: start } = await all.bus.read(CH);
  const publish = (...data: number[]): void => {
    for (const one of data) {
      all.state.set(CH, one);
      all.broadcaster.publish(CH, one);
    }
  };
  return { ...all, reader, start, publish };
}

/** The offsets that a reader hears until it has heard one of them. */
async function offsetsUntil(reader: FakeReader, last: number): Promise<number[]> {
  const offsets: number[] = [];
  while (offsets.at(-1) !== last) {
    const { pubs, ...other } = await reader.next();
    assert.ok(pubs, `heard ${JSON.stringify(other)}`);
    offsets.push(...pubs.map(([offset]) => offset));
  }
  return offsets;
}

describe('a channel whose bus leaves a publication out', () => {
  it('goes on without a hole, out of the history', async () => {
    const { bus, reader, publish } = await following();
    bus.drops = ({ offset }) => offset === 2 || offset === 3;
    publish(1, 2, 3, 4, 5);
    assert.deepEqual(await offsetsUntil(reader, 5), [1, 2, 3, 4, 5]);
    bus.drops = () => false;
    publish(6);
    assert.deepEqual(await offsetsUntil(reader, 6), [6]);
  });

  it('keeps what is published while the history is being read in its place', async () => {
    const { bus, reader, publish } = await following();
    bus.drops = ({ offset }) => offset === 1;
    bus.holdReads();
    const asked = bus.asked();
    publish(1, 2);
    await asked;
    publish(3, 4);
    bus.letReadsGo();
    assert.deepEqual(await offsetsUntil(reader, 4), [1, 2, 3, 4]);
  });

  it('finds a second hole behind the first', async () => {
    const { bus, reader, publish } = await following();
    bus.drops = ({ offset }) => offset === 1 || offset === 4;
    bus.holdReads();
    const asked = bus.asked();
    publish(1, 2);
    await asked;
    publish(3, 4, 5);
    bus.letReadsGo();
    assert.deepEqual(await offsetsUntil(reader, 5), [1, 2, 3, 4, 5]);
  });

  it('tells every reader of the loss when the history is too short, with a snapshot and where it goes on', async () => {
    const { broadcaster, bus, reader, publish } = await following();
    const other = await connected(broadcaster);
    const n = (await other.ask({ subscribe: { ch: CH } })).ok?.n;
    bus.drops = ({ offset }) => offset < 9;
    publish(1, 2, 3, 4, 5, 6, 7, 8, 9);
    const { position } = await bus.read(CH);
    for (const one of [reader, other]) {
      assert.deepEqual(await one.next(), { n, lost: 'history', ...position, snapshot: 9 });
    }
    publish(10);
    assert.deepEqual(await offsetsUntil(reader, 10), [10]);
    assert.deepEqual(await offsetsUntil(other, 10), [10]);
  });

  it('sends nothing of before a loss after it, and nothing of after it before', async () => {
    const { bus, reader, publish } = await following();
    bus.drops = ({ offset }) => offset > 1 && offset < 8;
    bus.holdReads();
    const asked = bus.asked();
    publish(1, 2, 3, 4, 5, 6, 7, 8);
    await asked;
    publish(9, 10);
    bus.letReadsGo();
    // The one before the hole had been heard and was sent at the end of its turn, or it is part of the loss.
    let message = await reader.next();
    if (message.pubs) {
      assert.deepEqual(message.pubs, [[1, 1]]);
      message = await reader.next();
    }
    assert.deepEqual([message.lost, message.o, message.snapshot], ['history', 10, 10]);
    publish(11);
    assert.deepEqual(await offsetsUntil(reader, 11), [11]);
  });

  it('tries again with the next publication when the history could not be read', async () => {
    const { bus, reader, publish, errors } = await following();
    bus.drops = ({ offset }) => offset === 1;
    bus.fails.read = new Error('no route to the bus');
    publish(1, 2);
    await turn();
    assert.deepEqual(errors, [[`read ${CH}`, bus.fails.read]]);
    delete bus.fails.read;
    publish(3);
    assert.deepEqual(await offsetsUntil(reader, 3), [1, 2, 3]);
  });
});

describe('a reader that joins', () => {
  it('gets what is published while its past is being read once, in its place', async () => {
    const { broadcaster, bus, start, publish } = await following();
    publish(1, 2);
    const joining = await connected(broadcaster);
    bus.holdReads();
    const asked = bus.asked();
    const answer = joining.ask({ subscribe: { ch: CH, since: start } });
    await asked;
    publish(3);
    bus.letReadsGo();
    const { ok } = await answer;
    publish(4);
    const live = await offsetsUntil(joining, 4);
    assert.equal(ok?.recovered, true);
    assert.deepEqual([...(ok?.pubs ?? []).map(([offset]) => offset), ...live], [1, 2, 3, 4]);
    assert.equal(live[0], (ok?.o ?? NaN) + 1);
  });

  it('hears of its subscriptions before anything is published on them, however long the last one takes', async () => {
    const { broadcaster, bus, publish, start } = await following();
    const reader = new FakeReader(broadcaster);
    bus.holdReads();
    const asked = bus.asked();
    const answer = reader.ask({ connect: { subs: [{ ch: CH }, { ch: 'app/b', since: start }] } });
    await asked;
    publish(1);
    await turn();
    bus.letReadsGo();
    const { ok } = await answer;
    assert.deepEqual(reader.inbox.rest(), []);
    assert.deepEqual([ok?.subs?.[0]?.o, ok?.subs?.[0]?.snapshot], [1, 1]);
    publish(2);
    assert.deepEqual(await offsetsUntil(reader, 2), [2]);
  });

  it('stands where this process stands, when the bus is ahead of it', async () => {
    const { broadcaster, bus, start, publish } = await following();
    publish(1);
    bus.holdTelling();
    publish(2, 3);
    const joining = await connected(broadcaster);
    const { ok } = await joining.ask({ subscribe: { ch: CH, since: start } });
    assert.deepEqual([ok?.recovered, ok?.o, ok?.pubs], [true, 1, [[1, 1]]]);
    bus.letTellingGo();
    assert.deepEqual(await offsetsUntil(joining, 3), [2, 3]);
  });

  it('is told of a loss when it comes from a place that this process has not reached', async () => {
    const { broadcaster, bus, publish } = await following();
    bus.holdTelling();
    publish(1, 2);
    const { position: ahead } = await bus.read(CH);
    const joining = await connected(broadcaster);
    const { ok } = await joining.ask({ subscribe: { ch: CH, since: ahead } });
    assert.deepEqual([ok?.recovered, ok?.lost, ok?.o, ok?.snapshot], [false, 'history', 0, 2]);
    bus.letTellingGo();
    assert.deepEqual(await offsetsUntil(joining, 2), [1, 2]);
  });

  it('is told of a loss, not of a past with a hole, when the stream breaks off while its past is being read', async () => {
    const { broadcaster, bus, reader, start, publish } = await following();
    publish(1, 2);
    await offsetsUntil(reader, 2);
    const joining = await connected(broadcaster);
    bus.holdReads();
    const asked = bus.asked();
    const answer = joining.ask({ subscribe: { ch: CH, since: start } });
    await asked;
    bus.drops = ({ offset }) => offset > 2 && offset < 11;
    const resumed = bus.asked();
    publish(3, 4, 5, 6, 7, 8, 9, 10, 11);
    await resumed;
    bus.letLastReadGo();
    assert.equal((await reader.next()).lost, 'history');
    bus.letReadsGo();
    const { ok } = await answer;
    assert.deepEqual([ok?.recovered, ok?.lost, ok?.o, ok?.snapshot], [false, 'history', 11, 11]);
    publish(12);
    assert.deepEqual(await offsetsUntil(joining, 12), [12]);
  });

  it('is told of another epoch when the stream begins anew while its past is being read', async () => {
    const { broadcaster, bus, reader, start, publish } = await following();
    const joining = await connected(broadcaster);
    bus.drops = () => true;
    bus.holdReads();
    const asked = bus.asked();
    const answer = joining.ask({ subscribe: { ch: CH, since: start } });
    await asked;
    await bus.forget(CH);
    publish(1);
    bus.drops = () => false;
    const resumed = bus.asked();
    publish(2);
    await resumed;
    bus.letLastReadGo();
    const loss = await reader.next();
    assert.deepEqual([loss.lost, loss.o], ['epoch', 2]);
    assert.notEqual(loss.e, start.e);
    bus.letReadsGo();
    const { ok } = await answer;
    assert.deepEqual([ok?.recovered, ok?.lost, ok?.o, ok?.e], [false, 'epoch', 2, loss.e]);
  });

  it('keeps a channel from being dropped under its feet', async () => {
    const { broadcaster, bus, clock } = setUp({ pingMs: 1_000_000 });
    const reader = await connected(broadcaster);
    const { ok } = await reader.ask({ subscribe: { ch: 'live/a' } });
    reader.connection.lost();
    const joining = await connected(broadcaster);
    const since = { e: ok?.e ?? '', o: 0, h: ok?.h ?? '' };
    bus.holdReads();
    const asked = bus.asked();
    const answer = joining.ask({ subscribe: { ch: 'live/a', since } });
    await asked;
    clock.advance(65_000);
    assert.equal(broadcaster.stats().channels, 1);
    bus.letReadsGo();
    assert.equal((await answer).ok?.recovered, true);
    broadcaster.publish('live/a', 1);
    assert.deepEqual((await joining.next()).pubs, [[1, 1]]);
  });

  it('is refused when its past cannot be read, and holds the channel no longer', async () => {
    const { broadcaster, bus, clock, errors } = setUp();
    const reader = await connected(broadcaster);
    const { ok } = await reader.ask({ subscribe: { ch: 'live/a' } });
    await reader.ask({ unsubscribe: { n: ok?.n ?? 0 } });
    bus.fails.read = new Error('no route to the bus');
    const { err } = await reader.ask({
      subscribe: { ch: 'live/a', since: { e: ok?.e ?? '', o: 0, h: ok?.h ?? '' } },
    });
    assert.deepEqual([err?.code, err?.retryable], ['internal', true]);
    assert.equal(errors.length, 1);
    clock.advance(61_000);
    assert.equal(broadcaster.stats().channels, 0);
  });
});
