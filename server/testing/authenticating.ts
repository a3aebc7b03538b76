/** For tests: identity over a real database, a clock that the test holds, and tokens that it signs. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { SignJWT } from 'jose';
import type { CryptoKey, JWTPayload, JWTHeaderParameters } from 'jose';
import { createAuth } from '../auth/index.ts';
import type { Auth } from '../auth/index.ts';
import { createConfig } from '../config.ts';
import type { Config, ConfigOverrides } from '../config.ts';
import { createManualClock } from '../engines/memory/clock.ts';
import type { ManualClock } from '../engines/memory/clock.ts';
import { openSqlite } from '../engines/sqlite/database.ts';
import { MIGRATIONS } from '../migrations.ts';
import type { Database } from '../ports/database.ts';
import { temporaryFolder } from './harness.ts';

/** A bootstrap key and a secret that settings take. */
export const ADMIN_KEY = 'the-administrators-own-key-of-40-letters';
export const JWT_SECRET = 'a shared secret, only for tests: 0123456789';

/** An address on this machine, and one that is not. */
export const HERE = '127.0.0.1';
export const ELSEWHERE = '203.0.113.9';

/** What a test gets. */
export interface Authenticating {
  readonly auth: Auth;
  readonly config: Config;
  readonly clock: ManualClock;
  readonly database: Database;
  /** What `onError` was told. */
  readonly errors: [what: string, error: unknown][];
}

/** What a test may bring, to start again on the same data at a later time. */
export interface AuthenticatingParts {
  readonly folder?: string;
  readonly clock?: ManualClock;
}

/** Opens a database of its own and loads from it. */
export async function authenticating(
  t: TestContext,
  overrides: ConfigOverrides = {},
  parts: AuthenticatingParts = {},
): Promise<Authenticating> {
  const { folder = temporaryFolder(), clock = createManualClock() } = parts;
  const database = openSqlite(join(folder, 'waooaw.db'));
  t.after(() => database.close());
  await database.migrate(MIGRATIONS);
  const config = createConfig(overrides);
  const errors: [string, unknown][] = [];
  const auth = createAuth({ config, clock, onError: (error, what) => void errors.push([what, error]) });
  await auth.load(database);
  return { auth, config, clock, database, errors };
}

/** The time of a clock as claims count it: whole seconds since 1970. */
export const seconds = (clock: ManualClock): number => Math.floor(clock.now() / 1000);

/** Signs exactly these claims. */
export function sign(
  claims: JWTPayload,
  key: CryptoKey | Uint8Array = new TextEncoder().encode(JWT_SECRET),
  header: Partial<JWTHeaderParameters> = {},
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', ...header }).sign(key);
}

/** A header and claims that nobody signed. */
export function unsigned(header: object, claims: object, signature = ''): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.${signature}`;
}
