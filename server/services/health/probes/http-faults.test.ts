import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { createSystemClock } from '../../../engines/system/clock.ts';
import { makeCertificate } from '../../../testing/certificates.ts';
import { drip, startDeaf, startHttp, startServer, startTls } from '../../../testing/fault-servers.ts';
import { look, lookUntil, probeOf } from '../../../testing/probing.ts';

const DAY_MS = 86_400_000;
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n';
const now = Date.now();

const probeAt = (port: number, more: object = {}) =>
  probeOf({ kind: 'http', url: `http://127.0.0.1:${port}/`, ...more });

/** Does this once it was asked something, and says so. */
function onceAsked(then: (socket: Socket) => void) {
  let happen = (): void => undefined;
  const asked = new Promise<void>((resolve) => (happen = resolve));
  const each = (socket: Socket): void =>
    void socket.once('data', () => {
      then(socket);
      happen();
    });
  return { asked, each };
}

describe('the probe over HTTP with a target that fails', () => {
  it('ends in time where no connection is made', async (t) => {
    const { port, fill } = await startDeaf(t);
    await fill();
    const { reason } = await lookUntil(probeAt(port), Promise.resolve());
    assert.equal(reason, 'No result within 100 ms: connecting');
  });

  it('ends in time where the connection is never accepted', async (t) => {
    const { port } = await startDeaf(t);
    const { reason } = await lookUntil(probeAt(port), Promise.resolve());
    assert.equal(reason, 'No result within 100 ms: waiting for the headers of the answer');
  });

  it('ends in time where nothing, or never all of the headers, comes', async (t) => {
    for (const fault of [
      () => undefined,
      (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nx: '),
      (socket: Socket) =>
        drip(socket, ((begun) => () => (begun ? 'x' : ((begun = true), 'HTTP/1.1 200 OK\r\nx: ')))(false)),
      (socket: Socket) => drip(socket, () => 'HTTP/1.1 102 Processing\r\n\r\n'),
    ]) {
      const { asked, each } = onceAsked(fault);
      const server = await startServer(t, each);
      const { reason } = await lookUntil(probeAt(server.port), asked);
      assert.equal(reason, 'No result within 100 ms: waiting for the headers of the answer');
      await server.left();
    }
  });

  it('ends in time where the body stands still or comes in drips, if it has to be read', async (t) => {
    for (const fault of [
      (socket: Socket) => socket.write(`${HEAD}half`),
      (socket: Socket) => drip(socket, ((begun) => () => (begun ? 'x' : ((begun = true), HEAD)))(false)),
    ]) {
      for (const more of [
        { expect: { contains: 'whole' } },
        { expect: { matches: 'whole' } },
        { keepAlive: true },
      ]) {
        const { asked, each } = onceAsked(fault);
        const server = await startServer(t, each);
        const { reason } = await lookUntil(probeAt(server.port, more), asked);
        assert.match(reason!, /^No result within 100 ms: reading the (body|rest) of the answer$/);
        await server.left();
      }
    }
  });

  it('is up at the headers where nothing is expected of the body, and hangs up', async (t) => {
    for (const fault of [
      (socket: Socket) => socket.write(`${HEAD}half`),
      (socket: Socket) => drip(socket, ((begun) => () => (begun ? 'x' : ((begun = true), HEAD)))(false)),
    ]) {
      const { each } = onceAsked(fault);
      const server = await startServer(t, each);
      assert.equal((await look(probeAt(server.port))).state, 'up');
      await server.left();
    }
  });

  it('reads no more of a body than it may, and no more than it needs', async (t) => {
    const server = await startHttp(t, (_, response) => {
      response.write('begin ');
      response.on('close', () => (response.destroyed = true));
      const flood = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', flood);
      };
      flood();
    });
    const endless = 'in the first 1048576 bytes';
    assert.equal((await look(probeAt(server.port, { expect: { contains: 'begin' } }))).state, 'up');
    const { reason } = await look(probeAt(server.port, { expect: { contains: 'end' } }));
    assert.equal(reason, `The body does not contain the expected text ${endless}`);
    const large = await look(probeAt(server.port, { expect: { json: ['$'] } }));
    assert.equal(large.reason, 'The body is larger than 1048576 bytes');
    await server.left();
  });

  it('is down where the connection breaks, wherever it does', async (t) => {
    for (const [fault, reason] of [
      [
        (socket: Socket) => socket.resetAndDestroy(),
        'The connection was closed by the other end (ECONNRESET)',
      ],
      [(socket: Socket) => socket.end(), 'The connection was closed by the other end (ECONNRESET)'],
      [
        (socket: Socket) => socket.end('HTTP/1.1 200'),
        'The connection was closed by the other end (ECONNRESET)',
      ],
      [(socket: Socket) => socket.end('SSH-2.0-x\r\n'), /^The answer is not HTTP \(HPE_\w+\)$/],
      [
        (socket: Socket) => socket.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`),
        'The headers of the answer are too large (HPE_HEADER_OVERFLOW)',
      ],
      [
        (socket: Socket) =>
          socket.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
        /^The connection was (closed before an answer|closed by)/,
      ],
      [(socket: Socket) => socket.end(`${HEAD}half`), 'The connection ended in the middle of the body'],
      [
        (socket: Socket) => socket.write(`${HEAD}half`, () => socket.resetAndDestroy()),
        /^The connection (ended in the middle of the body|was closed by)/,
      ],
    ] as const) {
      const { each } = onceAsked(fault);
      const server = await startServer(t, each);
      const result = await look(probeAt(server.port, { expect: { contains: 'whole' } }));
      assert.equal(result.state, 'down');
      if (typeof reason === 'string') assert.equal(result.reason, reason);
      else assert.match(result.reason!, reason);
      await server.left();
    }
  });

  it('says nothing to whoever shows a certificate that is not good', async (t) => {
    const good = makeCertificate({ names: ['127.0.0.1'], from: now - DAY_MS, to: now + 90.5 * DAY_MS });
    const soon = makeCertificate({ names: ['127.0.0.1'], from: now - DAY_MS, to: now + 5.5 * DAY_MS });
    const expired = makeCertificate({ names: ['127.0.0.1'], from: now - 9 * DAY_MS, to: now - DAY_MS });
    const other = makeCertificate({ names: ['other.example'], from: now - DAY_MS, to: now + 90 * DAY_MS });
    const day = new Date(now - DAY_MS).toISOString().slice(0, 10);
    for (const [certificate, ca, state, reason, asked] of [
      [good, good.cert, 'up', 'HTTP 200', 1],
      [soon, soon.cert, 'degraded', 'The certificate is valid for 5 more days, fewer than 14', 1],
      [expired, expired.cert, 'down', `The certificate expired on ${day}`, 0],
      [other, other.cert, 'down', 'The certificate is not for 127.0.0.1', 0],
      [good, undefined, 'down', 'The certificate is signed by itself (DEPTH_ZERO_SELF_SIGNED_CERT)', 0],
    ] as const) {
      let heard = 0;
      const server = await startTls(t, certificate, (socket) =>
        socket.once('data', () => {
          heard += 1;
          socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
        }),
      );
      const url = `https://127.0.0.1:${server.port}/`;
      const secretHeaders = { authorization: 'Bearer secret' };
      for (const keepAlive of [false, true]) {
        const probe = probeOf({ kind: 'http', url, ca, secretHeaders, keepAlive });
        const result = await look(probe);
        assert.deepEqual([result.state, result.reason], [state, reason]);
        assert.ok(result.certificateExpiresAt! > 0 && result.timings!.tlsMs! >= 0);
        probe.close?.();
        await server.left();
      }
      assert.equal(heard, 2 * asked);
    }
  });

  it('judges the certificate again where the connection was kept', async (t) => {
    const certificate = makeCertificate({
      names: ['127.0.0.1'],
      from: now - DAY_MS,
      to: now + 90.5 * DAY_MS,
    });
    const server = await startTls(t, certificate, (socket) =>
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')),
    );
    const url = `https://127.0.0.1:${server.port}/`;
    const system = createSystemClock();
    let aheadMs = 0;
    const clock = { ...system, now: () => system.now() + aheadMs };
    const probe = probeOf({ kind: 'http', url, ca: certificate.cert, keepAlive: true }, { clock });
    const first = await look(probe);
    const second = await look(probe);
    assert.equal(server.connections(), 1);
    assert.equal(second.certificateExpiresAt, first.certificateExpiresAt);
    assert.deepEqual([first.timings!.tlsMs! >= 0, second.timings!.tlsMs], [true, undefined]);

    aheadMs = 80 * DAY_MS;
    assert.equal((await look(probe)).state, 'degraded');
    aheadMs = 91 * DAY_MS;
    const last = await look(probe);
    assert.deepEqual([last.state, last.reason?.slice(0, 26)], ['down', 'The certificate expired on']);
    assert.equal(server.connections(), 1);
    await server.left();
    probe.close?.();
  });
});
