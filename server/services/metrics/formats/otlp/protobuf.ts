/** OTLP metrics as protobuf: a walk through the body that decodes a point at a time. */
import { WaooawError } from '../../../../../src/protocol/index.ts';
import type { Intake, MetricParser } from '../format.ts';
import { BoundedReader, Messages } from './bounded-reader.ts';
import { readAggregation, readMetric, readResourceMetrics, readScope, readScopeMetrics } from './codec.ts';
import type { Metric } from './codec.ts';
import { KnownMetrics } from './known-metrics.ts';
import type { OtlpOptions } from './limits.ts';
import { UNSPECIFIED } from './model.ts';
import type { Origin, OtlpKind, OtlpMetric, OtlpPoint } from './model.ts';
import { Points } from './points.ts';
import type { PointCursor } from './points.ts';
import { readable, wireAttributes, wirePoint } from './protobuf-points.ts';

/** Field numbers of the lists that are stepped through. */
const RESOURCE_METRICS = 1;
const SCOPE_METRICS = 2;
const METRICS = 2;
const DATA_POINTS = 1;

/** Points and what holds them, between two turns of others. */
const TURN = 2_000;

const KINDS: Readonly<Record<NonNullable<Metric['data']>, OtlpKind>> = {
  gauge: 'gauge',
  sum: 'sum',
  histogram: 'histogram',
  exponentialHistogram: 'exponential',
  summary: 'summary',
};

/** A parser for one source. */
export function protobufParser(options: OtlpOptions): MetricParser {
  const known = new KnownMetrics(options);
  return { parse: (body, intake) => new Walk(body, intake, known, options).run() };
}

class Walk implements PointCursor {
  readonly #body: Buffer;
  readonly #reader: BoundedReader;
  readonly #intake: Intake;
  readonly #known: KnownMetrics;
  readonly #taking: Points;
  readonly #resources: Messages;
  readonly #scopes: Messages;
  readonly #metrics: Messages;
  readonly #points: Messages;
  #kind: OtlpKind = 'gauge';
  #list: string = 'gauge';
  #steps = 0;

  constructor(body: Buffer, intake: Intake, known: KnownMetrics, options: OtlpOptions) {
    this.#body = body;
    this.#reader = new BoundedReader(body);
    this.#intake = intake;
    this.#known = known;
    this.#taking = new Points(intake, known, options);
    this.#resources = new Messages(body, RESOURCE_METRICS);
    this.#scopes = new Messages(body, SCOPE_METRICS);
    this.#metrics = new Messages(body, METRICS);
    this.#points = new Messages(body, DATA_POINTS);
  }

  *run(): Generator<void, void, void> {
    // A body that was cut shows here, before anything of it is taken.
    const resources = this.#resources.enter(0, this.#body.length);
    while (readable('bad_request', 'The body is no OTLP request', () => resources.next()))
      if (this.#turn()) yield;
    resources.enter(0, this.#body.length);
    while (resources.next()) yield* this.#named(() => this.#placeOfResource(), this.#resource());
  }

  point(): OtlpPoint {
    const end = this.#reader.seek(this.#points.start, this.#points.length);
    return wirePoint(this.#kind, this.#reader, this.#body, end);
  }

  place(): string {
    return `${this.#placeOfMetric()}/${this.#list}/dataPoints/${this.#points.index}`;
  }

  *#resource(): Generator<void, void, void> {
    const { start, length } = this.#resources;
    const { resource } = readResourceMetrics(this.#reader, this.#reader.seek(start, length));
    const key = this.#text(resource);
    const attributes = { key, open: () => wireAttributes(this.#reader, resource) };
    const scopes = this.#scopes.enter(start, length);
    while (scopes.next()) {
      if (this.#turn()) yield;
      yield* this.#named(() => this.#placeOfScope(), this.#scope(attributes));
    }
  }

  *#scope(resource: Origin['resource']): Generator<void, void, void> {
    const { start, length } = this.#scopes;
    const { scope } = readScopeMetrics(this.#reader, this.#reader.seek(start, length));
    const origin = {
      resource,
      scopeKey: this.#text(scope),
      scope: () => (scope ? readScope(this.#reader, this.#reader.enter(scope)) : { name: '', version: '' }),
    };
    const metrics = this.#metrics.enter(start, length);
    while (metrics.next()) {
      if (this.#turn()) yield;
      yield* this.#named(() => this.#placeOfMetric(), this.#metric(origin));
    }
  }

  *#metric(origin: Origin): Generator<void, void, void> {
    const { start, length } = this.#metrics;
    const { data, ...header } = readMetric(this.#reader, this.#reader.seek(start, length));
    if (data === undefined) return;
    const list = header[data]!;
    this.#kind = KINDS[data];
    this.#list = data;
    const known = this.#known.metric(origin, this.#described(header, list));
    const points = this.#points.enter(list.byteOffset - this.#body.byteOffset, list.length);
    while (points.next()) {
      this.#taking.take(known, this);
      if (this.#turn()) yield;
    }
  }

  #described({ name, description, unit }: Omit<Metric, 'data'>, list: Uint8Array): OtlpMetric {
    const kind = this.#kind;
    const { temporality, monotonic } =
      kind === 'gauge' || kind === 'summary'
        ? { temporality: UNSPECIFIED, monotonic: false }
        : readAggregation(this.#reader, this.#reader.enter(list));
    return { name, description, unit, kind, temporality, monotonic };
  }

  /** Reads a part of the body; what of it is no message is named, and what comes after it is read nevertheless. */
  *#named(place: () => string, part: Generator<void, void, void>): Generator<void, void, void> {
    try {
      yield* part;
    } catch (error) {
      if (error instanceof WaooawError) throw error;
      this.#intake.reject(
        place(),
        'bad_request',
        `The bytes are no message: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  #turn(): boolean {
    this.#steps += 1;
    return this.#steps % TURN === 0;
  }

  #text(part: Uint8Array | undefined): string {
    if (!part) return '';
    const start = part.byteOffset - this.#body.byteOffset;
    return this.#body.toString('latin1', start, start + part.length);
  }

  #placeOfResource(): string {
    return `/resourceMetrics/${this.#resources.index}`;
  }

  #placeOfScope(): string {
    return `${this.#placeOfResource()}/scopeMetrics/${this.#scopes.index}`;
  }

  #placeOfMetric(): string {
    return `${this.#placeOfScope()}/metrics/${this.#metrics.index}`;
  }
}
