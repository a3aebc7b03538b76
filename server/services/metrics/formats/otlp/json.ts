/** OTLP metrics as JSON (protobuf's JSON mapping, as OTLP narrows it: camelCase names, numbers for enums). */
import { WaooawError } from '../../../../../src/protocol/index.ts';
import type { Intake, MetricParser } from '../format.ts';
import { checkParts } from '../json-parts.ts';
import { JsonAttributes, jsonPoint, listOf, numberOf, objectOf } from './json-points.ts';
import type { JsonObject } from './json-points.ts';
import { KnownMetrics } from './known-metrics.ts';
import type { OtlpOptions } from './limits.ts';
import { UNSPECIFIED } from './model.ts';
import type { Origin, OtlpKind, OtlpPoint } from './model.ts';
import { Points } from './points.ts';
import type { PointCursor } from './points.ts';

/** Commas and brackets of a body; JSON of ten thousand points has a third of them. */
const MAX_PARTS = 1_000_000;
/** Points and what holds them, between two turns of others. */
const TURN = 2_000;

/** Where a metric keeps its points, by kind. */
const KINDS: readonly (readonly [field: string, kind: OtlpKind])[] = [
  ['gauge', 'gauge'],
  ['sum', 'sum'],
  ['histogram', 'histogram'],
  ['exponentialHistogram', 'exponential'],
  ['summary', 'summary'],
];

/** A parser for one source. */
export function jsonParser(options: OtlpOptions): MetricParser {
  const known = new KnownMetrics(options);
  return { parse: (body, intake) => new Walk(body, intake, known, options).run() };
}

class Walk implements PointCursor {
  readonly #body: Buffer;
  readonly #intake: Intake;
  readonly #known: KnownMetrics;
  readonly #taking: Points;
  #kind: OtlpKind = 'gauge';
  #point: unknown;
  #list = '';
  #index = -1;
  #steps = 0;

  constructor(body: Buffer, intake: Intake, known: KnownMetrics, options: OtlpOptions) {
    this.#body = body;
    this.#intake = intake;
    this.#known = known;
    this.#taking = new Points(intake, known, options);
  }

  *run(): Generator<void, void, void> {
    const request = objectOf(parse(this.#body));
    const resources = listOf(request['resourceMetrics'] ?? []);
    yield* this.#each(resources, ['resourceMetrics'], (resource, place) => this.#resource(resource, place));
  }

  point(): OtlpPoint {
    return jsonPoint(this.#kind, this.#point);
  }

  place(): string {
    return `${this.#list}/${this.#index}`;
  }

  *#resource(item: JsonObject, place: (string | number)[]): Generator<void, void, void> {
    const resource = new JsonAttributes(objectOf(item['resource'] ?? {})['attributes']);
    const scopes = listOf(item['scopeMetrics'] ?? []);
    yield* this.#each(scopes, [...place, 'scopeMetrics'], (scope, at) => this.#scope(resource, scope, at));
  }

  *#scope(
    resource: Origin['resource'],
    item: JsonObject,
    place: (string | number)[],
  ): Generator<void, void, void> {
    const scope = objectOf(item['scope'] ?? {});
    const [name, version] = [textOf(scope['name']), textOf(scope['version'])];
    const { key } = new JsonAttributes(scope['attributes']);
    const origin = { resource, scopeKey: `${name}\0${version}\0${key}`, scope: () => ({ name, version }) };
    const metrics = listOf(item['metrics'] ?? []);
    yield* this.#each(metrics, [...place, 'metrics'], (metric, at) => this.#metric(origin, metric, at));
  }

  *#metric(origin: Origin, item: JsonObject, place: (string | number)[]): Generator<void, void, void> {
    const [field, kind] = KINDS.find(([name]) => item[name] !== undefined && item[name] !== null) ?? [];
    if (field === undefined || kind === undefined) return;
    const data = objectOf(item[field]);
    const known = this.#known.metric(origin, {
      name: textOf(item['name']),
      description: textOf(item['description']),
      unit: textOf(item['unit']),
      kind,
      temporality:
        kind === 'gauge' || kind === 'summary' ? UNSPECIFIED : numberOf(data['aggregationTemporality'] ?? 0),
      monotonic: data['isMonotonic'] === true,
    });
    this.#kind = kind;
    this.#list = `/${place.join('/')}/${field}/dataPoints`;
    this.#index = -1;
    for (const point of listOf(data['dataPoints'] ?? [])) {
      this.#index += 1;
      this.#point = point;
      this.#taking.take(known, this);
      if (this.#turn()) yield;
    }
  }

  /** Reads the items of a list; one that cannot be read is named, and those after it are read nevertheless. */
  *#each(
    items: readonly unknown[],
    place: readonly (string | number)[],
    read: (item: JsonObject, place: (string | number)[]) => Generator<void, void, void>,
  ): Generator<void, void, void> {
    for (const [index, item] of items.entries()) {
      const at = [...place, index];
      if (this.#turn()) yield;
      try {
        yield* read(objectOf(item), at);
      } catch (error) {
        if (!(error instanceof WaooawError)) throw error;
        this.#intake.reject(`/${at.join('/')}`, error.code, error.message);
      }
    }
  }

  #turn(): boolean {
    this.#steps += 1;
    return this.#steps % TURN === 0;
  }
}

function parse(body: Buffer): unknown {
  checkParts(body, MAX_PARTS);
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    throw new WaooawError('bad_json', 'The body is not valid JSON', { cause: error });
  }
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  throw new WaooawError('bad_request', 'Expected a text');
}
