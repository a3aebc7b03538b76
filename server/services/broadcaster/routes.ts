/** The broadcaster's API. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { api } from '../../http/api.ts';
import type { AppEnv } from '../../http/env.ts';
import { answers } from '../../http/openapi.ts';
import type { Broadcaster } from './index.ts';

const stats = z
  .object({
    connections: z.int().describe('Open now'),
    channels: z.int().describe('With readers, or kept for readers who may come back'),
    subscriptions: z.int().describe('Open now'),
    publications: z.int().describe('Since the start'),
    deliveries: z.int().describe('Publications × readers, since the start'),
    flushes: z.int().describe('Since the start'),
    failures: z.int().describe('Publications that the bus refused, since the start'),
    closed: z.record(z.string(), z.int()).describe('Connections ended by the server, by reason'),
  })
  .meta({ id: 'BroadcasterStats' });

const show = createRoute({
  method: 'get',
  path: '/broadcaster',
  tags: ['broadcaster'],
  summary: 'What is open, and what was delivered',
  responses: answers(stats, 'Counts'),
});

/** `GET /broadcaster`. */
export function broadcasterRoutes(broadcaster: Broadcaster): OpenAPIHono<AppEnv> {
  const app = api();
  app.openapi(show, (c) => {
    const now = broadcaster.stats();
    return c.json({ ...now, closed: { ...now.closed } }, 200);
  });
  return app;
}
