/** The histograms of a body of Prometheus text, whose lines may stand anywhere in it. */
import { CODES } from '../../../../src/protocol/index.ts';
import type { Intake, SeriesRef } from './format.ts';
import { unitOfPart } from './prometheus-families.ts';
import type { Family, Part } from './prometheus-families.ts';
import { HistogramLines } from './text-histogram.ts';
import { keyOf } from './text-labels.ts';
import type { Label } from './text-labels.ts';
import { findSeries } from './text-parser.ts';

/** A histogram of one set of labels. */
export interface PrometheusHistogram {
  readonly name: string;
  ref: SeriesRef;
  readonly lines: HistogramLines;
  /** The last body that it was in. */
  body: number;
  /** Time of its lines, ms; NaN for now. */
  time: number;
  /** The first of its lines. */
  line: number;
}

/** What one costs beside its name and labels, about, bytes. */
const HISTOGRAM_COST = 600;

/** The histograms of one source. */
export class PrometheusHistograms {
  readonly #byKey = new Map<string, PrometheusHistogram>();
  /** Those that have lines and were not handed on yet. */
  #open: PrometheusHistogram[] = [];
  #body = 0;
  #cost = 0;

  get cost(): number {
    return this.#cost;
  }

  /** Before a body. */
  begin(body: number): void {
    this.#body = body;
    this.#open = [];
  }

  /** The histogram that a line belongs to; undefined where its series was refused. */
  of(family: Family, labels: Label[], line: number, intake: Intake): PrometheusHistogram | undefined {
    const { name, help } = family;
    const key = keyOf(name, labels);
    const known = this.#byKey.get(key);
    const identity = { name, labels, kind: 'histogram', unit: unitOfPart(family, 'bucket'), help } as const;
    const ref = findSeries(intake, identity, line);
    if (ref === undefined) return undefined;
    if (known) {
      known.ref = ref;
      return known;
    }
    const made = { name, ref, lines: new HistogramLines(), body: 0, time: NaN, line };
    this.#byKey.set(key, made);
    this.#cost += costOf(key);
    return made;
  }

  /** Takes the value of a line. One of another time begins another point. */
  add(
    histogram: PrometheusHistogram,
    part: Part,
    bound: number,
    value: number,
    time: number,
    line: number,
    intake: Intake,
  ): void {
    const { lines } = histogram;
    if (histogram.body !== this.#body) {
      histogram.body = this.#body;
      lines.clear();
      histogram.time = time;
      histogram.line = line;
      this.#open.push(histogram);
    } else if (!Object.is(histogram.time, time)) {
      put(histogram, intake);
      histogram.time = time;
      histogram.line = line;
    }
    if (part === 'bucket') lines.bucket(bound, value);
    else if (part === 'sum') lines.sum = value;
    else lines.count = value;
  }

  /** Hands on what is open, at the end of a body. */
  *end(intake: Intake, pauseLines: number): Generator<void, void, void> {
    for (const [i, histogram] of this.#open.entries()) {
      if (i % pauseLines === pauseLines - 1) yield;
      put(histogram, intake);
    }
    this.#open = [];
  }

  /** Forgets all others. */
  keep(kept: ReadonlySet<PrometheusHistogram>): void {
    for (const [key, histogram] of this.#byKey) {
      if (kept.has(histogram)) continue;
      this.#byKey.delete(key);
      this.#cost -= costOf(key);
    }
  }
}

function costOf(key: string): number {
  return HISTOGRAM_COST + key.length;
}

function put({ name, ref, lines, time, line }: PrometheusHistogram, intake: Intake): void {
  const point = lines.take();
  if (typeof point === 'string') {
    intake.reject(`line ${line}`, 'bad_exposition', `Histogram ${name}: ${point}`);
    return;
  }
  const code = intake.histogram(ref, point, 'cumulative', time);
  if (code !== undefined) intake.reject(`line ${line}`, code, CODES[code].title);
}
