/** The metrics service's own statistics as metric families. */
import type { ExposedFamily } from '../../http/exposition.ts';
import { STORED_TIERS } from '../../ports/metric-store.ts';
import type { MetricsStats } from './index.ts';
import type { ScrapeStatus } from './scrape/index.ts';

const PREFIX = 'waooaw_metrics_';

/** For `/metrics`. */
export function metricsFamilies(
  stats: MetricsStats,
  targets: readonly ScrapeStatus[],
): readonly ExposedFamily[] {
  const { storage } = stats;
  const families = [
    gauge('series', 'Series with a recent sample.', stats.series),
    gauge('silent_series', 'Series without one that can still be asked for.', stats.silent),
    gauge('fine_series', 'Series with buckets of one and ten seconds.', stats.fineSeries),
    gauge('bucket_bytes', 'Memory of all buckets.', stats.bucketBytes),
    gauge('live_queries', 'Queries that are kept up to date.', stats.liveQueries),
    counter('samples_total', 'Samples that were taken.', stats.accepted),
    {
      ...counter('rejected_total', 'Parts of bodies that were not taken, by code.', 0),
      samples: Object.entries(stats.codes).map(([code, value]) => ({ labels: { code }, value })),
    },
    counter('late_total', 'Samples that came after their minute was closed.', stats.late),
    counter(
      'overflowed_total',
      'Series asked for beyond a limit, which share an overflow series.',
      stats.overflowed,
    ),
    counter('queries_total', 'Queries that were answered or refused.', stats.queries),
    counter('query_seconds_total', 'Time that queries took together.', stats.querySeconds),
    gauge('targets', 'Targets that are scraped.', targets.length),
    gauge('targets_up', 'Targets whose last scrape succeeded.', targets.filter(({ up }) => up).length),
  ];
  if (!storage) return families;
  const { size } = storage;
  return [
    ...families,
    counter('writes_total', 'Writes to disk.', storage.writes),
    counter('written_buckets_total', 'Buckets written to disk.', storage.writtenBuckets),
    counter('write_failures_total', 'Writes that failed and were tried again.', storage.failures),
    gauge('saved_timestamp_seconds', 'All that came before is on disk.', (storage.savedUpTo ?? 0) / 1_000),
    gauge('last_write_seconds', 'How long the last write took.', storage.lastWriteMs / 1_000),
    ...(size
      ? [
          gauge('disk_bytes', 'Size of the files on disk.', size.bytes),
          {
            ...gauge('disk_buckets', 'Buckets on disk, by their length.', 0),
            samples: STORED_TIERS.map((tier) => ({
              labels: { seconds: String(tier / 1_000) },
              value: size.buckets[tier],
            })),
          },
        ]
      : []),
  ];
}

function gauge(name: string, help: string, value: number): ExposedFamily {
  return { name: PREFIX + name, help, type: 'gauge', samples: [{ value }] };
}

function counter(name: string, help: string, value: number): ExposedFamily {
  return { name: PREFIX + name, help, type: 'counter', samples: [{ value }] };
}
