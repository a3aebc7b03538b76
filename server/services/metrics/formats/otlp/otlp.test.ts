import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RecordingIntake } from '../../../../testing/recording-intake.ts';
import { otlpJsonBody, otlpProtobufBody } from '../../../../testing/otlp-body.ts';
import type { OtlpJson } from '../../../../testing/otlp-body.ts';
import { otlpFormats } from './index.ts';
import type { OtlpOptions } from './index.ts';

const AT = 1_750_000_000_123;
const timeUnixNano = `${AT}000000`;
const startTimeUnixNano = `${AT - 60_000}000000`;
const DELTA = 1;
const CUMULATIVE = 2;

/** A request of one resource and one scope. */
function request(metrics: readonly OtlpJson[], resource: OtlpJson = {}, scope: OtlpJson = {}): OtlpJson {
  return { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics }] }] };
}

const text = (key: string, stringValue: string): OtlpJson => ({ key, value: { stringValue } });
const PLACE = '/resourceMetrics/0/scopeMetrics/0/metrics/0';

/** A value in so many lists. */
function nested(depth: number): OtlpJson {
  let value: OtlpJson = { stringValue: 'x' };
  for (let i = 0; i < depth; i++) value = { arrayValue: { values: [value] } };
  return value;
}

for (const encoding of ['protobuf', 'json'] as const) {
  const bodyOf = encoding === 'json' ? otlpJsonBody : otlpProtobufBody;
  const parserOf = (options: Partial<OtlpOptions> = {}) => otlpFormats(options)[encoding].parser();

  /** Reads bodies of one source into an intake. */
  const read = (bodies: readonly OtlpJson[], options?: Partial<OtlpOptions>): RecordingIntake => {
    const intake = new RecordingIntake();
    const parser = parserOf(options);
    for (const body of bodies) for (const _turn of parser.parse(bodyOf(body), intake));
    return intake;
  };
  /** Reads one metric. */
  const one = (metric: OtlpJson, options?: Partial<OtlpOptions>) => read([request([metric])], options);
  const codes = (intake: RecordingIntake) => intake.rejected.map(({ place, code }) => [place, code]);

  describe(`OTLP as ${encoding}`, () => {
    it('reads times to the millisecond, and says nothing of a time that is not there', () => {
      const intake = one({
        name: 'a',
        gauge: {
          dataPoints: [
            { timeUnixNano, asDouble: 1 },
            { asInt: -5, attributes: [text('b', 'c')] },
          ],
        },
      });
      assert.deepEqual(intake.written, [
        { name: 'a', tags: {}, kind: 'gauge', by: 'sample', value: 1, timeMs: AT },
        { name: 'a', tags: { b: 'c' }, kind: 'gauge', by: 'sample', value: -5, timeMs: NaN },
      ]);
    });

    it('takes a monotonic sum as a counter that began at its start', () => {
      const dataPoints = [{ startTimeUnixNano, timeUnixNano, asInt: 7 }];
      const intake = one({
        name: 'a',
        sum: { dataPoints, aggregationTemporality: CUMULATIVE, isMonotonic: true },
      });
      assert.deepEqual(intake.written, [
        {
          name: 'a_total',
          tags: {},
          kind: 'counter',
          by: 'sample',
          value: 7,
          timeMs: AT,
          createdMs: AT - 60_000,
        },
      ]);
    });

    it('does not believe a start that is the point’s own time', () => {
      const dataPoints = [{ startTimeUnixNano: timeUnixNano, timeUnixNano, asInt: 7 }];
      const intake = one({
        name: 'a',
        sum: { dataPoints, aggregationTemporality: CUMULATIVE, isMonotonic: true },
      });
      assert.deepEqual(intake.written[0]?.createdMs, NaN);
    });

    it('refuses deltas of a sum that may fall, a counter below 0, and a temporality that is none', () => {
      const dataPoints = [{ timeUnixNano, asInt: -7 }];
      assert.deepEqual(codes(one({ name: 'a', sum: { dataPoints, aggregationTemporality: DELTA } })), [
        [`${PLACE}/sum/dataPoints/0`, 'bad_kind'],
      ]);
      assert.deepEqual(
        codes(one({ name: 'a', sum: { dataPoints, aggregationTemporality: DELTA, isMonotonic: true } })),
        [[`${PLACE}/sum/dataPoints/0`, 'bad_value']],
      );
      assert.deepEqual(codes(one({ name: 'a', sum: { dataPoints, isMonotonic: true } })), [
        [`${PLACE}/sum/dataPoints/0`, 'bad_request'],
      ]);
    });

    it('skips what has no recorded value, and refuses a point that should have one', () => {
      const intake = one({
        name: 'a',
        gauge: { dataPoints: [{ timeUnixNano, flags: 1 }, { timeUnixNano }] },
      });
      assert.deepEqual(codes(intake), [[`${PLACE}/gauge/dataPoints/1`, 'bad_value']]);
      assert.deepEqual(intake.written, []);
    });

    it('names every point of a metric that has no usable name', () => {
      const intake = one({ name: '…', gauge: { dataPoints: [{ asDouble: 1 }, { asDouble: 2 }] } });
      assert.deepEqual(codes(intake), [
        [`${PLACE}/gauge/dataPoints/0`, 'bad_name'],
        [`${PLACE}/gauge/dataPoints/1`, 'bad_name'],
      ]);
    });

    it('takes a histogram without buckets as how many there were', () => {
      const dataPoints = [{ timeUnixNano, count: 3, sum: 6 }];
      const intake = one({ name: 'a', histogram: { dataPoints, aggregationTemporality: DELTA } });
      assert.deepEqual(intake.written[0]?.value, { bounds: [], counts: [3], count: 3, sum: 6 });
    });

    it('knows a histogram whose sum was not sent', () => {
      const dataPoints = [{ count: 3, bucketCounts: [1, 2], explicitBounds: [0.5] }];
      const intake = one({ name: 'a', histogram: { dataPoints, aggregationTemporality: CUMULATIVE } });
      assert.deepEqual(intake.written[0]?.value, { bounds: [0.5], counts: [1, 2], count: 3, sum: NaN });
    });

    it('reads exponential histograms with both signs and their own minimum', () => {
      const point = {
        count: 10,
        sum: -2.5,
        scale: -3,
        zeroCount: 1,
        zeroThreshold: 0.25,
        positive: { offset: -2, bucketCounts: [1, 0, 3] },
        negative: { offset: 4, bucketCounts: [5] },
        min: -8,
      };
      const intake = one({
        name: 'a',
        exponentialHistogram: { dataPoints: [point], aggregationTemporality: DELTA },
      });
      assert.deepEqual(intake.written[0]?.value, {
        scale: -3,
        zeroThreshold: 0.25,
        zeroCount: 1,
        count: 10,
        positive: { offset: -2, counts: [1, 0, 3] },
        negative: { offset: 4, counts: [5] },
        sum: -2.5,
        min: -8,
        max: undefined,
      });
    });

    it('refuses histograms that do not add up', () => {
      const classic = (point: OtlpJson) =>
        one(
          { name: 'a', histogram: { dataPoints: [point], aggregationTemporality: DELTA } },
          { maxBuckets: 4 },
        );
      const exponential = (point: OtlpJson) =>
        one(
          { name: 'a', exponentialHistogram: { dataPoints: [point], aggregationTemporality: DELTA } },
          { maxBuckets: 4 },
        );
      for (const intake of [
        classic({ count: 3, bucketCounts: [1, 1], explicitBounds: [1] }),
        classic({ count: 3, bucketCounts: [3], explicitBounds: [1] }),
        classic({ count: 3, bucketCounts: [1, 1, 1], explicitBounds: [2, 2] }),
        classic({ count: 5, bucketCounts: [1, 1, 1, 1, 1], explicitBounds: [1, 2, 3, 4] }),
        exponential({ count: 1, scale: 21 }),
        exponential({ count: 1, scale: -11 }),
        exponential({ count: 2, zeroCount: 1 }),
        exponential({ count: 1, zeroCount: 1, zeroThreshold: -1 }),
        exponential({ count: 1, positive: { offset: 2_000, bucketCounts: [1] } }),
        exponential({ count: 5, negative: { offset: 0, bucketCounts: [1, 1, 1, 1, 1] } }),
      ]) {
        assert.deepEqual(intake.written, []);
        assert.deepEqual(
          intake.rejected.map(({ code }) => code),
          ['bad_value'],
        );
      }
    });

    it('takes a summary as its quantiles, its count and its sum', () => {
      const quantileValues = [
        { quantile: 0.5, value: 1.5 },
        { quantile: 1, value: 9 },
      ];
      const dataPoints = [
        { startTimeUnixNano, timeUnixNano, count: 4, sum: 8, quantileValues, attributes: [text('a', 'b')] },
      ];
      const metric = { name: 'wait', unit: 's', description: 'Waiting', summary: { dataPoints } };
      const intake = read([request([metric]), request([metric])]);
      const created = { createdMs: AT - 60_000 };
      const tags = { a: 'b' };
      assert.deepEqual(intake.written.slice(0, 4), [
        { name: 'wait_seconds_count', tags, kind: 'counter', by: 'sample', value: 4, timeMs: AT, ...created },
        { name: 'wait_seconds_sum', tags, kind: 'counter', by: 'sample', value: 8, timeMs: AT, ...created },
        {
          name: 'wait_seconds',
          tags: { ...tags, quantile: '0.5' },
          kind: 'gauge',
          by: 'sample',
          value: 1.5,
          timeMs: AT,
        },
        {
          name: 'wait_seconds',
          tags: { ...tags, quantile: '1' },
          kind: 'gauge',
          by: 'sample',
          value: 9,
          timeMs: AT,
        },
      ]);
      assert.equal(intake.found.length, 4, 'and knows them again');
      assert.deepEqual(
        intake.found.map(({ identity }) => identity.unit),
        ['count', 'seconds', 'seconds', 'seconds'],
      );
    });

    it('takes no more quantiles than maxQuantiles', () => {
      const quantileValues = [
        { quantile: 0.5, value: 1.5 },
        { quantile: 1, value: 9 },
      ];
      const intake = one(
        { name: 'a', summary: { dataPoints: [{ count: 1, sum: 2, quantileValues }] } },
        { maxQuantiles: 1 },
      );
      assert.deepEqual(
        intake.rejected.map(({ code }) => code),
        ['bad_value'],
      );
    });

    it('makes tags of a resource, of attributes of every kind, and of a scope where that was asked for', () => {
      const attributes = [
        text('a.b', 'x'),
        { key: 'n', value: { intValue: -3 } },
        { key: 'd', value: { doubleValue: 0.5 } },
        { key: 't', value: { boolValue: true } },
        { key: 'l', value: { arrayValue: { values: [{ intValue: 1 }, { stringValue: 'y' }] } } },
        { key: 'm', value: { kvlistValue: { values: [text('k', 'v')] } } },
        { key: 'raw', value: { bytesValue: 'AAEC' } },
        { key: 'none' },
      ];
      const resource = {
        attributes: [text('service.name', 'mail'), text('host.name', 'h'), text('pod', 'p')],
      };
      const body = request([{ name: 'a', gauge: { dataPoints: [{ asDouble: 1, attributes }] } }], resource, {
        name: 'lib',
        version: '2',
      });
      const tags = {
        service: 'mail',
        a_b: 'x',
        n: '-3',
        d: '0.5',
        t: 'true',
        l: '[1,"y"]',
        m: '{"k":"v"}',
        raw: 'AAEC',
      };
      assert.deepEqual(read([body]).written[0]?.tags, tags);
      assert.deepEqual(read([body], { resourceTags: ['host.name'], scopeTags: true }).written[0]?.tags, {
        ...tags,
        host_name: 'h',
        otel_scope_name: 'lib',
        otel_scope_version: '2',
      });
    });

    it('keeps apart what only its resource, its scope or its type tells apart', () => {
      const dataPoints = [{ asDouble: 1 }];
      const metric = { name: 'a', gauge: { dataPoints } };
      const sum = { name: 'a', sum: { dataPoints, aggregationTemporality: CUMULATIVE } };
      const of = (service: string) => ({ attributes: [text('service.name', service)] });
      const bodies = [
        request([metric, sum], of('x')),
        request([metric, sum], of('y')),
        request([metric], of('y'), { name: 's' }),
      ];
      assert.equal(read([...bodies, ...bodies]).found.length, 5);
    });

    it('looks a series up again that is gone, and begins anew over maxRememberedBytes', () => {
      const point = (value: string) => ({ asDouble: 1, attributes: [text('a', value)] });
      const body = (...values: string[]) =>
        request([{ name: 'a', gauge: { dataPoints: values.map(point) } }]);
      const intake = new RecordingIntake();
      const parser = parserOf();
      for (const _turn of parser.parse(bodyOf(body('1', '2')), intake));
      intake.found[0]!.gone = true;
      for (const _turn of parser.parse(bodyOf(body('1', '2')), intake));
      assert.deepEqual(
        intake.found.map(({ tags }) => tags['a']),
        ['1', '2', '1'],
      );

      const many = Array.from({ length: 500 }, (_, i) => String(i));
      const small = read([body(...many), body(...many)], { maxRememberedBytes: 20_000 });
      assert.equal(small.written.length, 1_000);
      assert.ok(small.found.length > 900, `${small.found.length} look-ups`);
    });

    it('opens values 16 deep and refuses what lies deeper, point by point, resource by resource', () => {
      const point = (depth: number) => ({ asDouble: 1, attributes: [{ key: 'a', value: nested(depth) }] });
      const intake = one({
        name: 'a',
        gauge: { dataPoints: [point(15), point(16), point(500), point(1)] },
      });
      assert.deepEqual(
        intake.written.map(({ tags }) => tags['a']),
        [`${'['.repeat(15)}"x"${']'.repeat(15)}`, '["x"]'],
      );
      assert.deepEqual(codes(intake), [
        [`${PLACE}/gauge/dataPoints/1`, 'bad_tags'],
        [`${PLACE}/gauge/dataPoints/2`, 'bad_tags'],
      ]);

      const deep = { attributes: [{ key: 'service.name', value: nested(500) }] };
      const whole = read([
        request([{ name: 'a', gauge: { dataPoints: [{ asDouble: 1 }, { asDouble: 2 }] } }], deep),
      ]);
      assert.deepEqual(
        whole.rejected.map(({ code }) => code),
        ['bad_tags', 'bad_tags'],
      );
    });

    it('gives others their turn every 2,000 points', () => {
      const dataPoints = Array.from({ length: 10_000 }, (_, i) => ({ asInt: i }));
      const turns = [
        ...parserOf().parse(bodyOf(request([{ name: 'a', gauge: { dataPoints } }])), new RecordingIntake()),
      ];
      assert.equal(turns.length, 5);
    });

    it('passes on why a sample was not taken', () => {
      class Full extends RecordingIntake {
        override sample() {
          return 'time_in_future' as const;
        }
      }
      const intake = new Full();
      for (const _turn of parserOf().parse(
        bodyOf(request([{ name: 'a', gauge: { dataPoints: [{ asDouble: 1 }] } }])),
        intake,
      ));
      assert.deepEqual(codes(intake), [[`${PLACE}/gauge/dataPoints/0`, 'time_in_future']]);
    });

    it('passes over a metric of a kind that it does not know, and bodies that hold nothing', () => {
      const intake = read([
        {},
        { resourceMetrics: [{}] },
        request([{ name: 'a' }]),
        request([{ name: 'b', gauge: {} }]),
      ]);
      assert.deepEqual([intake.written, intake.rejected], [[], []]);
    });
  });
}
