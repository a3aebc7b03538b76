/** Points of OTLP as samples: which of the intake's doors each kind goes through, and what is refused before it. */
import { CODES, WaooawError } from '../../../../../src/protocol/index.ts';
import type { ErrorCode } from '../../../../../src/protocol/index.ts';
import type { ExponentialHistogram, Intake, Temporality } from '../format.ts';
import type { KnownMetric, KnownMetrics } from './known-metrics.ts';
import type { OtlpOptions } from './limits.ts';
import { DELTA } from './model.ts';
import type { ClassicPoint, ExponentialPoint, NumberPoint, OtlpPoint, SummaryPoint } from './model.ts';

/** DataPointFlags: the point says that there is no value. */
const NO_RECORDED_VALUE = 1;

/** Scales that OpenTelemetry's specification allows; beyond, a bucket's bounds are no numbers any more. */
const MIN_SCALE = -10;
const MAX_SCALE = 20;

/** Powers of two that a double reaches to, both ways, and a little. */
const MAX_EXPONENT = 1_100;

/** Where a decoder stands in a body. */
export interface PointCursor {
  /** Decodes the point it stands at. @throws WaooawError where it cannot. */
  point(): OtlpPoint;
  /** The point's JSON pointer. */
  place(): string;
}

/** Takes the points of one body. */
export class Points {
  readonly #intake: Intake;
  readonly #known: KnownMetrics;
  readonly #options: OtlpOptions;

  constructor(intake: Intake, known: KnownMetrics, options: OtlpOptions) {
    this.#intake = intake;
    this.#known = known;
    this.#options = options;
  }

  /** Takes the point that a cursor stands at, or names it as not taken, once. */
  take(known: KnownMetric, cursor: PointCursor): void {
    try {
      const point = cursor.point();
      if ((point.flags & NO_RECORDED_VALUE) !== 0) return;
      if (known.problem) throw known.problem;
      const code = this.#put(known, point);
      if (code !== undefined) this.#intake.reject(cursor.place(), code, CODES[code].title);
    } catch (error) {
      if (!(error instanceof WaooawError)) throw error;
      this.#intake.reject(cursor.place(), error.code, error.message);
    }
  }

  #put(known: KnownMetric, point: OtlpPoint): ErrorCode | undefined {
    switch (point.kind) {
      case 'number':
        return this.#number(known, point);
      case 'summary':
        return this.#summary(known, point);
      case 'histogram':
        checkClassic(point, this.#options.maxBuckets);
        return this.#histogram(known, point);
      case 'exponential':
        checkExponential(point.histogram, this.#options.maxBuckets);
        return this.#histogram(known, point);
    }
  }

  #number(known: KnownMetric, point: NumberPoint): ErrorCode | undefined {
    const { value, timeMs } = point;
    const { kind, monotonic, temporality } = known.metric;
    const counts = kind === 'sum' && monotonic;
    if (counts && value < 0)
      throw new WaooawError('bad_value', `${value} is below 0, and the sum says that it only grows`);
    const ref = this.#known.series(this.#intake, known, point.attributes);
    if (!counts) return this.#intake.sample(ref, value, timeMs);
    return temporality === DELTA
      ? this.#intake.increment(ref, value, timeMs)
      : this.#intake.sample(ref, value, timeMs, createdMs(point));
  }

  #histogram(known: KnownMetric, point: ClassicPoint | ExponentialPoint): ErrorCode | undefined {
    const ref = this.#known.series(this.#intake, known, point.attributes);
    const temporality: Temporality = known.metric.temporality === DELTA ? 'delta' : 'cumulative';
    return this.#intake.histogram(ref, point.histogram, temporality, point.timeMs, createdMs(point));
  }

  /** The sender's quantiles are readings; only its count and sum can be added up. */
  #summary(known: KnownMetric, point: SummaryPoint): ErrorCode | undefined {
    const { quantiles, count, sum, timeMs, attributes } = point;
    const { maxQuantiles } = this.#options;
    if (quantiles.length > maxQuantiles) {
      throw new WaooawError('bad_value', `${quantiles.length} quantiles; at most ${maxQuantiles} are taken`);
    }
    const created = createdMs(point);
    const counted = this.#known.series(this.#intake, known, attributes, {
      suffix: '_count',
      kind: 'counter',
    });
    const summed = this.#known.series(this.#intake, known, attributes, { suffix: '_sum', kind: 'counter' });
    const codes = [
      this.#intake.sample(counted, count, timeMs, created),
      this.#intake.sample(summed, sum, timeMs, created),
    ];
    for (const { quantile, value } of quantiles) {
      // A window without an observation has no quantile: exporters then send NaN.
      if (Number.isNaN(value)) continue;
      const tag = ['quantile', String(quantile)] as const;
      const ref = this.#known.series(this.#intake, known, attributes, { suffix: '', kind: 'gauge', tag });
      codes.push(this.#intake.sample(ref, value, timeMs));
    }
    return codes.find((code) => code !== undefined);
  }
}

/** Since when it counts. */
function createdMs({ startMs, timeMs }: OtlpPoint): number {
  return startMs <= timeMs ? startMs : NaN;
}

function checkClassic({ histogram }: ClassicPoint, maxBuckets: number): void {
  const { bounds, counts, count } = histogram;
  if (counts.length > maxBuckets) throw tooMany(counts.length, maxBuckets);
  if (counts.length !== bounds.length + 1) {
    throw new WaooawError(
      'bad_value',
      `${counts.length} bucket counts for ${bounds.length} bounds; expected one more`,
    );
  }
  for (const [index, bound] of bounds.entries()) {
    if (Number.isFinite(bound) && (index === 0 || bound > bounds[index - 1]!)) continue;
    throw new WaooawError('bad_value', `Bound ${index} is ${bound}; bounds are finite and ascend`);
  }
  checkTotal(total(counts), count);
}

function checkExponential(histogram: ExponentialHistogram, maxBuckets: number): void {
  const { scale, positive, negative, zeroCount, zeroThreshold, count } = histogram;
  if (!Number.isInteger(scale) || scale < MIN_SCALE || scale > MAX_SCALE) {
    throw new WaooawError('bad_value', `Scale ${scale}; expected ${MIN_SCALE} to ${MAX_SCALE}`);
  }
  if (!(zeroThreshold >= 0)) throw new WaooawError('bad_value', `Zero threshold ${zeroThreshold} is below 0`);
  for (const { offset, counts } of [positive, negative]) {
    if (counts.length > maxBuckets) throw tooMany(counts.length, maxBuckets);
    const reach = Math.max(Math.abs(offset), Math.abs(offset + counts.length)) / 2 ** scale;
    if (Number.isInteger(offset) && (counts.length === 0 || reach <= MAX_EXPONENT)) continue;
    throw new WaooawError(
      'bad_value',
      `Buckets from ${offset} on lie beyond what a number can be at scale ${scale}`,
    );
  }
  checkTotal(total(positive.counts) + total(negative.counts) + checked(zeroCount), count);
}

function total(counts: readonly number[]): number {
  let sum = 0;
  for (const count of counts) sum += checked(count);
  return sum;
}

function checked(count: number): number {
  if (count >= 0 && Number.isFinite(count)) return count;
  throw new WaooawError('bad_value', `${count} is no count`);
}

function checkTotal(sum: number, count: number): void {
  // Beyond, a number does not tell neighbours apart.
  if (sum === count || count > Number.MAX_SAFE_INTEGER) return;
  throw new WaooawError('bad_value', `The buckets hold ${sum}, the point counts ${count}`);
}

function tooMany(buckets: number, maxBuckets: number): WaooawError {
  return new WaooawError('bad_value', `${buckets} buckets; at most ${maxBuckets} are taken`);
}
