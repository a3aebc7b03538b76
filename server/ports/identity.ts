/** Port: who is asking, and what they may do. Implemented by `server/auth`. */
import type { Grant, Role } from '../../src/protocol/index.ts';

/** Somebody, as the server knows them. */
export interface Identity {
  /** `anonymous`, `key:<key id>`, or a JWT's subject. Unique: no subject can pass for a key. */
  readonly id: string;
  readonly kind: 'anonymous' | 'key' | 'jwt';
  /** For people. */
  readonly name: string;
  /** Absent: only the grants count. */
  readonly role?: Role;
  readonly grants: readonly Grant[];
  /** When this server refuses the token from, ms since 1970: a JWT's `exp` with the tolerance for clocks. */
  readonly expiresAt?: number;
}

/**
 * Tells who somebody is. Guarantees:
 * - It is decided from the token alone, from memory: a thousand clients that come back at once are no thousand queries.
 * - Revocation is told of once it is in effect, and a revoked token is refused from then on, across restarts.
 */
export interface Authenticator {
  /**
   * @param token API key or JWT; undefined asks for the anonymous identity.
   * @param address the client's address, seen through trusted proxies.
   * @throws WaooawError `unauthorized`, `token_expired` or `token_revoked`; `rate_limited` with `afterMs` for an address
   *   that has brought too many bad ones; `unavailable` before the start and while a JWT's issuer cannot be reached.
   */
  authenticate(token: string | undefined, address: string): Promise<Identity>;
  /** Hears of every identity whose tokens have just been revoked, by id. @returns stops listening. */
  onRevoked(listener: (identityId: string) => void): () => void;
}
