/** The API of checks: what they are defined as, and what is done with them. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { CheckInput } from '../../../src/protocol/health.schema.ts';
import { checkInput } from '../../../src/protocol/health.schema.ts';
import { checkList, checkStatus } from '../../../src/protocol/health-status.schema.ts';
import { bodyRead } from '../../http/api.ts';
import { folded, note, recorded } from '../../http/auditing.ts';
import type { AppEnv } from '../../http/env.ts';
import { answers, json, problems } from '../../http/openapi.ts';
import type { Health } from './health.ts';
import { withoutSecrets } from './probes/secrets.ts';

const TAGS = ['health'];
const PARAM = { param: 'check' };
const request = { params: z.object({ check: z.string().max(128) }) };
const body = { required: true, ...json(checkInput) };

const list = createRoute({
  method: 'get',
  path: '/health/checks',
  tags: TAGS,
  summary: 'The checks that the API defined, as they are defined',
  description: 'Secrets are empty texts.',
  responses: answers(checkList, 'Definitions', 503),
});

const create = createRoute({
  method: 'post',
  path: '/health/checks',
  tags: TAGS,
  summary: 'Define a check',
  middleware: [recorded('create', 'check'), bodyRead] as const,
  request: { body },
  responses: answers(checkStatus, 'The check', 400, 401, 403, 409, 413, 415, 429, 503),
});

const replace = createRoute({
  method: 'put',
  path: '/health/checks/{check}',
  tags: TAGS,
  summary: 'Replace a check',
  description:
    'Its past goes on. A secret that is an empty text stays what it was, unless another origin is asked now.',
  middleware: [recorded('update', 'check', PARAM), bodyRead] as const,
  request: { ...request, body },
  responses: answers(checkStatus, 'The check', 400, 401, 403, 404, 413, 415, 503),
});

const remove = createRoute({
  method: 'delete',
  path: '/health/checks/{check}',
  tags: TAGS,
  summary: 'Remove a check',
  middleware: recorded('delete', 'check', PARAM),
  request,
  responses: { 204: { description: 'Removed' }, ...problems(401, 403, 404, 409, 415, 503) },
});

const pause = createRoute({
  method: 'post',
  path: '/health/{check}/pause',
  tags: TAGS,
  summary: 'Look no more until it is resumed',
  middleware: recorded('pause', 'check', PARAM),
  request,
  responses: answers(checkStatus, 'The check', 401, 403, 404, 415, 503),
});

const resume = createRoute({
  method: 'post',
  path: '/health/{check}/resume',
  tags: TAGS,
  summary: 'Look again',
  middleware: recorded('resume', 'check', PARAM),
  request,
  responses: answers(checkStatus, 'The check', 401, 403, 404, 415, 503),
});

const run = createRoute({
  method: 'post',
  path: '/health/{check}/run',
  tags: TAGS,
  summary: 'Look now, and answer with what became of it',
  middleware: recorded('run', 'check', PARAM),
  request,
  responses: answers(checkStatus, 'The check', 401, 403, 404, 409, 415, 503),
});

const beat = createRoute({
  method: 'post',
  path: '/health/{check}/beat',
  tags: TAGS,
  summary: 'Tell a heartbeat that its sender lives',
  middleware: folded('beat', 'check'),
  request,
  responses: { 204: { description: 'Heard' }, ...problems(401, 403, 404, 409, 415, 503) },
});

/** `/health/checks`, and what is done with a check. */
export function addCheckRoutes(app: OpenAPIHono<AppEnv>, health: Health): void {
  app.openapi(list, (c) => c.json({ checks: [...health.definitions()] }, 200));

  app.openapi(create, async (c) => {
    const asked = c.req.valid('json');
    note(c, { resource: { type: 'check', id: asked.check } });
    const made = await health.create(asked, c.var.identity.id);
    note(c, { after: told(asked) });
    c.var.log.info({ check: asked.check, by: c.var.identity.id }, 'check defined');
    return c.json(made, 200);
  });

  app.openapi(replace, async (c) => {
    const asked = c.req.valid('json');
    const { check } = c.req.valid('param');
    if (asked.check !== check)
      throw new WaooawError(
        'bad_request',
        `/check: "${asked.check}" is not "${check}", the check to be replaced`,
      );
    const before = definitionOf(health, check);
    const made = await health.replace(asked, c.var.identity.id);
    note(c, { ...(before && { before }), after: told(asked) });
    c.var.log.info({ check, by: c.var.identity.id }, 'check replaced');
    return c.json(made, 200);
  });

  app.openapi(remove, async (c) => {
    const { check } = c.req.valid('param');
    const before = definitionOf(health, check);
    await health.remove(check);
    note(c, { ...(before && { before }) });
    c.var.log.info({ check, by: c.var.identity.id }, 'check removed');
    return c.body(null, 204);
  });

  app.openapi(pause, async (c) => {
    const { check } = c.req.valid('param');
    const made = await health.pause(check, c.var.identity.id);
    c.var.log.info({ check, by: c.var.identity.id }, 'check paused');
    return c.json(made, 200);
  });

  app.openapi(resume, async (c) => {
    const { check } = c.req.valid('param');
    const made = await health.resume(check);
    c.var.log.info({ check, by: c.var.identity.id }, 'check resumed');
    return c.json(made, 200);
  });

  app.openapi(run, async (c) => c.json(await health.run(c.req.valid('param').check), 200));

  app.openapi(beat, (c) => {
    const { check } = c.req.valid('param');
    health.beat(check);
    note(c, { resource: { type: 'check', id: check } });
    return c.body(null, 204);
  });
}

function definitionOf(health: Health, check: string): CheckInput | undefined {
  return health.definitions().find((definition) => definition.check === check);
}

/** As the audit trail may have it. */
function told(input: CheckInput): CheckInput {
  return { ...input, probe: withoutSecrets(input.probe) };
}
