import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { CLOSE } from '../../../src/protocol/index.ts';
import type { Move } from '../../../src/protocol/index.ts';
import { createMemoryBus } from '../../engines/memory/bus.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import { broadcasting } from '../../testing/broadcasting.ts';
import { turn } from '../../testing/event-loop.ts';
import { EventReader } from '../../testing/event-reader.ts';
import { FakeReader, connected } from '../../testing/fake-reader.ts';
import { Reader, request, startServer } from '../../testing/harness.ts';
import type { Problem } from '../../testing/harness.ts';
import { random } from '../../testing/random.ts';
import type { BroadcasterLimits } from './index.ts';

const setUp = (limits: Partial<BroadcasterLimits> = {}) => {
  const clock = createManualClock();
  return broadcasting({ clock, bus: createMemoryBus(clock) }, limits);
};

/** Whether a promise is kept by now. */
async function isKept(promise: Promise<unknown>): Promise<boolean> {
  let kept = false;
  void promise.then(() => (kept = true));
  await turn();
  return kept;
}

/** Chance as a test wants it. */
const chance = (t: TestContext, next: () => number): void => void t.mock.method(Math, 'random', next);

/** Has so many clients connected, and asks them to leave. */
async function drained(
  count: number,
  limits: Partial<BroadcasterLimits> = {},
): Promise<{ moves: Move['move'][]; readers: FakeReader[]; over: Promise<void> } & ReturnType<typeof setUp>> {
  const world = setUp({ maxConnections: 20_000, ...limits });
  const readers: FakeReader[] = [];
  for (let i = 0; i < count; i++) readers.push(await connected(world.broadcaster));
  const over = world.broadcaster.drain();
  const moves = readers.map((reader) => {
    const [{ move } = {}, ...more] = reader.inbox.rest();
    assert.deepEqual(more, []);
    return move!;
  });
  return { ...world, readers, moves, over };
}

describe('going down', () => {
  for (const [what, next] of [
    ['any', random(3)],
    ['the lowest', () => 0],
    ['a high', () => 0.9999],
  ] as const) {
    it(`gives each client a part of the window of its own, by ${what} chance`, async (t) => {
      chance(t, next);
      const { moves } = await drained(100, { drainWindowMs: 10_000, drainPerSecond: 1 });
      assert.ok(moves.every(({ withinMs, why }) => withinMs === 10_000 && why === 'drain'));
      const parts = moves.map(({ afterMs }) => Math.floor(afterMs / 100)).sort((a, b) => a - b);
      assert.deepEqual(
        parts,
        moves.map((_, i) => i),
      );
      assert.ok(moves.every(({ afterMs }) => Number.isInteger(afterMs) && afterMs >= 0 && afterMs < 10_000));
    });
  }

  it('gives the parts in random order, not to the oldest first', async (t) => {
    chance(t, random(5));
    const { moves } = await drained(50, { drainWindowMs: 10_000, drainPerSecond: 1 });
    const order = moves.map(({ afterMs }) => afterMs);
    assert.notDeepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
    assert.notDeepEqual(
      order,
      order.toSorted((a, b) => b - a),
    );
  });

  it('takes no longer than drainPerSecond asks for, and never longer than drainWindowMs', async () => {
    for (const [count, withinMs] of [
      [1, 5],
      [40, 200],
      [1_000, 5_000],
      [1_200, 5_000],
    ] as const) {
      const { moves } = await drained(count, { drainWindowMs: 5_000, drainPerSecond: 200 });
      assert.deepEqual([...new Set(moves.map((move) => move.withinMs))], [withinMs]);
      assert.ok(moves.every(({ afterMs }) => afterMs < withinMs));
    }
  });

  it('asks nobody who has not connected, nor whoever is gone', async () => {
    const { broadcaster, clock } = setUp();
    const [mute, gone, here] = [
      new FakeReader(broadcaster),
      await connected(broadcaster),
      await connected(broadcaster),
    ];
    gone.connection.lost();
    const over = broadcaster.drain();
    assert.deepEqual([mute.frames, gone.frames.length, here.frames.length], [[], 1, 2]);
    here.connection.lost();
    clock.advance(20);
    assert.equal(await isKept(over), true, 'nobody waits for who never connected');
    assert.equal(mute.closedWith, undefined);
  });

  it('is over at once when nobody is connected', async () => {
    const { broadcaster } = setUp();
    new FakeReader(broadcaster);
    assert.equal(await isKept(broadcaster.drain()), true);
  });

  it('is over when the last one has left', async () => {
    const { clock, readers, over } = await drained(3, { drainWindowMs: 60_000, drainPerSecond: 1 });
    for (const reader of readers) {
      clock.advance(400);
      assert.equal(await isKept(over), false);
      reader.connection.lost();
    }
    clock.advance(20);
    assert.equal(await isKept(over), true);
  });

  it('is over with its window and a moment for the last, whoever stays', async () => {
    const { clock, over, readers } = await drained(2, { drainWindowMs: 1_000, drainPerSecond: 1 });
    clock.advance(1_000);
    assert.equal(await isKept(over), false);
    clock.advance(499);
    assert.equal(await isKept(over), false);
    clock.advance(20);
    assert.equal(await isKept(over), true);
    assert.deepEqual(
      readers.map(({ closedWith }) => closedWith),
      [undefined, undefined],
    );
  });

  it('looks no longer once it is over', async () => {
    const { broadcaster, clock } = setUp();
    const reader = await connected(broadcaster);
    let looking = 0;
    const every = clock.every.bind(clock);
    clock.every = (intervalMs, call) => {
      looking += 1;
      const { cancel } = every(intervalMs, call);
      return { cancel: () => (cancel(), void (looking -= 1)) };
    };
    const over = broadcaster.drain();
    assert.equal(looking, 1);
    reader.connection.lost();
    clock.advance(20);
    await over;
    assert.equal(looking, 0);
  });

  it('delivers what is published meanwhile, and answers', async () => {
    const { broadcaster, clock } = setUp({ drainWindowMs: 1_000, drainPerSecond: 1 });
    const reader = await connected(broadcaster);
    await reader.ask({ subscribe: { ch: 'app/a' } });
    void broadcaster.drain();
    assert.equal((await reader.next()).move?.why, 'drain');
    for (const data of [1, 2]) {
      broadcaster.publish('app/a', data);
      assert.deepEqual((await reader.next()).pubs, [[data, data]]);
      clock.advance(300);
    }
    assert.ok((await reader.ask({ subscribe: { ch: 'app/b' } })).ok);
    assert.ok((await reader.ask({ publish: { ch: 'app/b', data: 3 } })).ok);
    assert.deepEqual((await reader.next()).pubs, [[1, 3]]);
  });

  it('turns newcomers away, to come back at once', async () => {
    const { broadcaster } = await drained(1);
    const late = new FakeReader(broadcaster);
    assert.equal(late.closedWith, 'shutdown');
    late.say({ id: 1, connect: {} });
    await turn();
    assert.deepEqual(late.frames, []);
  });
});

describe('a server that goes down', () => {
  it('is not ready, and closes with shutdown whoever did not leave', async (t) => {
    const clock = createManualClock();
    const { waooaw, url, socketUrl } = await startServer(t, {}, { clock });
    const socket = await Reader.connected(t, socketUrl);
    const stream = await EventReader.connected(t, url, { subs: [{ ch: 'app/a' }] });
    assert.equal((await request(`${url}/readyz`)).status, 200);
    const over = waooaw.drain();
    assert.equal(waooaw.drain(), over, 'asked twice, it goes down once');
    const answer = await request(`${url}/readyz`);
    assert.deepEqual([answer.status, answer.json<Problem>().code], [503, 'unavailable']);
    assert.equal((await request(`${url}/livez`)).status, 200);
    for (const reader of [socket, stream]) {
      const { withinMs, afterMs = -1 } = (await reader.next()).move ?? {};
      assert.equal(withinMs, 10);
      assert.ok(afterMs >= 0 && afterMs < 10);
    }
    const shutdown = { code: CLOSE.shutdown, reason: 'shutdown' };
    assert.deepEqual(await (await Reader.open(t, socketUrl)).closed, shutdown);
    assert.deepEqual(await (await EventReader.open(t, url, { id: 1, connect: {} })).closed, shutdown);
    waooaw.broadcaster.publish('app/a', 1);
    assert.deepEqual((await stream.next()).pubs, [[1, 1]]);
    clock.advance(600);
    await over;
    for (const reader of [socket, stream]) assert.deepEqual(await reader.closed, shutdown);
  });
});
