import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { WaooawError } from '../../../src/protocol/index.ts';
import { agentDoorContract } from '../../ports/agent-door.contract.ts';
import { TestInstance, ask } from '../../testing/agent-instances.ts';
import { until } from '../../testing/fault-servers.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createManualClock } from '../memory/clock.ts';
import { identify, isRunning } from '../process/identity.ts';
import type { ProcessIdentity } from '../process/identity.ts';
import { createSystemClock } from '../system/clock.ts';
import { readClaim } from './claim.ts';
import { DoorLine } from './door-line.ts';
import { startDoor } from './door-process.ts';
import { createDoor } from './door.ts';
import type { DoorOptions } from './door.ts';
import { DEFAULT_DOOR_LIMITS } from './limits.ts';
import { FILES } from './messages.ts';

const clock = createSystemClock();
const isUnavailable = (error: WaooawError): boolean => error.code === 'unavailable';

function fail(error: unknown): never {
  throw error;
}

agentDoorContract('door', () => {
  const folder = join(temporaryFolder(), 'door');
  const door = createDoor({ folder, clock, onError: fail });
  return Promise.resolve({
    door,
    next: () => createDoor({ folder, clock, onError: fail }),
    close: () => door.end(),
  });
});

/** A door in a process of its own, and an instance behind it. */
async function opened(t: TestContext, options: Partial<DoorOptions> = {}) {
  const folder = options.folder ?? join(temporaryFolder(), 'door');
  const next = () => {
    const door = createDoor({ folder, clock, onError: fail, ...options });
    t.after(() => door.end());
    return door;
  };
  const door = next();
  const one = await TestInstance.start('one');
  t.after(() => one.stop());
  const { port } = await door.point({ agent: 'a', targets: [one.target] });
  return { folder, door, next, one, port, process: readClaim(folder)! };
}

function ended(process: ProcessIdentity): Promise<void> {
  return until('the process ends', () => !isRunning(process));
}

describe('the door’s process', () => {
  it('begins again with its routes when it is killed, and a question that was open is answered', async (t) => {
    const { door, port, process: first, folder, one } = await opened(t);
    process.kill(first.pid, 'SIGKILL');
    const [open] = await door.list();
    assert.deepEqual([open?.port, open?.targets], [port, [one.target]]);
    assert.equal((await ask(port)).body, 'one');
    assert.notEqual(readClaim(folder)?.pid, first.pid);
  });

  it('begins again by itself, though nobody asks', async (t) => {
    const { port, process: first, folder } = await opened(t);
    process.kill(first.pid, 'SIGKILL');
    await ended(first);
    await until('another runs', () => {
      const claim = readClaim(folder);
      return claim !== undefined && claim.pid !== first.pid && isRunning(claim);
    });
    await until(
      'it listens',
      () => statSync(join(folder, FILES.socket), { throwIfNoEntry: false }) !== undefined,
    );
    for (;;) {
      const answer = await ask(port).catch(() => undefined);
      if (answer) return assert.equal(answer.body, 'one');
    }
  });

  it('is begun again by the next server when it died in between', async (t) => {
    const { door, next, port, process: first } = await opened(t);
    await door.release();
    process.kill(first.pid, 'SIGKILL');
    await ended(first);
    assert.equal((await next().list())[0]?.port, port);
    assert.equal((await ask(port)).body, 'one');
  });

  it('is one, whoever begins it at the same time', async (t) => {
    const { folder } = await opened(t, {});
    const doors = Array.from({ length: 3 }, () => createDoor({ folder, clock, onError: fail }));
    await Promise.all(doors.map((door) => door.list()));
    const fresh = join(temporaryFolder(), 'door');
    const rivals = Array.from({ length: 2 }, () => createDoor({ folder: fresh, clock, onError: fail }));
    await Promise.all(rivals.map((door, i) => door.point({ agent: `a${i}`, targets: [] })));
    assert.equal((await rivals[0]!.list()).length, 2);
    await Promise.all([...doors, rivals[1]!].map((door) => door.release()));
    await rivals[0]!.end();
  });

  it('has nothing of our environment, and a folder, a socket and a log for its user alone', async (t) => {
    process.env.WAOOAW_SECRET_OF_A_TEST = 'secret';
    t.after(() => delete process.env.WAOOAW_SECRET_OF_A_TEST);
    const { folder, process: running } = await opened(t);
    assert.doesNotMatch(readFileSync(`/proc/${running.pid}/environ`, 'utf8'), /secret/);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const name of Object.values(FILES))
      assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
  });

  it('is reached in a folder whose path is too long for a socket', async (t) => {
    const folder = join(temporaryFolder(), 'a'.repeat(120), 'door');
    const { door, port } = await opened(t, { folder });
    assert.equal((await door.list())[0]?.port, port);
  });

  it('ends when its folder is gone, as nobody could find it any more', async (t) => {
    const { folder, door, process: running } = await opened(t);
    await door.release();
    rmSync(folder, { recursive: true });
    await ended(running);
  });

  it('ends when it is terminated and keeps its routes, and when it has none and nobody holds on to it', async (t) => {
    const { folder, door, next, port, process: first } = await opened(t, { limits: { lingerMs: 1_000 } });
    await door.release();
    assert.equal((await ask(port)).body, 'one');
    process.kill(first.pid, 'SIGTERM');
    await ended(first);
    const later = next();
    assert.equal((await later.list())[0]?.port, port);
    const second = readClaim(folder)!;
    await later.close('a');
    assert.equal(isRunning(second), true);
    await later.release();
    await ended(second);
    // Without a route none is begun only to say so.
    assert.deepEqual(await next().list(), []);
    assert.equal(readClaim(folder), undefined);
  });

  it('ends when whoever started it never held on to it', async () => {
    const folder = join(temporaryFolder(), 'door');
    mkdirSync(folder);
    const limits = { ...DEFAULT_DOOR_LIMITS, lingerMs: 1_000 };
    await startDoor(folder, { host: '127.0.0.1', trustedProxies: [], allowedHosts: [], limits });
    await ended(readClaim(folder)!);
  });

  it('is replaced when it speaks another protocol or says nothing, if it is verified to be ours', async (t) => {
    const { folder, door, port, next, process: first } = await opened(t);
    await door.release();
    process.kill(first.pid, 'SIGSTOP');
    // A door that hangs takes connections, and says nothing: only our clock tells.
    const manual = createManualClock();
    const later = createDoor({ folder, clock: manual, onError: fail });
    const listed = later.list();
    await until('it was greeted', () => manual.pending > 0);
    manual.advance(5_000);
    assert.equal((await listed)[0]?.port, port);
    await ended(first);
    await later.release();
    assert.equal((await next().list()).length, 1);
  });

  it('is never ended on the word of a stranger, whose socket is not spoken to', async (t) => {
    const folder = join(temporaryFolder(), 'door');
    mkdirSync(folder);
    const parent = identify(process.ppid)!;
    const sockets = new Set<Socket>();
    const stranger = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.write('nonsense\n');
    });
    stranger.listen(join(folder, FILES.socket));
    await once(stranger, 'listening');
    t.after(() => {
      for (const socket of sockets) socket.destroy();
      stranger.close();
    });
    // Of an earlier start of the machine: whoever has that pid now is left alone.
    writeFileSync(join(folder, FILES.identity), JSON.stringify({ ...parent, bootId: 'earlier' }));
    const door = createDoor({ folder, clock, onError: fail });
    t.after(() => door.end());
    const { port } = await door.point({ agent: 'a', targets: [] });
    assert.equal((await ask(port)).status, 503);
    assert.equal(isRunning(parent), true);
  });

  it('is tried again, slower and slower, while it cannot begin', async (t) => {
    const manual = createManualClock();
    const errors: unknown[] = [];
    const folder = join(temporaryFolder(), 'door');
    const door = createDoor({ folder, clock: manual, onError: (error) => errors.push(error) });
    t.after(() => door.end());
    const { port } = await door.point({ agent: 'a', targets: [] });
    const first = readClaim(folder)!;
    // The log cannot be written: no door begins.
    rmSync(join(folder, FILES.log));
    mkdirSync(join(folder, FILES.log));
    process.kill(first.pid, 'SIGKILL');
    await until('it was tried', () => errors.length === 1);
    await assert.rejects(door.list());
    manual.advance(250);
    await until('it was tried again', () => errors.length === 2);
    manual.advance(499);
    rmSync(join(folder, FILES.log), { recursive: true });
    manual.advance(1);
    await until('it runs', () => readClaim(folder)?.pid !== first.pid);
    assert.equal((await door.list())[0]?.port, port);
    assert.equal(errors.length, 2);
  });

  it('begins without the routes that it cannot read, and says so in its log, which is put aside when it is long', async (t) => {
    const folder = join(temporaryFolder(), 'door');
    mkdirSync(folder);
    writeFileSync(join(folder, FILES.routes), '{');
    writeFileSync(join(folder, FILES.log), 'x'.repeat(1_048_577));
    const door = createDoor({ folder, clock, onError: fail });
    t.after(() => door.end());
    assert.deepEqual(await door.list(), []);
    assert.match(readFileSync(join(folder, FILES.log), 'utf8'), /SyntaxError/);
    assert.equal(readFileSync(join(folder, `${FILES.routes}.unreadable`), 'utf8'), '{');
    assert.equal(statSync(join(folder, `${FILES.log}.1`)).size, 1_048_577);
  });

  it('refuses what it does not understand, and fails with what it says when it cannot begin', async (t) => {
    const { folder } = await opened(t);
    const line = (await DoorLine.open(folder))!;
    await assert.rejects(line.ask({ do: 'nothing' } as never), { code: 'bad_request' });
    await assert.rejects(line.ask({ do: 'point' } as never), { code: 'internal' });
    line.close();
    await line.closed;
    await assert.rejects(line.ask({ do: 'list' }), isUnavailable);
    const bad = join(temporaryFolder(), 'door');
    mkdirSync(bad);
    await assert.rejects(startDoor(bad, { trustedProxies: ['no address'] } as never), isUnavailable);
    assert.equal(await DoorLine.open(bad), undefined);
    const nowhere = createDoor({ folder: join(bad, FILES.log, 'door'), clock, onError: () => undefined });
    await assert.rejects(nowhere.point({ agent: 'a', targets: [] }), isUnavailable);
    await nowhere.release();
  });
});
