/** What a certificate says of the host that showed it. */
import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { ProbeResult } from './probe.ts';

const DAY_MS = 86_400_000;

/** Why a certificate is not believed, by OpenSSL's and Node's codes. */
const WORDS: Readonly<Record<string, string>> = {
  CERT_NOT_YET_VALID: 'The certificate is not valid yet',
  CERT_REVOKED: 'The certificate was revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'The certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'The certificate comes from an authority that is not believed',
  UNABLE_TO_GET_ISSUER_CERT: 'The certificate comes from an authority that is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'The certificate comes from an authority that is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'The certificate came without those between it and an authority that is known here',
};

/** How many days it must live on. */
export interface CertificateDays {
  readonly degradedDays: number;
  readonly downDays: number;
}

/** What was found; `up` says how long it is valid. */
export type CertificateResult = ProbeResult & { readonly reason: string };

/** Judges what a server showed in its handshake. @param now ms since 1970. */
export function judgeCertificate(
  socket: TLSSocket,
  name: string,
  { degradedDays, downDays }: CertificateDays,
  now: number,
): CertificateResult {
  const certificate = certificateOf(socket);
  if (!certificate) return { state: 'down', reason: 'No certificate was shown' };
  const certificateExpiresAt = certificate.validToDate.getTime();
  const days = Math.floor((certificateExpiresAt - now) / DAY_MS);
  const found = (state: ProbeResult['state'], reason: string): CertificateResult => ({
    state,
    reason,
    certificateExpiresAt,
  });

  if (certificateExpiresAt <= now)
    return found('down', `The certificate expired on ${certificate.validToDate.toISOString().slice(0, 10)}`);
  if (!socket.authorized) return found('down', refusal(String(socket.authorizationError), name));
  const left = `The certificate is valid for ${days === 1 ? '1 more day' : `${days} more days`}`;
  if (days < downDays) return found('down', `${left}, fewer than ${downDays}`);
  return days < degradedDays ? found('degraded', `${left}, fewer than ${degradedDays}`) : found('up', left);
}

/** Node 24 hands a connection's certificate over once, and then says that there is none. */
const shown = new WeakMap<TLSSocket, X509Certificate>();

function certificateOf(socket: TLSSocket): X509Certificate | undefined {
  const known = shown.get(socket) ?? socket.getPeerX509Certificate();
  if (known) shown.set(socket, known);
  return known;
}

function refusal(code: string, name: string): string {
  // One on the way to the authority: that of the host itself was looked at before.
  if (code === 'CERT_HAS_EXPIRED') return 'A certificate between the host’s and its authority has expired';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `The certificate is not for ${name}`;
  return `${WORDS[code] ?? 'The certificate is not believed'} (${code})`;
}
