/** One metric: the samples of a family that differ in nothing but what their role adds, and the point that is read of it. */
import { CODES } from '../../../../src/protocol/index.ts';
import type { ErrorCode } from '../../../../src/protocol/index.ts';
import type { Identity, Intake, SeriesRef } from './format.ts';
import type { Family } from './openmetrics-family.ts';
import { histogramFault } from './openmetrics-rules.ts';
import { HistogramLines } from './text-histogram.ts';
import { findSeries } from './text-parser.ts';

/** A quantile or a state, and the last point that it was in. */
export interface MetricPart {
  point: number;
}

/** A metric, and its point: samples of one time. What may still get a `_created` waits for the point's end. */
export class Metric {
  readonly family: Family;
  /** Of a histogram: its one series. */
  readonly identity: Identity | undefined;
  readonly lines: HistogramLines | undefined;
  #parts: Map<string, MetricPart> | undefined;
  ref: SeriesRef | undefined;
  /** The last body that it was in. */
  body = 0;
  /** The point's number among all of the source. */
  point = 0;
  /** Seconds; NaN where it has none. */
  time = NaN;
  /** The first line of the point. */
  line = 0;
  /** Bits of the samples that the point has. */
  seen = 0;
  /** Seconds; NaN where it is not said. */
  created = NaN;
  /** What waits: a `_total`, or a `_sum` and a `_count` of a summary. */
  #first: SeriesRef | undefined;
  #firstValue = 0;
  #second: SeriesRef | undefined;
  #secondValue = 0;

  /** @param identity of a histogram's series. */
  constructor(family: Family, identity: Identity | undefined) {
    this.family = family;
    this.identity = identity;
    this.lines = identity && new HistogramLines();
  }

  /** The quantile or the state of this label. */
  part(value: string): MetricPart {
    this.#parts ??= new Map();
    let part = this.#parts.get(value);
    if (!part) this.#parts.set(value, (part = { point: 0 }));
    return part;
  }

  /** Begins a point. */
  begin(body: number, point: number, time: number, line: number): void {
    this.body = body;
    this.point = point;
    this.time = time;
    this.line = line;
    this.seen = 0;
    this.#first = this.#second = undefined;
    this.created = NaN;
    this.lines?.clear();
  }

  /** Keeps a sample until the point ends. */
  wait(ref: SeriesRef, value: number): void {
    if (this.#first === undefined) {
      this.#first = ref;
      this.#firstValue = value;
    } else {
      this.#second = ref;
      this.#secondValue = value;
    }
  }

  /** Ends the point: hands on what waited. */
  end(intake: Intake): void {
    const timeMs = msOf(this.time);
    const createdMs = msOf(this.created);
    if (this.lines) return this.#endHistogram(this.lines, timeMs, createdMs, intake);
    if (this.#first) this.#put(this.#first, this.#firstValue, timeMs, createdMs, intake);
    if (this.#second) this.#put(this.#second, this.#secondValue, timeMs, createdMs, intake);
  }

  #put(ref: SeriesRef, value: number, timeMs: number, createdMs: number, intake: Intake): void {
    const code = intake.sample(ref, value, timeMs, createdMs);
    if (code !== undefined) this.#reject(code, CODES[code].title, intake);
  }

  #endHistogram(lines: HistogramLines, timeMs: number, createdMs: number, intake: Intake): void {
    const { name, type } = this.family;
    const fault = histogramFault(lines, type);
    const point = fault ?? lines.take();
    if (typeof point === 'string')
      return this.#reject('bad_exposition', `Histogram ${name}: ${point}`, intake);
    if (this.ref === undefined || this.ref.gone) this.ref = findSeries(intake, this.identity!, this.line);
    if (this.ref === undefined) return;
    // A gauge histogram counts what there is now, not since a start: the readings of a window add up to its distribution, and
    // their differences would mean nothing.
    const temporality = type === 'gaugehistogram' ? 'delta' : 'cumulative';
    const code = intake.histogram(this.ref, point, temporality, timeMs, createdMs);
    if (code !== undefined) this.#reject(code, CODES[code].title, intake);
  }

  #reject(code: ErrorCode, message: string, intake: Intake): void {
    intake.reject(`line ${this.line}`, code, message);
  }
}

/** Seconds as whole ms; NaN stays. */
export function msOf(seconds: number): number {
  return Math.round(seconds * 1000);
}
