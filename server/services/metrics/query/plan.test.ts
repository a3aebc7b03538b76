import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MetricQuery } from '../../../../src/protocol/index.ts';
import { coded } from '../../../testing/harness.ts';
import { DEFAULT_METRICS_LIMITS } from '../limits.ts';
import { gapsOf } from './gaps.ts';
import { compileSelector } from './matching.ts';
import { shapeOf, spanOf } from './plan.ts';

const NOW = 1_750_000_123_456;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const span = (query: Omit<MetricQuery, 'metric'>, fine = true) =>
  spanOf({ metric: 'x', ...query }, NOW, fine, DEFAULT_METRICS_LIMITS);

describe('the span of a query', () => {
  for (const [what, query, stepMs, tier] of [
    ['five minutes', { windowMs: 300_000 }, 1_000, 1_000],
    ['ten minutes', { windowMs: 600_000 }, 2_000, 1_000],
    ['an hour', {}, 20_000, 10_000],
    ['six hours', { windowMs: 6 * HOUR }, 120_000, 60_000],
    ['a day', { windowMs: DAY }, 300_000, 300_000],
    ['a week', { windowMs: 7 * DAY }, 3_600_000, 3_600_000],
    ['a month', { windowMs: 30 * DAY }, 4 * HOUR, HOUR],
    ['two years', { windowMs: 730 * DAY }, 3 * DAY, DAY],
    ['an hour, minute by minute', { stepMs: 60_000 }, 60_000, 60_000],
    ['ten minutes, by ten seconds', { windowMs: 600_000, stepMs: 10_000 }, 10_000, 10_000],
    ['a day by a step that is no multiple', { windowMs: DAY, stepMs: 90_000 }, 120_000, 60_000],
  ] as const) {
    it(`of ${what} has steps that people read easily, of the coarsest buckets that fit`, () => {
      const found = span(query);
      assert.deepEqual([found.stepMs, found.tier], [stepMs, tier]);
      assert.equal(found.from % found.stepMs, 0);
      assert.equal(found.to % found.stepMs, 0);
      assert.equal(found.stepMs % found.tier, 0);
      assert.ok(found.to > NOW && found.to - found.stepMs <= NOW, 'ends with the step that is under way');
      assert.equal(found.steps, (found.to - found.from) / found.stepMs);
    });
  }

  it('is made of minutes where not every series has finer buckets, and of what is kept long enough', () => {
    assert.deepEqual(
      [span({ windowMs: 300_000 }, false).tier, span({ windowMs: 300_000 }, false).stepMs],
      [60_000, 60_000],
    );
    const old = span({ from: NOW - 3 * HOUR, to: NOW - 2 * HOUR, stepMs: 1_000 });
    assert.deepEqual([old.tier, old.stepMs], [60_000, 60_000]);
  });

  it('of a span in the past covers it', () => {
    const { from, to } = span({ from: NOW - DAY, to: NOW - DAY + HOUR });
    assert.ok(from <= NOW - DAY && to >= NOW - DAY + HOUR);
  });

  it('refuses what is no span', () => {
    for (const query of [
      { windowMs: 10, from: 5 },
      { windowMs: 0 },
      { windowMs: -5 },
      { windowMs: Number.NaN },
      { from: NOW, to: NOW - 1 },
      { from: -5, to: NOW },
      { windowMs: HOUR, stepMs: 0 },
      { windowMs: HOUR, stepMs: 2 * HOUR },
      { windowMs: Number.POSITIVE_INFINITY },
    ]) {
      assert.throws(() => span(query), coded('bad_request'), JSON.stringify(query));
    }
    const limits = { ...DEFAULT_METRICS_LIMITS, maxQuerySteps: 10 };
    assert.throws(() => spanOf({ metric: 'x' }, NOW, true, limits), coded('bad_request', 'at most 10'));
  });
});

describe('the shape of a query', () => {
  const shape = (query: object, kind?: 'gauge' | 'counter' | 'histogram') =>
    shapeOf({ metric: 'x', ...query }, kind);

  it('asks for what a kind tells best, unless told otherwise', () => {
    assert.deepEqual(shape({}, 'gauge'), { aggregation: 'last', across: 'avg', by: [] });
    assert.deepEqual(shape({}, 'counter'), { aggregation: 'rate', across: 'sum', by: [] });
    assert.equal(shape({}, 'histogram').aggregation, 'p95');
    assert.equal(shape({ aggregation: 'max' }, 'gauge').across, 'max');
    assert.equal(shape({ across: 'sum' }, 'gauge').across, 'sum');
    assert.deepEqual(shape({ by: ['b', 'a', 'b'] }, 'gauge').by, ['a', 'b']);
  });

  it('guesses nothing', () => {
    for (const [aggregation, kind] of [
      ['p95', 'gauge'],
      ['rate', 'gauge'],
      ['increase', 'gauge'],
      ['avg', 'counter'],
      ['sum', 'counter'],
      ['p50', 'counter'],
      ['last', 'histogram'],
    ] as const) {
      assert.throws(() => shape({ aggregation }, kind), coded('bad_aggregation', aggregation, kind));
    }
    assert.throws(() => shape({ aggregation: 'median' }), coded('bad_request', 'median'));
    assert.throws(() => shape({ across: 'p95' }), coded('bad_request', 'p95'));
  });
});

describe('a selector', () => {
  const matches = (text: string, tags: Record<string, string>) => compileSelector(text).matches(tags);

  it('matches tags by equality and by the whole of a pattern; a tag that is not there is empty', () => {
    const tags = { env: 'prod', agent: 'a-1' };
    for (const [selector, expected] of [
      ['x', true],
      ['x{}', true],
      ['x{env="prod"}', true],
      ['x{env!="prod"}', false],
      ['x{env="prod",agent=~"a-.*"}', true],
      ['x{agent=~"a"}', false],
      ['x{agent!~"b-.*"}', true],
      ['x{zone=""}', true],
      ['x{zone!=""}', false],
      ['x{zone=~".+"}', false],
    ] as const) {
      assert.equal(matches(selector, tags), expected, selector);
    }
  });

  it('refuses what is none, and patterns that a safe engine does not take', () => {
    for (const bad of [
      '',
      '{a="b"}',
      'x{a~"b"}',
      'x{a=~"("}',
      'x{a=~"(?=b)"}',
      'x{a=~"(a)\\\\1"}',
      `x{a=~"${'a'.repeat(1_025)}"}`,
    ]) {
      assert.throws(() => compileSelector(bad), coded('bad_selector'), bad);
    }
  });

  it('refuses patterns that are short and large, and gives up on those that take too long with what there is', () => {
    const large = `(?:${'(.?){50}'.repeat(40)})c`;
    assert.throws(() => compileSelector(`x{a=~"${large}"}`), coded('bad_selector', 'too large'));
    const { matches } = compileSelector('x{a=~"a.*b"}', 0);
    assert.throws(
      () => {
        for (let i = 0; i < 100_000; i++) matches({ a: `${i}` });
      },
      coded('query_limit', 'too long'),
    );
  });

  it('takes no longer than linear time for what makes others run for ever', () => {
    const { matches: evil } = compileSelector('x{a=~"(a+)+b"}');
    assert.equal(evil({ a: 'a'.repeat(5_000) }), false);
  });
});

describe('gaps', () => {
  it('are silences longer than usual, at both ends too', () => {
    assert.deepEqual(gapsOf([], 0, 10, 1), [[0, 10]]);
    assert.deepEqual(gapsOf([0, 1, 2, 7, 8, 9], 0, 10, 1), [[3, 7]]);
    assert.deepEqual(gapsOf([5, 6, 7], 0, 12, 1), [
      [0, 5],
      [8, 12],
    ]);
  });

  it('are not what lies between the samples of a slow series', () => {
    assert.deepEqual(gapsOf([0, 15, 30, 45, 61], 0, 70, 1), []);
    assert.deepEqual(gapsOf([0, 15, 30, 90, 105], 0, 120, 1), [[31, 90]]);
  });
});
