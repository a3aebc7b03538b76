import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Alert, AuditPage, CheckStatus } from '../src/protocol/index.ts';
import { createWaooaw } from './create.ts';
import { turn } from './testing/event-loop.ts';
import { coded, request, startServer, temporaryFolder } from './testing/harness.ts';

const NEVER = new AbortController().signal;
const FAST = { intervalMs: 1_000, timeoutMs: 500, failureThreshold: 1 };

async function written(checks: readonly object[]): Promise<string> {
  const file = join(temporaryFolder(), 'checks.json');
  await writeFile(file, JSON.stringify({ checks }));
  return file;
}

describe('a server with a file of checks', () => {
  it('looks, raises an alert, opens an incident and writes it into the trail', async (t) => {
    const probe = { kind: 'tcp', host: '127.0.0.1', port: 1 };
    const dependsOn = [{ check: 'database' }];
    const checksFile = await written([{ check: 'nothing', title: 'Nothing', ...FAST, probe, dependsOn }]);
    const { url, waooaw } = await startServer(t, { checksFile });
    await waooaw.health.waitFor('nothing', 'down', NEVER);
    const status = (await request(`${url}/api/health/nothing`)).json<CheckStatus>();
    assert.deepEqual([status.word, status.source, status.kind], ['down', 'file', 'tcp']);
    assert.ok(status.incident);
    while (waooaw.alerts.list().length === 0) await turn();
    const [{ rule, source, state, severity } = {} as Alert] = waooaw.alerts.list();
    assert.deepEqual([rule, source, state, severity], ['check/nothing', 'health', 'firing', 'critical']);
    const trail = async (): Promise<AuditPage> => (await request(`${url}/api/audit`)).json<AuditPage>();
    let { items } = await trail();
    while (items.length === 0) ({ items } = await trail());
    assert.deepEqual(
      items.map(({ action, resource }) => [action, resource?.id]),
      [['incident.open', 'nothing']],
    );
    const metrics = await request(`${url}/metrics`);
    assert.match(metrics.text, /^waooaw_health_checks\{word="down"\} 1$/m);
  });

  it('does not begin while the file is not valid, and names the place', async (t) => {
    const checksFile = await written([{ check: 'a', ...FAST, parent: 'a', probe: { kind: 'tcp' } }]);
    const waooaw = createWaooaw({ checksFile, dataDir: temporaryFolder(), logLevel: 'silent' });
    t.after(() => waooaw.stop());
    await assert.rejects(waooaw.start(), coded('bad_config', checksFile, 'probe'));
  });
});
