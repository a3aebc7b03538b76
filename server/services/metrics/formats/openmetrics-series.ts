/** What the samples of OpenMetrics are: which metric each belongs to, and which series. */
import type { Identity, Intake, SeriesRef } from './format.ts';
import type { Family, SampleKind } from './openmetrics-family.ts';
import { Metric } from './openmetrics-metric.ts';
import type { MetricPart } from './openmetrics-metric.ts';
import type { Said } from './openmetrics-order.ts';
import { keyOf } from './text-labels.ts';
import type { Label } from './text-labels.ts';
import { KnownLine } from './text-lines.ts';
import { numberOf } from './text-number.ts';
import { findSeries } from './text-parser.ts';
import { unitOf } from './text-units.ts';

/** A line, and what its value is for. */
export class OpenMetricsLine extends KnownLine {
  /** Of metadata and of the end; undefined of a sample, which has the rest. */
  says: Said | 'eof' | undefined;
  kind: SampleKind | undefined;
  /** Undefined where the line was refused. */
  metric: Metric | undefined;
  /** Undefined of a histogram's samples and of `_created`. */
  ref: SeriesRef | undefined;
  /** Of a bucket. */
  bound = NaN;
  /** Of a quantile and of a state. */
  part: MetricPart | undefined;
}

/** What a metric costs beside its key, about, bytes. */
const METRIC_COST = 250;

/** The metrics of one source. */
export class OpenMetricsSeries {
  readonly #metrics = new Map<string, Metric>();
  #cost = 0;

  get cost(): number {
    return this.#cost;
  }

  /**
   * Finds out what a line's value is for.
   * @param at the line's number.
   * @returns what is wrong with its labels; `refused` where its series was.
   */
  identify(
    line: OpenMetricsLine,
    family: Family,
    name: string,
    labels: Label[],
    at: number,
    intake: Intake,
  ): { readonly fault: string } | 'refused' | undefined {
    line.metric = line.ref = undefined;
    const kind = family.sample(name)!;
    const special = specialLabel(kind, family);
    const value = labels.find(([label]) => label === special)?.[1] ?? '';
    const fault = special === undefined ? undefined : labelFault(special, kind, value, labels);
    if (fault !== undefined) return { fault };

    const rest = special === undefined ? labels : labels.filter(([label]) => label !== special);
    const metric = this.#metric(family, rest);
    line.kind = kind;
    line.bound = kind.role === 'bucket' ? numberOf(value)! : NaN;
    line.part = kind.role === 'quantile' || kind.role === 'state' ? metric.part(value) : undefined;
    if (!metric.lines && kind.role !== 'created') {
      line.ref = findSeries(intake, identityOf(family, kind, labels), at);
      if (!line.ref) return 'refused';
    }
    line.metric = metric;
    return undefined;
  }

  /** Forgets all others. */
  keep(kept: ReadonlySet<Metric>): void {
    for (const [key, metric] of this.#metrics) {
      if (kept.has(metric)) continue;
      this.#metrics.delete(key);
      this.#cost -= costOf(key);
    }
  }

  #metric(family: Family, labels: Label[]): Metric {
    const key = keyOf(family.name, labels);
    const known = this.#metrics.get(key);
    if (known?.family === family) return known;
    const metric = new Metric(family, histogramOf(family, labels));
    this.#metrics.set(key, metric);
    if (!known) this.#cost += costOf(key);
    return metric;
  }
}

function costOf(key: string): number {
  return METRIC_COST + key.length;
}

/** The label that tells a role's samples of one metric apart. */
function specialLabel({ role }: SampleKind, { name }: Family): string | undefined {
  if (role === 'bucket') return 'le';
  if (role === 'quantile') return 'quantile';
  return role === 'state' ? name : undefined;
}

function labelFault(
  special: string,
  { role }: SampleKind,
  value: string,
  labels: Label[],
): string | undefined {
  if (role === 'state')
    return labels.some(([label]) => label === special) ? undefined : `the label ${special}`;
  const number = numberOf(value) ?? NaN;
  if (role === 'bucket') return Number.isNaN(number) ? 'a label le that is a number' : undefined;
  return number >= 0 && number <= 1 ? undefined : 'a label quantile from 0 to 1';
}

function histogramOf({ name, type, help, unit }: Family, labels: Label[]): Identity | undefined {
  if (type !== 'histogram' && type !== 'gaugehistogram') return undefined;
  return { name, labels, kind: 'histogram', unit: unit || unitOf(name), help };
}

function identityOf(family: Family, { name, role }: SampleKind, labels: Label[]): Identity {
  const { type, help } = family;
  const isCounter = role === 'total' || role === 'sum' || role === 'count';
  const kind = isCounter ? 'counter' : type === 'unknown' ? 'unknown' : 'gauge';
  const hasUnit = role !== 'count' && role !== 'info' && role !== 'state';
  return { name, labels, kind, unit: hasUnit ? family.unit || unitOf(family.name) : undefined, help };
}
