/** The settings of identity and authority. */
import { z } from 'zod';
import { ROLES } from '../../src/protocol/index.ts';
import { isLoopback } from '../http/address.ts';
import { choice, integer } from '../setting.ts';
import type { Setting, Values } from '../setting.ts';

const DAY_MS = 86_400_000;

/** A shorter key or secret could be guessed: 32 characters, or the 256 bits that RFC 7518 §3.2 asks of HS256. */
const MIN_SECRET = 32;

const text = (meaning: string, fallback = ''): Setting<string> => ({
  parse: z.string().max(256),
  fallback,
  expected: 'at most 256 characters',
  meaning,
});

/** Every setting of `server/auth`. */
export const AUTH_SETTINGS = {
  adminKey: {
    // What an Authorization header can carry as one word.
    parse: z.string().regex(new RegExp(`^([\\x21-\\x7e]{${MIN_SECRET},512})?$`)),
    fallback: '',
    expected: `empty, or ${MIN_SECRET} to 512 letters, digits and signs of ASCII, without spaces`,
    meaning: 'A key with the role admin, to make the first API keys with.',
    secret: true,
  } satisfies Setting<string>,
  anonymousRole: choice(
    ['auto', 'none', ...ROLES],
    'auto',
    'What somebody without a token is, on a loopback address; elsewhere nothing. auto: admin while no authentication is configured, else none.',
  ),
  jwtSecret: {
    parse: z.string().refine((value) => value === '' || Buffer.byteLength(value) >= MIN_SECRET),
    fallback: '',
    expected: `empty, or at least ${MIN_SECRET} bytes`,
    meaning: 'The secret of JWTs signed with HS256.',
    secret: true,
  } satisfies Setting<string>,
  jwksUrl: {
    parse: z.string().refine(isJwksUrl),
    fallback: '',
    expected: 'empty, or an https address, or http on loopback, without a name and password',
    meaning: 'Where the public keys of JWTs with an asymmetric signature are.',
  } satisfies Setting<string>,
  jwtIssuer: text('The iss claim that a JWT must have; empty takes any.'),
  jwtAudience: text('The aud claim that a JWT must have; empty takes any.'),
  jwtRoleClaim: text(
    'The claim that holds the role, where the claim waooaw does not. Empty: no other.',
    'role',
  ),
  jwtMaxAgeMs: integer(
    60_000,
    366 * DAY_MS,
    30 * DAY_MS,
    'Longest life of a JWT, ms. A longer one is refused.',
  ),
  jwtClockToleranceMs: integer(
    0,
    600_000,
    30_000,
    'How far the clock of a JWT’s issuer may be from the server’s, ms.',
  ),
  jwksTimeoutMs: integer(100, 60_000, 5_000, 'Time for WAOOAW_JWKS_URL to answer, ms.'),
  authFailuresPerMinute: integer(
    1,
    1_000_000,
    60,
    'Tokens that are not valid, from one address, until it has to wait: at once, and a minute, sustained.',
  ),
} as const;

/** What `server/auth` can be told. */
export type AuthConfig = Values<typeof AUTH_SETTINGS>;

function isJwksUrl(value: string): boolean {
  if (value === '') return true;
  const url = URL.parse(value);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(plain(url.hostname)));
}

/** `[::1]` → `::1`. */
function plain(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
