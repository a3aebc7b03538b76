import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { queryChannel } from '../../../../src/protocol/index.ts';
import type { MetricQuery, QueryAnswer, QueryPoint, QueryUpdate } from '../../../../src/protocol/index.ts';
import { createManualClock } from '../../../engines/memory/clock.ts';
import { FakePublisher } from '../../../testing/fake-publisher.ts';
import { coded } from '../../../testing/harness.ts';
import { random } from '../../../testing/random.ts';
import { mergeQueryUpdates } from '../changes.ts';
import { createMetrics } from '../index.ts';
import type { MetricsLimits } from '../limits.ts';
import { parseQueryChannel } from './query-name.ts';

const START = 1_750_000_020_000;

function setUp(limits: Partial<MetricsLimits> = {}) {
  const clock = createManualClock(START);
  const publisher = new FakePublisher();
  const errors: unknown[] = [];
  const metrics = createMetrics({ clock, publisher, limits, onError: (error) => errors.push(error) });
  const namespace = metrics.namespaces.find(({ name }) => name === 'query')!;
  const put = (value: number, tags: Record<string, string> = {}, time?: number): void => {
    metrics.ingest([{ name: 'x', value, tags, ...(time !== undefined && { time }) }]);
  };
  /** Subscribes: the one spelling, and what a reader starts from. */
  const follow = (query: MetricQuery): [channel: string, answer: QueryAnswer] => {
    const channel = namespace.resolve(queryChannel(query))!;
    return [channel, namespace.snapshot!(channel) as unknown as QueryAnswer];
  };
  /** What was published on `query/…` since. */
  const told = (): QueryUpdate[] =>
    publisher
      .take()
      .filter(([channel]) => channel.startsWith('query/'))
      .map(([, data]) => data as unknown as QueryUpdate);
  return { clock, publisher, metrics, namespace, put, follow, told, errors };
}

/** What a reader knows after its first message and all that followed. */
class Reader {
  readonly groups = new Map<string, Map<number, number>>();
  #windowMs: number;

  constructor(answer: QueryAnswer) {
    this.#windowMs = answer.to - answer.from;
    for (const { key, points } of answer.groups) this.#take(key, points);
  }

  take(update: QueryUpdate): void {
    for (const { key, points, gone } of update.groups) {
      if (gone) this.groups.delete(key);
      this.#take(key, points);
    }
    for (const points of this.groups.values())
      for (const start of points.keys()) if (start < update.to - this.#windowMs) points.delete(start);
  }

  #take(key: string, points: readonly QueryPoint[]): void {
    if (points.length === 0) return;
    const known = this.groups.get(key) ?? new Map<number, number>();
    for (const [start, value] of points) known.set(start, value);
    this.groups.set(key, known);
  }
}

const known = (answer: QueryAnswer): Record<string, QueryPoint[]> =>
  Object.fromEntries(
    answer.groups.filter(({ points }) => points.length > 0).map(({ key, points }) => [key, [...points]]),
  );
const held = (reader: Reader, from: number): Record<string, QueryPoint[]> =>
  Object.fromEntries(
    [...reader.groups]
      .map(([key, points]): [string, QueryPoint[]] => [
        key,
        [...points].filter(([start]) => start >= from).sort(([a], [b]) => a - b),
      ])
      .filter(([, points]) => points.length > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

describe('a live query', () => {
  it('starts from the answer, and tells each step that changed, at once after a pause', async () => {
    const { clock, metrics, put, follow, told } = setUp();
    put(1, { agent: 'a' });
    put(3, { agent: 'b' });
    const query = {
      metric: 'x',
      windowMs: 60_000,
      stepMs: 1_000,
      aggregation: 'avg',
      by: ['agent'],
    } as const;
    const [, answer] = follow(query);
    assert.deepEqual(answer, await metrics.query(query));
    clock.advance(2_000);
    told();
    put(5, { agent: 'a' });
    clock.advance(0);
    assert.deepEqual(told(), [
      { to: START + 3_000, groups: [{ key: '{agent="a"}', points: [[START + 2_000, 5]] }] },
    ]);
    put(7, { agent: 'a' });
    clock.advance(0);
    assert.deepEqual(told(), [], 'not twice within the interval');
    clock.advance(250);
    assert.deepEqual(told()[0]?.groups[0]?.points, [[START + 2_000, 6]]);
  });

  it('describes a group that comes, and takes in series that nobody had heard of', () => {
    const { clock, put, follow, told } = setUp();
    const [, answer] = follow({ metric: 'x', windowMs: 60_000, stepMs: 1_000, by: ['agent'] });
    assert.deepEqual(answer.groups, []);
    put(4, { agent: 'new' });
    clock.advance(1_000);
    const updates = told();
    assert.deepEqual(updates.at(-1)?.groups, [
      { key: '{agent="new"}', tags: { agent: 'new' }, series: 1, points: [[START, 4]] },
    ]);
  });

  it('says what a metric is once its first series comes, and not again', () => {
    const { clock, put, follow, told } = setUp();
    const [, answer] = follow({ metric: 'x', windowMs: 60_000, stepMs: 1_000, by: ['agent'] });
    assert.equal(answer.kind, undefined);
    put(4, { agent: 'new' });
    clock.advance(1_000);
    put(5, { agent: 'new' });
    clock.advance(1_000);
    const about = told().map((update) => update.about);
    assert.equal(about[0]?.kind, 'gauge');
    assert.deepEqual(about.slice(1).filter(Boolean), []);
    assert.ok(about.length > 1);
  });

  it('is one for all who spell it differently', () => {
    const { namespace, metrics } = setUp();
    const one = namespace.resolve('query/window=60000&by=a/x{b="2", a=~"1"}');
    assert.equal(one, namespace.resolve('query/by=a&window=60000/x{a=~"1",b="2",}'));
    assert.equal(metrics.stats().liveQueries, 1);
  });

  it('is forgotten when nobody follows it any more', () => {
    const { clock, publisher, put, follow, told, metrics } = setUp();
    follow({ metric: 'x', windowMs: 60_000 });
    publisher.wanted = new Set();
    put(1);
    clock.advance(12_000);
    assert.deepEqual([told(), metrics.stats().liveQueries], [[], 0]);
  });

  it('says nothing where nothing changed', () => {
    const { clock, put, follow, told } = setUp();
    put(1);
    follow({ metric: 'x', windowMs: 60_000, stepMs: 1_000, aggregation: 'max' });
    clock.advance(0);
    told();
    put(0.5);
    clock.advance(1_000);
    assert.deepEqual(told(), []);
  });

  it('that cannot be answered harms no other, and says so to everybody who asks', () => {
    const { clock, metrics, namespace, put, follow, told, errors } = setUp({ maxQueryGroups: 3 });
    put(1, { agent: 'good' });
    const [good] = follow({ metric: 'x{agent="good"}', windowMs: 60_000, stepMs: 1_000 });
    for (let i = 0; i < 5; i++) put(1, { agent: `${i}` });
    const wide = namespace.resolve('query/by=agent&window=60000/x')!;
    for (let i = 0; i < 2; i++)
      assert.throws(() => namespace.snapshot!(wide), coded('query_limit', '3 groups'));
    for (let round = 0; round < 3; round++) {
      clock.advance(1_000);
      told();
      for (let i = 0; i < 5; i++) put(round, { agent: `${i}` });
      put(round, { agent: 'good' });
      clock.advance(300);
      assert.equal(told().length, 1, good);
    }
    assert.deepEqual(errors, []);
    assert.equal(metrics.stats().liveQueries, 1);
  });

  it('that stops being answerable ends, and is told of once', () => {
    const { clock, publisher, metrics, put, follow, errors } = setUp({ maxQueryGroups: 3 });
    follow({ metric: 'x', by: ['agent'], windowMs: 60_000, stepMs: 1_000 });
    for (let i = 0; i < 5; i++) put(1, { agent: `${i}` });
    for (let i = 0; i < 5; i++) {
      clock.advance(1_000);
      put(i, { agent: '0' });
    }
    assert.deepEqual(
      errors.map((error) => (error as { code: string }).code),
      ['query_limit'],
    );
    assert.equal(metrics.stats().liveQueries, 0);
    assert.ok(
      publisher.take().some(([channel]) => channel.startsWith('metrics/')),
      'others go on',
    );
  });

  it('are so many at most, and have so many points', () => {
    const few = setUp({ maxLiveQueries: 2 });
    for (const windowMs of [60_000, 61_000]) few.follow({ metric: 'x', windowMs });
    assert.throws(() => few.follow({ metric: 'x', windowMs: 62_000 }), coded('channel_limit', '2 queries'));
    few.follow({ metric: 'x', windowMs: 60_000 });
    const small = setUp({ maxLivePoints: 1 });
    small.put(1);
    small.follow({ metric: 'x', windowMs: 60_000 });
    assert.throws(() => small.follow({ metric: 'x', windowMs: 61_000 }), coded('channel_limit', '1 points'));
  });

  it('refuses names that are none', () => {
    const { namespace } = setUp();
    assert.equal(namespace.resolve('query'), undefined);
    assert.equal(namespace.resolve('query/x'), undefined);
    for (const bad of [
      'query/agg=median/x',
      'query/step=1s/x',
      'query/foo=1/x',
      'query/by=%/x',
      'query/agg/x',
    ]) {
      assert.throws(() => namespace.resolve(bad), coded('bad_channel'), bad);
    }
    assert.throws(() => namespace.resolve('query//x{'), coded('bad_selector'));
    const name = namespace.resolve('query/step=7200000&window=3600000/x')!;
    assert.throws(() => namespace.snapshot!(name), coded('bad_request'));
  });

  it('reads back the name that it is given', () => {
    const query: MetricQuery = {
      metric: 'x{a="b/c?d"}',
      windowMs: 5_000,
      stepMs: 1_000,
      aggregation: 'p95',
      across: 'sum',
      by: ['a', 'weird/tag&,='],
    };
    assert.deepEqual(parseQueryChannel(queryChannel(query)), query);
  });

  for (const seed of [1, 2, 3, 4]) {
    it(`leads whoever follows to the answer that is given on asking, seed ${seed}`, async () => {
      const chance = random(seed);
      const { clock, metrics, put, follow, told, errors } = setUp();
      const pick = <T>(...from: readonly T[]): T => from[Math.floor(chance() * from.length)]!;
      const query: MetricQuery = {
        metric: 'x{agent!="z"}',
        windowMs: pick(60_000, 240_000),
        stepMs: pick(1_000, 10_000, 60_000),
        aggregation: pick('avg', 'max', 'last', 'sum', 'count'),
        by: pick([], ['agent']),
      };
      const [, first] = follow(query);
      const reader = new Reader(first);
      const batched: QueryUpdate[] = [];
      for (let i = 0; i < 400; i++) {
        const late = chance() < 0.2 ? Math.floor(chance() * 100_000) : 0;
        put(Math.round(chance() * 100), { agent: pick('a', 'b', 'c', 'z') }, clock.now() - late);
        clock.advance(Math.floor(chance() * 900));
        // Now and then a reader is behind, and gets many as one.
        if (chance() < 0.7) batched.push(...told());
        else
          for (const update of mergeQueryUpdates([...batched.splice(0), ...told()] as never))
            reader.take(update as never);
      }
      clock.advance(1_000);
      for (const update of [...batched, ...told()]) reader.take(update);
      const now = await metrics.query(query);
      assert.deepEqual(held(reader, now.from), known(now));
      assert.deepEqual(known(follow(query)[1]), known(now), 'and so does who comes late');
      assert.deepEqual(errors, []);
    });
  }
});
