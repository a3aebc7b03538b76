/** The API of maintenance windows: times in which failures are expected. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { newMaintenance } from '../../../src/protocol/health.schema.ts';
import { maintenanceList, maintenanceWindow } from '../../../src/protocol/health-status.schema.ts';
import { bodyRead } from '../../http/api.ts';
import { note, recorded } from '../../http/auditing.ts';
import type { AppEnv } from '../../http/env.ts';
import { answers, json } from '../../http/openapi.ts';
import type { Health } from './health.ts';

const TAGS = ['health'];

const list = createRoute({
  method: 'get',
  path: '/health/maintenance',
  tags: TAGS,
  summary: 'Maintenance windows, and those that ended lately',
  responses: answers(maintenanceList, 'Windows', 503),
});

const create = createRoute({
  method: 'post',
  path: '/health/maintenance',
  tags: TAGS,
  summary: 'Announce maintenance',
  description:
    'While it lasts, checks look on, raise no alert and open no incident; their time counts neither way.',
  middleware: [recorded('create', 'maintenance'), bodyRead] as const,
  request: { body: { required: true, ...json(newMaintenance) } },
  responses: answers(maintenanceWindow, 'The window', 400, 401, 403, 413, 415, 429, 503),
});

const end = createRoute({
  method: 'delete',
  path: '/health/maintenance/{id}',
  tags: TAGS,
  summary: 'End maintenance now, and its recurrences',
  description: 'It stays in the list for a while.',
  middleware: recorded('stop', 'maintenance', { param: 'id' }),
  request: { params: z.object({ id: z.string().max(128) }) },
  responses: answers(maintenanceWindow, 'The window', 401, 403, 404, 415, 503),
});

/** `/health/maintenance`. */
export function addMaintenanceRoutes(app: OpenAPIHono<AppEnv>, health: Health): void {
  app.openapi(list, (c) => c.json({ windows: health.windows() }, 200));

  app.openapi(create, async (c) => {
    const made = await health.addWindow(c.req.valid('json'), c.var.identity.id);
    note(c, { resource: { type: 'maintenance', id: made.id }, after: made });
    c.var.log.info({ window: made.id, by: c.var.identity.id }, 'maintenance announced');
    return c.json(made, 200);
  });

  app.openapi(end, async (c) => {
    const { id } = c.req.valid('param');
    const before = health.windows().find((window) => window.id === id);
    const ended = await health.endWindow(id);
    note(c, { ...(before && { before }), after: ended });
    c.var.log.info({ window: id, by: c.var.identity.id }, 'maintenance ended');
    return c.json(ended, 200);
  });
}
