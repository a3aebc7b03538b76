import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { WaooawError } from '../../../src/protocol/index.ts';
import { ask, openSocket } from '../../testing/agent-instances.ts';
import { until } from '../../testing/fault-servers.ts';
import { AGENT, Proxying } from '../../testing/proxying.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

const isCode = (code: string) => (error: WaooawError) => error.code === code;

describe('the routes of a door', () => {
  it('come back with their ports and counts, and their file is for its user alone', async (t) => {
    const folder = temporaryFolder();
    const first = new Proxying(t, { folder });
    const one = await first.start('one');
    await first.point([one.target]);
    await ask(first.port);
    // As the counts are noted now and then.
    await first.point([one.target], [one.target]);
    assert.equal(statSync(join(folder, 'routes.json')).mode & 0o777, 0o600);
    await first.proxy.end();
    const second = new Proxying(t, { folder });
    await second.proxy.restore();
    assert.equal((await ask(first.port)).body, 'one');
    const [open] = second.proxy.list();
    assert.deepEqual([open?.port, open?.targets, open?.fallback], [first.port, [one.target], [one.target]]);
    assert.equal(open?.counts.requests, 2);
    assert.equal(second.proxy.isEmpty, false);
  });

  it('are tried again until whoever took a port meanwhile is gone, and may be closed before', async (t) => {
    const folder = temporaryFolder();
    const first = new Proxying(t, { folder });
    const one = await first.start('one');
    await first.point([one.target]);
    const { port: second } = await first.proxy.point({ agent: 'b', targets: [one.target] });
    await first.proxy.end();
    const strangers = [createServer(), createServer()];
    for (const [i, port] of [first.port, second].entries()) {
      strangers[i]!.listen(port, '127.0.0.1');
      await once(strangers[i]!, 'listening');
    }
    const later = new Proxying(t, { folder });
    await later.proxy.restore();
    assert.equal(later.errors.length, 2);
    assert.deepEqual([later.proxy.list(), later.proxy.isEmpty], [[], false]);
    await assert.rejects(later.proxy.point({ agent: 'b', targets: [] }), isCode('port_in_use'));
    await later.proxy.close('b');
    for (const stranger of strangers) stranger.close();
    await until('the port is open', () => later.proxy.list().length === 1);
    assert.equal((await ask(first.port)).body, 'one');
    assert.equal(later.errors.length, 2);
  });

  it('do not change when that cannot be kept', async (t) => {
    const folder = join(temporaryFolder(), 'door');
    mkdirSync(folder);
    const door = new Proxying(t, { folder });
    const [one, two] = [await door.start('one'), await door.start('two')];
    await door.point([one.target]);
    rmSync(folder, { recursive: true });
    await assert.rejects(door.point([two.target]), isCode('storage_failed'));
    await assert.rejects(door.proxy.point({ agent: 'b', targets: [] }), isCode('storage_failed'));
    const { port: busy } = one.target;
    await assert.rejects(door.proxy.point({ agent: 'b', targets: [], port: busy }), isCode('port_in_use'));
    assert.equal((await ask(door.port)).body, 'one');
    assert.deepEqual(
      door.proxy.list().map(({ agent, targets }) => [agent, targets]),
      [[AGENT, [one.target]]],
    );
    // A port is closed all the same: nobody would want it to stay open.
    await assert.rejects(door.proxy.close(AGENT), isCode('storage_failed'));
    await assert.rejects(ask(door.port), { code: 'ECONNREFUSED' });
  });

  it('move with their port, and whoever is under way finishes', async (t) => {
    const door = new Proxying(t);
    const one = await door.start('one');
    await door.point([one.target]);
    const before = door.port;
    const under = ask(before, { path: '/hold' });
    const held = await one.held();
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, 'close');
    await door.proxy.point({ agent: AGENT, port, targets: [one.target] });
    assert.equal((await ask(port)).body, 'one');
    await assert.rejects(ask(before), { code: 'ECONNREFUSED' });
    held.end('late');
    assert.equal((await under).body, 'late');
    assert.equal(door.counts.requests, 2);
  });

  it('cannot be opened where there is no such address', async (t) => {
    const { Proxy } = await import('./proxy.ts');
    const { RouteFile } = await import('./route-file.ts');
    const { DEFAULT_DOOR_LIMITS: limits } = await import('./limits.ts');
    const settings = { host: '203.0.113.1', trustedProxies: [], allowedHosts: [], limits };
    const proxy = new Proxy(settings, new RouteFile(join(temporaryFolder(), 'routes.json')), () => undefined);
    t.after(() => proxy.end());
    await assert.rejects(proxy.point({ agent: 'a', targets: [] }), isCode('listen_failed'));
    assert.equal(proxy.isEmpty, true);
  });

  it('are not guessed from a file that cannot be read, which is put aside', async (t) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'routes.json'), '{"routes":');
    const door = new Proxying(t, { folder });
    await door.proxy.restore();
    assert.ok(door.errors[0] instanceof SyntaxError);
    assert.equal(door.proxy.isEmpty, true);
    await door.point([]);
    assert.equal(readFileSync(join(folder, 'routes.json.unreadable'), 'utf8'), '{"routes":');
  });

  it('note their counts when they end', async (t) => {
    const folder = temporaryFolder();
    const door = new Proxying(t, { folder });
    const one = await door.start('one');
    await door.point([one.target]);
    const socket = await openSocket(door.port);
    const closed = once(socket, 'close');
    await door.proxy.end();
    assert.equal((await closed)[0], 1006);
    const kept = JSON.parse(readFileSync(join(folder, 'routes.json'), 'utf8')) as {
      routes: { counts: { sockets: number } }[];
    };
    assert.equal(kept.routes[0]?.counts.sockets, 1);
  });
});
