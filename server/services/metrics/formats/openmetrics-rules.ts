/** What OpenMetrics asks of values, and of the points of histograms. */
import type { OpenMetricsType, Role } from './openmetrics-family.ts';
import type { HistogramLines } from './text-histogram.ts';

/** What is wrong with a value in its role; undefined where nothing is. A plain `value` may be any number. */
export function valueFault(
  role: Exclude<Role, 'value'>,
  type: OpenMetricsType,
  value: number,
): string | undefined {
  switch (role) {
    case 'info':
      return value === 1 ? undefined : expected('1', value);
    case 'state':
      return value === 0 || value === 1 ? undefined : expected('0 or 1', value);
    case 'quantile':
      return value < 0 ? expected('a quantile that is not negative', value) : undefined;
    case 'created':
      return Number.isFinite(value) ? undefined : expected('a time in seconds', value);
    case 'bucket':
    case 'count':
      return Number.isInteger(value) && value >= 0 ? undefined : expected('a whole number from 0', value);
    case 'total':
      return value >= 0 ? undefined : expected('a number from 0', value);
    case 'sum':
      if (type === 'gaugehistogram') return value === value ? undefined : expected('a number', value);
      return value >= 0 ? undefined : expected('a number from 0', value);
  }
}

/** What is wrong with the point of a histogram that these lines make; undefined where nothing is. */
export function histogramFault(
  { firstBound, infinite, sum, count }: HistogramLines,
  type: OpenMetricsType,
): string | undefined {
  const [hasSum, hasCount] = [!Number.isNaN(sum), !Number.isNaN(count)];
  if (Number.isNaN(infinite)) return 'expected a bucket le="+Inf"';
  if (hasCount && count !== infinite)
    return `expected the count ${count} to be that of le="+Inf", ${infinite}`;
  if (hasSum !== hasCount) return 'expected a sum and a count, or neither';
  if (type === 'histogram' && hasSum && firstBound < 0) return 'expected no sum beside negative buckets';
  if (sum < 0 && !(firstBound < 0)) return 'expected a sum from 0 without negative buckets';
  return undefined;
}

function expected(what: string, value: number): string {
  return `Expected ${what}, found ${value}`;
}
