import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Aggregation, MetricKind, QueryAnswer } from '../../../../src/protocol/index.ts';
import { createManualClock } from '../../../engines/memory/clock.ts';
import { FakePublisher } from '../../../testing/fake-publisher.ts';
import { coded } from '../../../testing/harness.ts';
import { random } from '../../../testing/random.ts';
import { createMetrics } from '../index.ts';
import type { MetricsLimits } from '../limits.ts';

const START = 1_750_000_020_000;

interface Put {
  readonly name?: string;
  readonly value: number;
  readonly tags?: Record<string, string>;
  readonly time?: number;
  readonly kind?: MetricKind;
}

function setUp(limits: Partial<MetricsLimits> = {}) {
  const clock = createManualClock(START);
  const publisher = new FakePublisher();
  publisher.wanted = new Set();
  const metrics = createMetrics({ clock, publisher, limits });
  const put = (...samples: Put[]): void => {
    const { rejected, errors } = metrics.ingest(samples.map((sample) => ({ name: 'x', ...sample })));
    assert.equal(rejected, 0, JSON.stringify(errors));
  };
  return { clock, metrics, put };
}

/** The points of each group. */
const lines = ({ groups }: QueryAnswer): Record<string, [number, number][]> =>
  Object.fromEntries(
    groups.map(({ key, points }) => [key, points.map(([start, value]) => [(start - START) / 1_000, value])]),
  );

describe('a query', () => {
  it('of one gauge answers each step that has samples, and says of what it was made', async () => {
    const { metrics, put, clock } = setUp();
    metrics.ingest([{ name: 'x', value: 2, unit: 'bytes', help: 'what x is' }]);
    clock.advance(400);
    put({ value: 4 });
    clock.advance(2_600);
    put({ value: 9 });
    const answer = await metrics.query({ metric: 'x', windowMs: 10_000, aggregation: 'avg' });
    assert.deepEqual(lines(answer), {
      '': [
        [0, 3],
        [3, 9],
      ],
    });
    const { groups, ...rest } = answer;
    assert.deepEqual(rest, {
      metric: 'x',
      aggregation: 'avg',
      across: 'avg',
      by: [],
      kind: 'gauge',
      unit: 'bytes',
      help: 'what x is',
      from: START - 7_000,
      to: START + 4_000,
      stepMs: 1_000,
      tierMs: 1_000,
      series: 1,
      lateDropped: 0,
    });
    assert.deepEqual(groups[0]?.gaps, [[START - 7_000, START]]);
  });

  it('of nothing is an answer too: no group', async () => {
    const { metrics } = setUp();
    const answer = await metrics.query({ metric: 'never_seen{a=~"b"}' });
    assert.deepEqual([answer.series, answer.groups, answer.kind], [0, [], undefined]);
  });

  it('puts several series together as it is told, in all or group by group', async () => {
    const { metrics, put } = setUp();
    put(
      { value: 1, tags: { agent: 'a', env: 'prod' } },
      { value: 2, tags: { agent: 'b', env: 'prod' } },
      { value: 6, tags: { agent: 'c', env: 'test' } },
      { value: 9, tags: { agent: 'd', env: 'other' } },
    );
    const ask = async (more: object) =>
      lines(await metrics.query({ metric: 'x{env!="other"}', windowMs: 5_000, ...more }));
    assert.deepEqual(await ask({}), { '': [[0, 3]] });
    assert.deepEqual(await ask({ across: 'sum' }), { '': [[0, 9]] });
    assert.deepEqual(await ask({ across: 'count' }), { '': [[0, 3]] });
    assert.deepEqual(await ask({ across: 'min' }), { '': [[0, 1]] });
    assert.deepEqual(await ask({ across: 'max', by: ['env'] }), {
      '{env="prod"}': [[0, 2]],
      '{env="test"}': [[0, 6]],
    });
    const byBoth = await metrics.query({ metric: 'x', windowMs: 5_000, by: ['none', 'env'] });
    assert.deepEqual(
      byBoth.groups.map(({ tags, series }) => [tags, series]),
      [
        [{ env: 'other', none: '' }, 1],
        [{ env: 'prod', none: '' }, 2],
        [{ env: 'test', none: '' }, 1],
      ],
    );
  });

  it('of a counter answers its growth, exactly, and its rate also in the step that is under way', async () => {
    const { metrics, put, clock } = setUp();
    for (const value of [10, 14, 20, 3, 5]) {
      put({ value, kind: 'counter' });
      clock.advance(10_000);
    }
    const ask = async (aggregation: Aggregation) =>
      lines(await metrics.query({ metric: 'x', windowMs: 60_000, stepMs: 20_000, aggregation }))[''];
    assert.deepEqual(await ask('increase'), [
      [0, 4],
      [20, 9],
      [40, 2],
    ]);
    assert.deepEqual(await ask('rate'), [
      [0, 0.2],
      [20, 0.45],
      [40, 0.2],
    ]);
  });

  it('of a gauge tells by how much it differs from the step before', async () => {
    const { metrics, put, clock } = setUp();
    for (const value of [5, 8, 6]) {
      put({ value });
      clock.advance(10_000);
    }
    const answer = await metrics.query({
      metric: 'x',
      windowMs: 30_000,
      stepMs: 10_000,
      aggregation: 'delta',
    });
    assert.deepEqual(lines(answer), {
      '': [
        [10, 3],
        [20, -2],
      ],
    });
  });

  it('of histograms answers percentiles of all observations, with the bound of their error', async () => {
    const { metrics, put } = setUp();
    for (let i = 1; i <= 1_000; i++) put({ value: i, kind: 'histogram', tags: { agent: `${i % 7}` } });
    const answer = await metrics.query({ metric: 'x', windowMs: 5_000, aggregation: 'p99' });
    const [[, value] = [0, NaN]] = answer.groups[0]!.points;
    const { relative = NaN } = answer.errorBound ?? {};
    assert.ok(relative > 0 && relative < 0.011, `${relative}`);
    assert.ok(Math.abs(value - 990) <= 990 * relative, `${value}`);
    const mean = await metrics.query({ metric: 'x', windowMs: 5_000, aggregation: 'avg' });
    assert.equal(mean.groups[0]!.points[0]![1], 500.5, 'weighted by observations');
    assert.equal(mean.errorBound, undefined, 'exact');
  });

  it('counts what came too late', async () => {
    const { metrics, put } = setUp({ maxLateMs: 0 });
    put({ value: 1 });
    metrics.ingest([{ name: 'x', value: 1, time: START - 120_000 }]);
    assert.equal((await metrics.query({ metric: 'x' })).lateDropped, 1);
  });

  it('is refused when it asks for too much, or for what cannot be', async () => {
    const { metrics, put } = setUp({ maxQuerySeries: 3, maxQueryGroups: 2, maxSeriesPerMetric: 10 });
    for (let i = 0; i < 4; i++) put({ value: i, tags: { i: `${i}` } });
    put(
      { name: 'y', value: 1, tags: { a: '1' } },
      { name: 'y', value: 1, tags: { a: '2' } },
      { name: 'y', value: 1, tags: { a: '3' } },
    );
    put(
      { name: 'z', value: 1, tags: { a: '1' } },
      { name: 'z', value: 1, kind: 'counter', tags: { a: '2' } },
    );
    await assert.rejects(metrics.query({ metric: 'x' }), coded('query_limit', '4 series'));
    await assert.rejects(metrics.query({ metric: 'y', by: ['a'] }), coded('query_limit', '2 groups'));
    await assert.rejects(metrics.query({ metric: 'z' }), coded('bad_kind', 'gauge and counter'));
    await assert.rejects(metrics.query({ metric: 'y', aggregation: 'p50' }), coded('bad_aggregation'));
    await assert.rejects(metrics.query({ metric: 'y{' }), coded('bad_selector'));
  });

  it('makes no more points than a call may have', async () => {
    const { metrics, put } = setUp({ maxQueryPoints: 100 });
    for (let i = 0; i < 10; i++) put({ value: i, tags: { i: `${i}` } });
    const query = { metric: 'x', windowMs: 20_000, by: ['i'] };
    await assert.rejects(metrics.query(query), coded('query_limit', '100 points'));
    assert.equal((await metrics.query({ ...query, windowMs: 8_000 })).groups.length, 10);
    await assert.rejects(metrics.query({ ...query, windowMs: 8_000 }, 50), coded('query_limit', '50 points'));
  });

  it('is made of minutes where not every series has had its seconds since the window began', async () => {
    const { metrics, put, clock } = setUp({ maxFineSeries: 20 });
    for (let i = 0; i < 30; i++) put({ value: 1, tags: { i: `${i}` } });
    clock.advance(1_000);
    // Twice: asking must not take from the one what it gives to the other.
    for (let i = 0; i < 2; i++) {
      const answer = await metrics.query({
        metric: 'x',
        windowMs: 120_000,
        aggregation: 'max',
        across: 'sum',
      });
      assert.deepEqual(
        [answer.series, answer.tierMs, answer.groups[0]?.points.at(-1)?.[1]],
        [30, 60_000, 30],
      );
    }
    const some = await metrics.query({
      metric: 'x{i=~"2."}',
      windowMs: 120_000,
      aggregation: 'max',
      across: 'sum',
    });
    assert.deepEqual(
      [some.tierMs, some.groups[0]?.points.at(-1)?.[1]],
      [60_000, 10],
      'they have seconds from now on',
    );
    clock.advance(121_000);
    put(...Array.from({ length: 10 }, (_, i) => ({ value: 2, tags: { i: `2${i}` } })));
    const later = await metrics.query({
      metric: 'x{i=~"2."}',
      windowMs: 60_000,
      aggregation: 'max',
      across: 'sum',
    });
    assert.deepEqual([later.tierMs, later.groups[0]?.points.at(-1)?.[1]], [1_000, 20]);
  });

  it('takes names of what every object has for names of tags', async () => {
    const { metrics, put } = setUp();
    put({ value: 3 });
    for (const metric of ['x{constructor=~".*"}', 'x{toString=""}', 'x{__proto__!="a"}']) {
      assert.equal((await metrics.query({ metric })).series, 1, metric);
    }
    const { groups } = await metrics.query({
      metric: 'x',
      windowMs: 5_000,
      by: ['constructor', '__proto__'],
    });
    assert.equal(groups[0]?.key, '{__proto__="",constructor=""}');
  });

  it('is answered in numbers that JSON can carry', async () => {
    const { metrics, put, clock } = setUp();
    put({ value: 1.7e308, tags: { i: '1' } }, { value: 1.7e308, tags: { i: '2' } });
    const sum = await metrics.query({ metric: 'x', windowMs: 5_000, across: 'sum' });
    assert.equal(sum.groups[0]?.points[0]?.[1], Number.MAX_VALUE);
    clock.advance(1_000);
    put({ value: -1.7e308, tags: { i: '1' } });
    const delta = await metrics.query({
      metric: 'x{i="1"}',
      windowMs: 5_000,
      stepMs: 1_000,
      aggregation: 'delta',
    });
    assert.equal(delta.groups[0]?.points.at(-1)?.[1], -Number.MAX_VALUE);
  });

  it('begins with the step that its window begins in', async () => {
    const { metrics, put, clock } = setUp();
    put({ value: 4, time: START - 30_000 });
    clock.advance(20_000);
    const answer = await metrics.query({ metric: 'x', windowMs: 60_000, stepMs: 60_000 });
    assert.equal(answer.groups[0]?.points.length, 1);
  });

  it('leaves an overflow series out of counters, and shows it where it is asked for', async () => {
    const { metrics, put } = setUp({ maxSeriesPerMetric: 1 });
    put({ value: 1, kind: 'counter', tags: { a: '1' } }, { value: 5, kind: 'counter', tags: { a: '2' } });
    assert.equal((await metrics.query({ metric: 'x' })).series, 1);
    const over = await metrics.query({ metric: 'x{waooaw_overflow="a"}', windowMs: 5_000 });
    assert.deepEqual([over.series, over.kind, over.groups[0]?.points[0]?.[1]], [1, 'gauge', 5]);
  });

  for (const seed of [1, 2, 3, 4, 5, 6]) {
    it(`answers what a list of all samples does, whatever is asked, seed ${seed}`, async () => {
      const chance = random(seed);
      const pick = <T>(...from: readonly T[]): T => from[Math.floor(chance() * from.length)]!;
      const { metrics, put, clock } = setUp();
      const samples: { time: number; value: number; agent: string; env: string }[] = [];
      for (let i = 0; i < 600; i++) {
        const late = chance() < 0.2 ? Math.floor(chance() * 200_000) : 0;
        const one = {
          time: clock.now() - late,
          value: Math.round(chance() * 1_000) / 8,
          agent: pick('a', 'b', 'c'),
          env: pick('prod', 'test'),
        };
        samples.push(one);
        put({ value: one.value, time: one.time, tags: { agent: one.agent, env: one.env } });
        clock.advance(Math.floor(chance() * 2_000));
      }
      for (let k = 0; k < 20; k++) {
        const aggregation = pick('avg', 'min', 'max', 'sum', 'count', 'last');
        const across = pick('avg', 'min', 'max', 'sum');
        const by = pick<string[]>([], ['env'], ['agent', 'env']);
        const stepMs = pick(1_000, 5_000, 10_000, 30_000, 60_000);
        const answer = await metrics.query({
          metric: 'x{agent=~"a|b"}',
          windowMs: pick(60_000, 290_000),
          stepMs,
          aggregation,
          across,
          by,
        });
        const expected = naive(samples, answer, aggregation, across, by);
        const found = new Map(
          answer.groups.flatMap(({ key, points }) =>
            points.map(([start, value]) => [`${key} ${start}`, value]),
          ),
        );
        assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort());
        for (const [at, value] of expected) {
          const off = Math.abs(value - found.get(at)!);
          assert.ok(off <= 1e-9 * Math.max(1, Math.abs(value)), `${aggregation} ${across} ${at}: ${value}`);
        }
      }
    });
  }
});

/** The same answer, made in the plainest way. */
function naive(
  samples: readonly { time: number; value: number; agent: string; env: string }[],
  { from, to, stepMs }: QueryAnswer,
  aggregation: string,
  across: string,
  by: readonly string[],
): Map<string, number> {
  const steps = new Map<string, Map<string, typeof samples>>();
  for (const sample of samples) {
    if (sample.agent === 'c' || sample.time < from || sample.time >= to) continue;
    const tags = { agent: sample.agent, env: sample.env };
    const key = by.length === 0 ? '' : `{${by.map((tag) => `${tag}="${tags[tag as 'env']}"`).join(',')}}`;
    const at = `${key} ${sample.time - (sample.time % stepMs)}`;
    const series = `${sample.agent} ${sample.env}`;
    const known = steps.get(at) ?? new Map<string, typeof samples>();
    known.set(series, [...(known.get(series) ?? []), sample]);
    steps.set(at, known);
  }
  const of = (values: readonly number[], how: string): number => {
    if (how === 'min') return Math.min(...values);
    if (how === 'max') return Math.max(...values);
    if (how === 'count') return values.length;
    const sum = values.reduce((a, b) => a + b, 0);
    return how === 'sum' ? sum : sum / values.length;
  };
  return new Map(
    [...steps].map(([at, bySeries]) => {
      const values = [...bySeries.values()].map((own) => {
        if (aggregation !== 'last')
          return of(
            own.map(({ value }) => value),
            aggregation,
          );
        return own.reduce((last, one) => (one.time >= last.time ? one : last)).value;
      });
      return [at, of(values, across)];
    }),
  );
}
