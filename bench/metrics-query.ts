/** What does a question cost? Windows of 60 buckets over 1,000 series in process, beside the same made of arrays of points. */
import { createManualClock } from '../server/engines/memory/clock.ts';
import { createMetrics } from '../server/services/metrics/index.ts';
import type { MetricQuery } from '../src/protocol/index.ts';
import { benchSeries } from './ingest/samples.ts';
import type { Report, RunOptions } from './lib/report.ts';
import { quantile, round, show } from './lib/stats.ts';

const SERIES = 1_000;
const BUCKETS = 60;
const QUERIES: readonly (readonly [what: string, query: MetricQuery])[] = [
  ['average of all', { metric: 'bench', windowMs: 60_000, stepMs: 1_000, aggregation: 'avg' }],
  ['most of all', { metric: 'bench', windowMs: 60_000, stepMs: 1_000, aggregation: 'max' }],
  [
    'average, 100 groups',
    { metric: 'bench', windowMs: 60_000, stepMs: 1_000, aggregation: 'avg', by: ['agent'] },
  ],
  [
    'average of half, by a pattern',
    { metric: 'bench{agent=~"agent-[0-4].*"}', windowMs: 60_000, stepMs: 1_000, aggregation: 'avg' },
  ],
];

/** Runs it. */
export async function metricsQuery({ quick }: RunOptions): Promise<Report> {
  const repetitions = quick ? 60 : 600;
  const clock = createManualClock();
  const metrics = createMetrics({
    clock,
    publisher: { wants: () => false, publish: () => undefined },
    limits: { maxSeriesPerMetric: SERIES },
  });
  const series = benchSeries(SERIES).map(({ tags }) => ({ name: 'bench', tags }));
  const plain = new Map<string, { readonly agent: string; readonly points: [number, number][] }>();
  for (let second = 0; second < BUCKETS; second++) {
    const samples = series.map((one, i) => ({ ...one, value: (i * 31 + second * 17) % 1_000 }));
    metrics.ingest(samples);
    samples.forEach(({ tags, value }, i) => {
      const known = plain.get(`${i}`) ?? { agent: tags['agent']!, points: [] };
      known.points.push([clock.now(), value]);
      plain.set(`${i}`, known);
    });
    clock.advance(1_000);
  }

  /** The plainest way: an array of points a series, a map of steps a group. */
  const byHand = (grouped: boolean): number => {
    const groups = new Map<string, Map<number, { sum: number; count: number }>>();
    for (const { agent, points } of plain.values()) {
      const key = grouped ? agent : '';
      let steps = groups.get(key);
      if (!steps) groups.set(key, (steps = new Map<number, { sum: number; count: number }>()));
      for (const [time, value] of points) {
        const start = time - (time % 1_000);
        const step = steps.get(start);
        if (step) {
          step.sum += value;
          step.count += 1;
        } else steps.set(start, { sum: value, count: 1 });
      }
    }
    return groups.size;
  };

  const raw: { what: string; p50: number; p95: number }[] = [];
  const time = async (what: string, run: () => unknown): Promise<void> => {
    const took: number[] = [];
    for (let i = 0; i < repetitions; i++) {
      const start = performance.now();
      await run();
      took.push(performance.now() - start);
    }
    const settled = took.slice(repetitions / 4);
    raw.push({ what, p50: round(quantile(settled, 0.5), 4), p95: round(quantile(settled, 0.95), 4) });
  };
  for (const [what, query] of QUERIES) await time(what, () => metrics.query(query));
  await time('arrays of points, average of all', () => byHand(false));
  await time('arrays of points, average, 100 groups', () => byHand(true));
  metrics.silence();
  return {
    tables: [
      {
        id: 'metrics-query',
        title: `${SERIES} series × ${BUCKETS} buckets in process, ms`,
        head: ['question', 'p50', 'p95'],
        rows: raw.map(({ what, p50, p95 }) => [what, show(p50), show(p95)]),
      },
    ],
    raw,
  };
}
