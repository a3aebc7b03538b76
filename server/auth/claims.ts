/** A JWT's claims → an identity. The signature was verified before; what the issuer says is checked here. */
import { z } from 'zod';
import type { JWTPayload } from 'jose';
import { ROLES, WaooawError } from '../../src/protocol/index.ts';
import type { Role } from '../../src/protocol/index.ts';
import { displayName, grants, subject } from '../../src/protocol/auth.schema.ts';
import type { Identity } from '../ports/identity.ts';
import type { AuthConfig } from './settings.ts';

/** What `verify` found in a token. */
export interface JwtIdentity {
  readonly identity: Identity;
  /** Seconds since 1970, where the token says so. */
  readonly issuedAt?: number;
}

const CLAIMS = z.object({
  sub: subject,
  exp: z.number(),
  iat: z.number().optional(),
  name: z.unknown().optional(),
  waooaw: z.object({ role: z.unknown().optional(), grants: grants.optional() }).optional(),
});

/**
 * Reads the claims.
 * @param now ms since 1970.
 * @throws WaooawError `unauthorized` for a subject, grants or a life that are not acceptable.
 */
export function readClaims(payload: JWTPayload, config: AuthConfig, now: number): JwtIdentity {
  const { data: claims, error } = CLAIMS.safeParse(payload);
  if (!claims) {
    const [issue] = error.issues;
    throw new WaooawError('unauthorized', `The token’s claim ${issue!.path.join('.')}: ${issue!.message}`);
  }
  const { sub: id, exp, iat: issuedAt, waooaw } = claims;
  checkLife(exp, issuedAt, config, now);
  const { jwtRoleClaim, jwtClockToleranceMs } = config;
  const role = roleOf(waooaw?.role === undefined ? payload[jwtRoleClaim] : waooaw.role);
  const name = displayName.safeParse(claims.name).data ?? id;
  const identity: Identity = {
    id,
    kind: 'jwt',
    name,
    ...(role !== undefined && { role }),
    grants: waooaw?.grants ?? [],
    // When this server refuses it: a client told the claim itself would be cut off and taken back in a loop, for as
    // long as its issuer's clock is behind.
    expiresAt: Math.ceil(exp + jwtClockToleranceMs / 1000) * 1000,
  };
  return { identity, ...(issuedAt !== undefined && { issuedAt }) };
}

/**
 * Bounds a token's life, so that a revocation may be forgotten once every token that it could mean has expired; and
 * refuses one from the future, which would outlive a revocation.
 */
function checkLife(exp: number, iat: number | undefined, config: AuthConfig, now: number): void {
  const { jwtMaxAgeMs, jwtClockToleranceMs } = config;
  if (iat !== undefined && iat * 1000 > now + jwtClockToleranceMs) {
    throw new WaooawError('unauthorized', 'The token’s claim iat: it was issued in the future');
  }
  const tooLong =
    exp * 1000 - now > jwtMaxAgeMs + jwtClockToleranceMs ||
    (iat !== undefined && (exp - iat) * 1000 > jwtMaxAgeMs);
  if (tooLong) {
    throw new WaooawError('unauthorized', `The token’s claim exp: it lives longer than ${jwtMaxAgeMs} ms`);
  }
}

/** A word that is no role of ours gives none: issuers have roles of their own. */
function roleOf(claim: unknown): Role | undefined {
  return ROLES.find((role) => role === claim);
}
