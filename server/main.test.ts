import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { CLOSE } from '../src/protocol/index.ts';
import type { AgentStatus, CheckStatus, OperationStatus } from '../src/protocol/index.ts';
import { identify } from './engines/process/identity.ts';
import { Reader, post, request, temporaryFolder } from './testing/harness.ts';
import { Program } from './testing/program.ts';
import { endAgents, until, writtenKinds } from './testing/running-agents.ts';

/** Starts the server on a free port, silent but for its one line. */
function start(t: TestContext, env: Record<string, string> = {}): Program {
  const WAOOAW_DATA_DIR = env['WAOOAW_DATA_DIR'] ?? join(temporaryFolder(), 'data');
  return new Program(t, 'server/main.ts', {
    WAOOAW_PORT: '0',
    WAOOAW_LOG_LEVEL: 'silent',
    ...env,
    WAOOAW_DATA_DIR,
  });
}

/** Starts a server that must not start, and gives the one line that says why. */
async function refusal(t: TestContext, env: Record<string, string>): Promise<string> {
  const { code, stdout, stderr } = await start(t, env).ended;
  assert.deepEqual([code, stdout], [1, ''], stderr);
  assert.equal(stderr.split('\n').length, 2, `one line and its end: ${stderr}`);
  assert.match(stderr, /^waooaw cannot start \([a-z_]+\): /);
  return stderr;
}

const checkOf = async (url: string, check: string): Promise<CheckStatus> =>
  (await request(`${url}/api/health/${check}`)).json<CheckStatus>();

describe('the server, started', () => {
  it('says in one line where it is, and is there', async (t) => {
    const server = start(t, { WAOOAW_BASE_PATH: '/ops' });
    const url = await server.url();
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/ops$/);
    assert.equal((await request(`${url}/readyz`)).status, 200);
    server.kill('SIGTERM');
    const { stdout, stderr } = await server.ended;
    assert.deepEqual([stdout, stderr], [`waooaw is running at ${url}/\n`, '']);
  });

  it('logs JSON lines, and warns of a variable that is none of ours', async (t) => {
    const server = start(t, { WAOOAW_LOG_LEVEL: 'info', WAOOAW_PROT: '80' });
    await server.url();
    server.kill('SIGTERM');
    const { stdout } = await server.ended;
    const logged = stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { level: number; msg: string; signal?: string });
    assert.ok(logged.some(({ level, msg }) => level === 40 && msg.includes('WAOOAW_PROT')));
    assert.ok(logged.some(({ msg, signal }) => msg === 'draining' && signal === 'SIGTERM'));
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`ends at ${signal} with every socket told to come back at once, and exit code 0`, async (t) => {
      const server = start(t);
      const url = await server.url();
      const reader = await Reader.connected(t, `${url.replace('http', 'ws')}/ws`);
      await reader.ask({ subscribe: { ch: 'health' } });
      server.kill(signal);
      assert.deepEqual(await reader.closed, { code: CLOSE.shutdown, reason: 'shutdown' });
      const { code, stderr } = await server.ended;
      assert.deepEqual([code, stderr], [0, '']);
    });
  }

  it('waits for an open request at the end, cuts it when its time is over, and dies at a second signal', async (t) => {
    const open = async (env: Record<string, string>): Promise<Program> => {
      const server = start(t, env);
      const { hostname, port, host } = new URL(await server.url());
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      t.after(() => socket.destroy());
      const head = `POST /api/metrics HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 9`;
      socket.write(`${head}\r\nExpect: 100-continue\r\n\r\n`);
      // The server has taken the request on once it asks for the rest of it.
      await once(socket, 'data');
      server.kill('SIGTERM');
      return server;
    };
    const cutting = await open({ WAOOAW_SHUTDOWN_TIMEOUT_MS: '1' });
    assert.equal((await cutting.ended).code, 0);
    for (const second of ['SIGTERM', 'SIGINT'] as const) {
      const waiting = await open({ WAOOAW_SHUTDOWN_TIMEOUT_MS: '600000', WAOOAW_LOG_LEVEL: 'info' });
      await waiting.line(/draining/);
      waiting.kill(second);
      assert.equal((await waiting.ended).signal, second);
    }
  });

  it('starts again on its data after kill -9, and writes to it', async (t) => {
    const WAOOAW_DATA_DIR = temporaryFolder();
    for (let times = 0; times < 3; times++) {
      const server = start(t, { WAOOAW_DATA_DIR, WAOOAW_CHECK_INTERVAL_MS: '100' });
      const url = await server.url();
      let state = '';
      while (state !== 'up') ({ state } = await checkOf(url, 'database'));
      server.kill('SIGKILL');
      assert.equal((await server.ended).signal, 'SIGKILL');
    }
  });
});

describe('a data folder', () => {
  const lockOf = async (folder: string): Promise<{ pid: number; startTime: number }> =>
    JSON.parse(await readFile(join(folder, 'server.lock'), 'utf8')) as { pid: number; startTime: number };

  it('belongs to one server: a second one ends, and the first commands agents and revives them as before', async (t) => {
    const WAOOAW_DATA_DIR = temporaryFolder();
    const env = { WAOOAW_DATA_DIR, WAOOAW_AGENTS_FILE: writtenKinds() };
    const server = start(t, env);
    // Behind the server's own hook, or it would begin them again.
    t.after(() => endAgents(WAOOAW_DATA_DIR));
    const url = await server.url();
    const { pid } = await lockOf(WAOOAW_DATA_DIR);
    const { port } = new URL(url);
    // On the same port, as by mistake, and on another.
    for (const WAOOAW_PORT of [port, '0']) {
      const line = await refusal(t, { ...env, WAOOAW_PORT });
      assert.match(line, new RegExp(`\\(data_folder_in_use\\): .*process id ${pid} `));
      assert.ok(line.includes(WAOOAW_DATA_DIR));
    }
    const asked = await post(`${url}/api/agents`, { agent: 'shop', kind: 'web' });
    assert.equal(asked.status, 202, asked.text);
    const { operation } = asked.json<OperationStatus>();
    await until(async () => {
      const { state } = (await request(`${url}/api/operations/${operation}`)).json<OperationStatus>();
      return state === 'completed';
    }, 'the agent is created');
    const agent = async (): Promise<AgentStatus> =>
      (await request(`${url}/api/agents/shop`)).json<AgentStatus>();
    const { instances, address } = await agent();
    process.kill(instances[0]!.pid!, 'SIGKILL');
    await until(async () => {
      const [now] = (await agent()).instances;
      return now?.pid !== undefined && now.pid !== instances[0]!.pid && now.serving;
    }, 'it is begun again');
    const said = await request(`http://${address?.host}:${address?.port}/`);
    assert.deepEqual([said.status, (await request(`${url}/readyz`)).status], [200, 200]);
  });

  it('is free at once when its server ends, whichever way, and is taken over from who has its pid by now', async (t) => {
    const WAOOAW_DATA_DIR = temporaryFolder();
    const file = join(WAOOAW_DATA_DIR, 'server.lock');
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const server = start(t, { WAOOAW_DATA_DIR });
      await server.url();
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      server.kill(signal);
      await server.ended;
    }
    await assert.rejects(stat(file), { code: 'ENOENT' });
    const recycled = { ...identify(process.pid)!, startTime: 1 };
    for (const text of [JSON.stringify(recycled), 'nothing to be read']) {
      await writeFile(file, text);
      const server = start(t, { WAOOAW_DATA_DIR });
      await server.url();
      assert.notEqual((await lockOf(WAOOAW_DATA_DIR)).pid, process.pid);
      server.kill('SIGTERM');
      assert.equal((await server.ended).code, 0);
    }
  });
});

describe('the server, not started', () => {
  it('because a variable is wrong names it, what it was and what was expected', async (t) => {
    const line = await refusal(t, { WAOOAW_PORT: '99999' });
    assert.match(line, /\(bad_config\): WAOOAW_PORT is "99999"; expected a whole number from 0 to 65535/);
  });

  it('because a secret is wrong says its length, and not the secret', async (t) => {
    for (const variable of ['WAOOAW_ADMIN_KEY', 'WAOOAW_JWT_SECRET']) {
      const line = await refusal(t, { [variable]: 'hush-hush' });
      assert.match(
        line,
        new RegExp(`\\(bad_config\\): ${variable} is \\(secret\\) of 9 characters; expected `),
      );
      assert.doesNotMatch(line, /hush/);
    }
  });

  it('because others could reach it without authentication says what to do', async (t) => {
    for (const host of ['0.0.0.0', '::']) {
      assert.match(await refusal(t, { WAOOAW_HOST: host }), /\(exposed_without_auth\): .*127\.0\.0\.1/);
    }
  });

  it('because others can read the key of its audit trail names the file, and ends', async (t) => {
    const WAOOAW_DATA_DIR = temporaryFolder();
    await writeFile(join(WAOOAW_DATA_DIR, 'audit-key.json'), '{}', { mode: 0o644 });
    const line = await refusal(t, { WAOOAW_DATA_DIR });
    assert.match(line, /\(bad_config\): .*audit-key\.json/);
  });

  it('because its port is in use says so, with the variable to change', async (t) => {
    const other = createServer();
    await once(other.listen(0, '127.0.0.1'), 'listening');
    t.after(() => other.close());
    const { port } = other.address() as AddressInfo;
    const line = await refusal(t, { WAOOAW_PORT: `${port}` });
    assert.match(line, /\(port_in_use\): Port \d+ on 127\.0\.0\.1 is in use.*WAOOAW_PORT/);
  });

  it('because its lock cannot be read says which file it is', async (t) => {
    const WAOOAW_DATA_DIR = temporaryFolder();
    await mkdir(join(WAOOAW_DATA_DIR, 'server.lock'));
    assert.match(await refusal(t, { WAOOAW_DATA_DIR }), /\(database_failed\): .*server\.lock/);
  });

  it('because its data folder is a file, or lies below one, names the folder', async (t) => {
    const file = join(temporaryFolder(), 'file');
    await writeFile(file, '');
    for (const WAOOAW_DATA_DIR of [file, join(file, 'below')]) {
      const line = await refusal(t, { WAOOAW_DATA_DIR });
      assert.match(line, /\(database_failed\): /);
      assert.ok(line.includes(WAOOAW_DATA_DIR));
    }
  });

  it('because its database is none says so', async (t) => {
    const WAOOAW_DATA_DIR = temporaryFolder();
    await writeFile(
      join(WAOOAW_DATA_DIR, 'waooaw.db'),
      'a text that is far too long to pass for an empty file',
    );
    assert.match(await refusal(t, { WAOOAW_DATA_DIR }), /\(database_failed\): .*not a database/);
    const folder = temporaryFolder();
    await mkdir(join(folder, 'waooaw.db'));
    assert.match(await refusal(t, { WAOOAW_DATA_DIR: folder }), /\(database_failed\): .*waooaw\.db/);
  });

  it('because its database is from a newer release says which, and lets the file alone', async (t) => {
    const WAOOAW_DATA_DIR = temporaryFolder();
    const path = join(WAOOAW_DATA_DIR, 'waooaw.db');
    const newer = new DatabaseSync(path);
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    const line = await refusal(t, { WAOOAW_DATA_DIR });
    assert.match(line, /\(database_newer\): .*schema 99.*newer release/);
    const after = new DatabaseSync(path);
    t.after(() => after.close());
    assert.equal(after.prepare('PRAGMA user_version').get()?.['user_version'], 99);
    assert.deepEqual(after.prepare('SELECT name FROM sqlite_schema').all(), []);
  });
});
