/** What does an agent's stable port cost? Requests straight to a server, through our door, and through nginx. */
import { join } from 'node:path';
import { cpuSeconds } from './ingest/peers.ts';
import { LineProcess } from './lib/line-process.ts';
import type { Report, RunOptions } from './lib/report.ts';
import { quantile, round, show, showSpread, summarize } from './lib/stats.ts';
import { load } from './proxy/load.ts';
import type { Asking } from './proxy/load.ts';
import { direct, throughDoor, throughNginx } from './proxy/ways.ts';
import type { Way } from './proxy/ways.ts';

/** What is measured of each way. */
const LOADS: readonly (readonly [name: string, asking: Omit<Asking, 'port' | 'forMs'>])[] = [
  ['kept', { connections: 50, method: 'GET', bodyBytes: 0, fresh: false }],
  ['fresh', { connections: 50, method: 'GET', bodyBytes: 0, fresh: true }],
  ['post', { connections: 50, method: 'POST', bodyBytes: 1_024, fresh: false }],
  ['alone', { connections: 1, method: 'GET', bodyBytes: 0, fresh: false }],
];

interface Cost {
  readonly perSecond: number;
  /** Processor time of what is between, a request, µs. */
  readonly cpuMicros: number;
  readonly p50Micros: number;
  readonly p99Micros: number;
}

/** Runs it. */
export async function proxy({ quick }: RunOptions): Promise<Report> {
  const [repetitions, forMs, warmMs] = quick ? [1, 1_500, 500] : [5, 6_000, 2_000];
  const costs = new Map<string, Cost[]>();
  const versions: Record<string, string> = {};
  const target = new LineProcess([process.execPath, join(import.meta.dirname, 'proxy/target.ts')]);
  try {
    const targetPort = await target.next<number>('port');
    const openers = [direct, throughDoor, throughNginx];
    for (let i = 0; i < repetitions; i += 1) {
      for (const open of i % 2 === 0 ? openers : openers.toReversed()) {
        const way = await open(targetPort);
        versions[way.name] = way.version;
        try {
          for (const [name, asking] of LOADS) {
            const key = `${way.name} ${name}`;
            await load({ ...asking, port: way.port, forMs: warmMs });
            costs.set(key, [
              ...(costs.get(key) ?? []),
              await measure(way, { ...asking, port: way.port, forMs }),
            ]);
          }
        } finally {
          await way.stop();
        }
      }
    }
  } finally {
    await target.stop();
  }
  const of = (way: string, name: string, figure: keyof Cost): string =>
    showSpread(summarize((costs.get(`${way} ${name}`) ?? []).map((cost) => cost[figure])));
  const middle = (way: string, figure: keyof Cost): number =>
    summarize((costs.get(`${way} alone`) ?? []).map((cost) => cost[figure])).median;
  const row = (way: string): string[] => [
    way,
    ...(way === 'direct'
      ? ['–', '–', '–']
      : ['kept', 'fresh', 'post'].map((name) => of(way, name, 'cpuMicros'))),
    of(way, 'kept', 'perSecond'),
    of(way, 'alone', 'p50Micros'),
    way === 'direct' ? '–' : show(middle(way, 'p50Micros') - middle('direct', 'p50Micros')),
    of(way, 'alone', 'p99Micros'),
  ];
  return {
    tables: [
      {
        id: 'proxy',
        title: `An answer of 256 bytes; median (least–most) of ${repetitions}, in turns`,
        head: [
          'Way',
          'CPU a GET, kept connection, µs',
          'new connection, µs',
          'a POST of 1 KiB, µs',
          'GET/s, 50 clients',
          'alone: p50, µs',
          'added, µs',
          'p99, µs',
        ],
        rows: ['direct', 'waooaw', 'nginx, one worker'].map(row),
      },
    ],
    raw: { versions, costs: Object.fromEntries(costs) },
  };
}

async function measure({ pids }: Way, asking: Asking): Promise<Cost> {
  const before = pids.map(cpuSeconds);
  const { requests, seconds, micros } = await load(asking);
  const cpu = pids.reduce((sum, pid, i) => sum + cpuSeconds(pid) - before[i]!, 0);
  return {
    perSecond: round(requests / seconds),
    cpuMicros: round((cpu * 1e6) / requests),
    p50Micros: round(quantile(micros, 0.5)),
    p99Micros: round(quantile(micros, 0.99)),
  };
}
