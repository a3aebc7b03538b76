import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMemoryBus } from '../../engines/memory/bus.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import { broadcasting } from '../../testing/broadcasting.ts';
import { turn } from '../../testing/event-loop.ts';
import { connected } from '../../testing/fake-reader.ts';
import type { FakeReader } from '../../testing/fake-reader.ts';
import type { BroadcasterLimits } from './index.ts';

const OVER = 1_001;

/** A reader that follows channels, and does not read from now on. */
const stalled = async (channels: readonly string[], limits: Partial<BroadcasterLimits> = {}) => {
  const clock = createManualClock();
  const world = broadcasting({ clock, bus: createMemoryBus(clock) }, { maxPendingBytes: 1_000, ...limits });
  const reader = await connected(world.broadcaster);
  const numbers: number[] = [];
  for (const ch of channels) numbers.push((await reader.ask({ subscribe: { ch } })).ok?.n ?? 0);
  const publish = async (channel: string, ...data: number[]): Promise<void> => {
    for (const one of data) world.broadcaster.publish(channel, one);
    await turn();
  };
  reader.buffered = OVER;
  return { ...world, clock, reader, numbers, publish };
};

/** The reader has read everything. */
const drain = async (reader: FakeReader): Promise<void> => {
  reader.buffered = 0;
  reader.connection.drained();
  await turn();
};

describe('a slow reader', () => {
  it('is sent nothing over maxPendingBytes, and everything in order once it has read', async () => {
    const { reader, publish, broadcaster } = await stalled(['app/a']);
    await publish('app/a', 1);
    assert.deepEqual(
      reader.inbox.rest().map(({ pubs }) => pubs),
      [[[1, 1]]],
      'the one that went over',
    );
    await publish('app/a', 2);
    await publish('app/a', 3);
    assert.deepEqual(reader.inbox.rest(), []);
    assert.equal(broadcaster.stats().behind.slow, 1);
    await drain(reader);
    const [{ pubs, after, h } = {}] = reader.inbox.rest();
    assert.deepEqual(
      [pubs, after, typeof h],
      [
        [
          [2, 2],
          [3, 3],
        ],
        undefined,
        'string',
      ],
    );
    await publish('app/a', 4);
    assert.deepEqual(
      reader.inbox.rest().map((message) => message.pubs),
      [[[4, 4]]],
    );
    assert.deepEqual([broadcaster.stats().behind.slow, broadcaster.stats().conflated], [0, 0]);
  });

  it('of a state channel gets its latest value alone, marked with what it stands for', async () => {
    const { reader, publish, broadcaster, numbers } = await stalled(['latest/a']);
    await publish('latest/a', 1);
    reader.inbox.rest();
    // More than the history keeps: the latest is enough.
    await publish('latest/a', 2, 3, 4, 5, 6, 7, 8, 9);
    await drain(reader);
    const [message, ...more] = reader.inbox.rest();
    assert.deepEqual(more, []);
    const { n, after, pubs } = message ?? {};
    assert.deepEqual({ n, after, pubs }, { n: numbers[0], after: 1, pubs: [[9, 9]] });
    assert.equal(broadcaster.stats().conflated, 7);
  });

  it('of a channel that merges gets the merged, marked with what it stands for', async () => {
    const { reader, publish } = await stalled(['sum/a']);
    await publish('sum/a', 1);
    reader.inbox.rest();
    await publish('sum/a', 2, 3, 4);
    await drain(reader);
    const [{ after, pubs } = {}] = reader.inbox.rest();
    assert.deepEqual({ after, pubs }, { after: 1, pubs: [[4, 9]] });
  });

  it('that missed one publication gets that one, not marked', async () => {
    const { reader, publish } = await stalled(['latest/a', 'sum/a']);
    await publish('latest/a', 1);
    reader.inbox.rest();
    await publish('latest/a', 2);
    await publish('sum/a', 7);
    await drain(reader);
    assert.deepEqual(
      reader.inbox.rest().map(({ after, pubs }) => [after, pubs]),
      [
        [undefined, [[2, 2]]],
        [undefined, [[1, 7]]],
      ],
    );
  });

  it('that outlasts the history is told so, with a snapshot and its position', async () => {
    const { reader, publish, state, numbers, broadcaster } = await stalled(['app/a']);
    await publish('app/a', 1);
    reader.inbox.rest();
    await publish('app/a', 2, 3, 4, 5, 6, 7);
    state.set('app/a', 'now');
    await drain(reader);
    const [{ n, lost, o, snapshot } = {}] = reader.inbox.rest();
    assert.deepEqual({ n, lost, o, snapshot }, { n: numbers[0], lost: 'slow', o: 7, snapshot: 'now' });
    assert.equal(broadcaster.stats().recoveries.slow, 1);
    await publish('app/a', 8);
    assert.deepEqual((await reader.next()).pubs, [[8, 8]]);
  });

  it('whose past would fill the line by far is told that it lost it', async () => {
    const { reader, publish, broadcaster } = await stalled(['app/a'], { maxBufferedBytes: 10_000 });
    await publish('app/a', 1);
    reader.inbox.rest();
    broadcaster.publish('app/a', 'x'.repeat(3_000));
    await turn();
    await drain(reader);
    assert.deepEqual(
      reader.inbox.rest().map(({ lost, o }) => [lost, o]),
      [['slow', 2]],
    );
  });

  it('is answered all the same: answers are outside of what is held back', async () => {
    const { reader, publish } = await stalled(['app/a']);
    await publish('app/a', 1);
    const { ok } = await reader.ask({ subscribe: { ch: 'app/b' } });
    assert.equal(ok?.ch, 'app/b');
    await publish('app/b', 1);
    assert.deepEqual(reader.inbox.rest().filter(({ pubs }) => pubs?.[0]?.[1] === 1).length, 1);
    await drain(reader);
    assert.deepEqual(
      reader.inbox.rest().map(({ pubs }) => pubs),
      [[[1, 1]]],
    );
  });

  it('that goes over again while it catches up stays behind, and loses nothing', async () => {
    const { reader, publish, broadcaster } = await stalled(['app/a', 'app/b']);
    await publish('app/a', 1);
    reader.inbox.rest();
    await publish('app/a', 2);
    await publish('app/b', 1);
    const send = reader.send.bind(reader);
    reader.send = (frame) => {
      send(frame);
      reader.buffered = OVER;
    };
    await drain(reader);
    assert.deepEqual(
      reader.inbox.rest().map(({ pubs }) => pubs),
      [[[2, 2]]],
      'one, and it is over again',
    );
    assert.equal(broadcaster.stats().behind.slow, 2);
    await publish('app/a', 3);
    reader.send = send;
    await drain(reader);
    assert.deepEqual(
      reader.inbox.rest().map(({ pubs }) => pubs),
      [[[3, 3]], [[1, 1]]],
    );
    assert.equal(broadcaster.stats().behind.slow, 0);
  });

  it('over maxPendingFrames is behind likewise, however small the frames', async () => {
    const { reader, publish, broadcaster } = await stalled(['app/a'], { maxPendingFrames: 4 });
    reader.buffered = 1;
    for (let i = 1; i <= 8; i++) await publish('app/a', i);
    assert.equal(broadcaster.stats().behind.slow, 1);
    const sent = reader.inbox.rest().length;
    await drain(reader);
    const pubs = reader.inbox.rest().flatMap((message) => message.pubs ?? []);
    assert.equal(sent + pubs.length, 8);
  });

  it('whose carrier never tells that it is drained is looked after with the next beat', async () => {
    const { reader, publish, clock } = await stalled(['app/a']);
    await publish('app/a', 1);
    await publish('app/a', 2);
    reader.inbox.rest();
    reader.buffered = 500;
    clock.advance(1_000);
    await turn();
    assert.deepEqual(reader.inbox.rest(), [], 'half of the bound is not drained');
    reader.buffered = 250;
    clock.advance(1_000);
    await turn();
    assert.deepEqual(
      reader.inbox.rest().map(({ pubs }) => pubs),
      [[[2, 2]]],
    );
  });

  it('is closed when it stays over the bound for slowAfterMs, one that reads in time is not', async () => {
    const { reader, publish, clock } = await stalled(['app/a'], { slowAfterMs: 3_000 });
    await publish('app/a', 1);
    clock.advance(2_000);
    await drain(reader);
    await publish('app/a', 2);
    reader.buffered = OVER;
    await publish('app/a', 3);
    clock.advance(2_000);
    assert.equal(reader.closedWith, undefined);
    clock.advance(1_000);
    assert.equal(reader.closedWith, 'slow');
  });

  it('is caught up with the next beat when the history could not be read', async () => {
    const { reader, publish, bus, clock, errors } = await stalled(['app/a']);
    await publish('app/a', 1);
    reader.inbox.rest();
    await publish('app/a', 2);
    bus.fails.read = new Error('no route to the bus');
    await drain(reader);
    assert.deepEqual([reader.inbox.rest(), errors.length], [[], 1]);
    delete bus.fails.read;
    clock.advance(1_000);
    await turn();
    assert.deepEqual(
      reader.inbox.rest().map(({ pubs }) => pubs),
      [[[2, 2]]],
    );
  });

  it('of a channel that merges wrongly stays behind, and it is reported', async () => {
    for (const merged of [[], [1, 2, 3]]) {
      const { reader, publish, broadcaster, errors } = await stalled([]);
      broadcaster.serve({
        name: 'odd',
        history: { size: 5, ageMs: 1_000 },
        onDemand: false,
        access: { subscribe: ['admin'], publish: [] },
        conflate: () => merged,
        resolve: (channel) => channel,
      });
      reader.buffered = 0;
      await reader.ask({ subscribe: { ch: 'odd/a', everyMs: 60_000 } });
      await publish('odd/a', 1, 2);
      await reader.ask({
        demand: { n: reader.connection.subscriptions.keys().next().value ?? 0, everyMs: 0 },
      });
      await turn();
      assert.deepEqual(reader.inbox.rest(), []);
      assert.match(String(errors[0]?.[1]), /conflated 2 publications into/);
    }
  });

  it('gets what is published while its past is being read once, in its place', async () => {
    const { reader, publish, bus } = await stalled(['app/a']);
    await publish('app/a', 1);
    reader.inbox.rest();
    await publish('app/a', 2);
    bus.holdReads();
    const asked = bus.asked();
    reader.buffered = 0;
    reader.connection.drained();
    await asked;
    await publish('app/a', 3);
    bus.letReadsGo();
    await turn();
    await publish('app/a', 4);
    assert.deepEqual(
      reader.inbox
        .rest()
        .flatMap(({ pubs }) => pubs ?? [])
        .map(([offset]) => offset),
      [2, 3, 4],
    );
  });

  it('that leaves while its past is being read is forgotten', async () => {
    const { reader, publish, bus, numbers, broadcaster } = await stalled(['app/a', 'app/b']);
    await publish('app/a', 1);
    await publish('app/b', 1);
    reader.inbox.rest();
    await publish('app/a', 2);
    bus.holdReads();
    const asked = bus.asked();
    reader.buffered = 0;
    reader.connection.drained();
    await asked;
    await reader.ask({ unsubscribe: { n: numbers[0] ?? 0 } });
    bus.letReadsGo();
    await turn();
    await publish('app/a', 3);
    await publish('app/b', 2);
    assert.deepEqual(
      reader.inbox.rest().flatMap(({ n, pubs }) => (pubs ?? []).map(([offset]) => [n, offset])),
      [
        [numbers[1], 1],
        [numbers[1], 2],
      ],
    );
    assert.equal(broadcaster.stats().subscriptions, 1);
  });

  it('that is gone while its past is being read is sent nothing', async () => {
    const { reader, publish, bus, broadcaster } = await stalled(['app/a']);
    await publish('app/a', 1);
    await publish('app/a', 2);
    bus.holdReads();
    const asked = bus.asked();
    reader.buffered = 0;
    reader.connection.drained();
    await asked;
    const written = reader.frames.length;
    reader.connection.lost();
    bus.letReadsGo();
    await turn();
    await publish('app/a', 3);
    assert.equal(reader.frames.length, written);
    assert.equal(broadcaster.stats().subscriptions, 0);
  });
});

describe('a reader that asks for fewer', () => {
  it('gets one batch in everyMs, on a grid that all share', async () => {
    const { broadcaster, clock, reader, publish } = await stalled([]);
    reader.buffered = 0;
    const other = await connected(broadcaster);
    clock.advance(300);
    await reader.ask({ subscribe: { ch: 'app/a', everyMs: 1_000 } });
    await other.ask({ subscribe: { ch: 'app/a', everyMs: 1_000 } });
    await publish('app/a', 1, 2);
    await publish('app/a', 3);
    clock.advance(600);
    await turn();
    assert.deepEqual(reader.inbox.rest(), []);
    clock.advance(100);
    await turn();
    for (const one of [reader, other])
      assert.deepEqual(
        one.inbox.rest().map(({ pubs }) => pubs),
        [
          [
            [1, 1],
            [2, 2],
            [3, 3],
          ],
        ],
      );
    clock.advance(1_000);
    await turn();
    assert.deepEqual(reader.inbox.rest(), [], 'nothing new, nothing said');
    assert.equal(broadcaster.stats().behind.demand, 2);
  });

  it('of a state channel gets the latest of them', async () => {
    const { clock, reader, publish } = await stalled([]);
    reader.buffered = 0;
    await reader.ask({ subscribe: { ch: 'latest/a', everyMs: 500 } });
    await publish('latest/a', 1, 2, 3);
    clock.advance(500);
    await turn();
    assert.deepEqual(
      reader.inbox.rest().map(({ after, pubs }) => [after, pubs]),
      [[0, [[3, 3]]]],
    );
  });

  it('is sent what there is sooner when the history would be outrun, by number or by age', async () => {
    const { clock, reader, publish } = await stalled([], { pingMs: 3_600_000 });
    reader.buffered = 0;
    await reader.ask({ subscribe: { ch: 'app/a', everyMs: 3_600_000 } });
    const offsets = (): number[] =>
      reader.inbox.rest().flatMap(({ pubs }) => (pubs ?? []).map(([offset]) => offset));
    for (let i = 1; i <= 4; i++) await publish('app/a', i);
    clock.advance(100);
    await turn();
    assert.deepEqual(offsets(), [1, 2, 3, 4], 'four of the five that are kept');
    await publish('app/a', 5);
    // Half of the ten minutes that they are kept.
    clock.advance(299_000);
    await turn();
    assert.deepEqual(offsets(), []);
    clock.advance(1_000);
    await turn();
    assert.deepEqual(offsets(), [5]);
  });

  it('may ask for fewer and for all again at any time, and loses nothing', async () => {
    const {
      clock,
      reader,
      publish,
      numbers: [n = 0],
    } = await stalled(['app/a']);
    reader.buffered = 0;
    await publish('app/a', 1);
    await reader.ask({ demand: { n, everyMs: 10_000 } });
    await publish('app/a', 2);
    await reader.ask({ demand: { n, everyMs: 20_000 } });
    await publish('app/a', 3);
    assert.deepEqual(
      reader.inbox.rest().map(({ pubs }) => pubs),
      [[[1, 1]]],
    );
    await reader.ask({ demand: { n, everyMs: 0 } });
    await turn();
    await publish('app/a', 4);
    assert.deepEqual(
      reader.inbox.rest().flatMap(({ pubs }) => pubs ?? []),
      [
        [2, 2],
        [3, 3],
        [4, 4],
      ],
    );
    clock.advance(100_000);
    await turn();
    assert.deepEqual(
      reader.inbox.rest().filter(({ pubs }) => pubs),
      [],
    );
  });

  it('for less than the history keeps is told that it lost some, with a snapshot', async () => {
    const { clock, reader, publish } = await stalled([]);
    reader.buffered = 0;
    await reader.ask({ subscribe: { ch: 'app/a', everyMs: 1_000 } });
    await publish('app/a', 1, 2, 3, 4, 5, 6);
    clock.advance(1_000);
    await turn();
    assert.deepEqual(
      reader.inbox.rest().map(({ lost, o }) => [lost, o]),
      [['history', 6]],
    );
  });

  it('is asked nothing by the clock once nobody wants fewer', async () => {
    const {
      clock,
      reader,
      numbers: [n = 0],
    } = await stalled(['app/a']);
    reader.buffered = 0;
    const idle = clock.pending;
    await reader.ask({ demand: { n, everyMs: 1_000 } });
    assert.equal(clock.pending, idle + 1);
    await reader.ask({ demand: { n, everyMs: 0 } });
    await turn();
    clock.advance(200);
    assert.equal(clock.pending, idle);
  });

  it('subscribes anew and is sent first what it is owed: it stands where the answer stands', async () => {
    const {
      clock,
      reader,
      publish,
      numbers: [n = 0],
    } = await stalled(['app/a']);
    reader.buffered = 0;
    await reader.ask({ demand: { n, everyMs: 1_000 } });
    await publish('app/a', 1, 2);
    const { ok } = await reader.ask({ subscribe: { ch: 'app/a' } });
    assert.equal(
      reader.frames.at(-2)?.text,
      `{"n":${n},"pubs":[[1,1],[2,2]],"h":"${ok?.h}"}`,
      'before the answer',
    );
    assert.equal(reader.inbox.rest().length, 1);
    await publish('app/a', 3);
    clock.advance(1_000);
    await turn();
    assert.deepEqual(
      reader.inbox.rest().flatMap(({ pubs }) => pubs ?? []),
      [[3, 3]],
    );
  });

  it('subscribes anew and is told first of what the history has outrun', async () => {
    const { reader, publish } = await stalled(['app/a']);
    await publish('app/a', 1);
    await publish('app/a', 2, 3, 4, 5, 6, 7);
    const { ok } = await reader.ask({ subscribe: { ch: 'app/a' } });
    assert.equal(ok?.o, 7);
    assert.equal(reader.inbox.rest().at(-1)?.lost, 'slow');
    assert.equal(reader.frames.length, 5, 'connected, subscribed, the first batch, the loss, the answer');
  });

  it('subscribes anew to a conflated channel and is sent the newest first', async () => {
    const { reader, publish } = await stalled(['latest/a']);
    await publish('latest/a', 1);
    await publish('latest/a', 2, 3);
    const { ok } = await reader.ask({ subscribe: { ch: 'latest/a' } });
    assert.deepEqual([ok?.o, ok?.snapshot], [3, 3]);
    assert.deepEqual(reader.inbox.rest().at(-1)?.pubs, [[3, 3]]);
  });

  it('subscribes anew while it is being brought up, and is sent nothing twice', async () => {
    const { reader, publish, bus } = await stalled(['app/a']);
    await publish('app/a', 1);
    await publish('app/a', 2);
    bus.holdReads();
    reader.buffered = 0;
    reader.connection.drained();
    const asked = reader.ask({ subscribe: { ch: 'app/a' } });
    await publish('app/a', 3);
    bus.letReadsGo();
    await asked;
    await publish('app/a', 4);
    await drain(reader);
    assert.deepEqual(
      reader.inbox.rest().flatMap(({ pubs }) => pubs?.map(([offset]) => offset) ?? []),
      [1, 2, 3, 4],
    );
  });

  it('subscribes anew while the stream cannot be read: it is told so, and brought up later', async () => {
    const { reader, publish, bus } = await stalled(['app/a']);
    await publish('app/a', 1);
    await publish('app/a', 2);
    bus.fails.read = new Error('away');
    assert.equal((await reader.ask({ subscribe: { ch: 'app/a' } })).err?.code, 'internal');
    delete bus.fails.read;
    await drain(reader);
    assert.deepEqual(reader.inbox.rest().at(-1)?.pubs, [[2, 2]]);
  });

  it('and is found slow by the very flush that comes before, costs the other readers nothing', async () => {
    const {
      reader,
      publish,
      broadcaster,
      numbers: [n = 0],
    } = await stalled(['app/a']);
    const other = await connected(broadcaster);
    await other.ask({ subscribe: { ch: 'app/a' } });
    broadcaster.publish('app/a', 1);
    await reader.ask({ demand: { n, everyMs: 1_000 } });
    assert.deepEqual(broadcaster.stats().behind, { slow: 1, demand: 0, broken: 0 });
    await publish('app/a', 2);
    assert.deepEqual(
      other.inbox.rest().flatMap(({ pubs }) => pubs ?? []),
      [
        [1, 1],
        [2, 2],
      ],
    );
  });

  it('on a channel that it does not follow is told so', async () => {
    const { reader } = await stalled([]);
    assert.equal((await reader.ask({ demand: { n: 99, everyMs: 5 } })).err?.code, 'not_subscribed');
  });
});
