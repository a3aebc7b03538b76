/**
 * What does a sample cost to take in? The same samples pushed as text to us and to VictoriaMetrics, as JSON to us, and scraped by
 * us and by Prometheus; then what they cost to keep and to ask for.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Taker, cpuSeconds, startOurs, startPrometheus, startVictoria } from './ingest/peers.ts';
import { benchSeries, jsonBody, textBody } from './ingest/samples.ts';
import { ServerProcess } from '../scripts/server-process.ts';
import { LineProcess } from './lib/line-process.ts';
import type { Report, RunOptions, Table } from './lib/report.ts';
import { round, show, showSpread, summarize } from './lib/stats.ts';

/** Series of the bench, and so samples of a body. */
const SERIES = 10_000;
/** Bodies that differ; they are sent in turn. */
const BODIES = 16;
/** As many samples a body as a batch of JSON may have. */
const LIMITS = { WAOOAW_MAX_SERIES_PER_METRIC: '20000', WAOOAW_MAX_SERIES_PER_SOURCE: '20000' };

interface Cost {
  /** Samples a second of the wall clock, one sender that waits for each answer. */
  readonly perSecond: number;
  /** Processor time of the server a sample, µs, all threads. */
  readonly cpuMicros: number;
}

/** Runs it. */
export async function ingest({ quick }: RunOptions): Promise<Report> {
  const repetitions = quick ? 1 : 3;
  const pushMs = quick ? 2_000 : 8_000;
  const settleMs = quick ? 4_000 : 30_000;
  const scrapeMs = quick ? 6_000 : 30_000;
  const series = benchSeries(SERIES);
  const text = Array.from({ length: BODIES }, (_, i) => textBody(series, i));
  const json = Array.from({ length: BODIES }, (_, i) => jsonBody(series, i));
  const costs = new Map<string, Cost[]>();
  const versions = new Map<string, string>();
  const keep = (name: string, cost: Cost): void => void costs.set(name, [...(costs.get(name) ?? []), cost]);

  for (let i = 0; i < repetitions; i++) {
    for (const way of i % 2 === 0 ? ['ours', 'peers'] : ['peers', 'ours']) {
      if (way === 'ours') {
        await using(startOurs(LIMITS), async (taker) => {
          versions.set(taker.name, taker.version);
          keep('text, waooaw', await push(taker, '/api/metrics', 'text/plain', text, pushMs));
        });
        await using(startOurs(LIMITS), async (taker) => {
          keep('JSON, waooaw', await push(taker, '/api/metrics', 'application/json', json, pushMs));
        });
        keep('scraped, waooaw', await scrapeWithOurs(settleMs, scrapeMs));
      } else {
        await using(startVictoria(), async (taker) => {
          versions.set(taker.name, taker.version);
          keep(
            'text, VictoriaMetrics',
            await push(taker, '/api/v1/import/prometheus', 'text/plain', text, pushMs),
          );
        });
        keep(
          'scraped, Prometheus',
          await withTarget((target) =>
            using(startPrometheus(target), async (taker) => {
              versions.set(taker.name, taker.version);
              return scraped(taker, settleMs, scrapeMs);
            }),
          ),
        );
      }
    }
  }
  const memory = await memoryOf();
  const startMs = await startAfterKill(text);
  const of = (name: string): readonly Cost[] => costs.get(name) ?? [];
  const cpu = (name: string): number => summarize(of(name).map(({ cpuMicros }) => cpuMicros)).median;
  const row = (name: string, peer: string): string[] => [
    name,
    showSpread(summarize(of(name).map(({ cpuMicros }) => cpuMicros))),
    show(1 / cpu(name)),
    name.startsWith('scraped')
      ? '–'
      : show(summarize(of(name).map(({ perSecond }) => perSecond / 1e6)).median),
    peer === '' ? '1' : show(cpu(name) / cpu(peer)),
  ];
  const costTable: Table = {
    id: 'ingest',
    title: `${SERIES} series a body; median (least–most) of ${repetitions}, in turns`,
    head: [
      'way',
      'CPU a sample, µs',
      'M samples a CPU second',
      'M samples/s, one sender',
      'CPU beside the peer’s',
    ],
    rows: [
      row('text, waooaw', 'text, VictoriaMetrics'),
      row('text, VictoriaMetrics', ''),
      row('JSON, waooaw', 'text, VictoriaMetrics'),
      row('scraped, waooaw', 'scraped, Prometheus'),
      row('scraped, Prometheus', ''),
    ],
  };
  const memoryTable: Table = {
    id: 'ingest-memory',
    title: 'What is kept',
    head: ['what', 'found', 'target'],
    rows: [
      ...memory.map(({ what, bytes, target }) => [what, `${show(bytes)} bytes`, `${target} bytes`]),
      [
        `from \`kill -9\` to ready, ${SERIES} series with five minutes each`,
        `${show(startMs)} ms`,
        '2,000 ms',
      ],
    ],
  };
  return {
    tables: [costTable, memoryTable],
    raw: { versions: Object.fromEntries(versions), costs: Object.fromEntries(costs), memory, startMs },
  };
}

async function using<T>(starting: Promise<Taker>, run: (taker: Taker) => Promise<T>): Promise<T> {
  const taker = await starting;
  try {
    return await run(taker);
  } finally {
    await taker.stop();
  }
}

/** One sender, one connection, one body after the other. The first round, which makes the series, does not count. */
async function push(
  taker: Taker,
  path: string,
  type: string,
  bodies: readonly Buffer[],
  forMs: number,
): Promise<Cost> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = (body: Buffer): Promise<void> => post(new URL(path, taker.url), type, body, agent);
  for (const body of bodies) await send(body);
  const [start, cpu] = [performance.now(), cpuSeconds(taker.pid)];
  let sent = 0;
  while (performance.now() - start < forMs) {
    await send(bodies[sent % bodies.length]!);
    sent += 1;
  }
  const seconds = (performance.now() - start) / 1_000;
  const used = cpuSeconds(taker.pid) - cpu;
  agent.destroy();
  const samples = sent * SERIES;
  return { perSecond: round(samples / seconds), cpuMicros: round((used * 1e6) / samples, 4) };
}

function post(url: URL, type: string, body: Buffer, agent: Agent): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const asking = request(url, {
    method: 'POST',
    agent,
    headers: { 'content-type': type, 'content-length': body.length },
  });
  asking.on('error', reject);
  asking.on('response', (response) => {
    let said = '';
    response.setEncoding('utf8').on('data', (part: string) => (said += part));
    response.on('end', () => {
      const refused = /"rejected":([1-9]\d*)/.exec(said);
      if (response.statusCode! >= 300 || refused)
        reject(new Error(`${url.href}: ${response.statusCode} ${said.slice(0, 300)}`));
      else resolve(undefined);
    });
  });
  asking.end(body);
  return promise;
}

async function withTarget<T>(run: (target: string) => Promise<T>): Promise<T> {
  const target = new LineProcess([
    process.execPath,
    join(import.meta.dirname, 'ingest/target.ts'),
    String(SERIES),
  ]);
  try {
    return await run(`127.0.0.1:${await target.next<number>('port')}`);
  } finally {
    await target.stop();
  }
}

async function scrapeWithOurs(settle: number, forMs: number): Promise<Cost> {
  return withTarget(async (target) => {
    const folder = mkdtempSync(join(tmpdir(), 'waooaw-bench-scrape-'));
    const file = join(folder, 'scrape.yaml');
    writeFileSync(
      file,
      `scrape:\n  - job: bench\n    targets: ['http://${target}/metrics']\n    intervalMs: 1000\n    timeoutMs: 1000\n`,
    );
    try {
      return await using(startOurs({ ...LIMITS, WAOOAW_SCRAPE_FILE: file }), (taker) =>
        scraped(taker, settle, forMs),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/**
 * Once a second, so that samples are as many as seconds. The first ones, which make the series, do not count, nor does what both
 * tidy up after that.
 */
async function scraped(taker: Taker, settle: number, forMs: number): Promise<Cost> {
  await new Promise((resolve) => setTimeout(resolve, settle));
  const cpu = cpuSeconds(taker.pid);
  const start = performance.now();
  await new Promise((resolve) => setTimeout(resolve, forMs));
  const used = cpuSeconds(taker.pid) - cpu;
  const samples = Math.round((performance.now() - start) / 1_000) * SERIES;
  return { perSecond: SERIES, cpuMicros: round((used * 1e6) / samples, 4) };
}

/** From the command to the line that says where it listens, with everything that was kept brought back. */
async function startAfterKill(bodies: readonly Buffer[]): Promise<number> {
  const server = new ServerProcess({
    env: {
      ...LIMITS,
      WAOOAW_LOG_LEVEL: 'warn',
      WAOOAW_PERSIST_INTERVAL_MS: '1000',
      WAOOAW_COLLECT_INTERVAL_MS: '1000',
    },
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const { url } = await server.start();
    const now = Date.now();
    for (let minute = 0; minute < 5; minute++) {
      const at = now - minute * 60_000;
      const timed = Buffer.from(bodies[minute]!.toString().replaceAll('\n', ` ${at}\n`));
      await post(new URL('/api/metrics', url), 'text/plain', timed, agent);
    }
    const sentAt = Date.now();
    for (let savedAt = 0; savedAt <= sentAt;) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      const page = await (await fetch(`${url}/metrics`)).text();
      savedAt = Number(/^waooaw_metrics_saved_timestamp_seconds (\S+)/m.exec(page)?.[1] ?? 0) * 1_000;
    }
    agent.destroy();
    await server.stop('SIGKILL');
    const start = performance.now();
    const again = await server.start();
    const took = performance.now() - start;
    const { series } = (await (await fetch(`${again.url}/api/metrics/series`)).json()) as {
      series: unknown[];
    };
    if (series.length < SERIES) throw new Error(`only ${series.length} series are back`);
    return round(took);
  } finally {
    await server.dispose();
  }
}

/** Memory a series, idle and with fine tiers, by what the process grows by; and bytes on disk a bucket. */
async function memoryOf(): Promise<{ what: string; bytes: number; target: string }[]> {
  const found: { what: string; bytes: number; target: string }[] = [];
  for (const [what, fine, target] of [
    ['a series without fine tiers', 1, '4,096'],
    ['a series with fine tiers, full', SERIES, '40,960'],
  ] as const) {
    const worker = new LineProcess([
      process.execPath,
      '--expose-gc',
      join(import.meta.dirname, 'ingest/memory.ts'),
      String(fine),
    ]);
    try {
      found.push({ what, bytes: await worker.next<number>('bytesPerSeries', 180_000), target });
    } finally {
      await worker.stop();
    }
  }
  return found;
}
