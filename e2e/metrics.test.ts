/** Metrics from outside to a question's answer, by real senders and a real server, killed and started again. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { ServerProcess } from '../scripts/server-process.ts';
import { SocketClient } from '../src/client/socket.ts';
import { queryChannel } from '../src/protocol/index.ts';
import type { IngestResult, QueryAnswer, QueryUpdate } from '../src/protocol/index.ts';

const PATIENCE_MS = 20_000;
const disposed: (() => Promise<void> | void)[] = [];
after(async () => {
  for (const dispose of disposed) await dispose();
});

async function started(t: TestContext, env: Record<string, string> = {}): Promise<[ServerProcess, string]> {
  const server = new ServerProcess({ env });
  disposed.push(() => server.dispose());
  t.after(() => server.stop());
  return [server, (await server.start()).url];
}

async function ask(url: string, metric: string, more: Record<string, string> = {}): Promise<QueryAnswer> {
  const answer = await fetch(
    `${url}/api/metrics/query?${new URLSearchParams({ metric, ...more }).toString()}`,
  );
  const body = (await answer.json()) as { answers: QueryAnswer[] };
  assert.equal(answer.status, 200, JSON.stringify(body));
  return body.answers[0]!;
}

async function post(
  url: string,
  type: string,
  body: string | Uint8Array<ArrayBuffer>,
  more = {},
): Promise<IngestResult> {
  const answer = await fetch(`${url}/api/metrics`, {
    method: 'POST',
    headers: { 'content-type': type, ...more },
    body,
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await answer.json()) as IngestResult;
}

async function until<T>(what: string, read: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await read();
    if (found !== undefined) return found;
    assert.ok(performance.now() < giveUpAt, `never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const last = ({ groups }: QueryAnswer): number | undefined => groups[0]?.points.at(-1)?.[1];

describe('metrics from outside', () => {
  it('come by text, OpenMetrics and JSON, compressed or not, and one bad line harms no other', async (t) => {
    const [, url] = await started(t);
    const text = 'pushed{way="text"} 1\nthis is no line\npushed{way="text",n="2"} 2\n';
    const { accepted, rejected, errors } = await post(url, 'text/plain; version=0.0.4', text);
    assert.deepEqual(
      [accepted, rejected, errors[0]?.place, errors[0]?.code],
      [2, 1, 'line 2', 'bad_exposition'],
    );
    const open = '# TYPE pushed gauge\npushed{way="open"} 4\n# EOF\n';
    const zipped = new Uint8Array(gzipSync(open));
    await post(url, 'application/openmetrics-text; version=1.0.0', zipped, { 'content-encoding': 'gzip' });
    await post(url, 'application/json', '{"samples":[{"name":"pushed","value":8,"tags":{"way":"json"}}]}');
    assert.equal(last(await ask(url, 'pushed', { across: 'sum', windowMs: '60000' })), 15);
    const byWay = await ask(url, 'pushed{way!="json"}', { across: 'sum', by: 'way', windowMs: '60000' });
    assert.deepEqual(
      byWay.groups.map(({ tags, points }) => [tags['way'], points.at(-1)?.[1]]),
      [
        ['open', 4],
        ['text', 3],
      ],
    );
  });

  it('come from OpenTelemetry’s own exporter, protobuf over HTTP', async (t) => {
    const [, url] = await started(t);
    const exporter = new OTLPMetricExporter({ url: `${url}/api/otlp/v1/metrics` });
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const provider = new MeterProvider({ readers: [reader] });
    const meter = provider.getMeter('test');
    const jobs = meter.createCounter('jobs.done');
    const took = meter.createHistogram('job.duration', { unit: 's' });
    jobs.add(3, { agent: 'a' });
    for (let i = 1; i <= 100; i++) took.record(i / 100, { agent: 'a' });
    // Collected within the millisecond of its start, a point says by its times that its start is not known.
    for (const began = Date.now(); Date.now() < began + 2;) await new Promise(setImmediate);
    await provider.forceFlush();
    jobs.add(4, { agent: 'a' });
    await provider.forceFlush();
    const counted = await ask(url, 'jobs_done_total{agent="a"}', {
      aggregation: 'increase',
      windowMs: '60000',
    });
    // The first count is history, unless it began while the server listened: here it did.
    const sum = counted.groups[0]!.points.reduce((all, [, value]) => all + value, 0);
    assert.equal(sum, 7);
    const p90 = await ask(url, 'job_duration_seconds', { aggregation: 'p90', windowMs: '60000' });
    assert.equal(p90.kind, 'histogram');
    const { absolute = 0 } = p90.errorBound ?? {};
    assert.ok(absolute > 0 && Math.abs(last(p90)! - 0.9) <= absolute, JSON.stringify(p90));
    await provider.shutdown();
  });

  it('are fetched from a target, which is seen to go and to come back', async (t) => {
    let count = 0;
    const target = createServer((_request, response) => {
      count += 1;
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      response.end(`# TYPE work_total counter\nwork_total{agent="worker-1"} ${count}\n`);
    });
    target.listen(0, '127.0.0.1');
    await once(target, 'listening');
    const { port } = target.address() as AddressInfo;
    const folder = mkdtempSync(join(tmpdir(), 'waooaw-e2e-scrape-'));
    disposed.push(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'scrape.yaml');
    writeFileSync(
      file,
      `scrape:\n  - job: work\n    targets: ['http://127.0.0.1:${port}']\n    intervalMs: 200\n    timeoutMs: 200\n    tags: { environment: test }\n`,
    );
    const [, url] = await started(t, { WAOOAW_SCRAPE_FILE: file });
    const agents = async (): Promise<string[]> => {
      const { items } = (await (await fetch(`${url}/api/contexts/agents`)).json()) as {
        items: { id: string }[];
      };
      return items.map(({ id }) => id);
    };
    const up = async (): Promise<number | undefined> =>
      last(await ask(url, 'up{job="work"}', { windowMs: '5000' }));
    await until('the target is up', async () => ((await up()) === 1 ? true : undefined));
    const grown = await until('it grows', async () =>
      last(
        await ask(url, 'work_total{environment="test"}', {
          aggregation: 'increase',
          windowMs: '60000',
          stepMs: '60000',
        }),
      ),
    );
    assert.ok(grown >= 0);
    await until('its agent is listed', async () =>
      (await agents()).includes('worker-1') ? true : undefined,
    );
    target.closeAllConnections();
    target.close();
    await until('the target is down', async () => ((await up()) === 0 ? true : undefined));
    await until('its agent is listed no more', async () =>
      (await agents()).includes('worker-1') ? undefined : true,
    );
    const { targets } = (await (await fetch(`${url}/api/metrics/targets`)).json()) as {
      targets: { up: boolean; failure?: string }[];
    };
    assert.equal(targets[0]?.up, false);
    assert.ok(targets[0].failure);
  });

  it('move a live query on the socket', async (t) => {
    const [, url] = await started(t);
    const client = new SocketClient({ url });
    t.after(() => client.disconnect());
    let first: QueryAnswer | undefined;
    const updates: QueryUpdate[] = [];
    client.subscribe(
      queryChannel({
        metric: 'tasks{env="prod"}',
        windowMs: 60_000,
        stepMs: 1_000,
        across: 'sum',
        by: ['agent'],
      }),
      {
        snapshot: (data) => (first = data as unknown as QueryAnswer),
        publication: (data) => void updates.push(data as unknown as QueryUpdate),
      },
    );
    client.connect();
    await until('the first answer', () => first);
    assert.deepEqual(first?.groups, []);
    await post(url, 'text/plain', 'tasks{env="prod",agent="a"} 5\ntasks{env="test",agent="b"} 6\n');
    const told = await until('the update', () => updates.find(({ groups }) => groups.length > 0));
    assert.deepEqual(
      told.groups.map(({ key, tags, points }) => [key, tags, points[0]?.[1]]),
      [['{agent="a"}', { agent: 'a' }, 5]],
    );
  });

  it('survive a kill, but for what came since the last write', async (t) => {
    const [server, first] = await started(t, { WAOOAW_PERSIST_INTERVAL_MS: '100' });
    let url = first;
    // Minutes of the past that still are open, so that no test waits for any.
    const base = Math.floor(Date.now() / 60_000) * 60_000 - 120_000;
    let sent = 0;
    for (let round = 0; round < 4; round++) {
      for (let i = 0; i < 5; i++) {
        const samples = [0, 1].map((minute) => ({
          name: 'kept',
          value: sent,
          time: base + minute * 60_000 + sent,
        }));
        await post(url, 'application/json', JSON.stringify({ samples }));
        sent += 1;
      }
      const sentAt = Date.now();
      await until('all is written', async () => {
        const text = await (await fetch(`${url}/metrics`)).text();
        const savedAt = Number(/^waooaw_metrics_saved_timestamp_seconds (\S+)/m.exec(text)?.[1] ?? 0);
        return savedAt * 1_000 > sentAt ? true : undefined;
      });
      await server.stop('SIGKILL');
      ({ url } = await server.start());
      const answer = await ask(url, 'kept', {
        from: String(base),
        to: String(base + 120_000),
        stepMs: '60000',
        aggregation: 'count',
      });
      assert.deepEqual(
        answer.groups[0]?.points.map(([start, count]) => [start - base, count]),
        [
          [0, sent],
          [60_000, sent],
        ],
      );
    }
  });
});
