/** What the samples of Prometheus text are: which series each is written to, or which histogram it is a part of. */
import type { Intake, SeriesRef } from './format.ts';
import { Families, kindOf, unitOfPart } from './prometheus-families.ts';
import type { Family, Part } from './prometheus-families.ts';
import { PrometheusHistograms } from './prometheus-histograms.ts';
import type { PrometheusHistogram } from './prometheus-histograms.ts';
import type { Said } from './prometheus-line.ts';
import type { Label } from './text-labels.ts';
import { KnownLine } from './text-lines.ts';
import { numberOf } from './text-number.ts';
import { findSeries } from './text-parser.ts';

/** A line, and what its value is for. */
export class PrometheusLine extends KnownLine {
  /** Of a comment that describes a family; undefined of a sample, which has the rest. */
  says: Said | undefined;
  family: Family | undefined;
  part: Part = 'value';
  /** True where NaN says that there is no value: of a gauge just now, of a histogram's sum. */
  mayBeNaN = false;
  /** Undefined of a histogram's lines. */
  ref: SeriesRef | undefined;
  histogram: PrometheusHistogram | undefined;
  /** Of a bucket. */
  bound = NaN;

  /** Whether it has to be read again: its series is not kept, or its family was described otherwise. */
  get isOutdated(): boolean {
    if (this.says !== undefined) return false;
    const series = this.ref ?? this.histogram?.ref;
    return series === undefined || series.gone || this.family!.stale;
  }
}

/** The series of one source. */
export class PrometheusSeries {
  readonly families = new Families();
  readonly histograms = new PrometheusHistograms();

  /**
   * Finds out what a line's value is for.
   * @param at the line's number.
   * @returns what is wrong with its labels; `refused` where its series was.
   */
  identify(
    line: PrometheusLine,
    name: string,
    labels: Label[],
    at: number,
    intake: Intake,
  ): { readonly fault: string } | 'refused' | undefined {
    const { family, part } = this.families.of(name);
    line.family = family;
    line.part = part;
    line.ref = line.histogram = undefined;
    if (family.type === 'histogram' && part !== 'value') {
      line.mayBeNaN = part === 'sum';
      return this.#ofHistogram(line, family, part, labels, at, intake);
    }
    const kind = kindOf(family, part);
    line.mayBeNaN = kind !== 'counter';
    const { help } = family;
    line.ref = findSeries(intake, { name, labels, kind, unit: unitOfPart(family, part), help }, at);
    return line.ref ? undefined : 'refused';
  }

  /** After a body: forgets what none of these lines needs. */
  keep(lines: Iterable<PrometheusLine>): void {
    const families = new Set<Family>();
    const histograms = new Set<PrometheusHistogram>();
    for (const { family, histogram } of lines) {
      if (family) families.add(family);
      if (histogram) histograms.add(histogram);
    }
    this.families.keep(families);
    this.histograms.keep(histograms);
  }

  #ofHistogram(
    line: PrometheusLine,
    family: Family,
    part: Part,
    labels: Label[],
    at: number,
    intake: Intake,
  ): ReturnType<PrometheusSeries['identify']> {
    let own = labels;
    if (part === 'bucket') {
      const le = labels.find(([label]) => label === 'le');
      line.bound = numberOf(le?.[1] ?? '') ?? NaN;
      if (Number.isNaN(line.bound)) return { fault: 'a label le that is a number' };
      own = labels.filter((label) => label !== le);
    }
    line.histogram = this.histograms.of(family, own, at, intake);
    return line.histogram ? undefined : 'refused';
  }
}
