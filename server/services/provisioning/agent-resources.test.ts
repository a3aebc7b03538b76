import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { coded } from '../../testing/harness.ts';
import { aSpec, anAgent, anEvent, provisioningRecording } from '../../testing/provisioning-recording.ts';
import type { ProvisioningRecording } from '../../testing/provisioning-recording.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createAgentResources } from './agent-resources.ts';
import type { AgentKind } from './kinds.ts';
import type { AgentRecord } from './record/record.ts';
import type { AgentResources } from './resources.ts';

const ms = { intervalMs: 1_000, timeoutMs: 1_000, failureThreshold: 3 };

function aKind(more: Partial<AgentKind> = {}): AgentKind {
  return {
    kind: 'watcher',
    title: 'Watcher',
    versions: [
      {
        version: '1.0.0',
        command: [process.execPath, '{param:name}', '{config}', '{storage}'],
        env: { MODE: 'prod' },
      },
    ],
    parameters: {},
    secrets: [
      { name: 'API_TOKEN', required: true },
      { name: 'OTHER', required: false },
    ],
    passEnv: ['TZ', 'MISSING'],
    hasPort: true,
    maxReplicas: 3,
    resources: { nice: 5 },
    storage: { quotaBytes: 100 },
    queue: true,
    ready: { kind: 'tcp', ...ms },
    restart: { when: 'always', delayMs: 1, maxDelayMs: 1, stableMs: 1, maxInWindow: 1, windowMs: 1 },
    upgrade: { progressDeadlineMs: 1, minHealthyMs: 1, watchMs: 1, drainMs: 1 },
    stop: { signal: 'SIGTERM', graceMs: 5 },
    logs: { maxFileBytes: 1, maxFiles: 1, maxLineBytes: 1 },
    tokenRole: 'viewer',
    ...more,
  };
}

interface Resourcing extends ProvisioningRecording {
  readonly resources: AgentResources;
  /** Of all agents. */
  readonly home: string;
  /** Commits the agent with secrets that are sealed for a revision, as a change of its spec brings them. */
  sealed(before: AgentRecord, revision: number, secrets: Record<string, string>): Promise<AgentRecord>;
}

async function resourcing(
  t: TestContext,
  more: { url?: string; maxStorageEntries?: number } = { url: 'http://127.0.0.1:8080' },
): Promise<Resourcing> {
  const run = await provisioningRecording(t);
  const home = join(run.folder, 'agents');
  const { url, ...limits } = more;
  const resources = createAgentResources({
    database: run.database,
    folder: home,
    url: () => url,
    env: { TZ: 'UTC', PATH: '/bin', WAOOAW_JWT_SECRET: 'hush' },
    ...limits,
  });
  return {
    ...run,
    home,
    resources,
    async sealed(before, revision, secrets) {
      const agent = { ...before, spec: { ...before.spec, generation: revision, secretsRevision: revision } };
      const statements = resources.sealSecrets(before, revision, secrets);
      await run.record.commit({ agent, statements }, anEvent());
      return agent;
    },
  };
}

const named = (parameters = { name: 'x' }) => anAgent({ spec: aSpec({ parameters }) });

describe('what an instance is started with', () => {
  it('is its command filled in, and an environment of what was asked for', async (t) => {
    const { resources, record, home, sealed } = await resourcing(t);
    const agent = await sealed(named(), 1, { API_TOKEN: 's3cret' });
    await record.commit({ agent, statements: resources.sealToken(agent, 'token') }, anEvent());
    const config = join(home, 'config', 'mail-1', '1.2.json');
    const storage = join(home, 'storage', 'mail-1');
    assert.deepEqual(await resources.prepare(agent, agent.spec, aKind(), 2, 7), {
      name: 'mail-1.1.2',
      labels: { agent: 'mail', incarnation: '1', generation: '1', version: '1.0.0', epoch: '7' },
      command: [process.execPath, 'x', config, storage],
      env: {
        TZ: 'UTC',
        MODE: 'prod',
        API_TOKEN: 's3cret',
        WAOOAW_AGENT: 'mail',
        WAOOAW_CONFIG: config,
        WAOOAW_STORAGE: storage,
        WAOOAW_CHANNEL: 'app/agents/mail',
        WAOOAW_URL: 'http://127.0.0.1:8080',
        WAOOAW_TOKEN: 'token',
      },
      workingFolder: storage,
      hasPort: true,
      resources: { nice: 5 },
      stop: { signal: 'SIGTERM', graceMs: 5 },
      logs: { maxFileBytes: 1, maxFiles: 1, maxLineBytes: 1 },
    });
    const written = await readFile(config, 'utf8');
    assert.deepEqual(JSON.parse(written), {
      agent: 'mail',
      title: 'Mail',
      kind: 'watcher',
      version: '1.0.0',
      generation: 1,
      instance: 'mail-1.1.2',
      tags: {},
      storage,
      quotaBytes: 100,
      channel: 'app/agents/mail',
      parameters: { name: 'x' },
    });
    for (const [path, mode] of [
      [config, 0o600],
      [join(home, 'config', 'mail-1'), 0o700],
      [storage, 0o700],
      [home, 0o700],
      [join(home, 'secrets.key'), 0o600],
    ] as const)
      assert.equal((await stat(path)).mode & 0o777, mode, path);
    assert.deepEqual(await readdir(join(home, 'config', 'mail-1')), ['1.2.json']);
  });

  it('holds nothing of what a kind does not ask for', async (t) => {
    const { resources, record, sealed } = await resourcing(t, {});
    const agent = await sealed(named(), 1, { API_TOKEN: 's3cret', GONE: 'x' });
    await record.commit({ agent, statements: resources.sealToken(agent, 'token') }, anEvent());
    const plain = aKind({ secrets: [], passEnv: [], queue: false });
    const { tokenRole: _, ...kind } = plain;
    const { env } = await resources.prepare(agent, agent.spec, kind, 0, 1);
    assert.deepEqual(Object.keys(env), ['MODE', 'WAOOAW_AGENT', 'WAOOAW_CONFIG', 'WAOOAW_STORAGE']);
    const { env: again } = await resources.prepare(
      anAgent({ agent: 'web' }),
      aSpec({ parameters: { name: 'y' } }),
      plain,
      0,
      1,
    );
    assert.ok(!('WAOOAW_TOKEN' in again), 'another’s token');
  });

  it('lets nothing stand in the place of a secret, or of what is ours', async (t) => {
    const { resources, sealed } = await resourcing(t);
    const agent = await sealed(named(), 1, { API_TOKEN: 's3cret', TZ: 'evil' });
    const env = { API_TOKEN: 'configured', WAOOAW_AGENT: 'forged' };
    const kind = aKind({ versions: [{ version: '1.0.0', command: [process.execPath], env }] });
    const made = await resources.prepare(agent, agent.spec, kind, 0, 1);
    assert.deepEqual(
      [made.env['API_TOKEN'], made.env['WAOOAW_AGENT'], made.env['TZ'], made.env['WAOOAW_TOKEN']],
      ['s3cret', 'mail', 'UTC', undefined],
    );
  });

  it('works where its version lives', async (t) => {
    const { resources, sealed } = await resourcing(t);
    const agent = await sealed(named(), 1, { API_TOKEN: 's' });
    const workingFolder = temporaryFolder();
    const command = [process.execPath, '{folder}/main.js'];
    const kind = aKind({ versions: [{ version: '1.0.0', command, workingFolder, env: {} }] });
    const made = await resources.prepare(agent, agent.spec, kind, 0, 1);
    assert.deepEqual(
      [made.workingFolder, made.command],
      [workingFolder, [process.execPath, join(workingFolder, 'main.js')]],
    );
    await writeFile(join(workingFolder, 'main.js'), 'x');
    await chmod(join(workingFolder, 'main.js'), 0o646);
    await assert.rejects(
      resources.prepare(agent, agent.spec, kind, 0, 1),
      coded('agent_start_failed', 'main.js is writable by everybody'),
    );
    await chmod(join(workingFolder, 'main.js'), 0o644);
    await chmod(workingFolder, 0o777);
    await assert.rejects(
      resources.prepare(agent, agent.spec, kind, 0, 1),
      coded('agent_start_failed', 'is writable by everybody'),
    );
  });

  it('is refused without a version, a secret, or a value that its command takes, and nothing is written', async (t) => {
    const { resources, sealed, home } = await resourcing(t);
    const agent = await sealed(named(), 1, { OTHER: 'x' });
    const refuses = (spec: AgentRecord['spec'], code: 'bad_parameters' | 'unknown_version', words: string) =>
      assert.rejects(resources.prepare(agent, spec, aKind(), 0, 1), coded(code, words));
    await refuses({ ...agent.spec, version: '9' }, 'unknown_version', 'has no version "9"');
    await refuses(agent.spec, 'bad_parameters', 'the secret API_TOKEN is missing');
    await refuses(
      { ...agent.spec, parameters: { name: '--inspect' } },
      'bad_parameters',
      '/name: expected no dash',
    );
    assert.deepEqual(await readdir(join(home, 'config', 'mail-1')), []);
  });

  it('may be made again: folders that were opened are closed, and old configurations go', async (t) => {
    const { resources, sealed, home } = await resourcing(t);
    const agent = await sealed(named(), 1, { API_TOKEN: 's' });
    const config = join(home, 'config', 'mail-1');
    await resources.allocate(agent, aKind());
    await chmod(join(home, 'storage', 'mail-1'), 0o755);
    await writeFile(join(config, 'mine.txt'), 'x');
    for (const generation of [1, 2, 3, 4, 4])
      await resources.prepare(
        { ...agent, live: aSpec({ generation: 3 }) },
        { ...agent.spec, generation },
        aKind(),
        0,
        1,
      );
    assert.equal((await stat(join(home, 'storage', 'mail-1'))).mode & 0o777, 0o700);
    assert.deepEqual((await readdir(config)).sort(), ['1.0.json', '3.0.json', '4.0.json', 'mine.txt']);
  });

  it('is refused where something else stands in the place of a folder', async (t) => {
    const { resources, home } = await resourcing(t);
    const other = temporaryFolder();
    await mkdir(join(home, 'storage'), { recursive: true });
    await symlink(other, join(home, 'storage', 'mail-1'));
    await assert.rejects(
      resources.allocate(named(), aKind()),
      coded('agent_start_failed', 'mail-1 is no folder'),
    );
    await assert.rejects(
      resources.allocate(anAgent({ agent: '../x' }), aKind()),
      coded('bad_request', '"../x"'),
    );
    await assert.rejects(resources.release(anAgent({ agent: '..' })), coded('bad_request', '".."'));
  });

  it('leaves nothing half written where it cannot be written', async (t) => {
    const { resources, sealed, home } = await resourcing(t);
    const agent = await sealed(named(), 1, { API_TOKEN: 's' });
    await mkdir(join(home, 'config', 'mail-1', '1.0.json'), { recursive: true });
    await assert.rejects(resources.prepare(agent, agent.spec, aKind(), 0, 1), { code: 'EISDIR' });
    assert.deepEqual(await readdir(join(home, 'config', 'mail-1')), ['1.0.json']);
  });
});

describe('secrets', () => {
  const values = async ({ resources }: Resourcing, agent: AgentRecord, spec = agent.spec) => {
    const { env } = await resources.prepare(agent, spec, aKind(), 0, 1);
    return [env['API_TOKEN'], env['OTHER']];
  };

  it('of a revision are those that were given, and those of before that were not', async (t) => {
    const run = await resourcing(t);
    const one = await run.sealed(named(), 1, { API_TOKEN: 'a1', OTHER: 'o1' });
    const two = await run.sealed(one, 2, { API_TOKEN: 'a2' });
    assert.deepEqual(await values(run, two), ['a2', 'o1']);
    assert.deepEqual(await values(run, two, one.spec), ['a1', 'o1'], 'what a rollback goes back to');
    assert.deepEqual(await run.resources.secretNames(two), ['API_TOKEN', 'OTHER']);
    assert.deepEqual(await run.resources.secretNames(named()), []);
  });

  it('that came with a revision which failed are in no later one', async (t) => {
    const run = await resourcing(t);
    const one = await run.sealed(named(), 1, { API_TOKEN: 'a1' });
    await run.sealed(one, 2, { OTHER: 'of the one that failed' });
    // It went back, and another upgrade follows.
    const three = await run.sealed(one, 3, { API_TOKEN: 'a3' });
    assert.deepEqual(await values(run, three), ['a3', undefined]);
    const rows = await run.rows('SELECT DISTINCT revision FROM provisioning_secret ORDER BY revision');
    assert.deepEqual(
      rows.map(({ revision }) => revision),
      [1, 3],
    );
  });

  it('stay for as long as something that the agent may go back to names them, and the token always', async (t) => {
    const run = await resourcing(t);
    const one = await run.sealed(named(), 1, { API_TOKEN: 'a1' });
    await run.record.commit({ statements: run.resources.sealToken(one, 'token') }, anEvent());
    const two = { ...(await run.sealed(one, 2, { API_TOKEN: 'a2' })), previous: one.spec };
    const three = { ...(await run.sealed(two, 3, { API_TOKEN: 'a3' })), previous: two.spec };
    assert.deepEqual(await values(run, three, two.spec), ['a2', undefined]);
    await run.sealed(three, 4, {});
    const rows = await run.rows('SELECT revision, name FROM provisioning_secret ORDER BY revision');
    assert.deepEqual(
      rows.map(({ revision, name }) => [revision, name].join(' ')),
      ['0 WAOOAW_TOKEN', '2 API_TOKEN', '3 API_TOKEN', '4 API_TOKEN'],
    );
    assert.ok(!(await run.resources.secretNames(three)).includes('WAOOAW_TOKEN'));
  });

  it('are nowhere on the disk in the clear', async (t) => {
    const run = await resourcing(t);
    const agent = await run.sealed(named(), 1, { API_TOKEN: 'correct horse battery' });
    await run.resources.prepare(agent, agent.spec, aKind(), 0, 1);
    await run.stop();
    const names = await readdir(run.folder, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile());
    assert.ok(files.length > 3);
    for (const { parentPath, name } of files)
      assert.ok(!(await readFile(join(parentPath, name))).includes('correct horse'), name);
  });

  it('open for no other agent, incarnation or name, whoever moves their rows', async (t) => {
    const run = await resourcing(t);
    const agent = await run.sealed(named(), 1, { API_TOKEN: 'a', OTHER: 'o' });
    for (const change of ["agent = 'web'", 'incarnation = 2', 'origin = 7']) {
      await run.database.transaction([{ sql: `UPDATE provisioning_secret SET ${change}` }]);
      const moved = { ...agent, ...(change.startsWith('agent') && { agent: 'web' }) };
      const of = change.startsWith('incarnation') ? { ...moved, agent: 'web', incarnation: 2 } : moved;
      await assert.rejects(values(run, of), coded('secret_unreadable', 'was changed'));
      if (change.startsWith('incarnation')) break;
    }
  });

  it('are refused where no variable can hold them, and cannot be read without their key', async (t) => {
    const run = await resourcing(t);
    for (const value of ['a\0b', 'x'.repeat(65_537)])
      assert.throws(
        () => run.resources.sealSecrets(named(), 1, { API_TOKEN: value }),
        coded('bad_parameters', 'the secret API_TOKEN: expected at most 65536 bytes'),
      );
    const agent = await run.sealed(named(), 1, { API_TOKEN: 'x'.repeat(65_536) });
    await rm(join(run.home, 'secrets.key'));
    const { database, home } = run;
    const again = createAgentResources({ database, folder: home, url: () => undefined });
    await assert.rejects(
      again.prepare(agent, agent.spec, aKind(), 0, 1),
      coded('secret_unreadable', 'is not there any more'),
    );
  });
});

describe('what an agent leaves', () => {
  it('is told with its quota, the work of two questions at once being one', async (t) => {
    const { resources, home } = await resourcing(t, { maxStorageEntries: 3 });
    const agent = named();
    const storage = join(home, 'storage', 'mail-1');
    const none = { folder: storage, bytes: 0, files: 0, quotaBytes: 100, over: false };
    assert.deepEqual(await resources.storage(agent, aKind()), none);
    await resources.allocate(agent, aKind());
    for (const name of ['a', 'b', 'c']) await writeFile(join(storage, name), 'x'.repeat(34));
    const over = { ...none, bytes: 102, files: 3, over: true };
    assert.deepEqual(
      await Promise.all([resources.storage(agent, aKind()), resources.storage(agent, aKind())]),
      [over, over],
    );
    await writeFile(join(storage, 'd'), 'x');
    assert.equal((await resources.storage(agent, aKind())).partial, true);
  });

  it('are its configurations, newest first', async (t) => {
    const { resources, record, clock } = await resourcing(t);
    const start = clock.now();
    for (const generation of [1, 2]) {
      await record.commit(
        { agent: anAgent({ spec: aSpec({ generation, replicas: generation, parameters: { generation } }) }) },
        anEvent(),
      );
      clock.advance(1_000);
    }
    const common = { version: '1.0.0', by: 'ana' };
    assert.deepEqual(await resources.configVersions(anAgent()), [
      { ...common, generation: 2, replicas: 2, at: start + 1_000, parameters: { generation: 2 } },
      { ...common, generation: 1, replicas: 1, at: start, parameters: { generation: 1 } },
    ]);
    assert.deepEqual(await resources.configVersions(anAgent({ incarnation: 2 })), []);
  });

  it('goes with it, as often as that is asked for, and nothing of another', async (t) => {
    const run = await resourcing(t);
    const { resources, home, record } = run;
    const web = anAgent({ agent: 'web', spec: aSpec({ parameters: { name: 'x' } }) });
    for (const agent of [named(), web]) {
      const sealed = await run.sealed(agent, 1, { API_TOKEN: 'a' });
      await resources.prepare(sealed, sealed.spec, aKind(), 0, 1);
      await writeFile(join(home, 'storage', `${agent.agent}-1`, 'file'), 'x');
    }
    const outside = temporaryFolder();
    await writeFile(join(outside, 'kept'), 'x');
    await symlink(outside, join(home, 'storage', 'mail-1', 'link'));
    for (let times = 0; times < 2; times += 1) {
      await resources.release(named());
      await record.commit(
        { agent: anAgent({ state: 'revoked' }), statements: resources.releaseRows(named()) },
        anEvent({ action: 'delete' }),
      );
    }
    assert.deepEqual(await readdir(join(home, 'storage')), ['web-1']);
    assert.deepEqual(await readdir(join(home, 'config')), ['web-1']);
    assert.deepEqual(await readdir(outside), ['kept']);
    for (const table of ['secret', 'configuration'])
      assert.deepEqual(
        (await run.rows(`SELECT DISTINCT agent FROM provisioning_${table}`)).map(({ agent }) => agent),
        ['web'],
      );
  });
});
