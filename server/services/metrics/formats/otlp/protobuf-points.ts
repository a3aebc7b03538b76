/** OTLP's messages of protobuf in the one shape that both encodings have. */
import { WaooawError } from '../../../../../src/protocol/index.ts';
import type { BoundedReader } from './bounded-reader.ts';
import {
  readArrayValue,
  readExponentialHistogramDataPoint,
  readHistogramDataPoint,
  readKeyValue,
  readKeyValueList,
  readNumberDataPoint,
  readSummaryDataPoint,
} from './codec.ts';
import type { AnyValue, Buckets, KeyValue } from './codec.ts';
import { NO_VALUE, timesOf } from './model.ts';
import type { Attribute, AttributeValue, Attributes, OtlpKind, OtlpPoint } from './model.ts';
import { MAX_DEPTH } from './tags.ts';

/** Attributes as bytes, opened on demand. */
export class WireAttributes implements Attributes {
  readonly #reader: BoundedReader;
  readonly #parts: readonly Uint8Array[];
  readonly key: string;

  /** @param parts one KeyValue each, parts of the reader's body. */
  constructor(reader: BoundedReader, body: Buffer, parts: readonly Uint8Array[]) {
    this.#reader = reader;
    this.#parts = parts;
    const first = parts[0];
    const last = parts.at(-1);
    // What lies between them, their own lengths above all, is part of the key; the first's length stands outside.
    this.key =
      first && last
        ? `${first.length} ${body.toString('latin1', first.byteOffset - body.byteOffset, last.byteOffset + last.length - body.byteOffset)}`
        : '';
  }

  open(): readonly Attribute[] {
    return readable('bad_tags', 'The attributes are no messages', () =>
      this.#parts.map((part) => {
        const end = this.#reader.enter(part);
        return attribute(this.#reader, readKeyValue(this.#reader, end), 1);
      }),
    );
  }
}

/**
 * Decodes a point.
 * @param end where it ends; the reader stands at its beginning.
 * @throws WaooawError `bad_request`, `bad_value`.
 */
export function wirePoint(kind: OtlpKind, reader: BoundedReader, body: Buffer, end: number): OtlpPoint {
  return readable('bad_request', 'The point is no message', () => decode(kind, reader, body, end));
}

/** The attributes of a resource, a scope or a map, from their message. */
export function wireAttributes(reader: BoundedReader, message: Uint8Array | undefined): readonly Attribute[] {
  if (!message) return [];
  return readable('bad_tags', 'The attributes are no messages', () =>
    readKeyValueList(reader, reader.enter(message)).values.map((pair) => attribute(reader, pair, 1)),
  );
}

/** Runs what decodes. Whatever fails in it says that the bytes are not what they should be. */
export function readable<T>(code: 'bad_request' | 'bad_tags', what: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof WaooawError) throw error;
    throw new WaooawError(code, `${what}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function decode(kind: OtlpKind, reader: BoundedReader, body: Buffer, end: number): OtlpPoint {
  switch (kind) {
    case 'gauge':
    case 'sum': {
      const point = readNumberDataPoint(reader, end);
      if (point.value === undefined && (point.flags & 1) === 0) throw NO_VALUE;
      return { kind: 'number', ...head(reader, body, point), value: point[point.value ?? 'asDouble'] };
    }
    case 'histogram': {
      const point = readHistogramDataPoint(reader, end);
      const { count, bucketCounts, explicitBounds } = point;
      // Without bounds and counts it still says how many there were.
      const counts = bucketCounts.length === 0 && explicitBounds.length === 0 ? [count] : bucketCounts;
      const histogram = { bounds: explicitBounds, counts, count, sum: point.sumOrNone ? point.sum : NaN };
      return { kind: 'histogram', ...head(reader, body, point), histogram };
    }
    case 'exponential': {
      const point = readExponentialHistogramDataPoint(reader, end);
      const { scale, zeroThreshold, zeroCount, count, min, max } = point;
      const histogram = {
        scale,
        zeroThreshold,
        zeroCount,
        count,
        positive: buckets(point.positive),
        negative: buckets(point.negative),
        sum: point.sumOrNone ? point.sum : NaN,
        min: point.minOrNone ? min : undefined,
        max: point.maxOrNone ? max : undefined,
      };
      return { kind: 'exponential', ...head(reader, body, point), histogram };
    }
    case 'summary': {
      const point = readSummaryDataPoint(reader, end);
      const { count, sum, quantileValues } = point;
      return { kind: 'summary', ...head(reader, body, point), count, sum, quantiles: quantileValues };
    }
  }
}

interface WireHead {
  readonly startTimeUnixNano: number;
  readonly timeUnixNano: number;
  readonly flags: number;
  readonly attributes: readonly Uint8Array[];
}

function head(
  reader: BoundedReader,
  body: Buffer,
  { startTimeUnixNano, timeUnixNano, flags, attributes }: WireHead,
) {
  return {
    ...timesOf(startTimeUnixNano, timeUnixNano),
    flags,
    attributes: new WireAttributes(reader, body, attributes),
  };
}

function buckets(wire: Buckets | undefined): { readonly offset: number; readonly counts: readonly number[] } {
  return { offset: wire?.offset ?? 0, counts: wire?.bucketCounts ?? [] };
}

function attribute(reader: BoundedReader, { key, value }: KeyValue, depth: number): Attribute {
  return [key, plain(reader, value, depth)];
}

function plain(reader: BoundedReader, value: AnyValue | undefined, depth: number): AttributeValue {
  if (depth > MAX_DEPTH)
    throw new WaooawError('bad_tags', `An attribute is nested more than ${MAX_DEPTH} deep`);
  if (value?.value === undefined) return null;
  switch (value.value) {
    case 'arrayValue': {
      const { values } = readArrayValue(reader, reader.enter(value.arrayValue!));
      return values.map((inner) => plain(reader, inner, depth + 1));
    }
    case 'kvlistValue': {
      const { values } = readKeyValueList(reader, reader.enter(value.kvlistValue!));
      return Object.fromEntries(values.map((pair) => attribute(reader, pair, depth + 1)));
    }
    case 'bytesValue': {
      const { buffer, byteOffset, length } = value.bytesValue!;
      return Buffer.from(buffer, byteOffset, length).toString('base64');
    }
    default:
      return value[value.value];
  }
}
