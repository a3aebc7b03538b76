/** The broadcaster's statistics as metric families. */
import { familyMaker, one } from '../../http/exposition.ts';
import type { ExposedFamily, ExposedSample } from '../../http/exposition.ts';
import type { BroadcasterStats, Histogram } from './stats.ts';

const PREFIX = 'waooaw_broadcaster_';
const { gauge, counter } = familyMaker(PREFIX);

/** For `/metrics`. */
export function broadcasterFamilies(stats: BroadcasterStats): readonly ExposedFamily[] {
  const { lag } = stats;
  return [
    gauge('connections', 'Open connections, by carrier.', by('transport', stats.transports)),
    gauge('channels', 'Channels with readers, or kept for readers who may come back.', one(stats.channels)),
    gauge('subscriptions', 'Open subscriptions.', one(stats.subscriptions)),
    gauge('subscriptions_behind', 'Subscriptions that are not up to date, by why.', by('why', stats.behind)),
    gauge('buffered_bytes', 'Bytes that wait for readers.', one(stats.bufferedBytes)),
    gauge(
      'lag_publications',
      'Publications that readers had not read when they last told their positions.',
      by('quantile', { '0.5': lag.p50, '0.95': lag.p95, '0.99': lag.p99, '1': lag.max }),
    ),
    counter('publications', 'Publications.', one(stats.publications)),
    counter('deliveries', 'Publications times readers.', one(stats.deliveries)),
    counter(
      'conflated',
      'Deliveries left out because a later publication stood for them.',
      one(stats.conflated),
    ),
    counter('publish_failures', 'Publications that the bus refused.', one(stats.failures)),
    counter(
      'recoveries',
      'Pasts that were asked to be continued, by outcome.',
      by('outcome', stats.recoveries),
    ),
    counter('closed', 'Connections ended by the server, by reason.', by('reason', stats.closed)),
    {
      name: `${PREFIX}flush_publications`,
      help: 'Publications of a flush.',
      type: 'histogram',
      samples: histogram(stats.flushSizes),
    },
  ];
}

function by(label: string, values: Readonly<Record<string, number>>): readonly ExposedSample[] {
  return Object.entries(values).map(([key, value]) => ({ labels: { [label]: key }, value }));
}

function histogram({ buckets, sum, count }: Histogram): readonly ExposedSample[] {
  return [
    ...buckets.map(([upTo, below]) => ({
      suffix: '_bucket',
      labels: { le: Number.isFinite(upTo) ? String(upTo) : '+Inf' },
      value: below,
    })),
    { suffix: '_sum', value: sum },
    { suffix: '_count', value: count },
  ];
}
