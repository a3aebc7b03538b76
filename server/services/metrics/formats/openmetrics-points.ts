/** The order of samples: those of a metric stand together, those of a point too, and times do not go back. */
import { CODES } from '../../../../src/protocol/index.ts';
import type { Intake } from './format.ts';
import type { SampleKind } from './openmetrics-family.ts';
import { msOf } from './openmetrics-metric.ts';
import type { Metric } from './openmetrics-metric.ts';
import { valueFault } from './openmetrics-rules.ts';
import type { OpenMetricsLine } from './openmetrics-series.ts';

/** The points of one source, of which one is open at a time. */
export class Points {
  #body = 0;
  /** Points so far, the open one included. */
  #count = 0;
  /** The metric whose point is open. */
  #metric: Metric | undefined;

  /** Before a body. */
  begin(body: number): void {
    this.#body = body;
    this.#metric = undefined;
  }

  /**
   * Takes a sample: hands it on, or lets it wait for the rest of its point.
   * @param time seconds; NaN where it has none.
   * @param at the line's number.
   * @returns what is wrong with its place or its value.
   */
  add(line: OpenMetricsLine, value: number, time: number, at: number, intake: Intake): string | undefined {
    const kind = line.kind!;
    const metric = line.metric!;
    const { role } = kind;
    const fault =
      this.#place(line, kind, metric, time, at, intake) ??
      (role === 'value' ? undefined : valueFault(role, metric.family.type, value));
    if (fault !== undefined) return fault;

    if (role === 'created') metric.created = value;
    else if (metric.lines) {
      if (role === 'bucket') metric.lines.bucket(line.bound, value);
      else if (role === 'sum') metric.lines.sum = value;
      else metric.lines.count = value;
    } else if (value - value !== 0) {
      // NaN of a gauge says that there is no value just now.
      if (value === value)
        intake.reject(`line ${at}`, 'bad_value', `Expected a finite number, found ${value}`);
    } else if (role === 'total' || role === 'sum' || role === 'count') metric.wait(line.ref!, value);
    else {
      const code = intake.sample(line.ref!, value, msOf(time));
      if (code !== undefined) intake.reject(`line ${at}`, code, CODES[code].title);
    }
    return undefined;
  }

  /** Ends the open point. */
  end(intake: Intake): void {
    this.#metric?.end(intake);
    this.#metric = undefined;
  }

  /** Holds a sample against those before it. */
  #place(
    { part, bound }: OpenMetricsLine,
    { bit, role, name }: SampleKind,
    metric: Metric,
    time: number,
    at: number,
    intake: Intake,
  ): string | undefined {
    if (metric !== this.#metric) {
      this.end(intake);
      if (metric.body === this.#body)
        return `Expected the samples of one metric of ${metric.family.name} together`;
      this.#open(metric, time, at);
    } else if (!Object.is(time, metric.time) && time !== metric.time) {
      if (!(time > metric.time))
        return time < metric.time
          ? `Expected a time from ${metric.time} on, found ${time}`
          : 'Expected all samples of a metric with a time, or none';
      this.end(intake);
      this.#open(metric, time, at);
    }
    const isAgain =
      bit !== 0
        ? (metric.seen & bit) !== 0
        : part
          ? part.point === metric.point
          : bound <= metric.lines!.lastBound;
    if (isAgain) {
      if (role === 'bucket') return `Expected the buckets of ${name} with le growing`;
      if (Number.isNaN(time)) return `Expected each sample of ${name} once`;
      // Of two points within one tick of the sender's clock.
      this.end(intake);
      this.#open(metric, time, at);
    }
    metric.seen |= bit;
    if (part) part.point = metric.point;
    return undefined;
  }

  #open(metric: Metric, time: number, at: number): void {
    this.#metric = metric;
    metric.begin(this.#body, (this.#count += 1), time, at);
  }
}
