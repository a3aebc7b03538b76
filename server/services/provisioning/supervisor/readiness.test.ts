import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { createManualClock } from '../../../engines/memory/clock.ts';
import { createSystemClock } from '../../../engines/system/clock.ts';
import { startHttp, startServer, until } from '../../../testing/fault-servers.ts';
import { createUnsteadyClock } from '../../../testing/unsteady-clock.ts';
import type { KindProbe } from '../kinds.ts';
import { ask } from './readiness.ts';
import type { Answer } from './readiness.ts';

const PROBE: KindProbe = { kind: 'http', intervalMs: 1_000, timeoutMs: 10_000, failureThreshold: 1 };
const NEVER = new AbortController().signal;

function asking(port: number | undefined, more: Partial<KindProbe> = {}, signal = NEVER): Promise<Answer> {
  const question = { probe: { ...PROBE, ...more }, port, maxBodyBytes: 65_536 };
  return ask(question, createSystemClock(), signal);
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('an instance that is asked over HTTP', () => {
  it('is ready when it answers 200 to 399, and not otherwise', async (t) => {
    let status = 200;
    const asked: string[] = [];
    const { port } = await startHttp(t, ({ method, url, headers }, response) => {
      asked.push(`${method} ${url} ${headers.host} ${headers['user-agent']?.split('/')[0]}`);
      response.writeHead(status).end();
    });
    for (status of [200, 204, 301, 399])
      assert.deepEqual(await asking(port), { well: true, said: `HTTP ${status}` });
    for (status of [400, 404, 500, 503])
      assert.deepEqual(await asking(port, { path: '/ready?x=1' }), { well: false, said: `HTTP ${status}` });
    assert.deepEqual(
      [asked[0], asked.at(-1)],
      [`GET / 127.0.0.1:${port} waooaw`, `GET /ready?x=1 127.0.0.1:${port} waooaw`],
    );
  });

  it('leads us nowhere else', async (t) => {
    const elsewhere = await startHttp(t, (_, response) => response.end());
    const { port } = await startHttp(t, (_, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${elsewhere.port}/` }).end(),
    );
    assert.deepEqual(await asking(port), { well: true, said: 'HTTP 302' });
    assert.equal(elsewhere.connections(), 0);
  });

  it('is hung up on when its answer has no end', async (t) => {
    const server = await startHttp(t, (_, response) => {
      const flood = (): void => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
        if (!response.destroyed) response.once('drain', flood);
      };
      flood();
    });
    assert.equal((await asking(server.port)).well, true);
    await server.left();
  });

  it('is hung up on when its time is over, wherever it stands still', async (t) => {
    for (const say of [
      '',
      'HTTP/1.1 200 OK\r\ncontent-le',
      'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf',
    ]) {
      let heard = false;
      const server = await startServer(t, (socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => {
          heard = true;
          socket.write(say);
        });
      });
      const clock = createManualClock();
      const answering = ask({ probe: PROBE, port: server.port, maxBodyBytes: 10 }, clock, NEVER);
      await until('it was asked', () => heard);
      const isJudged = say.includes('half');
      if (isJudged) assert.equal((await answering).well, true);
      clock.advance(10_000);
      const said = isJudged ? 'HTTP 200' : 'no answer within 10000 ms';
      assert.deepEqual(await answering, { well: isJudged, said });
      await server.left();
      await until('nothing is due', () => clock.pending === 0);
    }
  });

  it('is not ready when it breaks off, speaks something else, or upgrades', async (t) => {
    for (const [say, said] of [
      [undefined, 'it broke off the connection'],
      ['SSH-2.0-x\r\n', /^its answer is not HTTP \(HPE_\w+\)$/],
      [
        `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
        /^its answer is not HTTP \(HPE_HEADER_OVERFLOW\)$/,
      ],
      ['HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n', /HTTP 101|broke off/],
    ] as const) {
      const server = await startServer(t, (socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => (say === undefined ? socket.resetAndDestroy() : socket.end(say)));
      });
      const answer = await asking(server.port);
      assert.equal(answer.well, false);
      if (typeof said === 'string') assert.equal(answer.said, said);
      else assert.match(answer.said, said);
      await server.left();
    }
  });

  it('is not ready for a path that cannot be asked for', async (t) => {
    const { port, connections } = await startHttp(t, (_, response) => response.end());
    const answer = await asking(port, { path: '/a b' });
    assert.equal(answer.well, false);
    assert.match(answer.said, /path/);
    assert.equal(connections(), 0);
  });
});

describe('an instance that is asked over TCP', () => {
  it('is ready when it takes a connection, which is closed at once', async (t) => {
    const server = await startServer(t, (socket) => socket.resume());
    assert.deepEqual(await asking(server.port, { kind: 'tcp' }), {
      well: true,
      said: 'it takes connections',
    });
    await server.left();
  });

  it('is not when nobody listens', async () => {
    const port = await freePort();
    for (const kind of ['tcp', 'http'] as const)
      assert.deepEqual(await asking(port, { kind }), { well: false, said: 'nobody listens' });
  });
});

describe('an instance that is not asked', () => {
  it('is ready by running where its kind wants no more, and never without a port where it does', async () => {
    assert.deepEqual(await asking(undefined, { kind: 'process' }), { well: true, said: 'it runs' });
    for (const kind of ['tcp', 'http'] as const)
      assert.deepEqual(await asking(undefined, { kind }), { well: false, said: 'it has no port' });
  });
});

describe('a question', () => {
  it('ends when nobody waits for the answer any more', async (t) => {
    const server = await startServer(t, (socket) => socket.resume());
    const controller = new AbortController();
    const answering = asking(server.port, {}, controller.signal);
    await until('it is connected', () => server.connections() > 0);
    controller.abort();
    assert.deepEqual(await answering, { well: false, said: 'nobody waited for the answer' });
    await server.left();
    assert.equal((await asking(server.port, {}, AbortSignal.abort())).well, false);
  });

  it('says nothing of the instance when we stood still ourselves', async (t) => {
    const server = await startServer(t, (socket) => socket.resume());
    const clock = createUnsteadyClock();
    const answering = ask({ probe: PROBE, port: server.port, maxBodyBytes: 10 }, clock, NEVER);
    clock.stand(6_000);
    clock.advance(10_000);
    assert.deepEqual(await answering, { well: undefined, said: 'we stood still for 6000 ms' });
    await server.left();
  });
});
