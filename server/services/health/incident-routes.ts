/** The API of incidents: what was not up, who took it on, and what was written into it. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { incidentNote, newAcknowledgement } from '../../../src/protocol/health.schema.ts';
import { incident, incidentList } from '../../../src/protocol/health-status.schema.ts';
import { bodyRead } from '../../http/api.ts';
import { note, recorded } from '../../http/auditing.ts';
import type { AppEnv } from '../../http/env.ts';
import { answers, json } from '../../http/openapi.ts';
import type { Health } from './health.ts';

const TAGS = ['health'];
const PARAM = { param: 'id' };
const id = { params: z.object({ id: z.string().max(128) }) };

const list = createRoute({
  method: 'get',
  path: '/health/incidents',
  tags: TAGS,
  summary: 'Incidents, newest first',
  request: {
    query: z.object({
      check: z.string().max(128).optional().describe('Those of one check'),
      open: z.enum(['true', 'false']).optional().describe('Open, or ended; both when absent'),
      before: z.coerce.number().int().min(0).optional().describe('Those that began before, ms since 1970'),
      limit: z.coerce.number().int().min(1).max(1_000).default(100),
    }),
  },
  responses: answers(incidentList, 'Incidents', 400, 503),
});

const acknowledge = createRoute({
  method: 'post',
  path: '/health/incidents/{id}/acknowledge',
  tags: TAGS,
  summary: 'Say that somebody is at it',
  middleware: [recorded('acknowledge', 'incident', PARAM), bodyRead] as const,
  request: { ...id, body: { required: true, ...json(newAcknowledgement) } },
  responses: answers(incident, 'The incident', 400, 401, 403, 404, 409, 413, 415, 503),
});

const annotate = createRoute({
  method: 'post',
  path: '/health/incidents/{id}/notes',
  tags: TAGS,
  summary: 'Write something into an incident',
  middleware: [recorded('annotate', 'incident', PARAM), bodyRead] as const,
  request: { ...id, body: { required: true, ...json(incidentNote) } },
  responses: answers(incident, 'The incident', 400, 401, 403, 404, 413, 415, 422, 503),
});

/** `/health/incidents`. */
export function addIncidentRoutes(app: OpenAPIHono<AppEnv>, health: Health): void {
  app.openapi(list, async (c) => {
    const { check, open, before, limit } = c.req.valid('query');
    const incidents = await health.incidents({
      limit,
      ...(check !== undefined && { check }),
      ...(open !== undefined && { open: open === 'true' }),
      ...(before !== undefined && { before }),
    });
    return c.json({ incidents }, 200);
  });

  app.openapi(acknowledge, async (c) => {
    const { id } = c.req.valid('param');
    const { note: text } = c.req.valid('json');
    const taken = await health.acknowledge(id, c.var.identity.id, text);
    note(c, { details: { check: taken.check }, ...(text !== undefined && { reason: text }) });
    c.var.log.info({ incident: id, check: taken.check, by: c.var.identity.id }, 'incident acknowledged');
    return c.json(taken, 200);
  });

  app.openapi(annotate, async (c) => {
    const { id } = c.req.valid('param');
    const { text } = c.req.valid('json');
    const written = await health.addNote(id, c.var.identity.id, text);
    note(c, { details: { check: written.check }, reason: text });
    return c.json(written, 200);
  });
}
