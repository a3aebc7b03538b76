import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { identify } from './identity.ts';
import type { Beginning, Order, Tell } from './messages.ts';
import { lineReader } from './messages.ts';
import { SYSTEM_PATH } from './program.ts';
import { claimRun, hasRun, lastRun, readRun, releaseRun } from './record.ts';
import { Shim } from './shim.ts';

const linux = { skip: process.platform !== 'linux' && 'there is no /proc' };

function orderOf(command: readonly string[], more: Partial<Order> = {}): Order {
  return {
    spec: {
      name: 'watcher-1.1.0',
      labels: {},
      command,
      env: {},
      workingFolder: '/',
      hasPort: false,
      resources: {},
      stop: { signal: 'SIGTERM', graceMs: 0 },
      logs: { maxFileBytes: 1_000_000, maxFiles: 2, maxLineBytes: 1_000 },
    },
    run: 1,
    mark: `${process.pid}-${performance.now()}-${'0'.repeat(32)}`,
    memoryCheckMs: 1_000,
    recordCheckMs: 60_000,
    logBytesPerSecond: 1_000_000,
    ...more,
  };
}

function shimOf(folder: string, order: Order): { shim: Shim; told: Tell[] } {
  const told: Tell[] = [];
  const self = identify(process.pid)!;
  const tell = (message: Tell): void => void told.push(message);
  return { told, shim: new Shim({ folder, order, shim: self, tell, path: SYSTEM_PATH }) };
}

const hasExited = ({ record }: Shim): boolean => record.state === 'exited';

/** The program itself, without a server that speaks for it. */
function program(t: TestContext, folder: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'shim-program.ts')], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  const said: Beginning[] = [];
  let heard: () => void = () => undefined;
  child.stdout.setEncoding('utf8').on(
    'data',
    lineReader((line) => {
      said.push(JSON.parse(line) as Beginning);
      heard();
    }),
  );
  return {
    child,
    ended: once(child, 'exit'),
    async next(): Promise<Beginning> {
      while (said.length === 0) await new Promise<void>((resolve) => (heard = resolve));
      return said.shift()!;
    },
  };
}

describe('Shim', linux, () => {
  it('tells how it ended where that cannot be written, and writes it as soon as it can', async () => {
    const folder = temporaryFolder();
    const { shim, told } = shimOf(folder, orderOf(['sleep', '1000']));
    await shim.start();
    // In the way of every write.
    const blocked = join(folder, 'run-1.json.new');
    mkdirSync(blocked);
    shim.stop();
    while (!hasExited(shim)) await new Promise((resolve) => setImmediate(resolve));
    const last = told.at(-1)!;
    assert.ok('record' in last && last.record.exit?.signal === 'SIGKILL');
    assert.equal(readRun(folder, 1)?.state, 'running');
    rmdirSync(blocked);
    await shim.ended;
    assert.deepEqual(readRun(folder, 1), shim.record);
    // There is nothing more to stop, halt or leave.
    shim.stop();
    shim.suspend();
    shim.resume();
    shim.leave();
  });

  it('writes nothing any more once it is being forgotten', async () => {
    const folder = temporaryFolder();
    const { shim } = shimOf(folder, orderOf(['sleep', '1000']));
    await shim.start();
    shim.leave();
    assert.equal(shim.record.state, 'running', 'not while it runs');
    mkdirSync(join(folder, 'run-1.json.new'));
    shim.stop();
    while (!hasExited(shim)) await new Promise((resolve) => setImmediate(resolve));
    shim.leave();
    await shim.ended;
    assert.equal(readRun(folder, 1)?.state, 'running');
  });

  it('ends with its instance where its folder was taken away', async () => {
    const folder = join(temporaryFolder(), 'instance');
    mkdirSync(folder);
    const { shim } = shimOf(folder, orderOf(['sleep', '1000']));
    await shim.start();
    rmSync(folder, { recursive: true });
    shim.stop();
    await shim.ended;
    assert.equal(lastRun(folder), 0);
  });

  it('ends an instance that nobody can find any more', async () => {
    const folder = temporaryFolder();
    const claimed = shimOf(folder, orderOf(['sleep', '1000'], { recordCheckMs: 5 }));
    await claimed.shim.start();
    assert.ok(hasRun(folder, 1));
    releaseRun(folder, 1);
    await claimed.shim.ended;
    assert.equal(claimed.shim.record.exit?.reason, 'stopped');
  });

  it('says why a program cannot be started', async () => {
    const folder = temporaryFolder();
    await assert.rejects(shimOf(folder, orderOf(['no-such-program'])).shim.start(), /no-such-program/);
    await assert.rejects(shimOf(folder, orderOf([])).shim.start(), /is not there/);
    const long = ['true', 'x'.repeat(4_000_000)];
    await assert.rejects(shimOf(folder, orderOf(long)).shim.start(), /E2BIG/);
  });

  it('says that limits are not kept where nothing keeps them', async () => {
    const folder = temporaryFolder();
    const order = orderOf(['true']);
    const shim = new Shim({
      folder,
      order: { ...order, spec: { ...order.spec, resources: { nice: 1 } } },
      shim: identify(process.pid)!,
      tell: () => undefined,
      path: temporaryFolder(),
    });
    await shim.start();
    await shim.ended;
    assert.equal(shim.record.exit?.code, 0);
    assert.ok(readdirSync(join(folder, 'logs')).length === 1);
  });
});

describe('The shim’s program', linux, () => {
  it('begins nothing when whoever started it ends before it said so', async (t) => {
    const folder = temporaryFolder();
    const { child, next, ended } = program(t, folder);
    child.stdin.write(`${JSON.stringify(orderOf(['sleep', '1000']))}\n`);
    assert.deepEqual(await next(), { claimed: true });
    assert.equal(readRun(folder, 1)?.state, 'starting');
    child.stdin.end();
    await ended;
    assert.equal(lastRun(folder), 0);
  });

  it('ends when it is told nothing at all', async (t) => {
    const { child, ended } = program(t, temporaryFolder());
    child.stdin.end();
    assert.deepEqual(await ended, [0, null]);
  });

  it('leaves a run to whoever has it', async (t) => {
    const folder = temporaryFolder();
    const { shim } = shimOf(folder, orderOf(['true']));
    claimRun(folder, shim.record);
    const { child, next, ended } = program(t, folder);
    child.stdin.write(`${JSON.stringify(orderOf(['sleep', '1000']))}\n`);
    assert.deepEqual(await next(), { taken: true });
    await ended;
    assert.deepEqual(readRun(folder, 1), shim.record);
  });

  it('says why it cannot begin', async (t) => {
    const folder = join(temporaryFolder(), 'instance');
    mkdirSync(folder);
    const { child, next, ended } = program(t, folder);
    rmSync(folder, { recursive: true });
    child.stdin.write(`${JSON.stringify(orderOf(['sleep', '1000']))}\n`);
    const said = await next();
    assert.ok('failed' in said && said.failed.includes('ENOENT'));
    await ended;
  });
});
