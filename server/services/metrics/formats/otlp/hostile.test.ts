import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaooawError } from '../../../../../src/protocol/index.ts';
import { otlpJsonBody, otlpProtobufBody } from '../../../../testing/otlp-body.ts';
import type { OtlpJson } from '../../../../testing/otlp-body.ts';
import { random } from '../../../../testing/random.ts';
import { RecordingIntake } from '../../../../testing/recording-intake.ts';
import type { MetricFormat } from '../format.ts';
import { otlpJson, otlpProtobuf } from './index.ts';

/** Reads a body as a source that is known already would send it. @returns the intake, or the code of what was thrown. */
function read(format: MetricFormat, body: Buffer): RecordingIntake | string {
  const intake = new RecordingIntake();
  try {
    for (const _turn of format.parser().parse(body, intake));
  } catch (error) {
    assert.ok(error instanceof WaooawError, String(error));
    assert.ok(error.code === 'bad_request' || error.code === 'bad_json', error.code);
    return error.code;
  }
  return intake;
}

const attributes = [
  { key: 'http.route', value: { stringValue: '/a/very/long/route' } },
  { key: 'n', value: { intValue: 7 } },
];
const head = {
  startTimeUnixNano: 1_750_000_000_000_000_000,
  timeUnixNano: 1_750_000_060_000_000_000,
  attributes,
};
const BODY: OtlpJson = {
  resourceMetrics: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'mail' } }] },
      scopeMetrics: [
        {
          scope: { name: 'lib' },
          metrics: [
            {
              name: 'a',
              unit: 's',
              gauge: {
                dataPoints: [
                  { ...head, asDouble: 1.5 },
                  { ...head, asInt: -2 },
                ],
              },
            },
            {
              name: 'b',
              sum: { dataPoints: [{ ...head, asInt: 3 }], aggregationTemporality: 2, isMonotonic: true },
            },
            {
              name: 'c',
              histogram: {
                dataPoints: [{ ...head, count: 3, sum: 4.5, bucketCounts: [1, 2], explicitBounds: [1] }],
                aggregationTemporality: 1,
              },
            },
            {
              name: 'd',
              exponentialHistogram: {
                dataPoints: [
                  {
                    ...head,
                    count: 3,
                    scale: 2,
                    positive: { offset: -4, bucketCounts: [300, 0, 1] },
                    zeroCount: 1,
                  },
                ],
                aggregationTemporality: 2,
              },
            },
            {
              name: 'e',
              summary: {
                dataPoints: [{ ...head, count: 1, sum: 2, quantileValues: [{ quantile: 0.5, value: 2 }] }],
              },
            },
          ],
        },
      ],
    },
  ],
};

/** A message of one field that holds bytes. */
function wrap(field: number, inner: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = inner.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...length]), inner]);
}

/** A request of one gauge whose list of points is these bytes. */
const gauge = (points: Buffer): Buffer =>
  wrap(1, wrap(2, wrap(2, Buffer.concat([wrap(1, Buffer.from('a')), wrap(5, points)]))));

describe('a hostile body of protobuf', () => {
  const whole = otlpProtobufBody(BODY);

  it('that was cut anywhere is refused whole: nothing of it is taken', () => {
    const intake = read(otlpProtobuf, whole);
    assert.ok(typeof intake !== 'string' && intake.written.length > 5);
    for (let length = 1; length < whole.length; length++) {
      assert.equal(read(otlpProtobuf, whole.subarray(0, length)), 'bad_request', `${length} bytes`);
    }
  });

  it('with any byte changed is read, named or refused, and never anything else', () => {
    const chance = random(20_261_123);
    const outcomes = { taken: 0, named: 0, refused: 0 };
    for (let round = 0; round < 10_000; round++) {
      const body = Buffer.from(whole);
      for (let change = 0; change <= chance() * 4; change++)
        body[Math.floor(chance() * body.length)] = Math.floor(chance() * 256);
      const intake = read(otlpProtobuf, body);
      if (typeof intake === 'string') outcomes.refused += 1;
      else outcomes[intake.rejected.length > 0 ? 'named' : 'taken'] += 1;
    }
    for (const [outcome, count] of Object.entries(outcomes)) assert.ok(count > 20, `${outcome}: ${count}`);
  });

  it('of noise is refused or read', () => {
    const chance = random(7);
    for (let round = 0; round < 2_000; round++) {
      const noise = Buffer.from(
        Array.from({ length: Math.floor(chance() * 200) }, () => Math.floor(chance() * 256)),
      );
      read(otlpProtobuf, noise);
      const intake = read(otlpProtobuf, gauge(noise));
      assert.ok(typeof intake !== 'string', 'what is wrong inside is named by its place');
    }
  });

  it('whose lengths lead out of their messages loses only what they are in', () => {
    const good = wrap(1, Buffer.from([0x21, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]));
    const cases: readonly (readonly [points: Buffer, written: number, place: string])[] = [
      // A list of counts that claims 2^35 bytes; a number that is cut; a group; a field of number 0.
      [
        Buffer.concat([wrap(1, Buffer.from([0x3a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01])), good]),
        1,
        '/gauge/dataPoints/0',
      ],
      [Buffer.concat([wrap(1, Buffer.from([0x21, 0, 0])), good]), 1, '/gauge/dataPoints/0'],
      [Buffer.concat([wrap(1, Buffer.from([0x0b])), good]), 1, '/gauge/dataPoints/0'],
      [Buffer.concat([wrap(1, Buffer.from([0x00, 0x00])), good]), 1, '/gauge/dataPoints/0'],
      [Buffer.concat([good, Buffer.from([0x0a, 0x7f])]), 1, ''],
      [Buffer.concat([good, Buffer.from([0x08, 0x01])]), 1, ''],
    ];
    for (const [points, written, place] of cases) {
      const intake = read(otlpProtobuf, gauge(points));
      assert.ok(typeof intake !== 'string');
      assert.equal(intake.written.length, written);
      assert.deepEqual(
        intake.rejected.map((one) => [one.place, one.code]),
        [[`/resourceMetrics/0/scopeMetrics/0/metrics/0${place}`, 'bad_request']],
      );
    }
  });

  it('that nests a value 100,000 deep is read without growing the stack', () => {
    let value = wrap(1, Buffer.from('x'));
    const parts: Buffer[] = [];
    for (let depth = 0; depth < 100_000 && value.length < 400_000; depth++)
      value = depth < 600 ? wrap(5, wrap(1, value)) : value;
    // Deeper ones are written from the outside in: a length that leads out is found where it is opened.
    for (let depth = 0; depth < 100_000; depth++)
      parts.push(Buffer.from([0x2a, 0xff, 0xff, 0x7f, 0x0a, 0xff, 0xff, 0x7f]));
    for (const inner of [value, Buffer.concat(parts)]) {
      const attribute = wrap(7, Buffer.concat([wrap(1, Buffer.from('k')), wrap(2, inner)]));
      const intake = read(
        otlpProtobuf,
        gauge(wrap(1, Buffer.concat([attribute, Buffer.from([0x21, 0, 0, 0, 0, 0, 0, 0, 0])]))),
      );
      assert.ok(typeof intake !== 'string');
      assert.deepEqual(
        intake.rejected.map(({ code }) => code),
        ['bad_tags'],
      );
    }
  });

  it('of 200,000 points, or of as many empty resources, is read in turns', () => {
    const empty = Buffer.alloc(400_000);
    for (let i = 0; i < empty.length; i += 2) empty[i] = 0x0a;
    for (const body of [empty, gauge(empty)]) {
      const intake = new RecordingIntake();
      intake.reject = () => undefined;
      let turns = 0;
      for (const _turn of otlpProtobuf.parser().parse(body, intake)) turns += 1;
      assert.ok(turns >= 100, `${turns} turns`);
    }
  });
});

describe('a hostile body of JSON', () => {
  const whole = otlpJsonBody(BODY).toString();

  it('that is no JSON, or no object, is refused', () => {
    for (let length = 0; length < whole.length; length++) {
      assert.equal(read(otlpJson, Buffer.from(whole.slice(0, length))), 'bad_json');
    }
    for (const body of ['1', '[]', 'null', '{"resourceMetrics":{}}']) {
      assert.equal(read(otlpJson, Buffer.from(body)), 'bad_request');
    }
  });

  it('whose parts are of other types is read as far as it can be, and the rest is named', () => {
    const chance = random(11);
    const odd = ['null', '1', '"x"', '[]', '{}', '[[]]', '-1e999', '"NaN"', 'true'];
    const values = [...whole.matchAll(/(?<=:)("[^"]*"|-?[\d.]+|true|\{|\[)/g)].map(
      ({ index, 0: { length } }) => [index, length] as const,
    );
    let named = 0;
    for (let round = 0; round < 5_000; round++) {
      const [index, length] = values[Math.floor(chance() * values.length)]!;
      const opens = /[[{]/.test(whole[index]!);
      const put = odd[Math.floor(chance() * odd.length)]!;
      const end = opens ? closing(whole, index) : index + length;
      const intake = read(otlpJson, Buffer.from(whole.slice(0, index) + put + whole.slice(end)));
      if (typeof intake !== 'string' && intake.rejected.length > 0) named += 1;
    }
    assert.ok(named > 1_000, `${named} named`);
  });

  it('that nests a value 100,000 deep is read without growing the stack', () => {
    const value = '{"arrayValue":{"values":['.repeat(100_000) + ']}}'.repeat(100_000);
    const point = `{"asDouble":1,"attributes":[{"key":"k","value":${value}}]}`;
    const body = `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"a","gauge":{"dataPoints":[${point}]}}]}]}]}`;
    const intake = read(otlpJson, Buffer.from(body));
    assert.ok(typeof intake !== 'string');
    assert.deepEqual(
      intake.rejected.map(({ code }) => code),
      ['bad_tags'],
    );
  });
});

/** Where what opens at a place closes. */
function closing(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    if (/[[{]/.test(text[i]!)) depth += 1;
    if (/[\]}]/.test(text[i]!) && --depth === 0) return i + 1;
  }
  return text.length;
}
