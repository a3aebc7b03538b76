/** The contexts API. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { CONTEXT_KINDS } from '../../../src/protocol/index.ts';
import { contextPage } from '../../../src/protocol/contexts.schema.ts';
import { api } from '../../http/api.ts';
import type { AppEnv } from '../../http/env.ts';
import { answers } from '../../http/openapi.ts';
import type { Contexts } from './index.ts';

/** Longer than any cursor that we make of a value that is taken. */
const MAX_CURSOR = 4_096;

/** `GET /contexts/{kind}`. */
export function contextsRoutes(contexts: Contexts): OpenAPIHono<AppEnv> {
  const { contextPageItems, maxContextPageItems, maxContextQueryLength } = contexts.limits;
  const list = createRoute({
    method: 'get',
    path: '/contexts/{kind}',
    tags: ['contexts'],
    summary: 'The agents, services or environments that series and checks are tagged with',
    request: {
      params: z.object({ kind: z.enum(CONTEXT_KINDS) }),
      query: z.object({
        q: z
          .string()
          .max(maxContextQueryLength)
          .default('')
          .describe('Text to be found in them, in any case and with or without accents'),
        limit: z.coerce
          .number()
          .int()
          .min(1)
          .max(maxContextPageItems)
          .default(Math.min(contextPageItems, maxContextPageItems))
          .describe('Items of a page'),
        cursor: z.string().max(MAX_CURSOR).optional().describe('The `next` of the page before'),
      }),
    },
    responses: answers(contextPage, 'A page of them, by id', 400),
  });

  const app = api();
  app.openapi(list, (c) => {
    const { q, limit, cursor } = c.req.valid('query');
    const query = { q, limit, ...(cursor !== undefined && { cursor }) };
    return c.json(contexts.page(c.req.valid('param').kind, query), 200);
  });
  return app;
}
