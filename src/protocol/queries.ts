/** Shapes of metric queries: `GET` and `POST /api/metrics/query`, and the `query/…` channels that stay up to date. */
import type { MetricKind } from './metrics.ts';

/** What is made of the samples of one series in one step. */
export const AGGREGATIONS = [
  'avg',
  'min',
  'max',
  'sum',
  'count',
  'last',
  'rate',
  'increase',
  'delta',
  'p50',
  'p90',
  'p95',
  'p99',
] as const;
/** One of them. */
export type Aggregation = (typeof AGGREGATIONS)[number];

/** What is made of several series' values of one step. Percentiles come from merged sketches and have none. */
export const ACROSS = ['avg', 'min', 'max', 'sum', 'count'] as const;
/** One of them. */
export type Across = (typeof ACROSS)[number];

/** A question. */
export interface MetricQuery {
  /** `name`, or `name{tag="value",tag!="value",tag=~"re",tag!~"re"}`. */
  readonly metric: string;
  /** How far back from now, ms. Default 3,600,000. Not together with `from`. */
  readonly windowMs?: number | undefined;
  /** A span of the past, ms since 1970. `to` is now when absent. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Length of a step, ms; rounded up to what the tier has. Default: such that there are at most 300. */
  readonly stepMs?: number | undefined;
  /** Default: `last` of a gauge, `rate` of a counter, `p95` of a histogram. */
  readonly aggregation?: Aggregation | undefined;
  /** Default: what `aggregation` says of itself, `sum` for count, rate, increase and delta, `avg` for last. */
  readonly across?: Across | undefined;
  /** Tags that tell groups apart. Default none: one group. */
  readonly by?: readonly string[] | undefined;
}

/** A step that has samples: `[start (ms since 1970), value]`. */
export type QueryPoint = readonly [start: number, value: number];

/** How far a percentile can be from the truth. */
export interface ErrorBound {
  /** Of its value, as a ratio: 0.011 is 1.1 %. */
  readonly relative?: number;
  /** The widest bucket that it was read from, in the metric's unit. */
  readonly absolute?: number;
}

/** One line of an answer. */
export interface QueryGroup {
  /** Tells the group from the others: `{agent="a"}`; empty without `by`. */
  readonly key: string;
  /** Its values of the tags in `by`. */
  readonly tags: Readonly<Record<string, string>>;
  /** How many series it is made of. */
  readonly series: number;
  /** Oldest first. Steps without a sample have none. */
  readonly points: readonly QueryPoint[];
  /** Spans within the window where nothing is known, `[from, to)`. */
  readonly gaps: readonly (readonly [from: number, to: number])[];
}

/** An answer; also the first message of a `query/…` channel. */
export interface QueryAnswer {
  /** The selector in its one spelling. */
  readonly metric: string;
  readonly aggregation: Aggregation;
  readonly across: Across;
  readonly by: readonly string[];
  readonly kind?: MetricKind;
  readonly unit?: string;
  readonly help?: string;
  /** First ms of the first step, and the first ms after the last. */
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  /** Length of the buckets that it was made of, ms. */
  readonly tierMs: number;
  /** Series that matched. */
  readonly series: number;
  readonly groups: readonly QueryGroup[];
  /** Samples of these series that came too late to be counted, since the server's start. */
  readonly lateDropped: number;
  /** Absent: exact for the buckets that are kept. `increase` is: nothing is extrapolated. */
  readonly errorBound?: ErrorBound;
}

/** A publication on a `query/…` channel: what changed. A point replaces the one of its start; applying one twice changes nothing. */
export interface QueryUpdate {
  /** The window's end now, ms since 1970. What is older than the window is to be dropped. */
  readonly to: number;
  readonly groups: readonly QueryGroupUpdate[];
  /** What is known of the metric now and was not when it was last told: its first series has come. */
  readonly about?: QueryFacts;
}

/** What a metric is, and with that how it is asked where the query does not say. */
export type QueryFacts = Pick<QueryAnswer, 'kind' | 'unit' | 'help' | 'aggregation' | 'across'>;

/** What changed of one group. */
export interface QueryGroupUpdate {
  readonly key: string;
  /** Of a group that was not there before. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly series?: number;
  readonly points: readonly QueryPoint[];
  /** Nothing of it is kept any more. */
  readonly gone?: true;
}

const PREFIX = 'query/';

/**
 * The channel that keeps a query's answer up to date. Only windows that end now: `from` and `to` are not for channels.
 * @example query/agg=rate&by=agent&step=10000&window=3600000/http_requests_total{env="prod"}
 */
export function queryChannel(query: Omit<MetricQuery, 'from' | 'to'>): string {
  const params = [
    ['across', query.across],
    ['agg', query.aggregation],
    ['by', query.by?.map(encodeURIComponent).join()],
    ['step', query.stepMs],
    ['window', query.windowMs],
  ]
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${String(name)}=${String(value)}`);
  return `${PREFIX}${params.join('&')}/${query.metric}`;
}
