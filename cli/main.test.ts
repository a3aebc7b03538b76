import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { VERSION } from '../src/protocol/index.ts';

const MAIN = join(import.meta.dirname, 'bin.ts');

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

function run(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

describe('command line', () => {
  it('prints its help when asked, and when nothing was asked', async () => {
    for (const args of [['--help'], ['-h'], []]) {
      const { code, stdout } = await run(...args);
      assert.equal(code, 0);
      assert.match(stdout, /waooaw serve/);
    }
  });

  it('prints its version', async () => {
    assert.deepEqual(await run('--version'), { code: 0, stdout: `${VERSION}\n`, stderr: '' });
  });

  it('answers a misuse with one line and exit code 2', async () => {
    for (const [args, said] of [
      [['dance'], /"dance" is no command/],
      [['serve', 'now'], /"now" is one word too many/],
      [['serve', '--prot', '1'], /--prot/],
      [['serve', '--port'], /--port/],
      [['serve', '--port', '-1'], /--port/],
      [['--port', '1'], /"" is no command/],
    ] as const) {
      const { code, stdout, stderr } = await run(...args);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.match(stderr, said);
      assert.equal(stderr.trim().split('\n').length, 1);
    }
  });

  it('names the setting when an option is not valid', async () => {
    const { code, stderr } = await run('serve', '--port', 'eighty');
    assert.equal(code, 1);
    assert.match(stderr, /WAOOAW_PORT is "eighty"; expected a whole number from 0 to 65535/);
  });

  it('serves with the options over the environment, until SIGTERM', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'waooaw-cli-'));
    const args = [MAIN, 'serve', '--port', '0', '--data-dir', join(folder, 'data'), '--base-path', '/ops'];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, WAOOAW_PORT: '1', WAOOAW_LOG_LEVEL: 'silent' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const url = /http:\S+/.exec(line)?.[0] ?? '';
    assert.match(url, /\/ops\/$/);
    assert.equal((await fetch(`${url}livez`)).status, 200);
    child.kill('SIGTERM');
    assert.deepEqual(await exited, [0, null]);
    await rm(folder, { recursive: true });
  });
});
