/** How a query is answered: over which steps, and from buckets of which length. */
import { ACROSS, AGGREGATIONS, WaooawError } from '../../../../src/protocol/index.ts';
import type { Across, Aggregation, MetricKind, MetricQuery } from '../../../../src/protocol/index.ts';
import type { MetricsLimits } from '../limits.ts';
import { MINUTE, TIERS } from '../tiers/tiers.ts';
import type { Tier } from '../tiers/tiers.ts';

/** Without a window, ms. */
export const DEFAULT_WINDOW_MS = 3_600_000;
/** Without a step, at most so many. */
const DEFAULT_STEPS = 300;
/** Lengths of steps that people read easily, s. */
const NICE_SECONDS = [
  1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400,
];

/** What is made of it. */
export interface Shape {
  readonly aggregation: Aggregation;
  readonly across: Across;
  readonly by: readonly string[];
}

/** Over what. */
export interface Span {
  /** A multiple of `stepMs`, both; ms. */
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  /** Length of the buckets that the steps are made of, ms. */
  readonly tier: Tier;
  readonly steps: number;
}

/** What a kind can tell. */
export const AGGREGATIONS_OF: Readonly<Record<MetricKind, readonly Aggregation[]>> = {
  gauge: ['avg', 'min', 'max', 'sum', 'count', 'last', 'delta'],
  counter: ['rate', 'increase', 'last', 'min', 'max', 'count'],
  histogram: ['avg', 'min', 'max', 'sum', 'count', 'rate', 'increase', 'p50', 'p90', 'p95', 'p99'],
};
const DEFAULT_OF_KIND: Readonly<Record<MetricKind, Aggregation>> = {
  gauge: 'last',
  counter: 'rate',
  histogram: 'p95',
};
const DEFAULT_ACROSS: Readonly<Record<Aggregation, Across>> = {
  avg: 'avg',
  min: 'min',
  max: 'max',
  sum: 'sum',
  count: 'sum',
  last: 'avg',
  rate: 'sum',
  increase: 'sum',
  delta: 'sum',
  p50: 'max',
  p90: 'max',
  p95: 'max',
  p99: 'max',
};

/** The percentile that an aggregation asks for, 0 to 1; undefined for others. */
export function quantileOf(aggregation: Aggregation): number | undefined {
  return aggregation.startsWith('p') ? Number(aggregation.slice(1)) / 100 : undefined;
}

/**
 * @param kind of the matched series; undefined while there is none.
 * @throws WaooawError `bad_aggregation` for what the kind cannot tell, `bad_request` for a word that is none.
 */
export function shapeOf(query: MetricQuery, kind: MetricKind | undefined): Shape {
  const { aggregation = DEFAULT_OF_KIND[kind ?? 'gauge'], by = [] } = query;
  if (!AGGREGATIONS.includes(aggregation)) throw unknown('aggregation', AGGREGATIONS, aggregation);
  const across = query.across ?? DEFAULT_ACROSS[aggregation];
  if (!ACROSS.includes(across)) throw unknown('across', ACROSS, across);
  if (kind && !AGGREGATIONS_OF[kind].includes(aggregation)) {
    throw new WaooawError(
      'bad_aggregation',
      `${aggregation} of a ${kind} would be a guess; it has ${AGGREGATIONS_OF[kind].join(', ')}`,
    );
  }
  return { aggregation, across, by: [...new Set(by)].sort() };
}

/**
 * @param fine whether every matched series has its fine tiers.
 * @throws WaooawError `bad_request` for a window or step that is none, or that would have too many steps.
 */
export function spanOf(query: MetricQuery, nowMs: number, fine: boolean, limits: MetricsLimits): Span {
  const { windowMs, stepMs } = query;
  if (query.from !== undefined && windowMs !== undefined)
    throw new WaooawError('bad_request', 'windowMs and from: one of them');
  const end = query.to ?? nowMs;
  const start = query.from ?? end - (windowMs ?? DEFAULT_WINDOW_MS);
  if (!(Number.isFinite(start) && Number.isFinite(end) && start >= 0 && end - start >= 1_000))
    throw new WaooawError('bad_request', `from ${start} to ${end}: expected at least 1000 ms since 1970`);
  if (stepMs !== undefined && !(stepMs >= 1 && stepMs <= end - start))
    throw new WaooawError('bad_request', `stepMs: expected 1 to ${end - start}, was ${stepMs}`);

  const wanted = stepMs ?? niceStep((end - start) / DEFAULT_STEPS);
  const tier = tierFor(nowMs - start, wanted, fine, limits);
  const step = Math.ceil(wanted / tier) * tier;
  // The step that is under way is the last one.
  const to = Math.floor(query.to === undefined ? end / step + 1 : Math.ceil(end / step)) * step;
  // From the beginning of the step that the window begins in: nothing that was asked for is left out.
  const from = Math.floor(start / step) * step;
  const steps = (to - from) / step;
  if (steps > limits.maxQuerySteps)
    throw new WaooawError('bad_request', `${steps} steps; at most ${limits.maxQuerySteps} are answered`);
  return { from, to, stepMs: step, tier, steps };
}

/** The coarsest that the step can be made of, if it is kept that long; else the finest that is. */
function tierFor(ageMs: number, stepMs: number, fine: boolean, limits: MetricsLimits): Tier {
  const keeps: Readonly<Record<Tier, number>> = {
    1_000: limits.keepSecondsMs,
    10_000: limits.keepTenSecondsMs,
    60_000: limits.keepMinutesMs,
    300_000: limits.keepFiveMinutesMs,
    3_600_000: limits.keepHoursMs,
    86_400_000: limits.keepDaysMs,
  };
  // What is a little older than what is kept was just kept: a window of all that is kept is not one too many.
  const kept = TIERS.filter((tier) => (fine || tier >= MINUTE) && keeps[tier] + 2 * tier >= ageMs);
  const [finest = TIERS.at(-1)!] = kept;
  return (
    kept.findLast((tier) => tier <= stepMs && stepMs % tier === 0) ??
    kept.findLast((tier) => tier <= stepMs) ??
    finest
  );
}

function niceStep(leastMs: number): number {
  const seconds = NICE_SECONDS.find((nice) => nice * 1_000 >= leastMs);
  return seconds === undefined ? Math.ceil(leastMs / 86_400_000) * 86_400_000 : seconds * 1_000;
}

function unknown(field: string, known: readonly string[], was: unknown): WaooawError {
  return new WaooawError('bad_request', `${field}: expected one of ${known.join(', ')}, was ${String(was)}`);
}
