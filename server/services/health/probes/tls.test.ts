import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { makeCertificate } from '../../../testing/certificates.ts';
import { startServer, startTls } from '../../../testing/fault-servers.ts';
import { look, lookUntil, probeOf } from '../../../testing/probing.ts';
import { judgeCertificate } from './certificate.ts';

const DAY_MS = 86_400_000;
const host = '127.0.0.1';
/** A fatal alert, TLS 1.2. */
const HANDSHAKE_FAILURE = Uint8Array.of(0x15, 3, 3, 0, 2, 2, 40);
const now = Date.now();

/** A certificate that has so many days left, and half a day. */
const lasting = (days: number, names: readonly string[] = ['api.example', host]) =>
  makeCertificate({ names, from: now - 400 * DAY_MS, to: now + (days + 0.5) * DAY_MS });

describe('the probe that looks at a certificate', () => {
  it('is up, degraded and down by the days that are left', async (t) => {
    for (const [days, state, reason] of [
      [90, 'up', 'The certificate is valid for 90 more days'],
      [14, 'up', 'The certificate is valid for 14 more days'],
      [13, 'degraded', 'The certificate is valid for 13 more days, fewer than 14'],
      [3, 'degraded', 'The certificate is valid for 3 more days, fewer than 14'],
      [1, 'down', 'The certificate is valid for 1 more day, fewer than 3'],
    ] as const) {
      const certificate = lasting(days);
      const server = await startTls(t, certificate);
      const result = await look(
        probeOf({ kind: 'tls', host, port: server.port, ca: certificate.cert, downDays: 3 }),
      );
      assert.deepEqual([result.state, result.reason], [state, reason]);
      const expected = Math.floor((now + (days + 0.5) * DAY_MS) / 1_000) * 1_000;
      assert.equal(result.certificateExpiresAt, expected);
      assert.ok(result.timings!.tlsMs! >= 0 && result.timings!.connectMs! >= 0);
      await server.left();
    }
  });

  it('is down once it has expired, and says since when', async (t) => {
    const to = Date.UTC(2024, 4, 1, 12);
    const expired = makeCertificate({ names: [host], from: to - DAY_MS, to });
    const server = await startTls(t, expired);
    const result = await look(probeOf({ kind: 'tls', host, port: server.port, ca: expired.cert }));
    assert.deepEqual(
      [result.state, result.reason, result.certificateExpiresAt],
      ['down', 'The certificate expired on 2024-05-01', to],
    );
    await server.left();
  });

  it('is down where it is not valid yet, for somebody else, or of an authority that nobody knows', async (t) => {
    const early = makeCertificate({ names: [host], from: now + DAY_MS, to: now + 90 * DAY_MS });
    const good = lasting(90);
    const elsewhere = lasting(90, ['other.example']);
    for (const [certificate, ca, reason] of [
      [early, early.cert, 'The certificate is not valid yet (CERT_NOT_YET_VALID)'],
      [elsewhere, elsewhere.cert, 'The certificate is not for 127.0.0.1'],
      [good, undefined, 'The certificate is signed by itself (DEPTH_ZERO_SELF_SIGNED_CERT)'],
    ] as const) {
      const server = await startTls(t, certificate);
      const { state, reason: said } = await look(probeOf({ kind: 'tls', host, port: server.port, ca }));
      assert.deepEqual([state, said], ['down', reason]);
      await server.left();
    }
  });

  it('asks for the name that it is given, and seeks that one in the certificate', async (t) => {
    const certificate = lasting(90, ['api.example']);
    const server = await startTls(t, certificate);
    const base = { kind: 'tls', host, port: server.port, ca: certificate.cert } as const;
    assert.equal((await look(probeOf({ ...base, serverName: 'api.example' }))).state, 'up');
    assert.equal(
      (await look(probeOf({ ...base, serverName: 'www.example' }))).reason,
      'The certificate is not for www.example',
    );
    const named = probeOf(
      { ...base, host: 'api.example', serverName: '127.0.0.1' },
      { resolve: () => Promise.resolve([host]) },
    );
    assert.equal((await look(named)).reason, 'The certificate is not for 127.0.0.1');
  });

  it('is down where nobody shakes hands', async (t) => {
    for (const [fault, reason] of [
      ['end', 'The connection was closed by the other end (ECONNRESET)'],
      ['garbage', 'The other end does not speak TLS (ERR_SSL_WRONG_VERSION_NUMBER)'],
      ['alert', /^The handshake failed \(ERR_SSL_\S+\)$/],
      ['reset', 'The connection was closed by the other end (ECONNRESET)'],
    ] as const) {
      const server = await startServer(t, (socket) => {
        if (fault === 'end') socket.once('data', () => socket.end());
        else if (fault === 'garbage') socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n');
        else if (fault === 'alert') socket.once('data', () => socket.end(HANDSHAKE_FAILURE));
        else socket.resetAndDestroy();
      });
      const result = await look(probeOf({ kind: 'tls', host, port: server.port }));
      assert.equal(result.state, 'down');
      if (typeof reason === 'string') assert.equal(result.reason, reason);
      else assert.match(result.reason!, reason);
      await server.left();
    }
  });

  it('ends in time with a server that accepts and says nothing', async (t) => {
    let heard = (): void => undefined;
    const hello = new Promise<void>((resolve) => (heard = resolve));
    const server = await startServer(t, (socket) => socket.once('data', heard));
    const { reason } = await lookUntil(probeOf({ kind: 'tls', host, port: server.port }), hello);
    assert.equal(reason, 'No result within 100 ms: shaking hands');
    await server.left();
  });

  it('says what is wrong with the certificates behind the first one', () => {
    const far = { validToDate: new Date(now + 90 * DAY_MS) };
    const says = (authorizationError: string) => {
      const shown = { authorized: false, authorizationError, getPeerX509Certificate: () => far };
      const days = { degradedDays: 0, downDays: 0 };
      return judgeCertificate(shown as unknown as TLSSocket, 'a.example', days, now).reason;
    };
    assert.equal(says('CERT_HAS_EXPIRED'), 'A certificate between the host’s and its authority has expired');
    assert.equal(says('CERT_UNTRUSTED'), 'The certificate is not believed (CERT_UNTRUSTED)');
    const shown = { getPeerX509Certificate: () => undefined } as unknown as TLSSocket;
    assert.deepEqual(judgeCertificate(shown, 'a.example', { degradedDays: 0, downDays: 0 }, now), {
      state: 'down',
      reason: 'No certificate was shown',
    });
  });
});
