import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { queryChannel } from '../../../../src/protocol/index.ts';
import type { QueryAnswer, QueryUpdate } from '../../../../src/protocol/index.ts';
import { createManualClock } from '../../../engines/memory/clock.ts';
import type { ManualClock } from '../../../engines/memory/clock.ts';
import { openMetricStore } from '../../../engines/sqlite/metric-store.ts';
import type { MetricStore } from '../../../ports/metric-store.ts';
import { WaooawError } from '../../../../src/protocol/index.ts';
import { FakePublisher } from '../../../testing/fake-publisher.ts';
import { random } from '../../../testing/random.ts';
import { createMetrics } from '../index.ts';
import type { Metrics, MetricsLimits } from '../index.ts';

/** The start of a day, so that every tier's first bucket begins here. */
const START = 1_750_032_000_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function fileOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'waooaw-metrics-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'metrics.db');
}

interface Opened {
  readonly metrics: Metrics;
  readonly errors: unknown[];
  readonly publisher: FakePublisher;
  /** Writes what is due now. */
  save(): Promise<void>;
}

async function open(
  t: TestContext,
  store: MetricStore,
  clock: ManualClock,
  limits: Partial<MetricsLimits> = {},
): Promise<Opened> {
  const errors: unknown[] = [];
  const publisher = new FakePublisher();
  const metrics = createMetrics({
    clock,
    publisher,
    limits,
    onError: (error) => errors.push(error),
  });
  t.after(() => metrics.close());
  await metrics.start(store);
  return { metrics, errors, publisher, save: () => metrics.persist() };
}

const points = (answer: QueryAnswer): (readonly [number, number])[] =>
  answer.groups.flatMap(({ points: found }) =>
    found.map(([start, value]) => [(start - START) / MINUTE, value] as const),
  );

/** A sample a minute, the minute's number, for so many minutes; written each of them. */
async function speak(
  { metrics, save }: Opened,
  clock: ManualClock,
  minutes: number,
  first = 0,
): Promise<void> {
  for (let i = first; i < first + minutes; i++) {
    metrics.ingest([
      { name: 'x', value: i, tags: { agent: 'a' } },
      { name: 'hits', value: i * 2, kind: 'counter' },
      { name: 'took', value: 1 + (i % 10), kind: 'histogram' },
    ]);
    clock.advance(MINUTE);
    await save();
  }
}

describe('metrics on disk', () => {
  it('outlast the process: every tier answers as if it had not ended', async (t) => {
    const file = await fileOf(t);
    const clock = createManualClock(START);
    const before = await open(t, openMetricStore(file), clock);
    await speak(before, clock, 200);
    const queries = [
      { metric: 'x', from: START, to: START + 3 * HOUR, stepMs: MINUTE, aggregation: 'avg' },
      { metric: 'x', from: START, to: START + 3 * HOUR, stepMs: 5 * MINUTE, aggregation: 'max' },
      { metric: 'x', from: START, to: START + 4 * HOUR, stepMs: HOUR, aggregation: 'count' },
      { metric: 'hits', from: START, to: START + 4 * HOUR, stepMs: HOUR, aggregation: 'increase' },
      { metric: 'took', from: START, to: START + 4 * HOUR, stepMs: HOUR, aggregation: 'p90' },
    ] as const;
    const answers: QueryAnswer[] = [];
    for (const query of queries) answers.push(await before.metrics.query(query));
    assert.deepEqual(points(answers[0]!).slice(0, 3), [
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
    assert.equal(points(answers[0]!).length, 180);
    assert.deepEqual(points(answers[1]!).slice(0, 2), [
      [0, 4],
      [5, 9],
    ]);
    assert.deepEqual(points(answers[2]!), [
      [0, 60],
      [60, 60],
      [120, 60],
      [180, 20],
    ]);
    assert.deepEqual(points(answers[3]!), [
      [0, 118],
      [60, 120],
      [120, 120],
      [180, 40],
    ]);
    await before.metrics.close();

    const after = await open(t, openMetricStore(file), clock);
    for (const [i, query] of queries.entries()) {
      const { lateDropped, ...answer } = await after.metrics.query(query);
      const { lateDropped: _, ...expected } = answers[i]!;
      assert.deepEqual([answer, lateDropped], [expected, 0], JSON.stringify(query));
    }
    await speak(after, clock, 5, 200);
    assert.deepEqual(
      points(await after.metrics.query({ ...queries[3], to: START + 205 * MINUTE })).at(-1),
      [180, 50],
    );
    assert.deepEqual([before.errors, after.errors], [[], []]);
    await after.metrics.close();
  });

  it('lose at most what came since the last write when the process is killed', async (t) => {
    const file = await fileOf(t);
    const clock = createManualClock(START);
    const killed = await open(t, openMetricStore(file), clock);
    await speak(killed, clock, 3);
    killed.metrics.ingest([{ name: 'x', value: 99, tags: { agent: 'a' } }]);
    // Nobody closes it: what is not on disk is gone.
    killed.metrics.silence();
    const after = await open(t, openMetricStore(file), clock);
    const answer = await after.metrics.query({ metric: 'x', from: START, stepMs: MINUTE });
    assert.deepEqual(points(answer), [
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
    assert.equal(killed.metrics.stats().storage?.savedUpTo, START + 3 * MINUTE);
    await after.metrics.close();
    await killed.metrics.close();
  });

  it('make up for coarse buckets that were not made when the process ended', async (t) => {
    const file = await fileOf(t);
    const clock = createManualClock(START);
    const one = await open(t, openMetricStore(file), clock);
    await speak(one, clock, 58);
    await one.metrics.close();
    clock.advance(3 * HOUR);
    const two = await open(t, openMetricStore(file), clock);
    await two.save();
    const answer = await two.metrics.query({
      metric: 'x',
      from: START,
      to: START + HOUR,
      stepMs: HOUR,
      aggregation: 'count',
    });
    assert.deepEqual([points(answer), answer.tierMs], [[[0, 58]], HOUR]);
    assert.deepEqual(two.errors, []);
    await two.metrics.close();
  });

  it('of a series that is silent can still be asked for', async (t) => {
    const clock = createManualClock(START);
    const one = await open(t, openMetricStore(await fileOf(t)), clock);
    await speak(one, clock, 2);
    clock.advance(HOUR);
    await one.save();
    assert.deepEqual(one.metrics.series(), []);
    assert.deepEqual(
      points(await one.metrics.query({ metric: 'x{agent="a"}', from: START, stepMs: MINUTE })),
      [
        [0, 0],
        [1, 1],
      ],
    );
    await one.metrics.close();
  });

  it('of the last hours are minutes right after a start, when seconds are not there yet', async (t) => {
    const file = await fileOf(t);
    const clock = createManualClock(START);
    const one = await open(t, openMetricStore(file), clock);
    await speak(one, clock, 10);
    await one.metrics.close();
    const two = await open(t, openMetricStore(file), clock);
    for (const windowMs of [5 * MINUTE, HOUR]) {
      const answer = await two.metrics.query({ metric: 'x', windowMs });
      assert.deepEqual([answer.tierMs, points(answer).length], [MINUTE, Math.min(10, windowMs / MINUTE)]);
    }
  });

  it('of a counter that is seldom heard, or was not while the server was away, grow exactly', async (t) => {
    const file = await fileOf(t);
    const clock = createManualClock(START);
    let server = await open(t, openMetricStore(file), clock);
    for (let i = 0; i < 8; i++) {
      server.metrics.ingest([{ name: 'batch_total', value: 1_000 + i * 100, kind: 'counter' }]);
      await server.save();
      clock.advance(15 * MINUTE);
      if (i % 3 === 2) {
        await server.metrics.close();
        server = await open(t, openMetricStore(file), clock);
      }
    }
    const answer = await server.metrics.query({
      metric: 'batch_total',
      from: START,
      stepMs: HOUR,
      aggregation: 'increase',
    });
    assert.equal(
      points(answer).reduce((sum, [, value]) => sum + value, 0),
      700,
    );
  });

  it('follow a live query whose steps are longer than memory: at once what is there, then what was read', async (t) => {
    const file = await fileOf(t);
    const clock = createManualClock(START);
    const one = await open(t, openMetricStore(file), clock);
    await speak(one, clock, 100);
    const namespace = one.metrics.namespaces.find(({ name }) => name === 'query')!;
    const query = { metric: 'x', windowMs: 3 * HOUR, stepMs: HOUR, aggregation: 'count' } as const;
    const channel = namespace.resolve(queryChannel(query))!;
    const known = new Map<number, number>();
    const first = namespace.snapshot!(channel) as unknown as QueryAnswer;
    for (const [start, value] of points(first)) known.set(start, value);
    assert.equal(known.get(0), undefined, 'not in memory');
    const take = (): void => {
      for (const [name, data] of one.publisher.take()) {
        if (name !== channel) continue;
        for (const { points: news } of (data as unknown as QueryUpdate).groups)
          for (const [start, value] of news) known.set((start - START) / MINUTE, value);
      }
    };
    for (let i = 100; i < 110; i++) {
      await speak(one, clock, 1, i);
      // What is read from disk comes in its own time.
      await one.metrics.query(query);
      take();
    }
    clock.advance(2_000);
    take();
    const now = await one.metrics.query({ ...query, from: START, windowMs: undefined });
    assert.deepEqual(
      [...known].sort(([a], [b]) => a - b),
      points(now),
    );
    assert.deepEqual(points(namespace.snapshot!(channel) as unknown as QueryAnswer), points(now));
    assert.deepEqual(one.errors, []);
  });

  it('that cannot be written for minutes are not lost for it', async (t) => {
    const clock = createManualClock(START);
    const real = openMetricStore(await fileOf(t));
    let full = false;
    const failing: MetricStore = {
      ...real,
      write: (batch) => (full ? Promise.reject(new WaooawError('storage_full')) : real.write(batch)),
    };
    const { metrics, save } = await open(t, failing, clock);
    for (let i = 0; i < 20 * 6; i++) {
      full = i >= 30 && i < 75;
      metrics.ingest([{ name: 'x', value: i }]);
      clock.advance(10_000);
      await save();
    }
    const answer = await metrics.query({
      metric: 'x',
      from: START,
      to: START + 20 * MINUTE,
      stepMs: MINUTE,
      aggregation: 'count',
    });
    assert.deepEqual(
      points(answer).map(([, count]) => count),
      new Array(20).fill(6),
    );
  });

  it('that cannot be written are written with the next, and nothing ends for it', async (t) => {
    const clock = createManualClock(START);
    const real = openMetricStore(await fileOf(t));
    let full = true;
    const failing: MetricStore = {
      ...real,
      write: (batch) => (full ? Promise.reject(new WaooawError('storage_full')) : real.write(batch)),
    };
    const { metrics, errors, save } = await open(t, failing, clock);
    metrics.ingest([{ name: 'x', value: 1 }]);
    await save();
    assert.equal((errors[0] as WaooawError).code, 'storage_full');
    assert.equal(metrics.stats().storage?.failures, 1);
    full = false;
    clock.advance(MINUTE);
    metrics.ingest([{ name: 'x', value: 2 }]);
    await save();
    const block = await real.read(MINUTE, undefined, START, START + HOUR);
    assert.deepEqual([block.rows[2], block.rows[9]], [1, 2]);
    await metrics.close();
  });

  it('bear a clock that jumps ahead and back', async (t) => {
    const clock = createManualClock(START);
    let skew = 0;
    const skewed: ManualClock = { ...clock, now: () => clock.now() + skew };
    const one = await open(t, openMetricStore(await fileOf(t)), skewed);
    const put = (value: number): unknown => one.metrics.ingest([{ name: 'x', value, tags: { agent: 'a' } }]);
    put(1);
    await one.save();
    skew = 24 * HOUR;
    clock.advance(2_000);
    put(2);
    await one.save();
    skew = 0;
    clock.advance(2 * MINUTE);
    assert.deepEqual((put(3) as { accepted: number }).accepted, 1);
    await one.save();
    const answer = await one.metrics.query({ metric: 'x', from: START, stepMs: MINUTE });
    assert.deepEqual(points(answer), [
      [0, 1],
      [2, 3],
    ]);
    assert.deepEqual(one.errors, []);
    await one.metrics.close();
  });

  for (const seed of [1, 2, 3]) {
    it(`answer what a list of all samples does, whenever the process ends, seed ${seed}`, async (t) => {
      const chance = random(seed);
      const clock = createManualClock(START);
      const kept = await open(t, openMetricStore(await fileOf(t)), clock);
      const file = await fileOf(t);
      let other = await open(t, openMetricStore(file), clock);
      const taken: { readonly agent: string; readonly time: number; readonly value: number }[] = [];
      for (let i = 0; i < 260; i++) {
        const sample = {
          name: 'x',
          value: Math.round(chance() * 100),
          tags: { agent: chance() < 0.5 ? 'a' : 'b' },
          time: clock.now() - (chance() < 0.2 ? Math.floor(chance() * 4 * MINUTE) : 0),
        };
        kept.metrics.ingest([sample]);
        taken.push({ agent: sample.tags.agent, time: sample.time, value: sample.value });
        other.metrics.ingest([sample]);
        clock.advance(Math.floor(chance() * MINUTE));
        if (chance() < 0.3) await kept.save();
        if (chance() < 0.3) await other.save();
        if (chance() < 0.05) {
          await other.metrics.close();
          other = await open(t, openMetricStore(file), clock);
        }
      }
      clock.advance(30 * MINUTE);
      await kept.save();
      await other.save();
      for (const stepMs of [MINUTE, 5 * MINUTE, HOUR]) {
        for (const aggregation of ['avg', 'min', 'max', 'sum', 'count'] as const) {
          const query = { metric: 'x', from: START - HOUR, stepMs, aggregation, by: ['agent'] };
          for (const { metrics } of [kept, other]) {
            const { groups } = await metrics.query(query);
            assert.deepEqual(
              groups.map(({ tags, points: found }) => [tags['agent'], found]),
              ['a', 'b'].map((agent) => [
                agent,
                byHand(
                  taken.filter((sample) => sample.agent === agent),
                  stepMs,
                  aggregation,
                ),
              ]),
              `${stepMs} ${aggregation}`,
            );
          }
        }
      }
      assert.deepEqual([kept.errors, other.errors], [[], []]);
      await kept.metrics.close();
      await other.metrics.close();
    });
  }
});

/** The same steps, of a list of all samples. */
function byHand(
  samples: readonly { readonly time: number; readonly value: number }[],
  stepMs: number,
  aggregation: 'avg' | 'min' | 'max' | 'sum' | 'count',
): [number, number][] {
  const steps = new Map<number, number[]>();
  for (const { time, value } of samples) {
    const start = time - (time % stepMs);
    steps.set(start, [...(steps.get(start) ?? []), value]);
  }
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const made = {
    avg: (values: number[]) => sum(values) / values.length,
    min: (values: number[]) => Math.min(...values),
    max: (values: number[]) => Math.max(...values),
    sum,
    count: (values: number[]) => values.length,
  }[aggregation];
  return [...steps].sort(([a], [b]) => a - b).map(([start, values]) => [start, made(values)]);
}
