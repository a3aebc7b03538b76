import assert from 'node:assert/strict';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { pino } from 'pino';
import type { AgentStatus, NewAgent } from '../src/protocol/index.ts';
import { reachable } from './agents.ts';
import { createWaooaw } from './create.ts';
import type { Waooaw } from './create.ts';
import { Reader, coded, post, request, temporaryFolder } from './testing/harness.ts';
import { endAgents, ended, startWithAgents, until, writtenKinds } from './testing/running-agents.ts';

const ASKED = { by: 'test', actor: { id: 'test', kind: 'user' } } as const;

async function create({ provisioning }: Waooaw, agent: NewAgent): Promise<AgentStatus> {
  const { operation } = await provisioning.create(agent, ASKED);
  await ended({ provisioning } as Waooaw, operation);
  return provisioning.agent(agent.agent);
}

/** A log that can be read. */
function readableLog() {
  const lines: { readonly level: number; readonly msg: string; readonly agents?: number }[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as (typeof lines)[number]);
  return { log: pino({ level: 'info' }, { write }), lines };
}

const hello = async ({ address }: AgentStatus): Promise<string> =>
  (await request(`http://${address?.host}:${address?.port}/`)).text;

describe('a server with agents', () => {
  it('leaves them running when it stops, and finds them again, on the same port', async (t) => {
    const dataDir = temporaryFolder();
    const first = await startWithAgents(t, { dataDir });
    const before = await create(first.waooaw, { agent: 'shop', kind: 'web', version: '1.0.0' });
    const [{ pid } = {}] = before.instances;
    assert.ok(pid !== undefined);
    await first.waooaw.drain();
    await first.stop();
    assert.equal(await hello(before), 'hello', 'while the server is down');

    const { log, lines } = readableLog();
    const { waooaw, url } = await startWithAgents(t, { dataDir }, { log });
    assert.deepEqual(
      lines.flatMap(({ level, msg, agents }) => (agents === undefined ? [] : [[level, msg, agents]])),
      [[30, 'agents that were found running are adopted', 1]],
    );
    const after = waooaw.provisioning.agent('shop');
    assert.deepEqual([after.state, after.address], ['running', before.address]);
    assert.deepEqual(
      after.instances.map((instance) => instance.pid),
      [pid],
    );
    assert.equal(waooaw.provisioning.stats().adopted, 1);
    const { operation } = await waooaw.provisioning.command(
      'shop',
      { type: 'upgrade', version: '2.0.0' },
      ASKED,
    );
    await ended(waooaw, operation);
    assert.equal(await hello(after), 'hello');
    const metrics = (await request(`${url}/metrics`)).text;
    assert.match(metrics, /^waooaw_provisioning_agents\{state="running"\} 1$/m);
    assert.match(metrics, /^waooaw_provisioning_adopted_total 1$/m);
  });

  it('says once, fatally, that another one has taken its folder over, is not ready from then on, and lets agents run', async (t) => {
    const dataDir = temporaryFolder();
    const { log, lines } = readableLog();
    const { waooaw, url } = await startWithAgents(t, { dataDir, checkIntervalMs: 100 }, { log });
    const agent = await create(waooaw, { agent: 'shop', kind: 'web' });
    await waooaw.health.waitFor('server', 'up', AbortSignal.timeout(30_000));
    // As a server on another machine, or in another container, would: the lock does not reach there.
    const other = new DatabaseSync(join(dataDir, 'waooaw.db'));
    other.exec("UPDATE provisioning_epoch SET epoch = epoch + 1, holder = 'another'");
    other.close();
    for (const _ of [1, 2]) {
      const refused = await post(`${url}/api/agents/shop/stop`, {});
      assert.deepEqual([refused.status, refused.json<{ code: string }>().code], [503, 'fenced']);
    }
    const fatal = lines.filter(({ level }) => level === 60).map(({ msg }) => msg);
    assert.equal(fatal.length, 1, fatal.join());
    assert.match(fatal[0]!, /^Another server has taken the data folder over; this one must end/);
    assert.equal((await request(`${url}/readyz`)).status, 503);
    await waooaw.health.waitFor('server', 'down', AbortSignal.timeout(30_000));
    assert.equal(await hello(agent), 'hello');
  });

  it('watches them, lists them as contexts, and mends them by a remedy', async (t) => {
    const checksFile = join(temporaryFolder(), 'checks.json');
    const remediation = { action: { kind: 'restart-agent', agent: 'shop' } };
    const probe = { kind: 'metric', metric: 'trouble', downAbove: 0 };
    const check = { check: 'till', intervalMs: 1_000, failureThreshold: 1, probe, remediation };
    await writeFile(checksFile, JSON.stringify({ checks: [check] }));
    const { waooaw, url } = await startWithAgents(t, { checksFile });
    const before = await create(waooaw, { agent: 'shop', kind: 'web', tags: { service: 'pay' } });
    await waooaw.health.waitFor('agent-shop', 'up', AbortSignal.timeout(30_000));
    await until(async () => {
      const { text } = await request(`${url}/api/contexts/agents`);
      return text.includes('"shop"');
    }, 'the agent is a context');
    const serving = (): readonly (string | undefined)[] =>
      waooaw.provisioning.agent('shop').instances.flatMap((one) => (one.serving ? [one.instance] : []));
    const old = serving();
    assert.equal(old.length, 1);
    await post(`${url}/api/metrics`, { samples: [{ name: 'trouble', value: 1 }] });
    await until(() => serving().length === 1 && serving()[0] !== old[0], 'it was restarted');
    assert.equal(await hello(before), 'hello');
    const [restart] = await waooaw.provisioning.operations({ type: 'restart', limit: 1 });
    await ended(waooaw, restart!.operation);
    assert.equal(waooaw.provisioning.agent('shop').state, 'running');
  });

  it('gives them a token of their own, with which they reach it, and takes it back', async (t) => {
    const { waooaw, url, socketUrl } = await startWithAgents(t, { anonymousRole: 'none' });
    await create(waooaw, { agent: 'shop', kind: 'knowing' });
    let environment: Record<string, string> = {};
    await until(async () => {
      const { lines } = await waooaw.provisioning.agentLogs('shop', { limit: 100 });
      const line = lines.find(({ text }) => text.startsWith('environment '));
      if (line) environment = JSON.parse(line.text.slice('environment '.length)) as Record<string, string>;
      return line !== undefined;
    }, 'it has told what it was given');
    const { WAOOAW_URL: at, WAOOAW_TOKEN: token = '', WAOOAW_CHANNEL: ch } = environment;
    assert.deepEqual([at, ch], [url, 'app/agents/shop']);
    const config = JSON.parse(await readFile(environment['WAOOAW_CONFIG'] ?? '', 'utf8')) as {
      agent: string;
    };
    assert.equal(config.agent, 'shop');
    assert.deepEqual(
      // Node hands the last one on by itself while coverage is measured.
      Object.keys(environment).filter((name) =>
        /^(npm|USER|LOGNAME|SSH|SECRET|NODE_(?!V8_COVERAGE))/.test(name),
      ),
      [],
    );
    const reader = await Reader.open(t, socketUrl);
    assert.ok((await reader.ask({ connect: { token } })).ok);
    assert.ok((await reader.ask({ publish: { ch: 'app/agents/shop/found', data: 1 } })).ok);
    const refused = await reader.ask({ publish: { ch: 'app/agents/till', data: 1 } });
    assert.equal(refused.err?.code, 'forbidden');
    const { operation } = await waooaw.provisioning.command('shop', { type: 'delete', graceMs: 0 }, ASKED);
    await ended(waooaw, operation);
    await assert.rejects(waooaw.auth.authenticate(token, '127.0.0.1'), coded('token_revoked'));
    assert.equal((await reader.closed).code > 0, true);
  });

  it('tells them the address that its settings name, where a host listens for it', async (t) => {
    const dataDir = temporaryFolder();
    const externalUrl = 'https://ops.example/waooaw';
    const waooaw = createWaooaw({ agentsFile: writtenKinds(), dataDir, externalUrl, logLevel: 'silent' });
    t.after(() => waooaw.stop());
    t.after(() => endAgents(dataDir));
    await waooaw.start();
    await create(waooaw, { agent: 'shop', kind: 'knowing' });
    await until(async () => {
      const { lines } = await waooaw.provisioning.agentLogs('shop', { limit: 100 });
      return lines.some(({ text }) => text.includes(`"WAOOAW_URL":"${externalUrl}"`));
    }, 'it was told the address');
    const hosts = ['0.0.0.0', '::', '::1', '127.0.0.1', 'ops.example'];
    assert.deepEqual(hosts.map(reachable), ['127.0.0.1', '[::1]', '[::1]', '127.0.0.1', 'ops.example']);
  });

  it('does not begin while its file of kinds is not valid, or others may write it', async (t) => {
    const begun = async (agentsFile: string, ...words: string[]): Promise<void> => {
      const waooaw = createWaooaw({ agentsFile, dataDir: temporaryFolder(), logLevel: 'silent' });
      t.after(() => waooaw.stop());
      await assert.rejects(waooaw.start(), coded('bad_config', agentsFile, ...words));
    };
    const bad = writtenKinds();
    await writeFile(bad, '{"kinds":[{"kind":"Web","versions":[]}]}');
    await begun(bad, 'kinds[0].kind');
    const open = writtenKinds();
    await chmod(open, 0o666);
    await begun(open);
    await begun(join(temporaryFolder(), 'none.yaml'));
  });

  it('runs nothing without a file of kinds', async (t) => {
    const { waooaw } = await startWithAgents(t, { agentsFile: '' });
    assert.deepEqual([waooaw.provisioning.kinds(), waooaw.provisioning.agents()], [[], []]);
    await assert.rejects(
      waooaw.provisioning.create({ agent: 'a', kind: 'web' }, ASKED),
      coded('unknown_kind'),
    );
  });
});
