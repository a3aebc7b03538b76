import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BucketRow, MetricUpdate } from '../../../src/protocol/index.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import { FakePublisher } from '../../testing/fake-publisher.ts';
import { coded } from '../../testing/harness.ts';
import type { Namespace } from '../../ports/publisher.ts';
import { createMetrics } from './index.ts';
import type { Metrics } from './index.ts';
import type { MetricsLimits } from './limits.ts';

/** A whole second, so that buckets are easily named. */
const START = 1_750_000_000_000;

function setUp(limits: Partial<MetricsLimits> = {}) {
  const clock = createManualClock(START);
  const publisher = new FakePublisher();
  const metrics = createMetrics({ clock, publisher, limits });
  const put = (name: string, value: number, time?: number): void => {
    const result = metrics.ingest([{ name, value, ...(time !== undefined && { time }) }]);
    assert.equal(result.accepted, 1, JSON.stringify(result));
  };
  /** Lets a publish tick pass, and gives what was published: each channel with its rows, or whole. */
  const tickWhole = (): [string, MetricUpdate][] => {
    clock.advance(metrics.limits.publishIntervalMs);
    return publisher.take().map(([channel, data]) => [channel, data as unknown as MetricUpdate]);
  };
  const tick = (): [string, readonly BucketRow[]][] =>
    tickWhole().map(([channel, { rows }]) => [channel, rows]);
  return { clock, publisher, metrics, put, tick, tickWhole };
}

const namespaceOf = (metrics: Metrics): Namespace =>
  metrics.namespaces.find(({ name }) => name === 'metrics')!;
/** Somebody comes back. */
const resolve = (metrics: Metrics, channel: string): unknown => namespaceOf(metrics).resolve(channel);

describe('a batch', () => {
  it('has its good samples taken and each bad one named by its place, code and reason', () => {
    const { metrics } = setUp();
    const result = metrics.ingest([
      { name: 'good', value: 1 },
      { name: '1bad', value: 1 },
      null,
      { name: 'good', value: 'x' },
      { name: 'good', value: 2 },
    ]);
    assert.equal(result.accepted, 2);
    assert.deepEqual(
      result.errors.map(({ place, code }) => [place, code]),
      [
        ['/samples/1', 'bad_name'],
        ['/samples/2', 'bad_request'],
        ['/samples/3/value', 'bad_value'],
      ],
    );
    assert.equal(result.rejected, 3);
    assert.ok(result.errors.every(({ message }) => message.length > 0));
    const { series, accepted, rejected, codes } = metrics.stats();
    assert.deepEqual([series, accepted, rejected], [1, 2, 3]);
    assert.deepEqual(codes, { bad_name: 1, bad_request: 1, bad_value: 1 });
  });

  it('names a field that is nested deeper than a stack is high, and takes the others', () => {
    const { metrics } = setUp();
    const deep = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)) as unknown;
    const result = metrics.ingest([
      { name: 'x', value: 1 },
      { name: deep, value: 1 },
      { name: 'x', value: deep },
    ]);
    assert.equal(result.accepted, 1);
    assert.deepEqual(
      result.errors.map(({ code }) => code),
      ['bad_name', 'bad_value'],
    );
  });

  it('has no series that would be too long to follow', () => {
    const { metrics } = setUp({ maxSeriesLength: 20 });
    const tags = { a: 'twelve chars' };
    const result = metrics.ingest([
      { name: 'x', value: 1, tags },
      { name: 'longer', value: 1, tags },
    ]);
    assert.deepEqual(
      result.errors.map(({ place, code }) => [place, code]),
      [['/samples/1', 'bad_tags']],
    );
  });

  it('of nothing changes nothing', () => {
    const { metrics } = setUp();
    assert.deepEqual(metrics.ingest([]), { accepted: 0, rejected: 0, errors: [] });
  });

  it('of ten thousand tags is refused without a trace', () => {
    const { metrics } = setUp();
    const tags = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`t${i}`, 'v']));
    assert.equal(metrics.ingest([{ name: 'x', value: 1, tags }]).errors[0]?.code, 'too_many_tags');
    assert.deepEqual(metrics.series(), []);
  });

  it('has a sample refused that comes after its minute was closed, and counts it', () => {
    const { metrics, clock } = setUp({ maxLateMs: 60_000 });
    clock.advance(120_000);
    const open = Math.floor((START + 60_000) / 60_000) * 60_000;
    const { errors } = metrics.ingest([
      { name: 'x', value: 1, time: open },
      { name: 'x', value: 2, time: open - 1 },
      { name: 'x', value: 3, time: START + 120_000 + 10_001 },
    ]);
    assert.deepEqual(
      errors.map(({ place, code }) => [place, code]),
      [
        ['/samples/1/time', 'time_too_old'],
        ['/samples/2/time', 'time_in_future'],
      ],
    );
    assert.equal(metrics.stats().late, 1);
  });

  it('makes no series for what it does not take', () => {
    const { metrics } = setUp({ maxSeriesPerSource: 5 });
    const old = Array.from({ length: 50 }, (_, i) => ({ name: 'x', tags: { i: `${i}` }, value: 1, time: 1 }));
    const future = old.map((sample) => ({ ...sample, time: START + 86_400_000 }));
    const none = old.map((sample) => ({ ...sample, value: Number.NaN }));
    assert.equal(metrics.ingest([...old, ...future, ...none]).rejected, 150);
    assert.deepEqual([metrics.series(), metrics.stats().series], [[], 0]);
    assert.equal(metrics.ingest([{ name: 'x', value: 1 }]).accepted, 1);
  });

  it('remembers of a series no more than it keeps', () => {
    const { metrics } = setUp();
    const help = 'h'.repeat(100_000);
    for (let i = 0; i < 3; i++)
      assert.equal(metrics.ingest([{ name: 'x', value: i, help: `${help}${i}` }]).accepted, 1);
    assert.equal(metrics.series()[0]?.help?.length, 1_024);
  });

  it('does not swallow a failure of our own', () => {
    const { metrics } = setUp();
    const trap = {
      value: 1,
      get name(): string {
        throw new TypeError('not a sample at all');
      },
    };
    assert.throws(() => metrics.ingest([trap]), TypeError);
  });
});

describe('a series', () => {
  it('is a name and its tags, in whatever order they come', () => {
    const { metrics } = setUp();
    metrics.ingest([
      { name: 'x', value: 1, tags: { b: '2', a: 'say "hi"\n' }, kind: 'gauge' },
      { name: 'x', value: 1, tags: { a: 'say "hi"\n', b: '2' } },
      { name: 'x', value: 1 },
    ]);
    assert.deepEqual(metrics.series(), [
      { series: 'x', name: 'x', tags: {}, kind: 'gauge' },
      { series: 'x{a="say \\"hi\\"\\n",b="2"}', name: 'x', tags: { b: '2', a: 'say "hi"\n' }, kind: 'gauge' },
    ]);
  });

  it('keeps the unit and the help that were last said of it', () => {
    const { metrics } = setUp();
    metrics.ingest([{ name: 'x', value: 1, unit: 'bytes', help: 'first' }]);
    metrics.ingest([{ name: 'x', value: 1, help: 'second' }]);
    metrics.ingest([{ name: 'x', value: 1 }]);
    assert.deepEqual(metrics.series(), [
      { series: 'x', name: 'x', tags: {}, kind: 'gauge', unit: 'bytes', help: 'second' },
    ]);
  });

  it('has its tags listed while it is retained', () => {
    const { clock, metrics } = setUp();
    const { tagSource } = metrics;
    const start = tagSource.version();
    metrics.ingest([{ name: 'x', value: 1, tags: { agent: 'a' } }]);
    const known = tagSource.version();
    assert.notEqual(known, start);
    assert.deepEqual(
      [...tagSource.tagged()].map(({ tags }) => tags),
      [{ agent: 'a' }],
    );
    metrics.ingest([{ name: 'x', value: 2, tags: { agent: 'a' } }]);
    assert.equal(tagSource.version(), known, 'no other series');
    clock.advance(620_000);
    assert.deepEqual([...tagSource.tagged()], []);
    assert.notEqual(tagSource.version(), known);
  });

  it('is dropped once nothing of it is retained, and makes room for another', () => {
    const { clock, metrics, put } = setUp({ maxSeries: 1, keepSecondsMs: 60_000, maxLateMs: 0 });
    put('silent', 1);
    clock.advance(59_000);
    assert.equal(metrics.stats().series, 1);
    clock.advance(20_000);
    assert.deepEqual(metrics.series(), []);
    assert.throws(() => metrics.window('silent', 60_000), coded('unknown_series', 'silent'));
    put('another', 1);
  });

  it('stays for as long as it speaks', () => {
    const { clock, metrics, put } = setUp({ keepSecondsMs: 60_000, maxLateMs: 0 });
    for (let i = 0; i < 30; i++) {
      put('x', i);
      clock.advance(10_000);
    }
    assert.equal(metrics.window('x', 60_000).buckets.length, 5);
  });
});

describe('a window query', () => {
  it('answers buckets spelt out, oldest first, with no row for a step without a sample', () => {
    const { metrics, put } = setUp();
    put('x', 4, START - 3_000);
    put('x', 2, START - 2_500);
    put('x', 9, START);
    assert.deepEqual(metrics.window('x', 10_000), {
      series: 'x',
      name: 'x',
      tags: {},
      kind: 'gauge',
      from: START - 9_000,
      to: START + 1_000,
      stepMs: 1_000,
      buckets: [
        { start: START - 3_000, min: 2, max: 4, avg: 3, sum: 6, count: 2, last: 2 },
        { start: START, min: 9, max: 9, avg: 9, sum: 9, count: 1, last: 9 },
      ],
    });
  });

  it('ends with the step that is under way and begins after what is older than the window', () => {
    const { clock, metrics, put } = setUp();
    for (let i = 0; i < 5; i++) {
      put('x', i);
      clock.advance(1_000);
    }
    clock.advance(300);
    const { from, to, buckets } = metrics.window('x', 3_000);
    assert.deepEqual([from, to], [START + 3_000, START + 6_000]);
    assert.deepEqual(
      buckets.map(({ last }) => last),
      [3, 4],
    );
  });

  it('finds a series by its selector in any order and spacing', () => {
    const { metrics } = setUp();
    metrics.ingest([{ name: 'x', value: 1, tags: { a: '1', b: '2' } }]);
    assert.equal(metrics.window(' x { b = "2" , a = "1" } ', 1_000).series, 'x{a="1",b="2"}');
  });

  it('refuses a selector that is none, a series that is not retained, and a window that is not kept', () => {
    const { metrics, put } = setUp();
    put('x', 1);
    assert.throws(() => metrics.window('x{', 1_000), coded('bad_selector'));
    assert.throws(() => metrics.window('x{a="1"}', 1_000), coded('unknown_series', 'x{a="1"}'));
    for (const windowMs of [0, 999, 600_001, -1, NaN, Infinity]) {
      assert.throws(
        () => metrics.window('x', windowMs),
        coded('bad_request', '1000 to 600000'),
        `${windowMs}`,
      );
    }
    assert.equal(metrics.window('x', 600_000).buckets.length, 1);
  });
});

describe('the publish tick', () => {
  it('publishes each changed series once, with the buckets that changed as they stand now', () => {
    const { put, tick } = setUp();
    put('x', 1);
    put('x', 5);
    put('y', 7, START - 4_000);
    put('y', 8);
    assert.deepEqual(tick(), [
      ['metrics/x', [[START, 1, 5, 6, 2, 5]]],
      [
        'metrics/y',
        [
          [START - 4_000, 7],
          [START, 8],
        ],
      ],
    ]);
  });

  it('comes at once for a series that was quiet, and otherwise when the interval is over', () => {
    const { clock, publisher, put } = setUp({ publishIntervalMs: 100 });
    put('x', 1);
    clock.advance(0);
    assert.equal(publisher.take().length, 1, 'the first change waits for nothing');
    put('x', 2);
    put('y', 1);
    clock.advance(0);
    assert.deepEqual(
      publisher.take().map(([channel]) => channel),
      ['metrics/y'],
      'a busy series does not hold up a quiet one',
    );
    clock.advance(99);
    assert.deepEqual(publisher.take(), []);
    put('x', 3);
    clock.advance(1);
    assert.deepEqual(
      publisher.take().map(([, data]) => (data as unknown as MetricUpdate).rows),
      [[[START, 1, 3, 6, 3, 3]]],
      'what came in between is one publication',
    );
    clock.advance(100);
    put('x', 4);
    clock.advance(0);
    assert.equal(publisher.take().length, 1, 'quiet again');
  });

  it('publishes nothing for what did not change', () => {
    const { put, tick } = setUp();
    put('x', 1);
    put('y', 1);
    tick();
    assert.deepEqual(tick(), []);
    put('x', 2);
    assert.deepEqual(tick(), [['metrics/x', [[START, 1, 2, 3, 2, 2]]]]);
  });

  it('publishes nothing that nobody wants, and does not save it up for later', () => {
    const { publisher, put, tick } = setUp();
    publisher.wanted = new Set(['metrics/y']);
    put('x', 1);
    put('y', 1);
    assert.deepEqual(
      tick().map(([channel]) => channel),
      ['metrics/y'],
    );
    publisher.wanted = new Set(['metrics/x']);
    assert.deepEqual(tick(), []);
  });

  it('leaves out a bucket that the ring has dropped before the tick came', () => {
    const { put, tick } = setUp({ keepSecondsMs: 10_000, maxFutureMs: 10_000 });
    put('x', 1, START - 9_000);
    put('x', 2, START + 9_000);
    assert.deepEqual(tick(), [['metrics/x', [[START + 9_000, 2]]]]);
  });

  it('describes a series when there is news of it, to those who came before its first sample too', () => {
    const { metrics, publisher, put, tickWhole } = setUp();
    const info = { series: 'x', name: 'x', tags: {}, kind: 'gauge' };
    const told = (): unknown[] => tickWhole().map(([, update]) => update.info);
    put('x', 1);
    assert.deepEqual(told(), [info]);
    put('x', 2);
    assert.deepEqual(told(), [undefined]);
    metrics.ingest([{ name: 'x', value: 3, unit: 'bytes' }]);
    publisher.wanted = new Set();
    assert.deepEqual(told(), []);
    publisher.wanted = undefined;
    resolve(metrics, 'metrics/x');
    put('x', 4);
    assert.deepEqual(told(), [{ ...info, unit: 'bytes' }]);
  });

  it('comes a last time when the service closes, and then never more', async () => {
    const { metrics, publisher, put, tick } = setUp();
    put('x', 1);
    await metrics.close();
    assert.equal(publisher.take().length, 1);
    put('x', 2);
    assert.deepEqual(tick(), []);
  });
});

describe('the metrics namespace', () => {
  it('serves a series under one spelling, and refuses what is no series', () => {
    const namespace = namespaceOf(setUp().metrics);
    assert.equal(namespace.resolve('metrics/ x{ b="2",a="1"}'), 'metrics/x{a="1",b="2"}');
    assert.equal(namespace.resolve('metrics'), undefined);
    for (const bad of ['metrics/', 'metrics/1x', 'metrics/x{a=1}', 'metrics/x{a="1"}y']) {
      assert.throws(() => namespace.resolve(bad), coded('bad_selector'), bad);
    }
  });

  it('gives what is retained of a series as its snapshot, samples ahead of the clock included', () => {
    const { metrics, put } = setUp({ keepSecondsMs: 5_000 });
    metrics.ingest([{ name: 'x', value: 1, time: START - 3_000, unit: 'ratio' }]);
    put('x', 2, START + 800);
    put('x', 3, START + 1_000);
    assert.deepEqual(namespaceOf(metrics).snapshot!('metrics/x'), {
      series: 'x',
      name: 'x',
      tags: {},
      kind: 'gauge',
      unit: 'ratio',
      stepMs: 1_000,
      windowMs: 5_000,
      rows: [
        [START - 3_000, 1],
        [START, 2],
        [START + 1_000, 3],
      ],
    });
  });

  it('gives an empty window for a series that has not been heard of, which may yet come', () => {
    const { metrics } = setUp();
    const snapshot = namespaceOf(metrics).snapshot!('metrics/x{a="1"}') as Record<string, unknown>;
    assert.deepEqual(
      { ...snapshot, tags: { ...(snapshot['tags'] as object) } },
      {
        series: 'x{a="1"}',
        name: 'x',
        tags: { a: '1' },
        kind: 'gauge',
        stepMs: 1_000,
        windowMs: 600_000,
        rows: [],
      },
    );
  });
});
