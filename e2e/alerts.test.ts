/** A rule of a file, a metric that goes over its threshold and back, and a receiver that is told, by a real server. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { ServerProcess } from '../scripts/server-process.ts';
import { SocketClient } from '../src/client/socket.ts';
import type { Alert, AlertSnapshot } from '../src/protocol/index.ts';

const PATIENCE_MS = 30_000;
const SECRET = 'a secret that both know';
const dispose: (() => Promise<unknown> | void)[] = [];
after(async () => {
  for (const one of dispose.reverse()) await one();
});

async function until<T>(what: string, read: () => T | undefined): Promise<T> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = read();
    if (found !== undefined) return found;
    assert.ok(performance.now() < giveUpAt, `never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('an alert', () => {
  it('fires, is told and shown, survives a kill, and resolves', async () => {
    const told: { key: unknown; status: string; alerts: { labels: Record<string, string> }[] }[] = [];
    const forged: string[] = [];
    const receiver = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => (body += part));
      request.on('end', () => {
        const [, at = '', signature = ''] =
          /^t=(\d+),v1=([0-9a-f]+)$/.exec(String(request.headers['x-waooaw-signature'])) ?? [];
        if (createHmac('sha256', SECRET).update(`${at}.${body}`).digest('hex') !== signature)
          forged.push(body);
        const key = request.headers['idempotency-key'];
        told.push({ ...(JSON.parse(body) as (typeof told)[number]), key });
        response.end();
      });
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    dispose.push(() => void receiver.close());
    const { port } = receiver.address() as AddressInfo;
    const folder = mkdtempSync(join(tmpdir(), 'waooaw-e2e-alerts-'));
    dispose.push(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'secret'), SECRET);
    const file = join(folder, 'alerts.yaml');
    writeFileSync(
      file,
      `receivers:
  - { name: pager, url: 'http://127.0.0.1:${port}/', secretFile: secret, groupWaitMs: 0 }
rules:
  - name: too-many-jobs
    query: { metric: jobs, by: [agent], windowMs: 10000, stepMs: 1000, aggregation: max }
    condition: { op: '>', value: 10 }
    evaluateMs: 1000
    severity: critical
    annotations: { summary: '{{label.agent}} has {{value}} jobs' }
`,
    );
    const server = new ServerProcess({ env: { WAOOAW_ALERTS_FILE: file } });
    dispose.push(() => server.dispose());
    let { url } = await server.start();
    const put = (value: number): Promise<unknown> =>
      fetch(`${url}/api/metrics`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: `jobs{agent="ada"} ${value}\njobs{agent="bob"} 1\n`,
      });
    let value = 12;
    const sender = setInterval(() => void put(value).catch(() => undefined), 300);
    dispose.push(() => clearInterval(sender));

    const client = new SocketClient({ url });
    dispose.push(() => client.disconnect());
    const alerts = new Map<string, Alert>();
    client.subscribe('alerts', {
      snapshot: (data) => {
        for (const alert of (data as unknown as AlertSnapshot).alerts) alerts.set(alert.alert, alert);
      },
      publication: (data) => void alerts.set((data as unknown as Alert).alert, data as unknown as Alert),
    });
    client.connect();
    const shown = await until('it is shown firing', () =>
      [...alerts.values()].find(({ state }) => state === 'firing'),
    );
    assert.deepEqual([shown.labels['agent'], shown.severity], ['ada', 'critical']);
    assert.equal(shown.summary, 'ada has 12 jobs');
    const first = await until('it is told', () => told[0]);
    assert.deepEqual([first.status, first.alerts.map(({ labels }) => labels['agent'])], ['firing', ['ada']]);

    await server.stop('SIGKILL');
    ({ url } = await server.start());
    value = 3;
    const second = await until('the resolve is told', () => told.find(({ status }) => status === 'resolved'));
    assert.equal(second.alerts[0]?.labels['agent'], 'ada');
    await until('it is shown resolved', () =>
      alerts.get(shown.alert)?.state === 'resolved' ? true : undefined,
    );
    assert.deepEqual(forged, []);
    // The server may have been killed before it noted that it was told: the repetition says which it repeats.
    const firing = told.filter(({ status }) => status === 'firing').map(({ key }) => key);
    assert.deepEqual([...new Set(firing)], [first.key], 'told once');
    assert.equal(typeof first.key, 'string');
  });
});
