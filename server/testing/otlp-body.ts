/** For tests: an OTLP metrics request as protobuf, from the same request as JSON. */
import { PbfWriter } from 'pbf';

/** A request as OTLP's JSON has it. Numbers may be numbers. */
export type OtlpJson = Readonly<Record<string, unknown>>;

/** By the JSON name: the field's number, and how its value is written. */
type Message = Readonly<Record<string, readonly [number: number, write: Type]>>;
type Type =
  | 'string'
  | 'double'
  | 'fixed64'
  | 'sfixed64'
  | 'varint'
  | 'svarint'
  | 'bool'
  | 'bytes'
  | 'doubles'
  | 'fixed64s'
  | 'varints'
  | (() => Message);

const HEAD = { startTimeUnixNano: [2, 'fixed64'], timeUnixNano: [3, 'fixed64'] } as const;
const ANY: Message = {
  stringValue: [1, 'string'],
  boolValue: [2, 'bool'],
  intValue: [3, 'varint'],
  doubleValue: [4, 'double'],
  arrayValue: [5, () => ({ values: [1, () => ANY] })],
  kvlistValue: [6, () => ({ values: [1, () => PAIR] })],
  bytesValue: [7, 'bytes'],
};
const PAIR: Message = { key: [1, 'string'], value: [2, () => ANY] };
const BUCKETS: Message = { offset: [1, 'svarint'], bucketCounts: [2, 'varints'] };
const NUMBER: Message = {
  ...HEAD,
  asDouble: [4, 'double'],
  asInt: [6, 'sfixed64'],
  attributes: [7, () => PAIR],
  flags: [8, 'varint'],
};
const HISTOGRAM: Message = {
  ...HEAD,
  count: [4, 'fixed64'],
  sum: [5, 'double'],
  bucketCounts: [6, 'fixed64s'],
  explicitBounds: [7, 'doubles'],
  attributes: [9, () => PAIR],
  flags: [10, 'varint'],
};
const EXPONENTIAL: Message = {
  ...HEAD,
  attributes: [1, () => PAIR],
  count: [4, 'fixed64'],
  sum: [5, 'double'],
  scale: [6, 'svarint'],
  zeroCount: [7, 'fixed64'],
  positive: [8, () => BUCKETS],
  negative: [9, () => BUCKETS],
  flags: [10, 'varint'],
  min: [12, 'double'],
  max: [13, 'double'],
  zeroThreshold: [14, 'double'],
};
const SUMMARY: Message = {
  ...HEAD,
  count: [4, 'fixed64'],
  sum: [5, 'double'],
  quantileValues: [6, () => ({ quantile: [1, 'double'], value: [2, 'double'] })],
  attributes: [7, () => PAIR],
  flags: [8, 'varint'],
};
const data =
  (point: Message): (() => Message) =>
  () => ({
    dataPoints: [1, () => point],
    aggregationTemporality: [2, 'varint'],
    isMonotonic: [3, 'bool'],
  });
const METRIC: Message = {
  name: [1, 'string'],
  description: [2, 'string'],
  unit: [3, 'string'],
  gauge: [5, data(NUMBER)],
  sum: [7, data(NUMBER)],
  histogram: [9, data(HISTOGRAM)],
  exponentialHistogram: [10, data(EXPONENTIAL)],
  summary: [11, data(SUMMARY)],
};
const REQUEST: Message = {
  resourceMetrics: [
    1,
    () => ({
      resource: [1, () => ({ attributes: [1, () => PAIR] })],
      scopeMetrics: [
        2,
        () => ({
          scope: [1, () => ({ name: [1, 'string'], version: [2, 'string'] })],
          metrics: [2, () => METRIC],
        }),
      ],
    }),
  ],
};

/** Writes a request. Fields come in the order in which they stand in it. */
export function otlpProtobufBody(request: OtlpJson): Buffer {
  const pbf = new PbfWriter();
  write(request, pbf, REQUEST);
  return Buffer.from(pbf.finish());
}

/** Writes a request as JSON. */
export function otlpJsonBody(request: OtlpJson): Buffer {
  return Buffer.from(JSON.stringify(request));
}

function write(value: OtlpJson, pbf: PbfWriter, message: Message): void {
  for (const [name, content] of Object.entries(value)) {
    const field = message[name];
    if (!field) throw new Error(`No field ${name}`);
    const [number, type] = field;
    if (typeof type === 'function') {
      const inner = type();
      for (const one of Array.isArray(content) ? (content as OtlpJson[]) : [content as OtlpJson]) {
        pbf.writeMessage(number, (part: OtlpJson, to) => write(part, to, inner), one);
      }
    } else WRITERS[type](pbf, number, content as never);
  }
}

const WRITERS: Readonly<
  Record<Exclude<Type, () => Message>, (pbf: PbfWriter, number: number, value: never) => void>
> = {
  string: (pbf, number, value: string) => pbf.writeStringField(number, value),
  double: (pbf, number, value: number | string) => pbf.writeDoubleField(number, Number(value)),
  fixed64: (pbf, number, value: number | string) => pbf.writeFixed64Field(number, Number(value)),
  sfixed64: (pbf, number, value: number | string) => pbf.writeSFixed64Field(number, Number(value)),
  varint: (pbf, number, value: number | string) => pbf.writeVarintField(number, Number(value)),
  svarint: (pbf, number, value: number) => pbf.writeSVarintField(number, value),
  bool: (pbf, number, value: boolean) => pbf.writeBooleanField(number, value),
  bytes: (pbf, number, value: string) => pbf.writeBytesField(number, Buffer.from(value, 'base64')),
  doubles: (pbf, number, values: number[]) => pbf.writePackedDouble(number, values),
  fixed64s: (pbf, number, values: number[]) => pbf.writePackedFixed64(number, values),
  varints: (pbf, number, values: number[]) => pbf.writePackedVarint(number, values),
};
