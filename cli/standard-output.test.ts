/** What becomes of a command that nobody reads any more: through the pipes of a shell, as people have them. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { OperationStatus } from '../src/protocol/index.ts';
import { post, request, startServer } from '../server/testing/harness.ts';
import { standardOutput } from './standard-output.ts';

const BIN = join(import.meta.dirname, 'bin.ts');

/** A shell that runs `$NODE $BIN …`; what it says on standard error is heard line by line. */
function shell(t: TestContext, script: string, url = 'http://127.0.0.1:9') {
  const child = spawn('sh', ['-c', script], {
    env: { ...process.env, NODE: process.execPath, BIN, WAOOAW_URL: url },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  let heard = (): void => undefined;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    heard();
  });
  let over = false;
  const ended = new Promise<string>((resolve) => {
    child.on('close', () => {
      over = true;
      heard();
      resolve(said);
    });
  });
  t.after(() => {
    child.stdin.destroy();
    child.kill('SIGKILL');
    return ended;
  });
  return {
    /** All it said, once it and all that it began have ended. */
    ended,
    /** Once it has said this. */
    async says(word: string): Promise<void> {
      while (!said.includes(word)) {
        assert.ok(!over, said);
        await new Promise<void>((resolve) => (heard = resolve));
      }
    },
    /** Lets a `read` of the script go on. */
    go: () => child.stdin.end('go\n'),
  };
}

/** The left side of a pipe, begun by go(), once the right side has closed its end. */
async function intoClosed(t: TestContext, command: string): Promise<string> {
  const left = `read -r go; { ${command}; echo "code $?" >&3; }`;
  const { says, go, ended } = shell(t, `exec 3>&2; { ${left}; } | { exec <&-; echo closed >&2; }`);
  await says('closed\n');
  go();
  return (await ended).replace('closed\n', '');
}

describe('standard output that its reader has closed', () => {
  it('ends the command at once, quietly and with 0', async (t) => {
    assert.equal(await intoClosed(t, '"$NODE" "$BIN" --help'), 'code 0\n');
  });

  it('ends a command that waits as soon as it has something to say', async (t) => {
    const { url } = await startServer(t);
    const told = { type: 'release', title: 'Release', stages: [{ name: 'build' }, { name: 'deploy' }] };
    const { operation } = (await post(`${url}/api/operations`, told)).json<OperationStatus>();
    const watch = `{ "$NODE" "$BIN" operation watch ${operation}; echo "code $?" >&2; }`;
    const { says, ended } = shell(t, `${watch} | { head -n 1 >&2; exec <&-; echo closed >&2; }`, url);
    await says('closed\n');
    const body = JSON.stringify({ state: 'running' });
    await request(`${url}/api/operations/${operation}/stages/build`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', 'content-length': `${body.length}` },
      body,
    });
    assert.equal(await ended, `${operation}: Release\nclosed\ncode 0\n`);
  });

  it('is told from one that cannot be written, which is a failure', async (t) => {
    if (!existsSync('/dev/full')) return t.skip('there is no /dev/full here');
    const { ended } = shell(t, '"$NODE" "$BIN" --help >/dev/full; echo "code $?" >&2');
    assert.match(await ended, /^waooaw: standard output cannot be written: ENOSPC.*\ncode 1\n$/);
  });
});

describe('standard error that its reader has closed', () => {
  it('changes nothing of what the command does and ends with', async (t) => {
    assert.equal(await intoClosed(t, '"$NODE" "$BIN" dance 2>&1 >/dev/null'), 'code 2\n');
    assert.equal(await intoClosed(t, '"$NODE" "$BIN" kinds 2>&1 >/dev/null'), 'code 1\n');
  });
});

describe('a terminal on standard output', () => {
  const streams = (more: object, env: NodeJS.ProcessEnv = {}) => {
    const stdout = Object.assign(new PassThrough({ encoding: 'utf8' }), more);
    return { stdout, stderr: new PassThrough(), env };
  };

  it('is drawn on in the size that it has at that moment, 0 where it does not know', () => {
    const known = streams({ isTTY: true, columns: 100, rows: 30 });
    const { terminal } = standardOutput(known);
    assert.deepEqual([terminal?.columns, terminal?.rows], [100, 30]);
    Object.assign(known.stdout, { columns: 40, rows: 10 });
    assert.deepEqual([terminal?.columns, terminal?.rows], [40, 10]);
    terminal?.write('drawn');
    assert.equal(known.stdout.read(), 'drawn');
    const unknown = standardOutput(streams({ isTTY: true })).terminal;
    assert.deepEqual([unknown?.columns, unknown?.rows], [0, 0]);
  });

  it('is none where nothing can be drawn over', () => {
    assert.equal(standardOutput(streams({})).terminal, undefined);
    assert.equal(standardOutput(streams({ isTTY: false })).terminal, undefined);
    assert.equal(standardOutput(streams({ isTTY: true }, { TERM: 'dumb' })).terminal, undefined);
  });
});
