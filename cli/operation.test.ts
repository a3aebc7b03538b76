import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { OperationStatus, StageUpdate } from '../src/protocol/index.ts';
import type { ConfigOverrides } from '../server/config.ts';
import { post, request, startServer, temporaryFolder } from '../server/testing/harness.ts';
import type { Answer } from '../server/testing/harness.ts';
import { Program } from '../server/testing/program.ts';
import { until } from '../server/testing/running-agents.ts';
import type { Output } from './command.ts';
import { main } from './main.ts';

interface Printed {
  readonly code: number;
  readonly lines: readonly string[];
  readonly notes: readonly string[];
}

/** Begins `waooaw operation …` within this process. */
function begin(url: string, args: readonly string[], more: Partial<Output> = {}, token?: string) {
  const [lines, notes]: [string[], string[]] = [[], []];
  const output: Output = {
    print: (line) => void lines.push(line),
    note: (line) => void notes.push(line),
    ...more,
  };
  const printed = main(['operation', ...args], { WAOOAW_URL: url, WAOOAW_TOKEN: token }, output).then(
    (code): Printed => ({
      code,
      lines,
      notes,
    }),
  );
  return { lines, notes, printed };
}

const run = (url: string, ...args: string[]): Promise<Printed> => begin(url, args).printed;

/** A server with an operation of a host, of two stages. */
async function world(t: TestContext, overrides: ConfigOverrides = {}) {
  const running = await startServer(t, overrides);
  const { url } = running;
  const told = {
    type: 'release',
    title: 'Release \u001b[31m1.4',
    stages: [{ name: 'build' }, { name: 'deploy' }],
  };
  const made = await post(`${url}/api/operations`, told);
  const { operation: id } = made.json<OperationStatus>();
  return { ...running, id, move: (stage: string, update: StageUpdate) => move(url, id, stage, update) };
}

function move(url: string, id: string, stage: string, update: StageUpdate): Promise<Answer> {
  const body = JSON.stringify(update);
  return request(`${url}/api/operations/${id}/stages/${stage}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', 'content-length': `${Buffer.byteLength(body)}` },
    body,
  });
}

describe('waooaw operation watch', () => {
  it('says each stage as it turns, and ends with 0 when it is completed', async (t) => {
    const { url, id, move } = await world(t);
    const { lines, printed } = begin(url, ['watch', id]);
    await until(() => lines.length > 0, 'it is watched');
    await move('build', { state: 'running' });
    await move('build', { state: 'completed' });
    await until(() => lines.some((line) => line.startsWith('build: completed')), 'build is told');
    await move('deploy', { state: 'skipped' });
    const { code, notes } = await printed;
    assert.deepEqual([code, notes], [0, []]);
    assert.equal(lines[0], `${id}: Release \u{fffd}[31m1.4`);
    assert.ok(lines.includes('deploy: skipped'), lines.join('\n'));
    assert.equal(lines.at(-1), 'completed');
    const again = await run(url, 'watch', id);
    assert.deepEqual([again.code, again.lines.at(-1)], [0, 'completed'], 'also when it has ended');
  });

  it('ends with 1 and the reason when it fails, and tells every state as JSON', async (t) => {
    const { url, id, move } = await world(t);
    const { lines, printed } = begin(url, ['watch', id, '--json']);
    await until(() => lines.length > 0, 'it is watched');
    await move('build', { state: 'failed', error: { code: 'no_room', message: 'The disk\u0007 is full' } });
    const { code, notes } = await printed;
    assert.equal(code, 1);
    assert.deepEqual(notes, ['waooaw: Release \u{fffd}[31m1.4: failed: no_room: The disk\u{fffd} is full']);
    const states = lines.map((line) => (JSON.parse(line) as OperationStatus).state);
    assert.deepEqual([states[0], states.at(-1)], ['queued', 'failed']);
  });

  it('draws a block in a terminal, and draws over it', async (t) => {
    const { url, id, move } = await world(t);
    let written = '';
    const terminal = { columns: 80, rows: 24, write: (text: string) => void (written += text) };
    const { lines, printed } = begin(url, ['watch', id], { terminal });
    await until(() => written.includes('· build'), 'it is drawn');
    await move('build', { state: 'running', percent: 40, detail: 'compiling' });
    await until(() => written.includes('▸ build   40 %'), 'it moved');
    await move('build', { state: 'completed' });
    await move('deploy', { state: 'completed' });
    assert.equal((await printed).code, 0);
    assert.deepEqual(lines, []);
    const last = written.slice(written.lastIndexOf('\u001b[3F'));
    assert.match(last, /✓ build .*\n.*✓ deploy .*\n$/);
    assert.match(written, /compiling/);
    assert.ok(!written.includes('\u001b[31m'));
  });

  it('waits for a server that is restarted meanwhile', async (t) => {
    const dataDir = temporaryFolder();
    const first = await world(t, { dataDir });
    const port = Number(new URL(first.url).port);
    const program = new Program(t, 'cli/bin.ts', { WAOOAW_URL: first.url }, ['operation', 'watch', first.id]);
    await program.line(/Release/);
    await first.move('build', { state: 'completed' });
    await program.line(/^build: completed/);
    await first.stop();
    const { url } = await startServer(t, { dataDir, port });
    await move(url, first.id, 'deploy', { state: 'completed' });
    const { code, stdout, stderr } = await program.ended;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^The server does not answer; waiting for it\nThe server is back\n$/);
    assert.equal(stdout.match(/^build: completed/gm)?.length, 1);
    assert.match(stdout, /^deploy: completed/m);
  });

  it('ends with 1 when there is no such operation, it takes too long, or nobody answers', async (t) => {
    const { url, id } = await world(t);
    const none = await run(url, 'watch', 'none');
    assert.equal(none.code, 1);
    assert.match(none.notes[0] ?? '', /^waooaw: not_found: /);
    const late = await run(url, 'watch', id, '--timeout-s', '1');
    assert.deepEqual([late.code, late.notes], [1, ['waooaw: It took longer than 1 s']]);
    const nobody = await run('http://127.0.0.1:9', 'watch', id);
    assert.equal(nobody.code, 1);
    assert.match(nobody.notes[0] ?? '', /does not answer/);
  });
});

describe('a connection that waits for an operation', () => {
  it('ends with 1 when the token is taken away meanwhile', async (t) => {
    const { url, id, waooaw } = await world(t);
    const { id: key, key: token } = await waooaw.auth.keys.create({ name: 'job', role: 'viewer' });
    const { lines, printed } = begin(url, ['watch', id], {}, token);
    const isThere = () => waooaw.broadcaster.stats().connections > 0;
    await until(() => lines.length > 0 && isThere(), 'it is watched');
    await waooaw.auth.keys.revoke(key);
    const { code, notes } = await printed;
    assert.equal(code, 1);
    assert.match(notes.at(-1) ?? '', /^waooaw: (The connection was refused|token_revoked): /);
  });
});

describe('waooaw operation', () => {
  it('lists, shows and asks', async (t) => {
    const { url, id, move } = await world(t);
    await move('build', { state: 'running', percent: 50, log: ['one \u001b[2J', 'two'] });
    const listed = await run(url, 'list', '--type', 'release', '--limit', '5');
    assert.match(listed.lines[0] ?? '', /^OPERATION +STATE +DONE +TYPE +AGENT +CREATED +BY +TITLE$/);
    assert.ok(listed.lines[1]?.startsWith(id), listed.lines[1]);
    assert.match(
      listed.lines[1] ?? '',
      / running +25 % +release +- +\S+Z +anonymous +Release \u{fffd}\[31m1\.4$/u,
    );
    const none = await run(url, 'list', '--agent', 'none', '--state', 'failed', '--json');
    assert.deepEqual([none.code, none.lines], [0, []]);
    const all = await run(url, 'list', '--json');
    assert.equal((JSON.parse(all.lines[0] ?? '') as OperationStatus).operation, id);
    const shown = await run(url, 'show', id);
    assert.match(shown.lines[1] ?? '', /^ {2}▸ build {3}50 %/);
    assert.equal(
      (JSON.parse((await run(url, 'show', id, '--json')).lines[0] ?? '') as OperationStatus).operation,
      id,
    );
    await until(async () => (await run(url, 'logs', id)).lines.length === 2, 'its log is there');
    const logs = await run(url, 'logs', id);
    assert.match(logs.lines[0] ?? '', /^\d{4}-\S+Z build {2}one \u{fffd}\[2J$/u);
    const raw = await run(url, 'logs', id, '--json');
    assert.equal((JSON.parse(raw.lines[0] ?? '') as { text: string }).text, 'one \u001b[2J');
    const refused = await run(url, 'retry', id);
    assert.equal(refused.code, 1);
    assert.match(refused.notes[0] ?? '', /^waooaw: bad_transition: .*legal now: /);
  });

  it('answers a misuse with one line and exit code 2', async () => {
    for (const [args, said] of [
      [[], /"operation " is no command/],
      [['dance'], /"operation dance" is no command/],
      [['watch'], /needs the id of an operation/],
      [['watch', 'a', 'b'], /"b" is one word too many/],
      [['watch', 'a', '--timeout-s', 'x'], /--timeout-s is "x"/],
      [['list', 'a'], /"a" is one word too many/],
      [['list', '--limit', '0'], /--limit is "0"/],
      [['cancel'], /needs the id of an operation/],
      [['show', '--colour'], /--colour/],
    ] as const) {
      const { code, lines, notes } = await run('http://127.0.0.1:9', ...args);
      assert.deepEqual([code, lines, notes.length], [2, [], 1], args.join(' '));
      assert.match(notes[0] ?? '', said);
    }
  });
});
