/** The health API: `application/health+json` (draft-inadarei-api-health-check-06) with our states beside its status. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { VERSION } from '../../../src/protocol/index.ts';
import type { CheckState, CheckStatus } from '../../../src/protocol/index.ts';
import { checkStatus } from '../../../src/protocol/health.schema.ts';
import { api } from '../../http/api.ts';
import type { AppEnv } from '../../http/env.ts';
import { answers } from '../../http/openapi.ts';
import type { Health } from './index.ts';

/** The draft's three words. Not knowing is a warning: it must not take a server out of a load balancer. */
const STATUS = { up: 'pass', degraded: 'warn', unknown: 'warn', down: 'fail' } as const satisfies Record<
  CheckState,
  string
>;
const MEDIA_TYPE = 'application/health+json';

const healthDocument = z
  .object({
    status: z.enum(['pass', 'warn', 'fail']),
    state: z.enum(['unknown', 'up', 'degraded', 'down']),
    version: z.string(),
    checks: z.record(
      z.string(),
      z.array(checkStatus.extend({ status: z.enum(['pass', 'warn', 'fail']), time: z.string().optional() })),
    ),
  })
  .meta({ id: 'Health' });

const whole = createRoute({
  method: 'get',
  path: '/health',
  tags: ['health'],
  summary: 'The worst state, and every check',
  description: '503 when a check is down.',
  responses: {
    200: {
      description: 'Up, degraded or not known yet',
      content: { [MEDIA_TYPE]: { schema: healthDocument } },
    },
    503: { description: 'Down', content: { [MEDIA_TYPE]: { schema: healthDocument } } },
  },
});

const one = createRoute({
  method: 'get',
  path: '/health/{check}',
  tags: ['health'],
  summary: 'One check',
  request: { params: z.object({ check: z.string().max(128) }) },
  responses: answers(checkStatus, 'Its state, since when and why', 404),
});

/** `GET /health`, `GET /health/{check}`. */
export function healthRoutes(health: Health): OpenAPIHono<AppEnv> {
  const app = api();
  app.openapi(whole, (c) => {
    const { state, checks } = health.summary();
    const body = {
      status: STATUS[state],
      state,
      version: VERSION,
      checks: Object.fromEntries(checks.map(entryOf)),
    };
    return c.body(JSON.stringify(body), state === 'down' ? 503 : 200, {
      'content-type': MEDIA_TYPE,
    }) as never;
  });
  app.openapi(one, (c) => c.json(health.check(c.req.valid('param').check), 200));
  return app;
}

function entryOf(status: CheckStatus): [string, object[]] {
  const time = status.at === undefined ? {} : { time: new Date(status.at).toISOString() };
  return [status.check, [{ ...status, status: STATUS[status.state], ...time }]];
}
