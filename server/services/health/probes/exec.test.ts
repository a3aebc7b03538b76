import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../../testing/fault-servers.ts';
import { look, lookUntil, probeOf } from '../../../testing/probing.ts';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import type { ProbeDeps } from './create-probe.ts';
import { NoResult } from './probe.ts';

type Options = Omit<Parameters<typeof probeOf>[0] & { kind: 'exec' }, 'kind' | 'command'>;

/** Tests write programs; checks name them. */
const shell = (script: string, options: Options = {}, more: Partial<ProbeDeps> = {}) =>
  probeOf({ kind: 'exec', command: ['/bin/sh', '-c', script], ...options }, more);

const summary = async (...args: Parameters<typeof shell>) => {
  const { state, reason } = await look(shell(...args));
  return `${state}: ${reason}`;
};

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A child that ended and that nobody has asked for yet is not alive.
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

/** Where programs write process numbers, one a line. */
function pidFile() {
  const file = join(temporaryFolder(), 'pids');
  const pids = () =>
    existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean).map(Number) : [];
  return {
    file,
    pids,
    written: (many: number) => until(`${many} processes begin`, () => pids().length >= many),
    gone: () => until('the processes end', () => !pids().some(alive)),
  };
}

describe('the probe that runs a program', () => {
  it('is what the exit code says, and says what the program said first', async () => {
    assert.equal(await summary('echo "  all good  "; echo more'), 'up: all good');
    assert.equal(await summary('exit 0'), 'up: Exit code 0');
    assert.equal(await summary('echo broken; exit 1'), 'down: broken (exit code 1)');
    assert.equal(await summary('echo "to stderr" >&2; exit 7'), 'down: to stderr (exit code 7)');
    assert.equal(await summary('exit 2', { degradedCodes: [2, 3] }), 'degraded: Exit code 2');
    assert.equal(await summary('exit 4', { degradedCodes: [2, 3] }), 'down: Exit code 4');
    assert.equal(await summary('kill -9 $$'), 'down: Ended by SIGKILL');
    const { timings } = await look(shell('exit 0'));
    assert.ok(timings!.totalMs > 0);
  });

  it('reads the codes and the output of monitoring plugins where it is told to', async () => {
    const nagios: Options = { exitCodes: 'nagios' };
    assert.equal(await summary('echo "OK - 1 ms|time=1ms;;"', nagios), 'up: OK - 1 ms');
    assert.equal(
      await summary('echo "WARNING - slow | x"; exit 1', nagios),
      'degraded: WARNING - slow (exit code 1)',
    );
    assert.equal(await summary('exit 2', nagios), 'down: Exit code 2');
    assert.equal(await summary('exit 4', { ...nagios, degradedCodes: [4] }), 'down: Exit code 4');
    await assert.rejects(look(shell('echo "UNKNOWN - no idea"; exit 3', nagios)), (error) => {
      assert.ok(error instanceof NoResult);
      assert.equal(error.message, 'UNKNOWN - no idea (the program could not tell)');
      return true;
    });
  });

  it('hands arguments over as they are, with no shell in between', async () => {
    const command = ['/bin/echo', '$HOME', '`id`', '; exit 1', '*'];
    assert.equal((await look(probeOf({ kind: 'exec', command }))).reason, '$HOME `id` ; exit 1 *');
  });

  it('gives the program the environment of its settings and nothing else', async () => {
    const env = { PASSED: 'passed on', SECRET_KEY: 'not passed on', PATH: '/nowhere' };
    const options: Options = { env: { OWN: 'its own' }, pass: ['PASSED', 'MISSING'] };
    const file = join(temporaryFolder(), 'env');
    await look(
      probeOf({ kind: 'exec', command: ['/bin/sh', '-c', `/usr/bin/env > ${file}`], ...options }, { env }),
    );
    const given = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .filter((line) => !/^(PWD|SHLVL|_|OLDPWD|NODE_V8_COVERAGE)=/.test(line));
    assert.deepEqual(given.sort(), ['OWN=its own', 'PASSED=passed on']);
    const folder = temporaryFolder();
    assert.equal(await summary('pwd', { cwd: folder }), `up: ${folder}`);
    assert.equal(await summary('pwd'), 'up: /');
  });

  it('never tells what a variable that it passes on holds', async () => {
    const env = { TOKEN: 's3cret-token', SHORT: 'ok' };
    const said = await summary(
      'echo "ok, token $TOKEN at https://me:pass@host/ refused"; exit 1',
      { pass: ['TOKEN', 'SHORT'] },
      { env },
    );
    assert.equal(said, 'down: ok, token … at https://…@host/ refused (exit code 1)');
  });

  it('shows one line, without control characters, and not too long', async () => {
    assert.equal(await summary(`printf 'a\\033[31mb\\tc\\rd\\ne'`), 'up: a [31mb c d');
    const { reason } = await look(shell('head -c 5000 /dev/zero | tr "\\0" x'));
    assert.equal(reason, `${'x'.repeat(199)}…`);
  });

  it('is down where the program cannot be started', async () => {
    const folder = temporaryFolder();
    const plain = join(folder, 'plain');
    writeFileSync(plain, 'text');
    for (const [program, cwd, code] of [
      [join(folder, 'missing'), '/', 'ENOENT'],
      [plain, '/', 'EACCES'],
      ['/bin/true', join(folder, 'nowhere'), 'ENOENT'],
    ] as const) {
      const { state, reason } = await look(probeOf({ kind: 'exec', command: [program], cwd }));
      assert.deepEqual([state, reason], ['down', `${program} cannot be started in ${cwd} (${code})`]);
    }
  });

  it('is down with what the system says where it has other reasons not to start it', async () => {
    const { state, reason } = await look(probeOf({ kind: 'exec', command: [`/${'x'.repeat(300)}`] }));
    assert.equal(state, 'down');
    assert.match(reason!, /^spawn .*ENAMETOOLONG$/);
  });

  it('asks a program that takes too long to end, with all that it started', async () => {
    const { file, written, gone } = pidFile();
    const script = `sleep 1000 & echo $! >> ${file}; (sleep 1000 & echo $! >> ${file}; wait) & echo $! >> ${file}; wait`;
    const { state, reason } = await lookUntil(shell(script, { graceMs: 60_000 }), written(3));
    assert.deepEqual([state, reason], ['down', 'No result within 100 ms: running the program']);
    await gone();
  });

  it('kills one that does not end when it is asked to, with all that it started', async () => {
    const { file, written, gone } = pidFile();
    const deaf = `trap '' TERM; echo $$ >> ${file}; while :; do /bin/sleep 0.01; done`;
    const script = `(${deaf}) & ${deaf}`;
    const { state, reason } = await lookUntil(shell(script, { graceMs: 20 }), written(2));
    assert.deepEqual([state, reason], ['down', 'No result within 100 ms: running the program']);
    await gone();
  });

  it('kills what a program leaves behind, and does not wait for it', async () => {
    const { file, written, gone } = pidFile();
    assert.equal(await summary(`sleep 1000 & echo $! >> ${file}; echo done`), 'up: done');
    await written(1);
    await gone();
  });

  it('does not wait for what left its group and holds the output', async () => {
    const { file, written, pids } = pidFile();
    assert.equal(
      await summary(
        `setsid sh -c 'echo $$ >> ${file}; exec sleep 1000' & echo done; while ! [ -s ${file} ]; do :; done`,
      ),
      'up: done',
    );
    await written(1);
    for (const pid of pids()) process.kill(pid, 'SIGKILL');
  });

  it('ends a program that writes more than it may, also one that does not want to', async () => {
    for (const script of [
      'while :; do echo flood; done',
      `trap '' TERM PIPE; while :; do echo flood; done`,
      'while :; do echo flood >&2; done',
    ]) {
      const { file, gone } = pidFile();
      const said = await summary(`echo $$ >> ${file}; ${script}`, { maxOutputBytes: 10_000, graceMs: 20 });
      assert.equal(said, 'down: The program wrote more than 10000 bytes, and was ended');
      await gone();
    }
    assert.equal(await summary('printf 0123456789', { maxOutputBytes: 10 }), 'up: 0123456789');
    assert.match(
      await summary('printf 0123456789x', { maxOutputBytes: 10 }),
      /^down: The program wrote more/,
    );
  });

  it('is ended once, whether the time is over or it wrote too much, or it never began', async () => {
    const { file, written, gone } = pidFile();
    const deaf = `trap '' TERM PIPE; echo $$ >> ${file}; while :; do echo flood; done`;
    const { reason } = await lookUntil(shell(deaf, { maxOutputBytes: 100, graceMs: 200 }), written(1));
    assert.equal(reason, 'No result within 100 ms: running the program');
    await gone();

    const controller = new AbortController();
    const looking = look(probeOf({ kind: 'exec', command: ['/no/such/program'] }), controller.signal);
    controller.abort(new Error('Stopped'));
    assert.equal((await looking).reason, 'Stopped: running the program');
  });

  it('runs nothing once the time is over', async () => {
    const { file } = pidFile();
    const { reason } = await look(shell(`echo $$ >> ${file}`), AbortSignal.abort(new Error('Stopped')));
    assert.equal(reason, 'Stopped: beginning');
    assert.equal(existsSync(file), false);
  });
});
