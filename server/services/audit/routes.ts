/** The audit API: entries in, and what is asked of the trail. Exports and reports have routes of their own. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import {
  auditPage,
  auditRecord,
  newAuditEntries,
  recordedEntries,
} from '../../../src/protocol/audit.schema.ts';
import { api, readBody } from '../../http/api.ts';
import { recordsItself } from '../../http/auditing.ts';
import type { AppEnv } from '../../http/env.ts';
import { answers, json } from '../../http/openapi.ts';
import { countRoutes } from './count-routes.ts';
import { filterOf, filterParameters } from './filter.ts';
import type { Audit } from './index.ts';
import { readIntake } from './intake.ts';
import { proofRoutes } from './proof-routes.ts';
import { originOf, readQuery, searching, sequenceParameter, shownRow } from './reading.ts';
import { readPage } from './page.ts';

/** Longer than any cursor of ours. */
const MAX_CURSOR = 256;

const record = createRoute({
  method: 'post',
  path: '/audit',
  tags: ['audit'],
  summary: 'Record what was done',
  description:
    'One entry, or up to `maxBatchEntries` as {entries: […]}: all or none of them. Durable once it is answered. With an ' +
    'Idempotency-Key the same request again records nothing. The tag `via` says who recorded it.',
  request: {
    body: { required: true, ...json(newAuditEntries) },
    headers: z.object({ 'idempotency-key': z.string().optional() }),
  },
  responses: answers(recordedEntries, 'Where they stand', 400, 401, 403, 413, 415, 422, 503),
});

const entry = createRoute({
  method: 'get',
  path: '/audit/entries/{sequence}',
  tags: ['audit'],
  summary: 'One entry',
  request: { params: sequenceParameter },
  responses: answers(auditRecord, 'The entry, as the caller may see it', 400, 401, 403, 404, 503),
});

/** `/audit`, `/audit/entries`, `/audit/facets`, `/audit/statistics`, `/audit/checkpoint` and what else proves. */
export function auditRoutes(audit: Audit): OpenAPIHono<AppEnv> {
  const { limits } = audit;
  const list = createRoute({
    method: 'get',
    path: '/audit',
    tags: ['audit'],
    summary: 'Entries, newest first',
    description:
      'All conditions hold together. What the caller’s role may not see is neither shown nor found by.',
    request: {
      query: z.strictObject({
        ...filterParameters(limits),
        limit: z.coerce
          .number()
          .int()
          .min(1)
          .max(limits.maxAuditPageItems)
          .default(Math.min(limits.auditPageItems, limits.maxAuditPageItems))
          .describe('Entries of a page'),
        cursor: z.string().max(MAX_CURSOR).optional().describe('The `next` of the page before'),
      }),
    },
    responses: answers(auditPage, 'A page', 400, 401, 403, 429, 503),
  });

  const app = api();
  // What is asked here is not checked by the route: an entry has an error of its own.
  app.openAPIRegistry.registerPath(record);
  app.post('/audit', recordsItself('record', 'audit-entry'), async (c) => {
    const body = await readBody(c);
    const caller = {
      identity: c.var.identity,
      from: originOf(c),
      idempotencyKey: c.req.header('idempotency-key'),
    };
    const { events, options } = readIntake(body, caller, limits);
    const { sequences, replayed } = await audit.recordAll(events, options);
    return c.json({ sequences, replayed }, 200);
  });

  app.openapi(list, async (c) => {
    const { limit, cursor, ...asked } = c.req.valid('query');
    const view = audit.view(c.var.identity);
    const filter = view.filter(filterOf(asked, audit.now(), limits));
    const query = JSON.stringify([view.all, asked]);
    const before = cursor === undefined ? undefined : audit.cursors.read(query, cursor);
    const { items, more } = await searching(audit, c, (signal) =>
      readPage(audit.log, filter, view, { limit, before, signal }),
    );
    if (cursor === undefined) await readQuery(audit, c, asked);
    const next = more ? audit.cursors.write(query, items.at(-1)!.sequence) : undefined;
    const body = { items, ...(next !== undefined && { next }) };
    return c.json(body as z.input<typeof auditPage>, 200);
  });

  app.openapi(entry, async (c) => {
    const { sequence } = c.req.valid('param');
    const view = audit.view(c.var.identity);
    const row = await shownRow(audit, view, sequence);
    await readQuery(audit, c, { sequence });
    return c.json(view.record(row) as z.input<typeof auditRecord>, 200);
  });

  app.route('/', proofRoutes(audit));
  app.route('/', countRoutes(audit));
  return app;
}
