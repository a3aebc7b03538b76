import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, it } from 'node:test';
import { arrived, drip, startDeaf, startServer } from '../../../testing/fault-servers.ts';
import { look, lookUntil, probeOf } from '../../../testing/probing.ts';
import { TextSearch } from './text-search.ts';

const host = '127.0.0.1';

/** Something that the test makes happen. */
function event(): { happened: Promise<void>; happen: () => void } {
  let happen = (): void => undefined;
  const happened = new Promise<void>((resolve) => (happen = resolve));
  return { happened, happen };
}

describe('the probe that connects', () => {
  it('is up once connected, says how long that took, and hangs up', async (t) => {
    const server = await startServer(t, () => undefined);
    const { state, reason, timings } = await look(probeOf({ kind: 'tcp', host, port: server.port }));
    assert.deepEqual([state, reason], ['up', undefined]);
    assert.ok(timings!.connectMs! >= 0 && timings!.totalMs >= timings!.connectMs!);
    assert.equal(timings!.dnsMs, undefined);
    await server.left();
  });

  it('looks a name up, and says how long that took', async (t) => {
    const server = await startServer(t, () => undefined);
    const probe = probeOf(
      { kind: 'tcp', host: 'db.example', port: server.port },
      { resolve: () => Promise.resolve([host]) },
    );
    const { state, timings } = await look(probe);
    assert.equal(state, 'up');
    assert.ok(timings!.dnsMs! >= 0);
    await server.left();
  });

  it('is down where nobody listens', async () => {
    const server = createServer().listen(0, host);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    assert.deepEqual(await look(probeOf({ kind: 'tcp', host, port })), {
      state: 'down',
      reason: 'The connection was refused (ECONNREFUSED)',
    });
  });

  it('is up where nobody accepts, as long as the system itself makes the connection', async (t) => {
    const { port } = await startDeaf(t);
    assert.equal((await look(probeOf({ kind: 'tcp', host, port }))).state, 'up');
  });

  it('is down where no connection is made in time', async (t) => {
    const { port, fill } = await startDeaf(t);
    await fill();
    const { state, reason } = await lookUntil(probeOf({ kind: 'tcp', host, port }), Promise.resolve());
    assert.deepEqual([state, reason], ['down', 'No result within 100 ms: connecting']);
  });

  it('says what it is told to, and finds what must come back wherever it is cut', async (t) => {
    const heard: string[] = [];
    const server = await startServer(t, (socket) => {
      socket.on('data', (data) => {
        heard.push(data.toString());
        drip(
          socket,
          (
            (parts) => () =>
              parts.shift() ?? '\r\n'
          )(['+P', 'ON', 'G is what I ', 'say']),
        );
      });
    });
    for (const expect of [
      { contains: 'PONG is' },
      { matches: '^\\+PONG .* say' },
      { contains: '+PONG', matches: 'say' },
    ]) {
      const result = await look(probeOf({ kind: 'tcp', host, port: server.port, send: 'PING\r\n', expect }));
      assert.equal(result.state, 'up');
      assert.ok(result.timings!.firstByteMs! >= 0);
    }
    assert.deepEqual(heard, ['PING\r\n', 'PING\r\n', 'PING\r\n']);
    await server.left();
  });

  it('looks again at what came while it rested, also where nothing more comes', async (t) => {
    const server = await startServer(t, (socket) => {
      socket.write('PO');
      void arrived().then(() => socket.write('NG'));
    });
    const probe = probeOf({ kind: 'tcp', host, port: server.port, expect: { matches: '^PONG$' } });
    assert.equal((await look(probe)).state, 'up');
    await server.left();
  });

  it('is up once everything is sent, where nothing must come back', async (t) => {
    const heard = event();
    const server = await startServer(t, (socket) => socket.once('data', heard.happen));
    assert.equal((await look(probeOf({ kind: 'tcp', host, port: server.port, send: 'hello' }))).state, 'up');
    await heard.happened;
  });

  it('is down where something else comes, or nothing', async (t) => {
    const cases: readonly (readonly [string, (socket: Socket) => void])[] = [
      ['The connection was closed before what was expected came', (socket) => socket.end('NO')],
      ['The connection was closed before what was expected came', (socket) => socket.end()],
      ['The connection was closed by the other end (ECONNRESET)', (socket) => socket.resetAndDestroy()],
      ['What was expected was not in the first 1000 bytes', (socket) => socket.write('x'.repeat(5_000))],
      [
        'What was expected was not in the first 1000 bytes',
        (socket) => drip(socket, () => 'drip'.repeat(50)),
      ],
    ];
    for (const expect of [{ contains: 'PONG' }, { matches: 'P.NG' }]) {
      for (const [reason, fault] of cases) {
        const server = await startServer(t, fault);
        const probe = probeOf({ kind: 'tcp', host, port: server.port, expect, maxBytes: 1_000 });
        assert.deepEqual(await look(probe), { state: 'down', reason });
        await server.left();
      }
    }
  });

  it('ends in time with a target that says nothing, or too little too slowly', async (t) => {
    for (const fault of [() => undefined, (socket: Socket) => drip(socket, () => '.')]) {
      const connected = event();
      const server = await startServer(t, (socket) => {
        connected.happen();
        fault(socket);
      });
      const probe = probeOf({
        kind: 'tcp',
        host,
        port: server.port,
        expect: { matches: 'P.NG', contains: 'P' },
      });
      const { reason } = await lookUntil(probe, connected.happened);
      assert.equal(reason, 'No result within 100 ms: waiting for the expected answer');
      await server.left();
    }
  });

  it('ends in time while a name is being looked up, and does not begin once it is over', async () => {
    const probe = probeOf(
      { kind: 'tcp', host: 'slow.example', port: 1 },
      { resolve: () => new Promise(() => undefined) },
    );
    assert.deepEqual(await lookUntil(probe, Promise.resolve()), {
      state: 'down',
      reason: 'No result within 100 ms: looking up slow.example',
    });
    assert.deepEqual(await look(probe, AbortSignal.abort(new Error('Stopped'))), {
      state: 'down',
      reason: 'Stopped: beginning',
    });
  });

  it('connects to the very address that was checked, and refuses the name once it leads elsewhere', async (t) => {
    const server = await startServer(t, () => undefined);
    const answers = [[host], ['169.254.169.254']];
    let asked = 0;
    const probe = probeOf(
      { kind: 'tcp', host: 'rebinding.example', port: server.port },
      { resolve: () => Promise.resolve(answers[asked++]!) },
    );
    assert.equal((await look(probe)).state, 'up');
    assert.deepEqual([asked, server.connections()], [1, 1]);
    assert.deepEqual(await look(probe), {
      state: 'down',
      reason:
        '169.254.169.254, an address of rebinding.example, is a metadata service, which this check may not reach',
    });
    assert.deepEqual([asked, server.connections()], [2, 1]);
  });

  it('refuses a name with one address among others that may not be reached', async (t) => {
    const server = await startServer(t, () => undefined);
    const spec = { kind: 'tcp', host: 'mixed.example', port: server.port } as const;
    for (const [addresses, allowPrivate, what] of [
      [[host, 'fe80::1'], true, 'fe80::1, an address of mixed.example, is link-local'],
      [['8.8.8.8', host], false, '127.0.0.1, an address of mixed.example, is loopback'],
      [['8.8.8.8', '::ffff:10.0.0.1'], false, '::ffff:10.0.0.1, an address of mixed.example, is private'],
    ] as const) {
      const { reason } = await look(
        probeOf(spec, { allowPrivate, resolve: () => Promise.resolve(addresses) }),
      );
      assert.equal(reason, `${what}, which this check may not reach`);
    }
    const { reason } = await look(probeOf(spec, { resolve: () => Promise.resolve([]) }));
    assert.equal(reason, 'mixed.example has no address');
    assert.equal(server.connections(), 0);
  });

  it('goes on to the next address of a name where one refuses', async (t) => {
    const server = await startServer(t, () => undefined);
    const probe = probeOf(
      { kind: 'tcp', host: 'two.example', port: server.port },
      { resolve: () => Promise.resolve(['127.0.0.2', host]) },
    );
    assert.equal((await look(probe)).state, 'up');
    await server.left();
  });

  it('asks the system for names, one question for all who ask at once', async (t) => {
    const server = await startServer(t, () => undefined);
    const probe = () => probeOf({ kind: 'tcp', host: 'localhost', port: server.port });
    const results = await Promise.all([look(probe()), look(probe())]);
    assert.deepEqual(
      results.map(({ state }) => state),
      ['up', 'up'],
    );
    const { reason } = await look(probeOf({ kind: 'tcp', host: 'nothing.invalid', port: 1 }));
    assert.match(reason!, /^The name (does not exist|could not be looked up)/);
  });
});

describe('the search for a text', () => {
  it('finds it wherever the parts are cut, and only once all of it came', () => {
    const text = 'aab';
    for (const parts of [
      ['aab'],
      ['a', 'a', 'b'],
      ['aaa', 'aab'],
      ['aaaa', 'b'],
      ['xaa', 'bx'],
      ['', 'aab', ''],
    ]) {
      const search = new TextSearch(text);
      const found = parts.map((part) => {
        search.take(Buffer.from(part));
        return search.found;
      });
      assert.equal(found.at(-1), true, parts.join('|'));
      assert.equal(found[0], parts[0]!.includes(text), parts.join('|'));
    }
    const single = new TextSearch('é');
    for (const byte of Buffer.from('e\u0301')) single.take(Buffer.from([byte]));
    assert.equal(single.found, false);
    assert.equal(new TextSearch('').found, true);
    const one = new TextSearch('x');
    one.take(Buffer.from('ab'));
    one.take(Buffer.from('x'));
    assert.equal(one.found, true);
  });
});
