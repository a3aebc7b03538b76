/** OTLP's messages of JSON in the one shape that both encodings have. */
import { WaooawError } from '../../../../../src/protocol/index.ts';
import { NO_VALUE, timesOf } from './model.ts';
import type { Attribute, AttributeValue, Attributes, OtlpKind, OtlpPoint } from './model.ts';
import { MAX_DEPTH } from './tags.ts';

/** What JSON.parse makes of an object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Key of what is nested too deep: no other begins like this. */
const TOO_DEEP = '\0';

/** Attributes as they were parsed, opened on demand. Those that are nested too deep have one key, and never open. */
export class JsonAttributes implements Attributes {
  readonly #list: unknown;
  readonly key: string;

  constructor(list: unknown) {
    this.#list = list;
    this.key = (list === undefined ? '' : keyOfList(list)) ?? TOO_DEEP;
  }

  open(): readonly Attribute[] {
    if (this.key === TOO_DEEP) throw tooDeep();
    return jsonAttributes(this.#list);
  }
}

/** @throws WaooawError `bad_tags`. */
export function jsonAttributes(list: unknown, depth = 1): readonly Attribute[] {
  return listOf(list ?? [], 'bad_tags').map((pair) => {
    const { key, value } = objectOf(pair, 'bad_tags');
    if (typeof key !== 'string') throw new WaooawError('bad_tags', 'An attribute without a key');
    return [key, plain(value, depth)];
  });
}

/**
 * Reads a point.
 * @throws WaooawError `bad_request`, `bad_value`, `bad_tags`.
 */
export function jsonPoint(kind: OtlpKind, value: unknown): OtlpPoint {
  const point = objectOf(value);
  const head = {
    ...timesOf(numberOf(point['startTimeUnixNano'] ?? 0), numberOf(point['timeUnixNano'] ?? 0)),
    flags: numberOf(point['flags'] ?? 0),
    attributes: new JsonAttributes(point['attributes']),
  };
  const count = (): number => numberOf(point['count'] ?? 0);
  switch (kind) {
    case 'gauge':
    case 'sum': {
      const number = point['asDouble'] ?? point['asInt'];
      if (number === undefined && (head.flags & 1) === 0) throw NO_VALUE;
      return { kind: 'number', ...head, value: number === undefined ? NaN : numberOf(number) };
    }
    case 'histogram': {
      const bounds = numbers(point['explicitBounds']);
      const sent = numbers(point['bucketCounts']);
      // Without bounds and counts it still says how many there were.
      const counts = bounds.length === 0 && sent.length === 0 ? [count()] : sent;
      return {
        kind,
        ...head,
        histogram: { bounds, counts, count: count(), sum: optional(point['sum']) ?? NaN },
      };
    }
    case 'exponential': {
      const histogram = {
        scale: numberOf(point['scale'] ?? 0),
        zeroThreshold: numberOf(point['zeroThreshold'] ?? 0),
        zeroCount: numberOf(point['zeroCount'] ?? 0),
        count: count(),
        positive: buckets(point['positive']),
        negative: buckets(point['negative']),
        sum: optional(point['sum']) ?? NaN,
        min: optional(point['min']),
        max: optional(point['max']),
      };
      return { kind, ...head, histogram };
    }
    case 'summary': {
      const quantiles = listOf(point['quantileValues'] ?? []).map((item) => {
        const { quantile, value: at } = objectOf(item);
        return { quantile: numberOf(quantile ?? 0), value: numberOf(at ?? 0) };
      });
      return { kind, ...head, count: count(), sum: numberOf(point['sum'] ?? 0), quantiles };
    }
  }
}

/** @throws WaooawError where it is no object. */
export function objectOf(value: unknown, code: 'bad_request' | 'bad_tags' = 'bad_request'): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new WaooawError(code, 'Expected an object');
}

/** @throws WaooawError where it is no list. */
export function listOf(value: unknown, code: 'bad_request' | 'bad_tags' = 'bad_request'): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw new WaooawError(code, 'Expected a list');
}

/**
 * A number as protobuf's JSON has it: 64-bit integers are text, and so are NaN and the infinities.
 * @throws WaooawError `bad_value`.
 */
export function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') {
    if (value === 'NaN') return NaN;
    if (/^-?(\d+(\.\d+)?([eE][+-]?\d+)?|Infinity)$/.test(value)) return Number(value);
  }
  throw new WaooawError(
    'bad_value',
    `${typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : typeof value} is no number`,
  );
}

function optional(value: unknown): number | undefined {
  return value === undefined || value === null ? undefined : numberOf(value);
}

function numbers(value: unknown): readonly number[] {
  return listOf(value ?? []).map(numberOf);
}

function buckets(value: unknown): { readonly offset: number; readonly counts: readonly number[] } {
  const { offset, bucketCounts } = objectOf(value ?? {});
  return { offset: numberOf(offset ?? 0), counts: numbers(bucketCounts) };
}

function plain(value: unknown, depth: number): AttributeValue {
  if (depth > MAX_DEPTH) throw tooDeep();
  if (value === undefined || value === null) return null;
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } = objectOf(
    value,
    'bad_tags',
  );
  const text = stringValue ?? bytesValue;
  if (typeof text === 'string') return text;
  if (typeof boolValue === 'boolean') return boolValue;
  // Beyond 2^53 a number would be another one: the text stands as it was sent.
  if (typeof intValue === 'string' && /^-?\d{1,20}$/.test(intValue)) {
    const number = Number(intValue);
    return Number.isSafeInteger(number) ? number : intValue;
  }
  const number = intValue ?? doubleValue;
  if (number !== undefined) return numberOf(number);
  if (arrayValue !== undefined) {
    return listOf(objectOf(arrayValue, 'bad_tags')['values'] ?? [], 'bad_tags').map((inner) =>
      plain(inner, depth + 1),
    );
  }
  if (kvlistValue !== undefined) {
    return Object.fromEntries(jsonAttributes(objectOf(kvlistValue, 'bad_tags')['values'], depth + 1));
  }
  return null;
}

/** The key of a list of attributes; most hold plain text, and need none of keyOf's care. */
function keyOfList(list: unknown): string | undefined {
  if (!Array.isArray(list)) return keyOf(list, 0);
  let key = '';
  for (const pair of list as readonly unknown[]) {
    const { key: name, value } = (pair ?? {}) as JsonObject;
    const text = (value as JsonObject | null | undefined)?.['stringValue'];
    if (typeof name === 'string' && typeof text === 'string') {
      key += `=${name.length}:${name}${text.length}:${text}`;
      continue;
    }
    const inner = keyOf(pair, 1);
    if (inner === undefined) return undefined;
    key += inner;
  }
  return key;
}

/**
 * A text that tells apart what differs, without JSON.stringify's cost for flat lists.
 * @returns undefined where it is nested deeper than any attribute that would open.
 */
function keyOf(value: unknown, depth: number): string | undefined {
  // A map in a map is four levels of JSON: the value's object, the map's, its list, the pair.
  if (depth > MAX_DEPTH * 4 + 4) return undefined;
  if (typeof value === 'string') return `"${value.length}:${value}`;
  if (typeof value !== 'object' || value === null) return `${String(value)},`;
  let key = '{';
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) {
      const inner = keyOf(item, depth + 1);
      if (inner === undefined) return undefined;
      key += inner;
    }
    return `${key}}`;
  }
  for (const name of Object.keys(value)) {
    const inner = keyOf((value as JsonObject)[name], depth + 1);
    if (inner === undefined) return undefined;
    key += `${name.length}:${name}${inner}`;
  }
  return `${key}}`;
}

function tooDeep(): WaooawError {
  return new WaooawError('bad_tags', `An attribute is nested more than ${MAX_DEPTH} deep`);
}
