/** For tests: certificates made on the spot (RFC 5280, DER by hand), so that they are as old and as wrong as a test wants. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** What a certificate is to say. */
export interface CertificateWishes {
  /** Names and IPv4 addresses that it is for. */
  readonly names: readonly string[];
  /** ms since 1970. */
  readonly from: number;
  readonly to: number;
}

/** As `node:tls` takes them; the certificate is its own authority. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly cert: string;
}

const ECDSA_WITH_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const COMMON_NAME = [0x55, 0x04, 0x03];
const SUBJECT_ALT_NAME = [0x55, 0x1d, 0x11];

/** Makes one, signed by itself. */
export function makeCertificate({ names, from, to }: CertificateWishes): KeyAndCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(der(0x06, ECDSA_WITH_SHA256));
  const name = sequence(der(0x31, sequence(der(0x06, COMMON_NAME), der(0x0c, Buffer.from('waooaw test')))));
  const alternatives = sequence(
    ...names.map((one) =>
      isIPv4(one) ? der(0x87, one.split('.').map(Number)) : der(0x82, Buffer.from(one, 'latin1')),
    ),
  );
  const extensions = sequence(sequence(der(0x06, SUBJECT_ALT_NAME), der(0x04, alternatives)));
  const signed = sequence(
    der(0xa0, der(0x02, [2])),
    der(0x02, [0x01, ...randomBytes(8)]),
    algorithm,
    name,
    sequence(time(from), time(to)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  );
  const signature = sign('sha256', signed, privateKey);
  const whole = sequence(signed, algorithm, der(0x03, [0, ...signature]));
  const lines = whole.toString('base64').replace(/.{1,64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`,
  };
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function time(at: number): Buffer {
  return der(0x18, Buffer.from(`${new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '')}`));
}

function der(tag: number, content: ArrayLike<number>): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), Buffer.from(Uint8Array.from(content))]);
}
