/** What there is to ask for: labels with their values, metrics with what is known of them, and who has how many series. */
import type { Aggregation, MetricKind } from '../../../../src/protocol/index.ts';
import type { MetricsLimits } from '../limits.ts';
import { AGGREGATIONS_OF } from '../query/plan.ts';
import type { Matching } from '../query/matching.ts';
import type { Registry } from './registry.ts';

/** A label in use. */
export interface LabelValues {
  readonly label: string;
  /** Sorted, the first of them. */
  readonly values: readonly string[];
  readonly count: number;
}

/** A metric in use. */
export interface MetricMetadata {
  readonly name: string;
  readonly kind: MetricKind;
  readonly unit?: string;
  readonly help?: string;
  readonly series: number;
  /** What it can be asked for. */
  readonly aggregations: readonly Aggregation[];
}

/** Who has how many. */
export interface CardinalityReport {
  readonly series: number;
  readonly silent: number;
  readonly maxSeries: number;
  readonly overflowed: number;
  readonly metrics: readonly { readonly name: string; readonly series: number }[];
  readonly labels: readonly { readonly name: string; readonly values: number }[];
  readonly pairs: readonly { readonly name: string; readonly series: number }[];
  readonly sources: readonly { readonly name: string; readonly series: number }[];
}

/** @param most values of each label that are spelt out. */
export function labelsOf(registry: Registry, matching: Matching | undefined, most: number): LabelValues[] {
  const labels = new Map<string, Set<string>>();
  const series = matching ? registry.named(matching.selector.name) : registry.active();
  for (const { tags } of series) {
    if (matching && !matching.matches(tags)) continue;
    for (const [label, value] of Object.entries(tags)) {
      const values = labels.get(label);
      if (values) values.add(value);
      else labels.set(label, new Set([value]));
    }
  }
  return [...labels]
    .map(([label, values]) => ({ label, values: [...values].sort().slice(0, most), count: values.size }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}

/** Every metric, by name. */
export function metadataOf(registry: Registry): MetricMetadata[] {
  const metrics = new Map<string, MetricMetadata>();
  for (const { info } of registry.active()) {
    const { name, kind, unit, help } = info;
    const known = metrics.get(name);
    metrics.set(name, {
      ...known,
      name,
      kind,
      ...(unit !== undefined && { unit }),
      ...(help !== undefined && { help }),
      series: (known?.series ?? 0) + 1,
      aggregations: AGGREGATIONS_OF[kind],
    });
  }
  return [...metrics.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The `top` of each. */
export function cardinalityOf(
  registry: Registry,
  { maxSeries }: MetricsLimits,
  top: number,
): CardinalityReport {
  const metrics = new Map<string, number>();
  const pairs = new Map<string, number>();
  const values = new Map<string, Set<string>>();
  for (const { name, tags } of registry.active()) {
    metrics.set(name, (metrics.get(name) ?? 0) + 1);
    for (const [label, value] of Object.entries(tags)) {
      const pair = `${label}=${JSON.stringify(value)}`;
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
      const seen = values.get(label);
      if (seen) seen.add(value);
      else values.set(label, new Set([value]));
    }
  }
  const { series, silent, overflowed } = registry.stats;
  const most = (counts: Iterable<readonly [string, number]>): [string, number][] =>
    [...counts]
      .map(([name, count]): [string, number] => [name, count])
      .sort(([, a], [, b]) => b - a)
      .slice(0, top);
  const counted = (counts: ReadonlyMap<string, number>): { name: string; series: number }[] =>
    most(counts).map(([name, count]) => ({ name, series: count }));
  return {
    series,
    silent,
    maxSeries,
    overflowed,
    metrics: counted(metrics),
    labels: most([...values].map(([label, seen]) => [label, seen.size] as const)).map(([name, count]) => ({
      name,
      values: count,
    })),
    pairs: counted(pairs),
    sources: counted(registry.sources()),
  };
}
