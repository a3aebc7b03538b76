/** A probe that holds a metric of ours to its limits. */
import type { MetricProbe } from '../../../../src/protocol/probe.schema.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { MetricReader } from '../../../ports/metric-reader.ts';
import { clean } from './failure.ts';
import { NoResult } from './probe.ts';
import type { Probe, ProbeResult } from './probe.ts';
import { Run } from './run.ts';

/** The span that is judged where nobody says, ms. */
const STEP_MS = 60_000;

/** What it takes. */
export interface MetricProbeDeps {
  readonly clock: Clock;
  readonly reader: MetricReader;
}

/** Makes one. That the metrics cannot be asked, or take too long, is our fault and no result. */
export function createMetricProbe(spec: MetricProbe, { clock, reader }: MetricProbeDeps): Probe {
  const { metric, windowMs, aggregation, across, noData } = spec;
  const stepMs = spec.stepMs ?? Math.max(1_000, Math.min(STEP_MS, Math.floor(windowMs / 2)));
  return {
    async look(signal) {
      // A step that is completed while the answer is on its way was asked for too early.
      const now = clock.now();
      const value = await new Run(clock, signal)
        .within(reader.query({ metric, windowMs, stepMs, aggregation, across }))
        .then(
          ({ groups: [group], stepMs: step }) =>
            group?.points.findLast(([start]) => start + step <= now)?.[1],
        )
        .catch((cause: unknown) => {
          const why = clean((cause as Error).message);
          throw new NoResult(`The metrics could not be asked: ${why}`, { cause });
        });
      // NaN is neither over nor under any limit, and so would be good.
      if (value !== undefined && Number.isFinite(value)) return judged(spec, value);
      const reason = `No data in the last ${Math.round(windowMs / 1_000)} s`;
      if (noData === 'none') throw new NoResult(reason);
      return { state: 'down', reason };
    },
  };
}

function judged(spec: MetricProbe, value: number): ProbeResult {
  const { degradedAbove, downAbove, degradedBelow, downBelow } = spec;
  const over = (limit: number | undefined): string | undefined =>
    limit !== undefined && value > limit ? `, above ${limit}` : undefined;
  const under = (limit: number | undefined): string | undefined =>
    limit !== undefined && value < limit ? `, below ${limit}` : undefined;
  const figure = String(Number(value.toPrecision(6)));
  const down = over(downAbove) ?? under(downBelow);
  if (down !== undefined) return { state: 'down', reason: figure + down };
  const degraded = over(degradedAbove) ?? under(degradedBelow);
  if (degraded !== undefined) return { state: 'degraded', reason: figure + degraded };
  return { state: 'up', reason: figure };
}
