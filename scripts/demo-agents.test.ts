/** The agents of the demo, as processes of their own: what they find, that they wait, end, and break as they are meant to. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, describe, it } from 'node:test';
import { parse } from 'yaml';
import { bytesText, usageOf } from '../demo/agents/folder-usage.ts';
import { LogTail, levelOf } from '../demo/agents/log-tail.ts';
import { percentile, probe } from '../demo/agents/server-probe.ts';
import { startServer, temporaryFolder } from '../server/testing/harness.ts';
import { SocketClient } from '../src/client/index.ts';
import type { AgentStatus } from '../src/protocol/index.ts';
import { AGENTS_FILE, endAgents, firstAgent } from './demo-agents.ts';
import { root } from './run.ts';

const KINDS = ['prober', 'watcher', 'tailer'] as const;

interface Running {
  readonly child: ChildProcess;
  /** Where it listens. */
  readonly url: string;
  /** Resolves with a line of its output that has the text in it. */
  line(text: string): Promise<string>;
  readonly exited: Promise<[number | null, NodeJS.Signals | null]>;
}

async function run(t: TestContext, program: string, env: Record<string, string>): Promise<Running> {
  const child = spawn(process.execPath, [join(root, 'demo/agents', program, 'main.ts')], {
    env: { ...process.env, PORT: '0', HOST: '127.0.0.1', WAOOAW_AGENT: 'ada', ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit') as Running['exited'];
  t.after(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const lines: string[] = [];
  let wake = (): void => undefined;
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    wake();
  });
  const line = async (text: string): Promise<string> => {
    for (;;) {
      const found = lines.find((one) => one.includes(text));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  const port = /listens on (\d+)/.exec(await line('listens on'))?.[1];
  return { child, url: `http://127.0.0.1:${port}`, line, exited };
}

async function ask(url: string, method = 'GET'): Promise<[number, unknown]> {
  const answer = await fetch(url, { method, headers: { connection: 'close' } });
  const text = await answer.text();
  return [answer.status, text === '' ? undefined : JSON.parse(text)];
}

/** A data folder as the server's is, and what a server needs not know of it. */
function dataFolder(): string {
  const folder = temporaryFolder();
  const logs = join(folder, 'agents', 'run', 'ada-1.1.0', 'logs');
  mkdirSync(logs, { recursive: true });
  writeFileSync(join(logs, '0000000000000001.log'), '1 1 o info one\n2 1 o error two\n3 1 e three\n');
  return folder;
}

describe('the agents of the demo', () => {
  it('are all that their file of kinds names', () => {
    const { kinds } = parse(readFileSync(join(root, 'demo/agents.yaml'), 'utf8')) as {
      kinds: { versions: { version: string; folder: string }[] }[];
    };
    const named = kinds.flatMap(({ versions }) => versions.map(({ folder }) => folder));
    assert.equal(named.length, 12);
    for (const folder of named)
      assert.match(readFileSync(join(root, 'demo', folder, 'main.ts'), 'utf8'), /await run\(/);
  });

  for (const [kind, older, newer] of [
    [
      'prober',
      /^\/livez answered 200 in [\d.]+ ms$/,
      /^\/livez answered 200; p50 [\d.]+ ms, p95 [\d.]+ ms, 0 failed$/,
    ],
    ['watcher', /^\d+ files$/, /^\d+ files, [\d.]+ [kMG]B; written last: \S+$/],
    ['tailer', /^3 lines in 1 logs$/, /^3 lines in 1 logs: 1 error, 1 info, 1 other$/],
  ] as const) {
    it(`${kind}: two versions find the same and say it differently, on the port and on their channel`, async (t) => {
      const { url } = await startServer(t);
      const env = { WAOOAW_URL: url, DEMO_FOLDER: dataFolder() };
      const client = new SocketClient({ url });
      t.after(() => client.disconnect());
      const heard = new Promise<Record<string, unknown>>((resolve) => {
        client.subscribe('app/agents/ada', {
          publication: (data) => resolve(data as Record<string, unknown>),
        });
      });
      client.connect();
      for (const [version, summary] of [
        ['1.0.0', older],
        ['2.0.0', newer],
      ] as const) {
        const agent = await run(t, `${kind}/${version}`, env);
        await agent.line('info ');
        while ((await ask(`${agent.url}/healthz`))[0] !== 200) await agent.line('info ');
        const [status, found] = (await ask(agent.url)) as [number, Record<string, string>];
        assert.equal(status, 200);
        assert.deepEqual([found['agent'], found['version']], ['ada', version]);
        assert.match(found['summary'] ?? '', summary);
        assert.equal((await ask(`${agent.url}/other`))[0], 404);
        assert.deepEqual(await ask(agent.url, 'HEAD'), [200, undefined]);
        if (version === '1.0.0') {
          const said = await heard;
          assert.equal(said['version'], version);
          assert.match(String(said['summary']), summary);
        }
        agent.child.kill('SIGTERM');
        assert.deepEqual(await agent.exited, [0, null]);
      }
    });
  }

  it('never become ready in their first release candidate, and say what they wait for', async (t) => {
    const { url } = await startServer(t);
    const env = { WAOOAW_URL: url, DEMO_FOLDER: dataFolder() };
    for (const kind of KINDS) {
      const agent = await run(t, `${kind}/2.0.0-rc.1`, env);
      // It has looked, and is not ready for all that.
      await agent.line(kind === 'prober' ? 'info /livez answered 200' : 'error Error: ENOENT');
      const [status, { waiting }] = (await ask(`${agent.url}/healthz`)) as [number, { waiting: string }];
      assert.equal(status, 503);
      assert.match(
        waiting,
        { prober: /204/, watcher: /data-of-waooaw/, tailer: /server\.log\.current/ }[kind],
      );
      agent.child.kill('SIGTERM');
      assert.deepEqual(await agent.exited, [0, null]);
    }
  });

  it('end by themselves soon after they began to serve, in their second', async (t) => {
    const { url } = await startServer(t);
    const env = { WAOOAW_URL: url, DEMO_FOLDER: dataFolder() };
    const agents = await Promise.all(KINDS.map((kind) => run(t, `${kind}/2.0.0-rc.2`, env)));
    const served = async ({ url, line }: Running): Promise<void> => {
      while ((await ask(`${url}/healthz`))[0] !== 200) await line('info ');
    };
    await Promise.all(agents.map(served));
    for (const { exited } of agents) assert.deepEqual(await exited, [1, null]);
  });

  it('take what was chosen for them, and live without a server', async (t) => {
    const folder = dataFolder();
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify({ parameters: { contains: 'two' } }));
    const tailer = await run(t, 'tailer/1.0.0', { DEMO_FOLDER: folder, WAOOAW_CONFIG: config });
    assert.match(await tailer.line('lines in'), /1 lines in 1 logs/);
    const prober = await run(t, 'prober/2.0.0', { WAOOAW_URL: 'http://127.0.0.1:9' });
    assert.match(await prober.line('did not answer'), /1 failed/);
    const lost = await run(t, 'watcher/1.0.0', { DEMO_FOLDER: join(folder, 'gone') });
    await lost.line('error Error: ENOENT');
    // What it says is what is wrong.
    const [status, { summary }] = (await ask(lost.url)) as [number, { summary: string }];
    assert.deepEqual([status, summary.includes('ENOENT')], [200, true]);
  });
});

describe('the first agent of the demo', () => {
  it('is created once, ends with all that it runs, and comes back with the server on its port', async (t) => {
    const dataDir = temporaryFolder();
    t.after(() => endAgents(dataDir));
    const begin = async (): Promise<{
      url: string;
      stop: () => Promise<void>;
      agent: Promise<AgentStatus>;
    }> => {
      const { url, stop } = await startServer(t, { dataDir, agentsFile: AGENTS_FILE });
      const client = new SocketClient({ url });
      t.after(() => client.disconnect());
      const agent = new Promise<AgentStatus>((resolve) => {
        const look = (data: unknown): void => {
          for (const one of [data].flat() as AgentStatus[])
            if (one.state === 'running' && !one.busy && one.instances.some(({ serving }) => serving))
              resolve(one);
        };
        client.subscribe('agents', { snapshot: look, publication: look });
      });
      client.connect();
      return { url: `${url}/`, stop, agent };
    };
    const first = await begin();
    assert.equal(await firstAgent(first.url), true);
    const { agent, version, address } = await first.agent;
    assert.deepEqual([agent, version], ['prober', '1.0.0']);
    assert.equal(await firstAgent(first.url), false);
    await first.stop();
    await endAgents(dataDir);
    await assert.rejects(fetch(`http://${address?.host}:${address?.port}/`));

    const second = await begin();
    assert.deepEqual((await second.agent).address, address);
    assert.equal(await firstAgent(second.url), false);
    await second.stop();
  });

  it('is left to others where the server asks for a token', async (t) => {
    const adminKey = 'an-admin-key-that-nobody-else-has-0123456789abcdef';
    const { url } = await startServer(t, { agentsFile: AGENTS_FILE, adminKey });
    assert.equal(await firstAgent(`${url}/`), false);
  });
});

describe('what they are made of', () => {
  it('reads logs on, through halves of lines, rotation, an emptied file and one that is gone', async () => {
    const folder = temporaryFolder();
    const log = join(folder, 'a.log');
    writeFileSync(join(folder, 'notes.txt'), 'error\n');
    writeFileSync(log, 'error one\nwarn');
    const tail = new LogTail(folder);
    assert.deepEqual(await tail.look(), { error: 1, warn: 0, info: 0, other: 0, files: 1, lines: 1 });
    appendFileSync(log, 'ing two\ninfo three error\n\n');
    assert.deepEqual(await tail.look(), { error: 1, warn: 1, info: 1, other: 1, files: 1, lines: 4 });
    renameSync(log, join(folder, 'a.txt'));
    writeFileSync(log, 'info four\n'.repeat(20_000));
    assert.equal((await tail.look()).info, 20_001);
    writeFileSync(log, 'error five\n');
    assert.equal((await tail.look()).error, 2);
    writeFileSync(log, `error five\nerror ${'x'.repeat(200_000)}`);
    assert.ok((await tail.look()).error > 2, 'a line without an end is not kept for ever');
    rmSync(log);
    assert.equal((await tail.look()).files, 0);
    assert.equal(levelOf('12 1 o 2026 FATAL info'), 'error');
    await assert.rejects(new LogTail(join(folder, 'gone')).look(), { code: 'ENOENT' });
  });

  it('counts files, and says bytes for people', async () => {
    const folder = temporaryFolder();
    assert.deepEqual(await usageOf(folder), { files: 0, bytes: 0 });
    mkdirSync(join(folder, 'inner'));
    writeFileSync(join(folder, 'inner', 'a.txt'), '12345');
    assert.deepEqual(await usageOf(folder), { files: 1, bytes: 5, newest: join('inner', 'a.txt') });
    assert.deepEqual([500, 3.2e6, 7e9].map(bytesText), ['0.5 kB', '3.2 MB', '7.0 GB']);
  });

  it('takes for an answer that there is none', async () => {
    const { failure, status } = await probe('http://127.0.0.1:9', '/livez', 'Bearer x');
    assert.equal(status, undefined);
    assert.match(failure ?? '', /ECONNREFUSED|bad port/);
    assert.deepEqual([percentile([3, 1, 2], 0.5), percentile([3, 1, 2], 0), percentile([1], 1)], [2, 1, 1]);
  });
});
