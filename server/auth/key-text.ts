/** What an API key looks like, and what is kept of it. */
import { createHash, randomBytes } from 'node:crypto';

/** `waooaw_<id>_<secret>`: an id of 64 random bits, and 256 random bits in base64url. */
const PATTERN = /^waooaw_(k_[0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;

/** A key that was made just now. */
export interface FreshKey {
  /** Public. */
  readonly id: string;
  /** Secret: whoever has it is the identity. */
  readonly key: string;
  readonly hash: Buffer;
}

/** Makes a key that nobody can guess. */
export function makeKey(): FreshKey {
  const id = `k_${randomBytes(8).toString('hex')}`;
  const key = `waooaw_${id}_${randomBytes(32).toString('base64url')}`;
  return { id, key, hash: hashOf(key) };
}

/** The id within a token that is written like a key, or undefined: it is something else. */
export function keyIdOf(token: string): string | undefined {
  return PATTERN.exec(token)?.[1];
}

/**
 * What is kept of a key. A fast hash is right here: with 256 random bits there is nothing to guess from a stolen
 * database, however fast the guesses; slow hashes are for passwords.
 */
export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
