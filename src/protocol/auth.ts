/** Shapes of the API of identities and API keys. */
import type { Grant, Role } from './roles.ts';

/** Whoever asks, as the server knows them: the answer to `GET /api/me`. */
export interface Me {
  /** `anonymous`, `key:<key id>`, or a JWT's subject. */
  readonly id: string;
  readonly kind: 'anonymous' | 'key' | 'jwt';
  /** For people. */
  readonly name: string;
  /** Absent: only the grants count. */
  readonly role?: Role;
  readonly grants: readonly Grant[];
  /** When the token expires, ms since 1970. */
  readonly expiresAt?: number;
}

/** An API key, without the key itself. */
export interface ApiKey {
  /** `k_…`, public. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly role?: Role;
  readonly grants: readonly Grant[];
  /** ms since 1970, as all times. */
  readonly createdAt: number;
  /** Absent: never. */
  readonly expiresAt?: number;
  /** Absent: it is not revoked. */
  readonly revokedAt?: number;
  /** The agent that the server made it for; absent: somebody made it. */
  readonly agent?: string;
}

/** What a new API key is to be. */
export interface NewApiKey {
  readonly name: string;
  readonly role?: Role | undefined;
  readonly grants?: readonly Grant[] | undefined;
  /** ms since 1970; absent: never. */
  readonly expiresAt?: number | undefined;
}

/** A new API key. */
export interface CreatedApiKey extends ApiKey {
  /** The key itself: said this once, and kept nowhere. */
  readonly key: string;
}

/** Every API key, oldest first. */
export interface ApiKeyList {
  readonly keys: readonly ApiKey[];
}

/** A subject whose tokens are revoked. */
export interface Revocation {
  readonly subject: string;
  /** Tokens issued up to here are refused, ms since 1970. */
  readonly revokedAt: number;
}
