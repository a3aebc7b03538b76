import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Position } from '../../../src/protocol/index.ts';
import { createMemoryBus } from '../../engines/memory/bus.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import type { BusListener } from '../../ports/bus.ts';
import { broadcasting } from '../../testing/broadcasting.ts';
import { turn } from '../../testing/event-loop.ts';
import { connected } from '../../testing/fake-reader.ts';

const KEEP = { size: 5, ageMs: 600_000 };

/** A reader of a channel whose engine fails over to a copy that lacks the newest publications. */
const failingOver = async (channel = 'app/a') => {
  const clock = createManualClock();
  const bus = createMemoryBus(clock);
  const world = broadcasting({ clock, bus }, { maxPendingBytes: 1_000 });
  const reader = await connected(world.broadcaster);
  const { ok } = await reader.ask({ subscribe: { ch: channel } });
  const start: Position = { e: ok?.e ?? '', o: ok?.o ?? -1, h: ok?.h ?? '' };
  const publish = async (...data: number[]): Promise<void> => {
    for (const one of data) await bus.publish(channel, JSON.stringify(one), KEEP);
    await turn();
  };
  let copy = bus.handOver();
  return {
    ...world,
    reader,
    start,
    n: ok?.n ?? 0,
    publish,
    /** What the copy has, is what there is now. */
    backUp: () => void (copy = bus.handOver()),
    /** The engine is gone, and its copy goes on with the same epoch and offsets that were used before. */
    failOver: () => bus.takeOver(copy),
  };
};

describe('an engine that comes back without its newest publications', () => {
  it('does not pass the ones that reuse their offsets off as theirs: the live reader is told of another past', async () => {
    const { reader, publish, backUp, failOver, state, n, start } = await failingOver();
    await publish(1, 2);
    backUp();
    await publish(3, 4);
    reader.inbox.rest();
    failOver();
    state.set('app/a', 'after');
    await publish(33);
    const [loss, ...more] = reader.inbox.rest();
    assert.deepEqual(
      [loss?.n, loss?.lost, loss?.e, loss?.o, loss?.snapshot],
      [n, 'tail', start.e, 3, 'after'],
    );
    assert.deepEqual(more, []);
    await publish(44);
    assert.deepEqual(
      reader.inbox.rest().map(({ pubs }) => pubs),
      [[[4, 44]]],
    );
  });

  it('is found out when it has reached the very offset that readers have', async () => {
    const { bus, reader, publish, backUp, failOver } = await failingOver();
    await publish(1);
    backUp();
    await publish(2, 3);
    reader.inbox.rest();
    failOver();
    // Not told of while the engine was away.
    bus.drops = () => true;
    await publish(22, 33);
    bus.drops = () => false;
    await publish(44);
    assert.deepEqual(
      reader.inbox.rest().map(({ lost, o }) => [lost, o]),
      [['tail', 4]],
    );
  });

  it('loses what waited for the flush, which was of a past that is none', async () => {
    const clock = createManualClock();
    const bus = createMemoryBus(clock);
    const { broadcaster } = broadcasting({ clock, bus }, {}, { flushWindowMs: 50 });
    const reader = await connected(broadcaster);
    await reader.ask({ subscribe: { ch: 'app/a' } });
    const copy = bus.handOver();
    await bus.publish('app/a', '1', KEEP);
    bus.takeOver(copy);
    await bus.publish('app/a', '11', KEEP);
    await turn();
    clock.advance(50);
    assert.deepEqual(
      reader.inbox.rest().map(({ lost, o, pubs }) => [lost, o, pubs]),
      [['tail', 1, undefined]],
    );
  });

  it('leaves what waited on other channels to be flushed', async () => {
    const clock = createManualClock();
    const bus = createMemoryBus(clock);
    const { broadcaster } = broadcasting({ clock, bus }, {}, { flushWindowMs: 50 });
    const reader = await connected(broadcaster);
    for (const ch of ['app/a', 'app/b']) await reader.ask({ subscribe: { ch } });
    const copy = bus.handOver();
    await bus.publish('app/a', '1', KEEP);
    bus.takeOver(copy);
    await bus.publish('app/a', '11', KEEP);
    await turn();
    await bus.publish('app/b', '2', KEEP);
    clock.advance(50);
    await turn();
    assert.deepEqual(
      reader.inbox.rest().map(({ lost, pubs }) => lost ?? pubs),
      ['tail', [[1, 2]]],
    );
  });

  it('tells a reader that is behind of another past, also where the latest value stands for all', async () => {
    for (const channel of ['latest/a', 'sum/a', 'app/a']) {
      const { reader, publish, backUp, failOver } = await failingOver(channel);
      await publish(1);
      backUp();
      reader.buffered = 1_001;
      await publish(2);
      await publish(3);
      reader.inbox.rest();
      failOver();
      await publish(22);
      await publish(33);
      await publish(44);
      reader.buffered = 0;
      reader.connection.drained();
      await turn();
      const [{ lost, o } = {}, ...more] = reader.inbox.rest();
      assert.deepEqual([channel, lost, o, more.length], [channel, 'tail', 4, 0]);
    }
  });

  it('does not continue a position from before with what came after', async () => {
    const { broadcaster, publish, backUp, failOver, reader } = await failingOver();
    await publish(1);
    backUp();
    await publish(2);
    const { ok } = await reader.ask({ subscribe: { ch: 'app/a' } });
    const since = { e: ok?.e ?? '', o: ok?.o ?? 0, h: ok?.h ?? '' };
    failOver();
    await publish(22, 33);
    const back = await connected(broadcaster);
    const answer = (await back.ask({ subscribe: { ch: 'app/a', since } })).ok;
    assert.deepEqual([since.o, answer?.recovered, answer?.lost, answer?.o], [2, false, 'tail', 3]);
    assert.equal(broadcaster.stats().recoveries.tail, 2, 'the live reader was told, too');
  });

  for (const [published, o] of [
    [[33], 3],
    [[33, 44], 4],
  ] as const) {
    it(`is found out by a reader whose past of before is still being read, ${published.length} later`, async () => {
      const { broadcaster, bus, publish, backUp, failOver, start } = await failingOver();
      await publish(1, 2);
      backUp();
      await publish(3);
      const joining = await connected(broadcaster);
      bus.holdReads();
      const asked = bus.asked();
      const answer = joining.ask({ subscribe: { ch: 'app/a', since: start } });
      await asked;
      failOver();
      const resumed = bus.asked();
      await publish(33);
      await resumed;
      bus.letLastReadGo();
      await turn();
      await publish(...published.slice(1));
      bus.letReadsGo();
      const { ok } = await answer;
      assert.deepEqual([ok?.recovered, ok?.lost, ok?.o], [false, 'tail', o]);
    });
  }

  it('is found out although it happens while the stream is opened', async () => {
    const clock = createManualClock();
    const inner = createMemoryBus(clock);
    const { broadcaster, bus } = broadcasting({ clock, bus: inner });
    await inner.publish('app/a', '1', KEEP);
    const copy = inner.handOver();
    await inner.publish('app/a', '2', KEEP);
    bus.holdReads();
    const reader = await connected(broadcaster);
    const asked = bus.asked();
    const answer = reader.ask({ subscribe: { ch: 'app/a' } });
    await asked;
    // The position of before has been read, and is on its way.
    inner.takeOver(copy);
    await inner.publish('app/a', '22', KEEP);
    bus.letReadsGo();
    const { ok } = await answer;
    await turn();
    const told = reader.inbox.rest().map(({ lost, o }) => [lost, o]);
    const { position } = await inner.read('app/a');
    assert.ok(
      ok?.h === position.h || (told.length === 1 && told[0]?.[0] === 'tail'),
      'right, or marked as not',
    );
  });
});

describe('a bus that tells twice', () => {
  it('is asked, and readers hear it once', async () => {
    const clock = createManualClock();
    const inner = createMemoryBus(clock);
    const listeners: BusListener[] = [];
    const subscribe = inner.subscribe.bind(inner);
    inner.subscribe = (channel, listener) => {
      listeners.push(listener);
      return subscribe(channel, listener);
    };
    const { broadcaster, errors } = broadcasting({ clock, bus: inner });
    const reader = await connected(broadcaster);
    await reader.ask({ subscribe: { ch: 'app/a' } });
    for (const data of ['1', '2', '3']) {
      const { publication } = await inner.publish('app/a', data, KEEP);
      for (const listener of listeners) listener(publication);
      await turn();
    }
    const first = (await inner.read('app/a', undefined)).last;
    assert.equal(first?.offset, 3);
    assert.deepEqual(
      reader.inbox
        .rest()
        .flatMap(({ pubs = [], lost }) => [...(lost ? [lost] : []), ...pubs.map(([offset]) => offset)]),
      [1, 2, 3],
    );
    assert.deepEqual(errors, []);
  });

  it('of what is yet to come is said to have answered from before', async () => {
    const clock = createManualClock();
    const inner = createMemoryBus(clock);
    const { broadcaster, bus, errors } = broadcasting({ clock, bus: inner });
    const reader = await connected(broadcaster);
    await reader.ask({ subscribe: { ch: 'app/a' } });
    const { position } = await inner.read('app/a');
    bus.drops = ({ offset }) => offset === 1;
    bus.read = () => Promise.resolve({ position, publications: [] });
    await inner.publish('app/a', '1', KEEP);
    await inner.publish('app/a', '2', KEEP);
    await turn();
    assert.deepEqual([reader.inbox.rest(), errors.map(([what]) => what)], [[], ['read app/a']]);
  });
});

describe('a snapshot that cannot be had', () => {
  it('when the stream breaks off leaves the reader behind until it can', async () => {
    const { bus, reader, publish, clock, errors } = await failingOver('live/a');
    await publish(1);
    reader.inbox.rest();
    const channel = [...reader.connection.subscriptions.values()][0]!.channel;
    let broken = true;
    channel.snapshot = () => {
      if (broken) throw new Error('no snapshot now');
      return 'whole';
    };
    await bus.inner.forget('live/a');
    await publish(11);
    assert.deepEqual([reader.inbox.rest(), errors.length], [[], 1]);
    broken = false;
    clock.advance(1_000);
    await turn();
    assert.deepEqual(
      reader.inbox.rest().map(({ lost, snapshot }) => [lost, snapshot]),
      [['epoch', 'whole']],
    );
  });
});
