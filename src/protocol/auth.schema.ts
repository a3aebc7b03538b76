/** What the API of identities and API keys takes and answers. `optional`, not `exactOptional`: see health.schema.ts. */
import { z } from 'zod';
import { ROLES } from './roles.ts';

/** Control characters would garble a log or a terminal. */
const printable = z
  .string()
  .min(1)
  .max(128)
  .regex(/^\P{Cc}*$/u, 'expected no control characters');

const role = z.enum(ROLES);
const time = z.int().min(0);

/** A person's or a service's name. */
export const displayName = printable.describe('For people');

/** A JWT's subject. None may pass for an identity that is no subject. */
export const subject = printable.refine(
  (text) => text !== 'anonymous' && !text.startsWith('key:'),
  'expected neither "anonymous" nor "key:…"',
);

/** Rights on some channels. */
export const grant = z
  .object({
    channels: z
      .string()
      .min(1)
      .max(512)
      .regex(/^[^*]*\*?$/, 'expected a channel, or its beginning followed by *')
      .describe('A channel’s name, or its beginning followed by *'),
    allow: z
      .array(z.enum(['subscribe', 'publish']))
      .min(1)
      .max(2)
      .readonly(),
  })
  .meta({ id: 'Grant' });

/** Rights on many channels. */
export const grants = z.array(grant).max(100).readonly();

/** An API key, without the key itself. */
export const apiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    role: role.optional(),
    grants,
    createdAt: time.describe('ms since 1970'),
    expiresAt: time.optional().describe('ms since 1970; absent: never'),
    revokedAt: time.optional().describe('ms since 1970; absent: not revoked'),
    agent: z.string().optional().describe('The agent that the server made it for; absent: somebody made it'),
  })
  .meta({ id: 'ApiKey' });

/** What a new API key is to be. */
export const newApiKey = z
  .object({
    name: displayName,
    role: role.optional(),
    grants: grants.optional(),
    expiresAt: time.optional().describe('ms since 1970; absent: never'),
  })
  .refine((key) => key.role !== undefined || (key.grants?.length ?? 0) > 0, {
    error: 'expected a role, or at least one grant',
    path: ['role'],
  })
  .meta({ id: 'NewApiKey' });

/** A new API key. */
export const createdApiKey = apiKey
  .extend({ key: z.string().describe('The key itself, said this once') })
  .meta({ id: 'CreatedApiKey' });

/** Every API key. */
export const apiKeyList = z.object({ keys: z.array(apiKey).readonly() }).meta({ id: 'ApiKeyList' });

/** Whose tokens are to be revoked. */
export const newRevocation = z.object({ subject }).meta({ id: 'NewRevocation' });

/** Whose tokens are revoked. */
export const revocation = z
  .object({
    subject: z.string(),
    revokedAt: time.describe('Tokens issued up to here are refused, ms since 1970'),
  })
  .meta({ id: 'Revocation' });

/** Whoever asks. */
export const me = z
  .object({
    id: z.string(),
    kind: z.enum(['anonymous', 'key', 'jwt']),
    name: z.string(),
    role: role.optional(),
    grants,
    expiresAt: time.optional().describe('When the token expires, ms since 1970'),
  })
  .meta({ id: 'Me' });
