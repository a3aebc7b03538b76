import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMemoryBus } from '../../engines/memory/bus.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import { exposition } from '../../http/exposition.ts';
import { broadcasting } from '../../testing/broadcasting.ts';
import { turn } from '../../testing/event-loop.ts';
import { connected } from '../../testing/fake-reader.ts';
import { broadcasterFamilies } from './families.ts';
import { Counts } from './stats.ts';

const setUp = () => {
  const clock = createManualClock();
  return broadcasting({ clock, bus: createMemoryBus(clock) });
};

describe('the sizes of flushes', () => {
  it('are counted below every bound that they are at most as large as', () => {
    const counts = new Counts();
    for (const size of [1, 1, 2, 3, 5, 6, 1_000, 1_001, 50_000]) counts.flush(size, 2 * size);
    const { flushSizes, flushes, deliveries } = counts.stats([], 0);
    assert.deepEqual(flushSizes.buckets, [
      [1, 2],
      [2, 3],
      [5, 5],
      [10, 6],
      [20, 6],
      [50, 6],
      [100, 6],
      [200, 6],
      [500, 6],
      [1_000, 7],
      [Infinity, 9],
    ]);
    const sum = 1 + 1 + 2 + 3 + 5 + 6 + 1_000 + 1_001 + 50_000;
    assert.deepEqual([flushSizes.sum, flushSizes.count, flushes, deliveries], [sum, 9, 9, 2 * sum]);
  });

  it('are those of whole flushes, with all their channels', async () => {
    const { broadcaster } = setUp();
    const reader = await connected(broadcaster);
    for (const ch of ['app/a', 'app/b']) await reader.ask({ subscribe: { ch } });
    for (const ch of ['app/a', 'app/b', 'app/a']) broadcaster.publish(ch, 1);
    await turn();
    broadcaster.publish('app/nobody', 1);
    await turn();
    const { flushSizes } = broadcaster.stats();
    assert.deepEqual([flushSizes.count, flushSizes.sum, flushSizes.buckets[2]], [1, 3, [5, 1]]);
  });
});

describe('the lag of readers', () => {
  it('is 0 of nothing, and of readers that have not told theirs', async () => {
    const { broadcaster } = setUp();
    await connected(broadcaster);
    assert.deepEqual(broadcaster.stats().lag, { p50: 0, p95: 0, p99: 0, max: 0 });
  });

  it('is told by the nearest rank', async () => {
    const { broadcaster } = setUp();
    const readers = [];
    for (let i = 0; i < 100; i++) {
      const reader = await connected(broadcaster);
      const n = (await reader.ask({ subscribe: { ch: 'app/a' } })).ok?.n ?? 0;
      readers.push({ reader, n });
    }
    for (let i = 0; i < 100; i++) broadcaster.publish('app/a', i);
    // Lags of 0 to 99, told from the largest on.
    for (const [i, { reader, n }] of readers.entries()) reader.say({ pos: { [n]: i + 1 } });
    await turn();
    assert.deepEqual(broadcaster.stats().lag, { p50: 49, p95: 94, p99: 98, max: 99 });
    for (const { reader } of readers.slice(3)) reader.connection.lost();
    assert.deepEqual(broadcaster.stats().lag, { p50: 98, p95: 99, p99: 99, max: 99 });
  });
});

describe('what is open', () => {
  it('adds up over connections, and what is told is no longer changed', async () => {
    const { broadcaster } = setUp();
    const [one, two] = [await connected(broadcaster), await connected(broadcaster)];
    for (const reader of [one, two]) await reader.ask({ subscribe: { ch: 'app/a' } });
    await one.ask({ subscribe: { ch: 'app/b', everyMs: 1_000 } });
    one.buffered = 300;
    two.buffered = 20;
    const before = broadcaster.stats();
    assert.deepEqual(
      [before.connections, before.subscriptions, before.bufferedBytes, before.transports, before.behind],
      [2, 3, 320, { websocket: 2, sse: 0 }, { slow: 0, demand: 1, broken: 0 }],
    );
    two.connection.close('slow');
    assert.deepEqual([before.closed, broadcaster.stats().closed], [{}, { slow: 1 }]);
  });
});

describe('the metric families', () => {
  it('hold every count, each family with samples or ready for them', async () => {
    const { broadcaster } = setUp();
    (await connected(broadcaster)).connection.close('slow');
    const families = broadcasterFamilies(broadcaster.stats());
    const names = families.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.ok(names.every((name) => /^waooaw_broadcaster_[a-z_]+$/.test(name)));
    const text = exposition(families);
    assert.match(text, /^waooaw_broadcaster_closed_total\{reason="slow"\} 1$/m);
    assert.match(text, /^waooaw_broadcaster_flush_publications_bucket\{le="\+Inf"\} 0$/m);
    assert.match(text, /^waooaw_broadcaster_flush_publications_bucket\{le="0?1"\} 0$/m);
  });
});
