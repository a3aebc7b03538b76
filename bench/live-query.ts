/** How long until a sample moves a live query? From the POST to the publication at a client, a server of its own process. */
import { Agent, request } from 'node:http';
import { SocketClient } from '../src/client/socket.ts';
import { queryChannel } from '../src/protocol/index.ts';
import type { MetricQuery, QueryUpdate } from '../src/protocol/index.ts';
import { startOurs } from './ingest/peers.ts';
import { benchSeries } from './ingest/samples.ts';
import type { Report, RunOptions } from './lib/report.ts';
import { quantile, round, show } from './lib/stats.ts';

const SERIES = 1_000;
/** Longer than publishIntervalMs: each sample finds the query quiet. */
const APART_MS = 300;
/** How long a publication may take until the bench gives up, ms. */
const PATIENCE_MS = 10_000;

const QUERIES: readonly (readonly [what: string, query: MetricQuery])[] = [
  ['one group of 1,000 series, 5 minutes', { metric: 'bench', windowMs: 300_000, aggregation: 'max' }],
  ['100 groups, 5 minutes', { metric: 'bench', windowMs: 300_000, aggregation: 'max', by: ['agent'] }],
  ['100 groups, a day', { metric: 'bench', windowMs: 86_400_000, aggregation: 'max', by: ['agent'] }],
];

/** Runs it. */
export async function liveQuery({ quick }: RunOptions): Promise<Report> {
  const samples = quick ? 10 : 100;
  const found: { what: string; p50: number; p99: number }[] = [];
  for (const [what, query] of QUERIES) {
    const took = await measure(query, samples);
    found.push({ what, p50: round(quantile(took, 0.5)), p99: round(quantile(took, 0.99)) });
  }
  return {
    tables: [
      {
        id: 'live-query',
        title: `${samples} samples each, ms`,
        head: ['query', 'p50', 'p99'],
        rows: found.map(({ what, p50, p99 }) => [what, show(p50), show(p99)]),
      },
    ],
    raw: found,
  };
}

async function measure(query: MetricQuery, samples: number): Promise<number[]> {
  const server = await startOurs({});
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const client = new SocketClient({ url: server.url });
  try {
    const post = (body: string): Promise<void> => send(new URL('/api/metrics', server.url), body, agent);
    const series = benchSeries(SERIES).map(({ tags }) => {
      return `bench{${Object.entries(tags)
        .map(([tag, value]) => `${tag}="${value}"`)
        .join(',')}}`;
    });
    await post(series.map((one) => `${one} 0\n`).join(''));
    const { promise: first, resolve: begun } = Promise.withResolvers<undefined>();
    let waiting: { readonly value: number; readonly resolve: () => void } | undefined;
    client.subscribe(queryChannel(query), {
      snapshot: () => begun(undefined),
      publication: (data) => {
        const { groups } = data as unknown as QueryUpdate;
        if (groups.some(({ points }) => points.some(([, value]) => value === waiting?.value)))
          waiting?.resolve();
      },
    });
    client.connect();
    await first;
    const took: number[] = [];
    for (let i = 1; i <= samples; i++) {
      await new Promise((resolve) => setTimeout(resolve, APART_MS));
      const heard = new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`sample ${i} was never published`)), PATIENCE_MS);
        waiting = {
          value: i,
          resolve: () => {
            clearTimeout(timer);
            resolve();
          },
        };
      });
      const start = performance.now();
      await post(`${series[0]!} ${i}\n`);
      await heard;
      took.push(performance.now() - start);
    }
    return took;
  } finally {
    client.disconnect();
    agent.destroy();
    await server.stop();
  }
}

function send(url: URL, body: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const asking = request(
      url,
      { method: 'POST', agent, headers: { 'content-type': 'text/plain' } },
      (response) => {
        response.resume().on('end', () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`${url.href}: ${response.statusCode}`));
        });
      },
    );
    asking.on('error', reject);
    asking.end(body);
  });
}
