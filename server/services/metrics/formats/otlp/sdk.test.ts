import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import {
  AggregationTemporality,
  AggregationType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { MeterProviderOptions } from '@opentelemetry/sdk-metrics';
import { RecordingIntake } from '../../../../testing/recording-intake.ts';
import type { ClassicHistogram, ExponentialHistogram } from '../format.ts';
import { OTLP_MEDIA_TYPES, otlpAnswer, otlpJson, otlpProtobuf } from './index.ts';
import type { OtlpEncoding } from './index.ts';

type Resource = NonNullable<MeterProviderOptions['resource']>;

/** A resource as the SDK takes it, without its package. */
function resourceOf(attributes: Record<string, string>): Resource {
  const resource = {
    attributes,
    getRawAttributes: () => Object.entries(attributes),
    merge: () => resource,
  };
  return resource;
}

/** The SDK with one of its exporters, and a server that reads with our format. */
async function setUp(t: TestContext, encoding: OtlpEncoding, temporalityPreference: AggregationTemporality) {
  const intake = new RecordingIntake();
  const parser = (encoding === 'json' ? otlpJson : otlpProtobuf).parser();
  const server = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const body = Buffer.concat(parts);
      const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      for (const _turn of parser.parse(plain, intake));
      const { written, rejected } = intake;
      const result = { accepted: written.length, rejected: rejected.length, shown: rejected };
      response
        .writeHead(200, { 'content-type': OTLP_MEDIA_TYPES[encoding] })
        .end(otlpAnswer(result, encoding));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/metrics`;
  const exporter =
    encoding === 'json'
      ? new JsonExporter({ url, temporalityPreference })
      : new ProtobufExporter({ url, temporalityPreference });
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({
    resource: resourceOf({
      'service.name': 'mail',
      'service.instance.id': 'a1',
      'deployment.environment.name': 'prod',
      other: 'x',
    }),
    readers: [reader],
    views: [
      { instrumentName: 'wait.exponential', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } },
    ],
  });
  t.after(async () => {
    await provider.shutdown();
    server.closeAllConnections();
    server.close();
  });
  return { intake, meter: provider.getMeter('test'), flush: () => reader.forceFlush() };
}

const CASES = [
  ['protobuf', AggregationTemporality.CUMULATIVE],
  ['protobuf', AggregationTemporality.DELTA],
  ['json', AggregationTemporality.CUMULATIVE],
  ['json', AggregationTemporality.DELTA],
] as const;

/** The tags of this resource. */
const OURS = { service: 'mail', instance: 'a1', environment: 'prod' };

for (const [encoding, temporality] of CASES) {
  const delta = temporality === AggregationTemporality.DELTA;
  describe(`OpenTelemetry's exporter, ${encoding}, ${delta ? 'delta' : 'cumulative'}`, () => {
    it('brings counters, with what was counted', async (t) => {
      const { intake, meter, flush } = await setUp(t, encoding, temporality);
      const counter = meter.createCounter('http.requests', { unit: '{request}', description: 'Requests' });
      counter.add(3, { 'http.route': '/a', 'http.status': 200 });
      await flush();
      counter.add(4, { 'http.route': '/a', 'http.status': 200 });
      await flush();
      const tags = { ...OURS, http_route: '/a', http_status: '200' };
      const [first, second] = intake.of('http_requests_total');
      assert.deepEqual(first?.tags, tags);
      assert.deepEqual(second?.tags, tags);
      assert.equal(first?.kind, 'counter');
      assert.deepEqual([first?.value, second?.value], delta ? [3, 4] : [3, 7]);
      assert.ok(first && second);
      assert.equal(first.by, delta ? 'increment' : 'sample');
      if (!delta) assert.ok(second.createdMs !== undefined && second.createdMs <= second.timeMs);
      assert.ok(Math.abs(Date.now() - first.timeMs) < 60_000);
      assert.deepEqual(
        intake.found.map(({ identity }) => [identity.unit, identity.help]),
        [['count', 'Requests']],
      );
      assert.equal(intake.found.length, 1, 'the second body found the series of the first');
      assert.deepEqual(intake.rejected, []);
    });

    it('brings gauges and sums that may fall as readings', async (t) => {
      const { intake, meter, flush } = await setUp(t, encoding, temporality);
      meter
        .createObservableGauge('cpu.use', { unit: '1' })
        .addCallback((result) => result.observe(0.25, { core: 1 }));
      const queue = meter.createUpDownCounter('queue.length');
      queue.add(5);
      queue.add(-7);
      meter.createGauge('heap', { unit: 'By' }).record(1e9);
      await flush();
      const shown = intake.written.map(({ name, kind, by, value }) => [name, kind, by, value]);
      assert.deepEqual(shown.sort(), [
        ['cpu_use_ratio', 'gauge', 'sample', 0.25],
        ['heap_bytes', 'gauge', 'sample', 1e9],
        ['queue_length', 'gauge', 'sample', -2],
      ]);
      assert.equal(intake.of('cpu_use_ratio')[0]?.tags['core'], '1');
    });

    it('brings histograms, classic and exponential, bucket by bucket', async (t) => {
      const { intake, meter, flush } = await setUp(t, encoding, temporality);
      const classic = meter.createHistogram('wait', {
        unit: 's',
        advice: { explicitBucketBoundaries: [1, 2, 5] },
      });
      const exponential = meter.createHistogram('wait.exponential', { unit: 's' });
      for (const value of [0, 0.5, 1, 1.5, 4, 9]) {
        classic.record(value);
        exponential.record(value);
      }
      await flush();
      const [wait] = intake.of('wait_seconds');
      assert.deepEqual(wait?.value, { bounds: [1, 2, 5], counts: [3, 1, 1, 1], sum: 16, count: 6 });
      assert.equal(wait?.temporality, delta ? 'delta' : 'cumulative');
      assert.equal(wait.kind, 'histogram');

      const [found] = intake.of('wait_exponential_seconds');
      const histogram = found?.value as ExponentialHistogram;
      assert.deepEqual([histogram.count, histogram.sum, histogram.zeroCount], [6, 16, 1]);
      assert.deepEqual([histogram.min, histogram.max], [0, 9]);
      // Each value lies in the bucket that the scale puts it in.
      const { offset, counts } = histogram.positive;
      const expected = new Map<number, number>();
      for (const value of [0.5, 1, 1.5, 4, 9]) {
        const index = Math.ceil(Math.log2(value) * 2 ** histogram.scale - 1e-9) - 1;
        expected.set(index, (expected.get(index) ?? 0) + 1);
      }
      const filled = counts.map((count, i) => [offset + i, count] as const).filter(([, count]) => count > 0);
      assert.deepEqual(new Map(filled), expected);

      classic.record(3);
      await flush();
      const again = intake.of('wait_seconds')[1]?.value as ClassicHistogram;
      assert.deepEqual(again.counts, delta ? [0, 0, 1, 0] : [3, 1, 2, 1]);
      assert.deepEqual(intake.rejected, []);
    });
  });
}
