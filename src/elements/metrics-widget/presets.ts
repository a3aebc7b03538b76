/** Usual widgets by name. Whatever a widget sets itself goes before its preset. */
import type { Across, Aggregation } from '../../protocol/queries.ts';
import type { ChartThreshold } from './chart-options.ts';
import type { DetailsMessages } from './details-words.ts';

/** What a preset sets. */
export interface Preset {
  /** The server's own name, or the one that is usual with Prometheus. */
  readonly metric: string;
  /** Name of its label's text. */
  readonly label: Exclude<keyof DetailsMessages, number | symbol>;
  readonly unit: string;
  /** s. */
  readonly window?: number;
  readonly aggregation?: Aggregation;
  readonly across?: Across;
  /** s. */
  readonly step?: number;
  readonly good: 'up' | 'down' | undefined;
  readonly thresholds?: readonly ChartThreshold[];
  readonly direction?: 'above' | 'below';
  readonly min?: number;
  readonly max?: number;
}

/** Where it becomes worse. */
function limits(degraded: number, critical: number): readonly ChartThreshold[] {
  return [
    { value: degraded, severity: 'degraded' },
    { value: critical, severity: 'critical' },
  ];
}

/** By name. Steps are as long as targets are read at most, so that a number is not stale between two readings. */
export const PRESETS: Readonly<Record<string, Preset>> = {
  // `up` is 1 for each target that answers; agents are those with a tag of that name.
  'agents-online': {
    metric: 'up{agent!=""}',
    label: 'agentsOnline',
    unit: 'count',
    aggregation: 'last',
    across: 'sum',
    step: 30,
    good: 'up',
  },
  'response-time': {
    metric: 'http_request_duration_seconds',
    label: 'responseTime',
    unit: 'seconds',
    aggregation: 'p95',
    step: 60,
    window: 3_600,
    good: 'down',
    thresholds: limits(0.5, 1),
  },
  'success-rate': {
    metric: 'http_requests_success_ratio',
    label: 'successRate',
    unit: 'ratio',
    aggregation: 'avg',
    across: 'avg',
    step: 30,
    good: 'up',
    thresholds: limits(0.99, 0.95),
    direction: 'below',
    min: 0,
    max: 1,
  },
  // What was added in a minute is the rate a minute, without a word of estimation.
  'requests-per-minute': {
    metric: 'http_requests_total',
    label: 'requestsPerMinute',
    unit: 'per_minute',
    aggregation: 'increase',
    across: 'sum',
    step: 60,
    window: 3_600,
    good: undefined,
  },
  cpu: {
    metric: 'host_cpu_usage_ratio',
    label: 'cpu',
    unit: 'ratio',
    good: 'down',
    thresholds: limits(0.8, 0.95),
    min: 0,
    max: 1,
  },
  memory: {
    metric: 'host_memory_used_ratio',
    label: 'memory',
    unit: 'ratio',
    good: 'down',
    thresholds: limits(0.8, 0.95),
    min: 0,
    max: 1,
  },
  'queue-depth': {
    metric: 'queue_depth',
    label: 'queueDepth',
    unit: 'count',
    aggregation: 'last',
    across: 'sum',
    step: 30,
    good: 'down',
  },
};
