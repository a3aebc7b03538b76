/** Holds docs/operations.md to the service: its files are run against a server. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { parse } from 'yaml';
import type { OperationStatus } from '../../../src/protocol/index.ts';
import { newOperation } from '../../../src/protocol/operations.schema.ts';
import { request, startServer, temporaryFolder } from '../../testing/harness.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8');
const files = new Map(
  [...page.matchAll(/^```\w+ file=(\S+)\n([\s\S]*?)^```/gm)].map(([, name = '', text = '']) => [name, text]),
);

/** What a job does. */
const WORK = { 'build.sh': 'echo built', 'deploy.sh': 'test "$1" != broken' };

interface World {
  readonly folder: string;
  /** Runs a script as a job would, with a key of the server. */
  run(
    shell: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<{ code: number; said: string }>;
  operations(): Promise<readonly OperationStatus[]>;
}

async function world(t: TestContext): Promise<World> {
  const { url, waooaw } = await startServer(t);
  const { key } = await waooaw.auth.keys.create({ name: 'release-job', role: 'operator' });
  const folder = temporaryFolder();
  for (const [name, text] of [
    ...files,
    ...Object.entries(WORK).map(([name, text]) => [name, `#!/bin/sh\n${text}\n`]),
  ]) {
    await writeFile(join(folder, name!), text!);
    await chmod(join(folder, name!), 0o755);
  }
  return {
    folder,
    async run([program = '', ...args], env = {}) {
      const child = spawn(program, args, {
        cwd: folder,
        env: { PATH: process.env['PATH'], WAOOAW_URL: url, WAOOAW_TOKEN: key, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => (said += text));
      const [code] = (await once(child, 'close')) as [number];
      return { code, said };
    },
    operations: async () =>
      (await request(`${url}/api/operations`)).json<{ operations: OperationStatus[] }>().operations,
  };
}

const stagesOf = ({ stages }: OperationStatus): string[] =>
  stages.map(({ name, state }) => `${name} ${state}`);

describe('docs/operations.md', () => {
  it('has the files that it speaks of, and a body that is taken', () => {
    assert.deepEqual([...files.keys()], ['waooaw.sh', 'release.sh', 'release.yml']);
    const [, body = ''] = /^```json\n([\s\S]*?)^```/m.exec(page) ?? [];
    newOperation.parse(JSON.parse(body));
  });

  it('lists every call of the API', async (t) => {
    const { url } = await startServer(t);
    const { paths } = (await request(`${url}/api/openapi.json`)).json<{ paths: Record<string, object> }>();
    const table = page.slice(page.indexOf('## API'), page.indexOf('### Safe to repeat'));
    for (const [path, methods] of Object.entries(paths)) {
      if (!/^\/api\/(kinds|agents|operations)(\/|$)/.test(path)) continue;
      const own = path
        .replace(/^\/api/, '')
        .replace(/\{(agent|operation)\}/, '{id}')
        .replace('{stage}', '{name}');
      const last = own.split('/').at(-1)!;
      for (const method of Object.keys(methods)) {
        const said = table
          .split('\n')
          .some(
            (row) => row.includes(method.toUpperCase()) && (row.includes(own) || row.includes(`\`${last}\``)),
          );
        assert.ok(said, `${method} ${own}`);
      }
    }
  });

  it('has a script that tells of each stage, and of the one that failed', async (t) => {
    const { run, operations, folder } = await world(t);
    const { code, said } = await run(['sh', 'release.sh']);
    assert.deepEqual([code, said], [0, 'built\n']);
    const [done] = await operations();
    assert.deepEqual(
      [done?.title, done?.state, done?.tags],
      ['Release 1.4.0', 'completed', { service: 'shop' }],
    );
    assert.deepEqual(stagesOf(done!), ['build completed', 'deploy completed', 'announce skipped']);

    await writeFile(join(folder, 'build.sh'), '#!/bin/sh\nexit 3\n');
    assert.equal((await run(['sh', 'release.sh'])).code, 3);
    const [failed] = await operations();
    assert.equal(failed?.state, 'failed');
    assert.deepEqual(failed.error, { code: 'exit_code', message: 'exit code 3' });
  });

  it('has a script that does its work while nobody hears of it', async (t) => {
    const { run, operations } = await world(t);
    const { code, said } = await run(['sh', 'release.sh'], { WAOOAW_URL: 'http://127.0.0.1:9' });
    assert.equal(code, 0, said);
    assert.match(said, /^built$/m);
    assert.match(said, /waooaw was not told/);
    assert.deepEqual(await operations(), []);
  });

  it('has a workflow whose steps tell of one operation, also where the first is run twice', async (t) => {
    const { run, operations, folder } = await world(t);
    const workflow = parse(files.get('release.yml') ?? '') as {
      jobs: { release: { steps: { name?: string; run?: string }[] } };
    };
    const steps = workflow.jobs.release.steps.flatMap(({ run: script }) => (script ? [script] : []));
    const environment = join(folder, 'environment');
    await writeFile(environment, '');
    const runner = {
      GITHUB_ENV: environment,
      GITHUB_REPOSITORY: 'shop/shop',
      GITHUB_RUN_ID: '42',
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_SERVER_URL: 'https://github.example',
      GITHUB_REF_NAME: 'v1.4.0',
    };
    for (const script of [steps[0]!, ...steps]) {
      const told = (await readFile(environment, 'utf8')).trimEnd().split('\n');
      const earlier = Object.fromEntries(told.map((line) => line.split('=')) as [string, string][]);
      const { code, said } = await run(['bash', '-e', '-o', 'pipefail', '-c', script], {
        ...runner,
        ...earlier,
      });
      assert.equal(code, 0, said);
    }
    const all = await operations();
    assert.deepEqual(all.map(stagesOf), [['build completed', 'deploy completed']]);
    assert.deepEqual(
      [all[0]?.title, all[0]?.url, all[0]?.state],
      ['Release v1.4.0', 'https://github.example/shop/shop/actions/runs/42', 'completed'],
    );
  });
});
