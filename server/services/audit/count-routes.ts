/** Routes that count entries: values of a field, and statistics over a range. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { WaooawError } from '../../../src/protocol/index.ts';
import { auditFacet, auditStatistics } from '../../../src/protocol/audit.schema.ts';
import { api } from '../../http/api.ts';
import type { AppEnv } from '../../http/env.ts';
import { answers } from '../../http/openapi.ts';
import type { FacetField } from '../../ports/audit-log.ts';
import { filterOf, filterParameters } from './filter.ts';
import type { Audit } from './index.ts';
import { readQuery, searching } from './reading.ts';
import { statisticsOf } from './statistics.ts';

const FIELDS = [
  'actor',
  'action',
  'level',
  'result',
  'resourceType',
] as const satisfies readonly FacetField[];
const TAG = /^tag:([a-zA-Z_][a-zA-Z0-9_]{0,127})$/;

/** `GET /audit/facets`, `GET /audit/statistics`. */
export function countRoutes(audit: Audit): OpenAPIHono<AppEnv> {
  const { limits } = audit;
  const facets = createRoute({
    method: 'get',
    path: '/audit/facets',
    tags: ['audit'],
    summary: 'Values of a field, and how many entries have each',
    request: {
      query: z.strictObject({
        ...filterParameters(limits),
        field: z
          .string()
          .max(132)
          .describe(`${FIELDS.join(', ')}, tag for the names of tags, or tag:<name>`),
        limit: z.coerce
          .number()
          .int()
          .min(1)
          .max(limits.maxFacetValues)
          .default(Math.min(20, limits.maxFacetValues)),
      }),
    },
    responses: answers(auditFacet, 'Values, most first', 400, 401, 403, 429, 503),
  });
  const statistics = createRoute({
    method: 'get',
    path: '/audit/statistics',
    tags: ['audit'],
    summary: 'How many entries there are, by action, level, result, actor and day',
    description: 'Of the last 7 days where no range is asked for.',
    request: { query: z.strictObject(filterParameters(limits)) },
    responses: answers(auditStatistics, 'Counts', 400, 401, 403, 429, 503),
  });

  const app = api();

  app.openapi(facets, async (c) => {
    const { field, limit, ...asked } = c.req.valid('query');
    const filter = audit.view(c.var.identity).filter(filterOf(asked, audit.now(), limits));
    const { name, tag } = facetOf(field);
    const page = { limit: limit + 1, ...(tag !== undefined && { tag }) };
    const values = await searching(audit, c, (signal) => audit.log.facet(name, filter, { ...page, signal }));
    await readQuery(audit, c, { field, ...asked });
    const shown = values.slice(0, limit).map(({ value, count }) => ({ value, count }));
    return c.json({ field, values: shown, more: values.length > limit }, 200);
  });

  app.openapi(statistics, async (c) => {
    const asked = c.req.valid('query');
    const now = audit.now();
    const filter = audit.view(c.var.identity).filter(filterOf(asked, now, limits));
    const found = await searching(audit, c, (signal) =>
      statisticsOf(audit.log, filter, { now, maxDays: limits.maxStatisticsDays, signal }),
    );
    await readQuery(audit, c, asked);
    return c.json(found, 200);
  });

  return app;
}

function facetOf(field: string): { readonly name: FacetField; readonly tag?: string } {
  if (field === 'tag') return { name: 'tag' };
  const known = FIELDS.find((name) => name === field);
  if (known) return { name: known };
  const tag = TAG.exec(field)?.[1];
  if (tag !== undefined) return { name: 'tag', tag };
  throw new WaooawError(
    'bad_request',
    `field: expected ${FIELDS.join(', ')}, tag or tag:<name>, was "${field}"`,
  );
}
