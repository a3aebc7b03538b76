/** The API of identities: who am I, API keys, and revocations. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiKey, AuditResource } from '../../src/protocol/index.ts';
import {
  apiKey,
  apiKeyList,
  createdApiKey,
  me,
  newApiKey,
  newRevocation,
  revocation,
} from '../../src/protocol/auth.schema.ts';
import { requireRole } from '../http/access.ts';
import { api, bodyRead } from '../http/api.ts';
import { committing, recorded } from '../http/auditing.ts';
import type { AppEnv } from '../http/env.ts';
import { answers, json } from '../http/openapi.ts';
import type { Auth } from './index.ts';

const whoAmI = createRoute({
  method: 'get',
  path: '/me',
  tags: ['auth'],
  summary: 'Whoever asks, as the server knows them',
  responses: answers(me, 'The identity', 401),
});

const list = createRoute({
  method: 'get',
  path: '/keys',
  tags: ['auth'],
  summary: 'Every API key, revoked and expired ones too, oldest first',
  middleware: requireRole('auditor', 'admin'),
  responses: answers(apiKeyList, 'Keys, without the keys themselves', 401, 403),
});

const create = createRoute({
  method: 'post',
  path: '/keys',
  tags: ['auth'],
  summary: 'Make an API key',
  description: 'The answer holds the key itself. It is said this once: the server keeps its hash.',
  middleware: [recorded('create', 'api-key', { level: 'warning' }), requireRole('admin'), bodyRead] as const,
  request: { body: { required: true, ...json(newApiKey) } },
  responses: answers(createdApiKey, 'The key', 400, 401, 403, 413, 415, 503),
});

const revoke = createRoute({
  method: 'delete',
  path: '/keys/{id}',
  tags: ['auth'],
  summary: 'Revoke an API key',
  description: 'In effect and durable once this is answered. Revoking twice is harmless.',
  middleware: [
    recorded('delete', 'api-key', { param: 'id', level: 'warning' }),
    requireRole('admin'),
  ] as const,
  request: { params: z.object({ id: z.string().max(128) }) },
  responses: answers(apiKey, 'The key as it is now', 400, 401, 403, 404, 415, 503),
});

const revokeSubject = createRoute({
  method: 'post',
  path: '/revocations',
  tags: ['auth'],
  summary: 'Revoke every JWT of a subject issued until now',
  description: 'In effect and durable once this is answered. Tokens issued later are taken.',
  middleware: [
    recorded('create', 'revocation', { level: 'warning' }),
    requireRole('admin'),
    bodyRead,
  ] as const,
  request: { body: { required: true, ...json(newRevocation) } },
  responses: answers(revocation, 'Since when', 400, 401, 403, 413, 415, 503),
});

/**
 * `GET /me`, `GET /keys`, `POST /keys`, `DELETE /keys/{id}`, `POST /revocations`. Each names its own rule: whoever is
 * known may ask who they are, admins administer, and auditors look on.
 */
export function authRoutes(auth: Auth): OpenAPIHono<AppEnv> {
  const app = api();

  app.openapi(whoAmI, (c) => c.json(c.var.identity, 200));

  app.openapi(list, (c) => c.json({ keys: auth.keys.list() }, 200));

  app.openapi(create, async (c) => {
    const made = await auth.keys.create(
      c.req.valid('json'),
      committing(c, (key) => ({ resource: resourceOf(key), after: key })),
    );
    c.var.log.info({ key: made.id, role: made.role, by: c.var.identity.id }, 'API key made');
    c.header('cache-control', 'no-store');
    return c.json(made, 200);
  });

  app.openapi(revoke, async (c) => {
    const { id } = c.req.valid('param');
    const key = await auth.keys.revoke(
      id,
      committing(c, ({ before, after }) => ({ resource: resourceOf(after), before, after })),
    );
    c.var.log.info({ key: key.id, by: c.var.identity.id }, 'API key revoked');
    return c.json(key, 200);
  });

  app.openapi(revokeSubject, async (c) => {
    const revoked = await auth.revokeSubject(
      c.req.valid('json').subject,
      committing(c, (made) => ({ resource: { type: 'revocation', id: made.subject }, after: made })),
    );
    c.var.log.info({ ...revoked, by: c.var.identity.id }, 'tokens revoked');
    return c.json(revoked, 200);
  });
  return app;
}

function resourceOf({ id, name }: ApiKey): AuditResource {
  return { type: 'api-key', id, name };
}
