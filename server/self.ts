/** `GET /metrics`: the server itself, for Prometheus. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { WaooawError } from '../src/protocol/index.ts';
import { api } from './http/api.ts';
import { bearerOf } from './http/bearer.ts';
import type { AppEnv } from './http/env.ts';
import { EXPOSITION_TYPE, exposition } from './http/exposition.ts';
import type { ExposedFamily } from './http/exposition.ts';
import { problems } from './http/openapi.ts';
import type { Authenticator } from './ports/identity.ts';

const metrics = createRoute({
  method: 'get',
  path: '/metrics',
  tags: ['server'],
  summary: 'The server itself, as Prometheus text',
  responses: {
    200: { description: 'Text format 0.0.4', content: { 'text/plain': { schema: z.string() } } },
    ...problems(401, 403),
  },
});

/** Whoever has a role may read it. @param families read anew for each scrape. */
export function selfRoutes(
  authenticator: Authenticator,
  families: () => readonly ExposedFamily[],
): OpenAPIHono<AppEnv> {
  const app = api();
  app.openapi(metrics, async (c) => {
    const token = bearerOf(c.req.header('authorization'));
    const { role } = await authenticator.authenticate(token, c.var.clientAddress);
    if (role === undefined) throw new WaooawError('forbidden');
    return c.text(exposition(families()), 200, { 'content-type': EXPOSITION_TYPE });
  });
  return app;
}
