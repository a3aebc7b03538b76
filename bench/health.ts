/** What do a thousand checks cost, and do they begin when they should? Beside Prometheus with its blackbox exporter. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skews } from './health/skew.ts';
import {
  type Taker,
  cpuSeconds,
  residentBytes,
  startBlackbox,
  startOurs,
  startPrometheusWith,
} from './ingest/peers.ts';
import { LineProcess } from './lib/line-process.ts';
import type { Report, RunOptions } from './lib/report.ts';
import { quantile, round, show, showSpread, summarize } from './lib/stats.ts';

const CHECKS = 1_000;
const INTERVAL_MS = 10_000;

/** What one way of looking cost. */
interface Cost {
  /** Of one core, percent, all processes of that way. */
  readonly cpuPercent: number;
  readonly skewP99Ms: number;
  readonly skewMostMs: number;
  /** Looks that arrived, of those that were due. */
  readonly lookedShare: number;
  readonly residentMb: number;
  /** What it grew by from the first half to the second, MB. */
  readonly grewMb: number;
}

/** Runs the bench. */
export async function health({ quick }: RunOptions): Promise<Report> {
  const [settleMs, forMs, times] = quick ? [12_000, 30_000, 1] : [30_000, 60_000, 3];
  const ours: Cost[] = [];
  const theirs: Cost[] = [];
  for (let i = 0; i < times; i++) {
    const ways = [
      async () => void ours.push(await looked(byUs, settleMs, forMs)),
      async () => void theirs.push(await looked(byBlackbox, settleMs, forMs)),
    ];
    for (const way of i % 2 === 0 ? ways : ways.reverse()) await way();
  }
  const row = (name: string, costs: readonly Cost[]): string[] => {
    const spread = (figure: keyof Cost): string => showSpread(summarize(costs.map((cost) => cost[figure])));
    return [
      name,
      spread('cpuPercent'),
      spread('skewP99Ms'),
      show(Math.max(...costs.map(({ skewMostMs }) => skewMostMs))),
      show(Math.min(...costs.map(({ lookedShare }) => lookedShare)) * 100),
      spread('residentMb'),
      spread('grewMb'),
    ];
  };
  return {
    tables: [
      {
        id: 'health',
        title: `${CHECKS} HTTP checks every ${INTERVAL_MS / 1_000} s of a server on loopback; median (least–most) of ${times}, in turns`,
        head: [
          'Who looks',
          'CPU, % of a core',
          'off the grid, p99 ms',
          'most, ms',
          'looks that came, %',
          'memory, MB',
          'grew by, MB',
        ],
        rows: [row('waooaw', ours), row('Prometheus and blackbox exporter', theirs)],
      },
    ],
    raw: { ours, theirs },
  };
}

/** Starts what looks at `port`; the first one's memory and time count, and the others' too. */
type Way = (port: number) => Promise<readonly Taker[]>;

async function looked(way: Way, settleMs: number, forMs: number): Promise<Cost> {
  const target = new LineProcess([process.execPath, join(import.meta.dirname, 'health/target.ts')]);
  let takers: readonly Taker[] = [];
  try {
    takers = await way(await target.next<number>('port'));
    const sum = (of: (pid: number) => number): number => takers.reduce((all, { pid }) => all + of(pid), 0);
    await rest(settleMs);
    await target.ask<object>('arrivals');
    const [start, cpu] = [performance.now(), sum(cpuSeconds)];
    await rest(forMs / 2);
    const half = sum(residentBytes);
    await rest(forMs / 2);
    const seconds = (performance.now() - start) / 1_000;
    const used = sum(cpuSeconds) - cpu;
    const resident = sum(residentBytes);
    const arrivals = await target.ask<Record<string, number[]>>('arrivals');
    const off = skews(arrivals, INTERVAL_MS);
    const came = Object.values(arrivals).reduce((all, { length }) => all + length, 0);
    return {
      cpuPercent: round((used / seconds) * 100, 2),
      skewP99Ms: round(quantile(off, 0.99), 2),
      skewMostMs: round(Math.max(...off), 2),
      lookedShare: round(came / ((CHECKS * forMs) / INTERVAL_MS), 4),
      residentMb: round(resident / 1e6, 1),
      grewMb: round((resident - half) / 1e6, 1),
    };
  } finally {
    for (const taker of takers) await taker.stop();
    await target.stop();
  }
}

async function byUs(port: number): Promise<readonly Taker[]> {
  const folder = mkdtempSync(join(tmpdir(), 'waooaw-bench-health-'));
  const file = join(folder, 'checks.json');
  const checks = Array.from({ length: CHECKS }, (_, i) => ({
    check: `c-${i}`,
    title: `Check ${i}`,
    intervalMs: INTERVAL_MS,
    timeoutMs: 5_000,
    probe: { kind: 'http', url: `http://127.0.0.1:${port}/c-${i}` },
  }));
  writeFileSync(file, JSON.stringify({ checks }));
  const ours = await startOurs({ WAOOAW_CHECKS_FILE: file });
  const stop = async (): Promise<void> => {
    await ours.stop();
    rmSync(folder, { recursive: true });
  };
  return [{ ...ours, stop }];
}

async function byBlackbox(port: number): Promise<readonly Taker[]> {
  const blackbox = await startBlackbox('modules: { http: { prober: http, timeout: 5s } }\n');
  const targets = Array.from({ length: CHECKS }, (_, i) => `'http://127.0.0.1:${port}/c-${i}'`);
  const prometheus =
    await startPrometheusWith(`global: { scrape_interval: ${INTERVAL_MS / 1_000}s, scrape_timeout: 5s }
scrape_configs:
  - job_name: bench
    metrics_path: /probe
    params: { module: [http] }
    static_configs: [{ targets: [${targets.join(', ')}] }]
    relabel_configs:
      - { source_labels: [__address__], target_label: __param_target }
      - { target_label: __address__, replacement: '${new URL(blackbox.url).host}' }
`);
  return [prometheus, blackbox];
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
