/** The first agent of docs/provisioning.md, made as the page says. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { AgentStatus } from '../src/protocol/index.ts';
import { startServer, temporaryFolder } from '../server/testing/harness.ts';
import { endAgents } from './demo-agents.ts';
import { root } from './run.ts';

const page = readFileSync(join(root, 'docs/provisioning.md'), 'utf8');
const [files = '', commands = '', overApi = ''] = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(
  ([, code = '']) => code,
);
const run = promisify(execFile);

describe('docs/provisioning.md', () => {
  it('makes a first agent that answers where it says, from the command line and over the API', async (t) => {
    const folder = temporaryFolder();
    const dataDir = temporaryFolder();
    const serve = 'WAOOAW_AGENTS_FILE=agents.yaml npx waooaw serve\n';
    assert.ok(files.endsWith(serve));
    await run('sh', ['-eu', '-c', files.slice(0, -serve.length)], { cwd: folder });
    const { url, waooaw } = await startServer(t, { dataDir, agentsFile: join(folder, 'agents.yaml') });
    // After the server's own end, which is registered before: it would begin them again.
    t.after(() => endAgents(dataDir));

    const lines = commands.trim().split('\n');
    assert.equal(lines.length, 5);
    const words = lines.map((line) => line.replace(/ +#.*$/, '').split(' '));
    const cli = async ([npx, waooaw, ...args]: readonly string[]): Promise<string> => {
      assert.deepEqual([npx, waooaw], ['npx', 'waooaw']);
      const { stdout } = await run(process.execPath, [
        '--disable-warning=ExperimentalWarning',
        join(root, 'cli/bin.ts'),
        ...args,
        '--url',
        url,
      ]);
      return stdout;
    };
    const greeting = async (): Promise<string> => {
      const { address } = waooaw.provisioning.agent('greeter') satisfies AgentStatus;
      return (await fetch(`http://${address?.host}:${address?.port}/`)).text();
    };
    // The upgrade and the way back take as long as they are watched; they are told of elsewhere.
    const [create = [], show = [], , , remove = []] = words;
    assert.match(await cli(create), /completed/);
    assert.match(await cli(show), /address +127\.0\.0\.1:\d+/);
    assert.equal(await greeting(), 'Moin from 1.0.0\n');
    assert.match(await cli(remove), /completed/);

    const [, headers = '', body = ''] = /-H '(idempotency-key[^']*)'[\s\S]*-d '([^']*)'/.exec(overApi) ?? [];
    const [name = '', key = ''] = headers.split(': ');
    const answer = await fetch(`${url}/api/agents`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [name]: key },
      body,
    });
    assert.equal(answer.status, 202);
  });
});
