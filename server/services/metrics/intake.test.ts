import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MetricKind } from '../../../src/protocol/index.ts';
import { coded } from '../../testing/harness.ts';
import type { ClassicHistogram } from './formats/format.ts';
import type { Source } from './ingest.ts';
import { BodyIntake } from './intake.ts';
import { DEFAULT_METRICS_LIMITS } from './limits.ts';
import type { MetricsLimits } from './limits.ts';
import { Registry } from './series/registry.ts';
import type { Series } from './series/series.ts';

const NOW = 1_750_000_000_000;
const POINT: ClassicHistogram = { bounds: [1], counts: [1, 1], sum: 3, count: 2 };

function setUp(source: Partial<Source> = {}, limits: Partial<MetricsLimits> = {}) {
  const all = { ...DEFAULT_METRICS_LIMITS, ...limits };
  const registry = new Registry(all);
  registry.gate.openFrom = NOW - all.maxLateMs;
  const intake = new BodyIntake(registry, all, { name: 'push:ana', ...source }, NOW);
  const series = (name: string, labels: [string, string][] = [], kind: MetricKind = 'gauge'): Series =>
    intake.series({ name, labels, kind }) as Series;
  return { intake, registry, series };
}

describe('an intake', () => {
  it('takes each kind of sample at its time, and at now where it has none', () => {
    const { intake, series } = setUp();
    const gauge = series('g');
    const counter = series('c', [], 'counter');
    const histogram = series('h', [], 'histogram');
    assert.equal(intake.sample(gauge, 1, Number.NaN), undefined);
    assert.equal(intake.sample(gauge, 2, NOW + 10_000), undefined);
    assert.equal(intake.increment(counter, 3, NOW), undefined);
    assert.equal(intake.observe(histogram, 4, NOW), undefined);
    assert.equal(intake.histogram(histogram, POINT, 'delta', NOW), undefined);
    assert.deepEqual([intake.accepted, gauge.newestAt], [5, NOW + 10_000]);
  });

  it('names what is wrong with a value or a time, whatever it is of', () => {
    const { intake, series } = setUp();
    const counter = series('c', [], 'counter');
    const histogram = series('h', [], 'histogram');
    const ways = [
      (value: number, time: number) => intake.sample(counter, value, time),
      (value: number, time: number) => intake.increment(counter, value, time),
      (value: number, time: number) => intake.observe(histogram, value, time),
      (value: number, time: number) => intake.histogram(histogram, { ...POINT, count: value }, 'delta', time),
      (value: number, time: number) => intake.faultOf(value, time),
    ];
    for (const [i, way] of ways.entries()) {
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
        assert.equal(way(value, NOW), 'bad_value', `${i}`);
      for (const time of [-1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
        assert.equal(way(1, time), 'bad_time', `${i} ${time}`);
      assert.equal(way(1, NOW + 10_001), 'time_in_future', `${i}`);
    }
    assert.equal(intake.increment(counter, -1, NOW), 'bad_value');
    assert.equal(intake.faultOf(1, NOW), undefined);
    assert.equal(intake.accepted, 0);
  });

  it('says how many were not taken, and the first of them', () => {
    const { intake } = setUp({}, { maxRejectedShown: 2 });
    for (let i = 0; i < 5; i++) intake.reject(`line ${i}`, i % 2 ? 'bad_name' : 'bad_value', 'why');
    assert.deepEqual([intake.rejected, intake.shown.map(({ place }) => place)], [5, ['line 0', 'line 1']]);
    assert.deepEqual(Object.fromEntries(intake.codes), { bad_value: 3, bad_name: 2 });
  });

  it('gives a source’s series its tags, before or behind their own', () => {
    const tags = { job: 'node', environment: 'prod' };
    const first = setUp({ tags }).series('x', [
      ['job', 'own'],
      ['a', '1'],
    ]);
    assert.deepEqual({ ...first.tags }, { exported_job: 'own', job: 'node', environment: 'prod', a: '1' });
    const last = setUp({ tags, prefer: 'series' }).series('x', [['job', 'own']]);
    assert.deepEqual({ ...last.tags }, { job: 'own', environment: 'prod' });
    assert.deepEqual({ ...setUp({ tags }).series('x').tags }, tags);
  });

  it('takes an empty tag for none, and no tag twice', () => {
    const { series } = setUp();
    assert.equal(series('x', [['a', '']]), series('x'));
    assert.throws(
      () =>
        series('x', [
          ['a', '1'],
          ['a', '2'],
        ]),
      coded('bad_tags', 'twice'),
    );
  });

  it('refuses names, tags and numbers of tags beyond what is taken', () => {
    const { series } = setUp({}, { maxTags: 1, maxTagLength: 5, maxNameLength: 5 });
    for (const name of ['', '1x', 'a b', 'sixsix'])
      assert.throws(() => series(name), coded('bad_name'), name);
    for (const [tag, value] of [
      ['1a', 'x'],
      ['__a', 'x'],
      ['sixsix', 'x'],
      ['a', 'sixsix'],
    ] as const) {
      assert.throws(() => series('x', [[tag, value]]), coded('bad_tags'), tag);
    }
    assert.throws(
      () =>
        series('x', [
          ['a', '1'],
          ['b', '2'],
        ]),
      coded('too_many_tags'),
    );
  });

  it('keeps unit and help as long as they may be, and makes nothing for what comes too late', () => {
    const { intake, registry } = setUp();
    const identity = { name: 'x', labels: [], kind: 'gauge', unit: 'u'.repeat(100), help: '' } as const;
    assert.throws(() => intake.series(identity, 1), coded('time_too_old'));
    assert.equal(registry.stats.series, 0);
    const { info } = intake.series(identity) as Series;
    assert.deepEqual([info.unit?.length, info.help], [32, undefined]);
    assert.equal(intake.series(identity, 1), registry.find('x'), 'one that is known counts it');
  });
});
