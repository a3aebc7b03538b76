import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { WaooawError } from '../../../src/protocol/index.ts';
import { agentRuntimeContract, endOf, lineOf } from '../../ports/agent-runtime.contract.ts';
import { createRuntimes } from '../../testing/process-runtime.ts';
import type { Runtimes } from '../../testing/process-runtime.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { identify } from './identity.ts';
import type { ProcessIdentity } from './identity.ts';
import type { ProcessRuntimeLimits } from './limits.ts';
import { socketName } from './messages.ts';
import { findProgram } from './program.ts';
import type { RunRecord } from './record.ts';
import { readRun, writeRun } from './record.ts';

const NAME = 'watcher-1.1.0';
const linux = { skip: process.platform !== 'linux' && 'there is no /proc' };
const coded = (code: string) => (error: unknown) => error instanceof WaooawError && error.code === code;

agentRuntimeContract('process', () => Promise.resolve(createRuntimes()));

function runtimes(t: TestContext, limits?: Partial<ProcessRuntimeLimits>, folder?: string): Runtimes {
  const made = createRuntimes(limits, folder);
  t.after(() => made.close());
  return made;
}

/** A living process that is none of ours. */
async function stranger(t: TestContext): Promise<ProcessIdentity> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 60000); console.log("ready")'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return identify(child.pid!)!;
}

/** What a server that is gone left behind: a record that says that it runs. */
function leaveRecord(folder: string, more: Partial<RunRecord>): void {
  mkdirSync(join(folder, NAME), { recursive: true });
  writeRun(join(folder, NAME), {
    form: 1,
    name: NAME,
    run: 1,
    mark: 'f'.repeat(32),
    labels: { agent: 'watcher' },
    state: 'running',
    startedAt: 1_750_000_000_000,
    shim: { pid: 4_194_305, startTime: 1, bootId: identify(process.pid)!.bootId },
    stop: { signal: 'SIGTERM', graceMs: 10 },
    ...more,
  });
}

describe('Process runtime', linux, () => {
  it('writes nothing where others may read it, and no environment at all', async (t) => {
    const { folder, runtime, spec } = runtimes(t);
    await runtime.start(spec(NAME, 'serving', [], { env: { TOKEN: 'hush-4711' } }));
    await runtime.stop(NAME, 0);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    assert.equal(statSync(join(folder, NAME)).mode & 0o777, 0o700);
    for (const entry of readdirSync(join(folder, NAME), { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      assert.equal(statSync(path).mode & 0o077, 0, path);
      assert.ok(!readFileSync(path, 'utf8').includes('hush-4711'), path);
    }
  });

  it('works in a folder whose path is too long for a socket', async (t) => {
    const long = join(temporaryFolder(), 'x'.repeat(120), 'run');
    const { runtime, reopen, spec } = runtimes(t, {}, long);
    const ready = lineOf(runtime, NAME, /^ready$/);
    await runtime.start(spec(NAME, 'serving'));
    await ready;
    assert.equal((await reopen().stop(NAME))?.code, 0);
  });

  it('ends what is left when the shim is killed, and tells', async (t) => {
    const { folder, runtime, spec, isAlive } = runtimes(t);
    const forked = lineOf(runtime, NAME, /^forked /);
    const { pid } = await runtime.start(spec(NAME, 'forking', ['stay']));
    const child = Number((await forked).slice('forked '.length));
    const ended = endOf(runtime, NAME);
    process.kill(readRun(join(folder, NAME), 1)!.shim.pid, 'SIGKILL');
    const instance = await ended;
    assert.equal(instance.state, 'exited');
    assert.equal(instance.exit?.signal, 'SIGKILL');
    assert.ok(!isAlive(pid!));
    assert.ok(!isAlive(child));
    assert.deepEqual(await runtime.find(NAME), instance);
    assert.equal((await runtime.start(spec(NAME, 'serving'))).state, 'running');
  });

  it('ends what is left when the shim was killed while nobody looked', async (t) => {
    const { folder, runtime, reopen, spec, isAlive } = runtimes(t);
    const { pid } = await runtime.start(spec(NAME, 'stubborn'));
    await runtime.close();
    process.kill(readRun(join(folder, NAME), 1)!.shim.pid, 'SIGKILL');
    const [found] = await reopen().list();
    assert.equal(found?.state, 'exited');
    assert.ok(!isAlive(pid!));
    assert.deepEqual(await reopen().list(), [found]);
  });

  it('ends a shim that does not do what it was asked to, and then what it held', async (t) => {
    const { folder, runtime, spec, isAlive } = runtimes(t, { stopMs: 10 });
    const { pid } = await runtime.start(spec(NAME, 'stubborn'));
    const { shim } = readRun(join(folder, NAME), 1)!;
    process.kill(shim.pid, 'SIGSTOP');
    assert.equal((await runtime.stop(NAME, 0))?.signal, 'SIGKILL');
    assert.ok(!isAlive(pid!));
    assert.ok(!isAlive(shim.pid));
  });

  it('does not wait for a shim that answers no question', async (t) => {
    const { folder, runtime, spec } = runtimes(t);
    await runtime.start(spec(NAME, 'stubborn'));
    const { runtime: hasty } = runtimes(t, { answerMs: 1_000 }, folder);
    assert.equal((await hasty.find(NAME))?.state, 'running');
    const { shim } = readRun(join(folder, NAME), 1)!;
    process.kill(shim.pid, 'SIGSTOP');
    assert.equal((await hasty.usage()).size, 0);
    process.kill(shim.pid, 'SIGCONT');
  });

  it('never signals a living stranger that has the pid of an instance', async (t) => {
    const { folder, runtime, spec, isAlive } = runtimes(t);
    const other = await stranger(t);
    leaveRecord(folder, { process: { ...other, startTime: other.startTime - 1 }, pid: other.pid });
    const found = await runtime.find(NAME);
    assert.equal(found?.state, 'lost');
    assert.ok(found.exit);
    await runtime.stop(NAME, 0);
    assert.ok(isAlive(other.pid));
    // The one that was written down is gone for certain.
    assert.equal((await runtime.start(spec(NAME, 'serving'))).state, 'running');
    assert.ok(isAlive(other.pid));
  });

  it('never signals one that a record names rightly, as instance or as shim, and that is not ours', async (t) => {
    const { folder, runtime, spec, isAlive } = runtimes(t);
    const other = await stranger(t);
    leaveRecord(folder, { process: other, shim: other, pid: other.pid });
    assert.equal((await runtime.find(NAME))?.state, 'lost');
    // It may be what is left of it.
    await assert.rejects(runtime.start(spec(NAME, 'serving')), coded('agent_start_failed'));
    await runtime.stop(NAME, 0);
    await runtime.remove(NAME);
    assert.ok(isAlive(other.pid));
    assert.equal((await runtime.start(spec(NAME, 'serving'))).state, 'running');
  });

  it('finds nothing of what ran before the machine was started anew', async (t) => {
    const { folder, runtime } = runtimes(t);
    const other = { ...(await stranger(t)), bootId: 'before' };
    leaveRecord(folder, { process: other, shim: other });
    assert.equal((await runtime.find(NAME))?.state, 'lost');
  });

  it('leaves alone what it cannot read', async (t) => {
    const { folder, runtime, spec } = runtimes(t);
    leaveRecord(folder, {});
    writeFileSync(join(folder, NAME, 'run-2.json'), '{"form":');
    mkdirSync(join(folder, 'empty-1.1.0'));
    mkdirSync(join(folder, '.gone-1'));
    const [found, ...others] = await runtime.list();
    assert.equal(found?.state, 'lost');
    assert.deepEqual(others, []);
    assert.deepEqual(readdirSync(folder).sort(), ['empty-1.1.0', NAME], 'what was being forgotten is');
    await assert.rejects(runtime.start(spec(NAME, 'serving')), coded('agent_start_failed'));
    await runtime.remove(NAME);
    assert.equal((await runtime.start(spec(NAME, 'serving'))).state, 'running');
  });

  it('keeps open files, file sizes and niceness within limits, or says that it cannot', async (t) => {
    const { runtime, spec } = runtimes(t);
    const command = ['/bin/sh', '-c', 'ulimit -n; ulimit -f; ulimit -t; cut -d" " -f19 /proc/self/stat'];
    const resources = { openFiles: 99, fileBytes: 1_048_576, cpuSeconds: 77, nice: 7 };
    const ended = endOf(runtime, NAME);
    await runtime.start({ ...spec(NAME, 'serving'), command, resources });
    assert.equal((await ended).exit?.code, 0);
    const { lines } = await runtime.logs(NAME, { limit: 10 });
    const said = lines.map(({ text, stream }) => `${stream} ${text}`);
    if (findProgram('prlimit', process.env['PATH'] ?? '', '/')) {
      assert.deepEqual(said, ['stdout 99', 'stdout 2048', 'stdout 77', 'stdout 7']);
    } else {
      assert.ok(said.includes('engine prlimit is not installed: its limits are not kept'));
    }
  });

  it('ends one whose processes use more memory than they may', async (t) => {
    const { runtime, spec } = runtimes(t, { memoryCheckMs: 20 });
    const ended = endOf(runtime, NAME);
    const hungry = spec(NAME, 'serving').command.map((part) => part.replace('serving', 'hungry'));
    await runtime.start({ ...spec(NAME, 'serving'), command: hungry, resources: { memoryBytes: 300e6 } });
    const { exit } = await ended;
    assert.equal(exit?.reason, 'memory');
    assert.equal(exit.signal, 'SIGKILL');
    const { lines } = await runtime.logs(NAME, { limit: 1 });
    assert.match(lines[0]!.text, /^it uses \d+ bytes of memory, and may use 300000000/);
    assert.equal(lines[0]!.stream, 'engine');
  });

  it('lets an agent go on whose log cannot be written, and says what was lost', async (t) => {
    const { folder, runtime, spec } = runtimes(t);
    mkdirSync(join(folder, NAME, 'logs'), { recursive: true });
    // Writing there is what writing on a full disk is.
    symlinkSync('/dev/full', join(folder, NAME, 'logs', '0000000000000001.log'));
    const { port } = await runtime.start(spec(NAME, 'serving', [], { hasPort: true }));
    const answer = async (): Promise<string> => {
      try {
        return await (await fetch(`http://127.0.0.1:${port}/`)).text();
      } catch {
        return await answer();
      }
    };
    assert.equal(await answer(), 'hello');
    assert.deepEqual((await runtime.logs(NAME, { limit: 10 })).lines, []);
    assert.equal((await runtime.stop(NAME))?.code, 0);
  });

  it('says what is wrong with a folder, or with a disk, before anything runs', async (t) => {
    const { folder, runtime, spec } = runtimes(t);
    const nowhere = spec(NAME, 'serving', [], { workingFolder: '/no/such/folder' });
    await assert.rejects(runtime.start(nowhere), /its folder \/no\/such\/folder is not there/);
    const text = join(temporaryFolder(), 'text');
    writeFileSync(text, 'no program', { mode: 0o755 });
    const script = { ...spec(NAME, 'serving'), command: [text] };
    const outcome = await runtime.start(script).then(
      ({ state }) => state,
      (error: unknown) => (error as WaooawError).code,
    );
    assert.ok(['running', 'exited', 'agent_start_failed'].includes(outcome));
    await runtime.remove(NAME).catch(() => undefined);

    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const blocked = runtimes(t, {}, join(file, 'run'));
    await assert.rejects(blocked.runtime.start(spec(NAME, 'serving')), coded('agent_start_failed'));
    assert.deepEqual(await blocked.runtime.list(), []);
    assert.ok(statSync(folder).isDirectory());
  });

  it('keeps what is known of the last run when the next cannot be started', async (t) => {
    const { runtime, spec } = runtimes(t);
    const ended = endOf(runtime, NAME);
    await runtime.start(spec(NAME, 'ending', ['3']));
    const last = await ended;
    await assert.rejects(runtime.start({ ...spec(NAME, 'ending'), command: ['/nope'] }));
    assert.deepEqual(await runtime.find(NAME), last);
    assert.equal((await runtime.logs(NAME, { limit: 10 })).lines.length, 2);
  });

  it('leaves nothing of one whose shim was too slow to begin', async (t) => {
    const { folder, runtime, spec } = runtimes(t, { startMs: 1 });
    await assert.rejects(runtime.start(spec(NAME, 'stubborn')), coded('agent_start_failed'));
    for (const { state } of await runtime.list()) assert.equal(state, 'lost');
    const { runtime: patient } = runtimes(t, {}, folder);
    const again = await patient.start(spec(NAME, 'stubborn'));
    assert.equal(again.state, 'running');
  });

  it('lets nothing that is said to it end a shim', async (t) => {
    const { folder, runtime, spec } = runtimes(t);
    await runtime.start(spec(NAME, 'stubborn'));
    const socket = connect(join(folder, NAME, socketName(1)));
    socket.write('nonsense\nnull\n{"call":"unknown"}\n{"id":1,"call":"usage"}\n');
    let said = '';
    for await (const text of socket.setEncoding('utf8') as AsyncIterable<string>) {
      said += text;
      if (said.includes('"id":1')) break;
    }
    assert.equal((await runtime.find(NAME))?.state, 'running');
  });

  it('starts many at once, each on a port of its own, and ends them all', async (t) => {
    const { runtime, spec } = runtimes(t, { maxStarting: 3 });
    const names = Array.from({ length: 12 }, (_, index) => `many-1.1.${index}`);
    const sleeping = { command: ['sleep', '1000'], hasPort: true };
    const instances = await Promise.all(
      names.map((name) => runtime.start({ ...spec(name, 'serving'), ...sleeping })),
    );
    assert.equal(new Set(instances.map(({ port }) => port)).size, names.length);
    assert.deepEqual([...(await runtime.usage()).keys()].sort(), [...names].sort());
    await Promise.all(names.map((name) => runtime.stop(name).then(() => runtime.remove(name))));
    assert.deepEqual(await runtime.list(), []);
  });

  it('gives one that is started anew the port that it had', async (t) => {
    const { runtime, spec } = runtimes(t);
    const asked = spec(NAME, 'serving', [], { hasPort: true });
    const { port } = await runtime.start(asked);
    await runtime.stop(NAME, 0);
    assert.equal((await runtime.start(asked)).port, port);
  });

  it('tells an instance that listens from one that does not, and from a stranger on its port', async (t) => {
    const { runtime, spec } = runtimes(t);
    const ready = lineOf(runtime, NAME, /^ready$/);
    await runtime.start(spec(NAME, 'serving', [], { hasPort: true }));
    await ready;
    assert.equal(await runtime.listens?.(NAME), true);

    const wrong = 'wrong-1.1.0';
    const elsewhere = spec(wrong, 'serving').command.map((part) => part.replace('serving', 'elsewhere'));
    const says = lineOf(runtime, wrong, /^ready$/);
    const { port } = await runtime.start({ ...spec(wrong, 'serving'), command: elsewhere, hasPort: true });
    await says;
    assert.equal(await runtime.listens?.(wrong), false);
    const stranger = createServer().listen(port, '127.0.0.1');
    t.after(() => stranger.close());
    await once(stranger, 'listening');
    assert.equal(await runtime.listens?.(wrong), false);

    await runtime.start(spec('mute-1.1.0', 'stubborn'));
    assert.equal(await runtime.listens?.('mute-1.1.0'), undefined);
    await assert.rejects(async () => await runtime.listens?.('never-1.1.0'), coded('not_found'));
  });

  it('starts one anew that is just ending, once it has ended', async (t) => {
    const { runtime, spec } = runtimes(t);
    const ready = lineOf(runtime, NAME, /^ready$/);
    const first = await runtime.start(spec(NAME, 'serving'));
    await ready;
    const [exit, second] = await Promise.all([runtime.stop(NAME), runtime.start(spec(NAME, 'serving'))]);
    assert.equal(exit?.code, 0);
    assert.equal(second.state, 'running');
    assert.notEqual(second.externalId, first.externalId);
  });

  it('stops in order when its shim is asked to end', async (t) => {
    const { folder, runtime, spec } = runtimes(t);
    const ready = lineOf(runtime, NAME, /^ready$/);
    const ended = endOf(runtime, NAME);
    await runtime.start(spec(NAME, 'serving'));
    await ready;
    const { shim } = readRun(join(folder, NAME), 1)!;
    process.kill(shim.pid, 'SIGHUP');
    process.kill(shim.pid, 'SIGTERM');
    const { exit } = await ended;
    assert.equal(exit?.code, 0);
    assert.equal(exit.reason, 'stopped');
  });
});
