/** JWTs (RFC 7519): which signatures are taken, and what a token must say. */
import { decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { JWTVerifyGetKey } from 'jose';
import { WaooawError } from '../../src/protocol/index.ts';
import type { Clock } from '../ports/clock.ts';
import { readClaims } from './claims.ts';
import type { JwtIdentity } from './claims.ts';
import { remoteKeys } from './jwks.ts';
import type { OnError } from './jwks.ts';
import type { AuthConfig } from './settings.ts';

/** What a public key may sign. None with a shared secret: an issuer's public key is known to everybody. */
const ASYMMETRIC = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

/** A kind of key, and the algorithms that it is for: never one for the other's. */
interface Way {
  readonly algorithms: readonly string[];
  readonly key: JWTVerifyGetKey;
}

/** Verifies one token. */
export type VerifyJwt = (token: string) => Promise<JwtIdentity>;

/**
 * Reads the configured ways of signing.
 * @returns undefined when no JWT is ever accepted. Else a function that throws WaooawError `unauthorized`,
 *   `token_expired`, or `unavailable` when the issuer's keys cannot be read.
 */
export function jwtVerifier(config: AuthConfig, clock: Clock, onError: OnError): VerifyJwt | undefined {
  const { jwtSecret, jwksUrl, jwtIssuer, jwtAudience, jwtClockToleranceMs } = config;
  const ways: Way[] = [];
  if (jwtSecret !== '') {
    const secret = new TextEncoder().encode(jwtSecret);
    ways.push({ algorithms: ['HS256'], key: () => secret });
  }
  if (jwksUrl !== '') ways.push({ algorithms: ASYMMETRIC, key: remoteKeys(config, clock, onError) });
  if (ways.length === 0) return undefined;

  return async (token) => {
    try {
      const { alg = 'none' } = decodeProtectedHeader(token);
      const way = ways.find(({ algorithms }) => algorithms.includes(alg));
      if (!way) throw new WaooawError('unauthorized', 'The token’s algorithm is not accepted here');
      const now = clock.now();
      const { payload } = await jwtVerify(token, way.key, {
        // jose holds the key to the algorithm once more.
        algorithms: [...way.algorithms],
        currentDate: new Date(now),
        clockTolerance: jwtClockToleranceMs / 1000,
        ...(jwtIssuer !== '' && { issuer: jwtIssuer }),
        ...(jwtAudience !== '' && { audience: jwtAudience }),
      });
      return readClaims(payload, config, now);
    } catch (error) {
      throw refusal(error);
    }
  };
}

/** In our words, which never repeat what the token said. */
function refusal(cause: unknown): WaooawError {
  if (cause instanceof WaooawError) return cause;
  if (cause instanceof errors.JWTExpired) return new WaooawError('token_expired', undefined, { cause });
  if (cause instanceof errors.JWTClaimValidationFailed) {
    return new WaooawError('unauthorized', `The token’s claim ${cause.claim}: ${cause.reason}`, { cause });
  }
  if (cause instanceof errors.JWKSMultipleMatchingKeys) {
    return new WaooawError('unauthorized', 'The token must say in kid which of the issuer’s keys is meant', {
      cause,
    });
  }
  return new WaooawError('unauthorized', 'The token is malformed, or its signature is not valid', { cause });
}
