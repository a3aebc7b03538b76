/**
 * What a series takes in memory: an aggregator in a process of its own, an hour of samples, garbage collected before and after.
 * Argument: how many series have fine tiers.
 */
import { createManualClock } from '../../server/engines/memory/clock.ts';
import { createMetrics } from '../../server/services/metrics/index.ts';
import { benchSeries } from './samples.ts';

const HOUR_S = 3_600;
const fine = Number(process.argv[2]);
/** With all their seconds fewer series say as much, and sooner. */
const count = fine > 1 ? 300 : 10_000;
const everyS = fine > 1 ? 1 : 60;
const series = benchSeries(count);
const clock = createManualClock();

const used = (): number => {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + (arrayBuffers > external ? arrayBuffers - external : 0);
};

const before = used();
const metrics = createMetrics({
  clock,
  publisher: { wants: () => false, publish: () => undefined },
  limits: { maxFineSeries: fine, maxSeriesPerMetric: count, maxSeriesPerSource: count + 1 },
});
for (let second = 0; second < HOUR_S; second += everyS) {
  metrics.ingest(
    series.map(({ name, tags }, i) => ({ name, tags: { ...tags }, value: (i * second) % 1_013 })),
  );
  clock.advance(everyS * 1_000);
}
const after = used();
console.log(
  JSON.stringify({
    bytesPerSeries: Math.round((after - before) / count),
    bucketBytes: Math.round(metrics.stats().bucketBytes / count),
  }),
);
metrics.silence();
