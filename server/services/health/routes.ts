/** The health API: `application/health+json` (draft-inadarei-api-health-check-06) with our states beside its status. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { TAG_NAME, VERSION, WaooawError } from '../../../src/protocol/index.ts';
import type { CheckStatus, CheckWord } from '../../../src/protocol/index.ts';
import { checkHistory, checkStatus, healthDocument } from '../../../src/protocol/health-status.schema.ts';
import { api } from '../../http/api.ts';
import type { AppEnv } from '../../http/env.ts';
import { answers, problems } from '../../http/openapi.ts';
import { addCheckRoutes } from './check-routes.ts';
import type { Health } from './health.ts';
import { addIncidentRoutes } from './incident-routes.ts';
import { addMaintenanceRoutes } from './maintenance-routes.ts';

/** The draft's three words. Not knowing is a warning: it must not take a server out of a load balancer. */
const STATUS = {
  up: 'pass',
  degraded: 'warn',
  unknown: 'warn',
  paused: 'warn',
  maintenance: 'warn',
  unreachable: 'warn',
  down: 'fail',
} as const satisfies Record<CheckWord, string>;
const MEDIA_TYPE = 'application/health+json';
const MAX_TAGS = 32;

const tag = z.string().max(1_200);

const whole = createRoute({
  method: 'get',
  path: '/health',
  tags: ['health'],
  summary: 'The worst state of the critical checks, and every check',
  description: '503 when a critical check is down.',
  request: {
    query: z.object({
      tag: z
        .union([tag, z.array(tag)])
        .optional()
        .describe('Only checks with this tag, as service=payments; more than one: with all of them'),
    }),
  },
  responses: {
    200: {
      description: 'Up, degraded or not known yet',
      content: { [MEDIA_TYPE]: { schema: healthDocument } },
    },
    503: { description: 'Down', content: { [MEDIA_TYPE]: { schema: healthDocument } } },
    ...problems(400),
  },
});

const check = { params: z.object({ check: z.string().max(128) }) };

const one = createRoute({
  method: 'get',
  path: '/health/{check}',
  tags: ['health'],
  summary: 'One check',
  request: check,
  responses: answers(checkStatus, 'Its state, since when and why', 404),
});

const past = createRoute({
  method: 'get',
  path: '/health/{check}/history',
  tags: ['health'],
  summary: 'A check’s past: how available it was, day by day, what changed, and its incidents',
  request: {
    ...check,
    query: z.object({
      days: z.coerce.number().int().min(1).max(90).default(90).describe('Days, one segment each'),
    }),
  },
  responses: answers(checkHistory, 'Its past', 400, 404, 503),
});

/** Everything below `/health`. */
export function healthRoutes(health: Health): OpenAPIHono<AppEnv> {
  const app = api();
  // Ahead of `/health/{check}`, which no check of these names can want.
  addCheckRoutes(app, health);
  addIncidentRoutes(app, health);
  addMaintenanceRoutes(app, health);

  app.openapi(whole, (c) => {
    // The framework reads the last of several only.
    const { state, checks } = health.summary(tagsOf(c.req.queries('tag')));
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
  app.openapi(past, async (c) => {
    const { check } = c.req.valid('param');
    return c.json(await health.history(check, c.req.valid('query').days), 200);
  });
  app.openapi(one, (c) => c.json(health.check(c.req.valid('param').check), 200));
  return app;
}

function entryOf(status: CheckStatus): [string, object[]] {
  const time = status.at === undefined ? {} : { time: new Date(status.at).toISOString() };
  return [status.check, [{ ...status, status: STATUS[status.word], ...time }]];
}

/** @throws WaooawError `bad_request` for what is not `name=value`. */
function tagsOf(given: readonly string[] = []): Record<string, string> | undefined {
  if (given.length > MAX_TAGS)
    throw new WaooawError('bad_request', `/tag: expected at most ${MAX_TAGS}, not ${given.length}`);
  const tags = given.map((text): [string, string] => {
    const [name = '', ...value] = text.split('=');
    if (TAG_NAME.test(name) && value.length > 0) return [name, value.join('=')];
    throw new WaooawError('bad_request', `/tag: expected name=value, not "${text}"`);
  });
  return given.length === 0 ? undefined : Object.fromEntries(tags);
}
