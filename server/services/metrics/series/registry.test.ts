import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { coded } from '../../../testing/harness.ts';
import { DEFAULT_METRICS_LIMITS } from '../limits.ts';
import type { MetricsLimits } from '../limits.ts';
import { cardinalityOf, labelsOf, metadataOf } from './catalogue.ts';
import { OVERFLOW_TAG, Registry, describe as describeSeries } from './registry.ts';
import type { Wanted } from './registry.ts';

const LIMITS = { ...DEFAULT_METRICS_LIMITS };
const wanted = (name: string, tags: Record<string, string> = {}, more: Partial<Wanted> = {}): Wanted => ({
  name,
  tags,
  kind: 'gauge',
  source: 'push:ana',
  ...more,
});

function setUp(limits: Partial<MetricsLimits> = {}): Registry {
  return new Registry({ ...LIMITS, ...limits });
}

describe('a registry', () => {
  it('finds the same series again, whatever is newly said of it', () => {
    const registry = setUp();
    const series = registry.take(wanted('x', { a: '1', b: '2' }));
    assert.equal(registry.take(wanted('x', { b: '2', a: '1' }, { unit: 'bytes', kind: 'unknown' })), series);
    assert.equal(series.info.unit, 'bytes');
    assert.equal(registry.stats.series, 1);
  });

  it('lets a kind become another before the first sample, and not after', () => {
    const registry = setUp();
    const series = registry.take(wanted('x', {}, { kind: 'unknown' }));
    registry.take(wanted('x', {}, { kind: 'counter' }));
    assert.equal(series.kind, 'counter');
    series.sample(1, 1_000);
    assert.throws(() => registry.take(wanted('x', {}, { kind: 'gauge' })), coded('bad_kind', 'counter'));
  });

  it('lets what is too much of one metric share a series that names the tag with too many values', () => {
    const registry = setUp({ maxSeriesPerMetric: 3 });
    const take = (user: string) => registry.take(wanted('hits', { path: '/', user }, { kind: 'counter' }));
    const kept = ['a', 'b', 'c'].map(take);
    const [over, again] = ['d', 'e'].map(take);
    assert.equal(over, again);
    assert.deepEqual(over?.tags, { [OVERFLOW_TAG]: 'user' });
    assert.equal(over?.kind, 'gauge');
    assert.equal(take('a'), kept[0], 'those that there are go on');
    assert.equal(registry.stats.overflowed, 2);
    registry.take(wanted('other'));
    assert.equal(registry.stats.series, 5);
  });

  it('has overflow series beyond maxSeries, though not without end', () => {
    const registry = setUp({ maxSeries: 1 });
    registry.take(wanted('first'));
    for (let i = 0; i < 1_000; i++)
      assert.ok(OVERFLOW_TAG in registry.take(wanted(`m${i}`, { id: '1' })).tags);
    assert.throws(() => registry.take(wanted('one_more')), coded('series_limit', 'one_more'));
  });

  it('gives no sender more than its share', () => {
    const registry = setUp({ maxSeriesPerSource: 2 });
    const first = registry.take(wanted('a'));
    registry.take(wanted('b'));
    assert.throws(() => registry.take(wanted('c')), coded('source_limit', 'push:ana', '2'));
    registry.take(wanted('c', {}, { source: 'push:ben' }));
    registry.retire(first);
    registry.take(wanted('d'));
  });

  it('keeps what is on disk of a silent series, and brings it back with its id', () => {
    const registry = setUp();
    const series = registry.take(wanted('x', { a: '1' }, { kind: 'counter', unit: 'bytes' }));
    const id = registry.idOf(series);
    registry.retire(series);
    assert.equal(series.gone, true);
    assert.deepEqual([registry.stats.series, registry.stats.silent], [0, 1]);
    const back = registry.take(wanted('x', { a: '1' }, { kind: 'unknown' }));
    assert.notEqual(back, series);
    assert.deepEqual([back.id, back.kind, back.info.unit], [id, 'counter', 'bytes']);
    assert.equal(registry.idOf(registry.take(wanted('y'))), id + 1);
  });

  it('does not go on with a past of another kind', () => {
    const registry = setUp();
    registry.restore([{ id: 7, name: 'x', tags: {}, kind: 'counter' }]);
    const series = registry.take(wanted('x'));
    assert.deepEqual([series.kind, series.id], ['gauge', 0]);
    assert.equal(registry.idOf(series), 8);
  });

  it('remembers so many silent series, those that spoke last', () => {
    const registry = setUp({ maxSilentSeries: 2 });
    registry.restore([1, 2, 3].map((id) => ({ id, name: `m${id}`, tags: {}, kind: 'gauge' as const })));
    assert.deepEqual(
      [...registry.silent()].map(({ id }) => id),
      [2, 3],
    );
    registry.forget((id) => id === 3);
    assert.deepEqual(
      [...registry.silent()].map(({ id }) => id),
      [3],
    );
    assert.equal(registry.wake('m2'), undefined);
    assert.equal(describeSeries(registry.wake('m3')!).id, 3);
  });
});

describe('the catalogue', () => {
  const registry = setUp();
  registry.take(wanted('b_total', { agent: 'x', path: '/1' }, { kind: 'counter', help: 'hits' }));
  registry.take(wanted('b_total', { agent: 'x', path: '/2' }, { kind: 'counter' }));
  registry.take(wanted('a', { agent: 'y' }, { unit: 'bytes', source: 'scrape:node' }));

  it('lists labels with their values, of all series or of those that a selector means', () => {
    assert.deepEqual(labelsOf(registry, undefined, 10), [
      { label: 'agent', values: ['x', 'y'], count: 2 },
      { label: 'path', values: ['/1', '/2'], count: 2 },
    ]);
    assert.deepEqual(labelsOf(registry, undefined, 1)[1], { label: 'path', values: ['/1'], count: 2 });
  });

  it('lists metrics with what they can be asked for', () => {
    const [a, b] = metadataOf(registry);
    assert.deepEqual([a?.name, a?.kind, a?.unit, a?.series], ['a', 'gauge', 'bytes', 1]);
    assert.deepEqual([b?.name, b?.kind, b?.help, b?.series], ['b_total', 'counter', 'hits', 2]);
    assert.ok(b?.aggregations.includes('rate') && !b.aggregations.includes('avg'));
  });

  it('reports who has the most', () => {
    const report = cardinalityOf(registry, LIMITS, 1);
    assert.deepEqual(report.metrics, [{ name: 'b_total', series: 2 }]);
    assert.deepEqual(report.labels, [{ name: 'agent', values: 2 }]);
    assert.deepEqual(report.pairs, [{ name: 'agent="x"', series: 2 }]);
    assert.deepEqual(report.sources, [{ name: 'push:ana', series: 2 }]);
  });
});
