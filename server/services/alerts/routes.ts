/** The alerts API: what stands, rules, silences and the outbox. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { Alert } from '../../../src/protocol/index.ts';
import {
  alertList,
  alertRule,
  newSilence,
  noticeList,
  ruleList,
  ruleStatus,
  ruleTest,
  silence,
  silenceList,
} from '../../../src/protocol/alerts.schema.ts';
import { api, bodyRead } from '../../http/api.ts';
import { note, readsOnly, recorded } from '../../http/auditing.ts';
import type { AppEnv } from '../../http/env.ts';
import { answers, json, problems } from '../../http/openapi.ts';
import type { Alerts } from './index.ts';

const TAGS = ['alerts'];
const name = { params: z.object({ name: z.string().max(128) }) };
const id = { params: z.object({ id: z.string().max(128) }) };

const list = createRoute({
  method: 'get',
  path: '/alerts',
  tags: TAGS,
  summary: 'Alerts that stand, and those that were resolved lately',
  request: {
    query: z.object({
      state: z.enum(['pending', 'firing', 'resolved', 'no-data']).optional(),
      rule: z.string().max(128).optional().describe('Those of one rule'),
    }),
  },
  responses: answers(alertList, 'Alerts', 400, 503),
});

const rules = createRoute({
  method: 'get',
  path: '/alerts/rules',
  tags: TAGS,
  summary: 'Every rule, and how its evaluations go',
  responses: answers(ruleList, 'Rules', 503),
});

const createRule = createRoute({
  method: 'post',
  path: '/alerts/rules',
  tags: TAGS,
  summary: 'Make a rule',
  middleware: [recorded('create', 'alert-rule'), bodyRead] as const,
  request: { body: { required: true, ...json(alertRule) } },
  responses: answers(ruleStatus, 'The rule', 400, 401, 403, 413, 415, 422, 503),
});

const testRule = createRoute({
  method: 'post',
  path: '/alerts/rules/test',
  tags: TAGS,
  summary: 'What a rule would say now',
  description: 'A dry run: nothing is kept, and nobody is told.',
  middleware: [readsOnly(), bodyRead] as const,
  request: { body: { required: true, ...json(alertRule) } },
  responses: answers(ruleTest, 'What it says of each group', 400, 401, 403, 413, 415, 422, 503),
});

const rule = createRoute({
  method: 'get',
  path: '/alerts/rules/{name}',
  tags: TAGS,
  summary: 'One rule',
  request: name,
  responses: answers(ruleStatus, 'The rule', 404, 503),
});

const replaceRule = createRoute({
  method: 'put',
  path: '/alerts/rules/{name}',
  tags: TAGS,
  summary: 'Replace a rule',
  description: 'Its alerts go on, unless it now asks something else: then they resolve, with that reason.',
  middleware: [recorded('update', 'alert-rule', { param: 'name' }), bodyRead] as const,
  request: { ...name, body: { required: true, ...json(alertRule) } },
  responses: answers(ruleStatus, 'The rule', 400, 401, 403, 404, 413, 415, 503),
});

const deleteRule = createRoute({
  method: 'delete',
  path: '/alerts/rules/{name}',
  tags: TAGS,
  summary: 'Remove a rule',
  description: 'Its alerts resolve, with that reason.',
  middleware: recorded('delete', 'alert-rule', { param: 'name' }),
  request: name,
  responses: { 204: { description: 'Removed' }, ...problems(401, 403, 404, 415, 503) },
});

const silences = createRoute({
  method: 'get',
  path: '/alerts/silences',
  tags: TAGS,
  summary: 'Silences, and those that ended lately',
  responses: answers(silenceList, 'Silences, oldest first', 503),
});

const createSilence = createRoute({
  method: 'post',
  path: '/alerts/silences',
  tags: TAGS,
  summary: 'Make a silence',
  middleware: [recorded('create', 'silence'), bodyRead] as const,
  request: { body: { required: true, ...json(newSilence) } },
  responses: answers(silence, 'The silence', 400, 401, 403, 413, 415, 422, 503),
});

const expireSilence = createRoute({
  method: 'delete',
  path: '/alerts/silences/{id}',
  tags: TAGS,
  summary: 'End a silence now',
  description: 'It stays in the list for a while. Ending twice is harmless.',
  middleware: recorded('stop', 'silence', { param: 'id' }),
  request: id,
  responses: { 204: { description: 'Ended' }, ...problems(401, 403, 404, 415, 503) },
});

const notices = createRoute({
  method: 'get',
  path: '/alerts/notices',
  tags: TAGS,
  summary: 'The outbox: what waits, and what was given up',
  responses: answers(noticeList, 'Notices', 503),
});

/** `/alerts`, `/alerts/rules`, `/alerts/silences`, `/alerts/notices`. */
export function alertsRoutes(alerts: Alerts): OpenAPIHono<AppEnv> {
  const app = api();

  app.openapi(list, (c) => {
    const { state, rule } = c.req.valid('query');
    const chosen = alerts
      .list()
      .filter(
        (alert) => (state === undefined || alert.state === state) && (rule ?? alert.rule) === alert.rule,
      );
    return c.json({ alerts: chosen.map(bodyOf) }, 200);
  });

  app.openapi(rules, (c) => c.json({ rules: alerts.rules() }, 200));

  app.openapi(testRule, async (c) => c.json(await alerts.testRule(c.req.valid('json')), 200));

  app.openapi(createRule, async (c) => {
    const made = await alerts.createRule(c.req.valid('json'), c.var.identity.id);
    note(c, { resource: { type: 'alert-rule', id: made.rule.name }, after: made.rule });
    c.var.log.info({ rule: made.rule.name, by: c.var.identity.id }, 'alert rule made');
    return c.json(made, 200);
  });

  app.openapi(rule, (c) => c.json(alerts.rule(c.req.valid('param').name), 200));

  app.openapi(replaceRule, async (c) => {
    const asked = c.req.valid('json');
    const { name } = c.req.valid('param');
    if (asked.name !== name)
      throw new WaooawError(
        'bad_request',
        `/name: "${asked.name}" is not "${name}", the rule to be replaced`,
      );
    const before = alerts.rule(name).rule;
    const made = await alerts.replaceRule(asked, c.var.identity.id);
    note(c, { before, after: made.rule });
    c.var.log.info({ rule: name, by: c.var.identity.id }, 'alert rule replaced');
    return c.json(made, 200);
  });

  app.openapi(deleteRule, async (c) => {
    const { name } = c.req.valid('param');
    const before = alerts.rule(name).rule;
    await alerts.deleteRule(name);
    note(c, { before });
    c.var.log.info({ rule: name, by: c.var.identity.id }, 'alert rule removed');
    return c.body(null, 204);
  });

  app.openapi(silences, (c) => c.json({ silences: alerts.silences() }, 200));

  app.openapi(createSilence, async (c) => {
    const made = await alerts.silence(c.req.valid('json'), c.var.identity.id);
    note(c, { resource: { type: 'silence', id: made.id }, after: made });
    c.var.log.info({ silence: made.id, by: made.createdBy }, 'silence made');
    return c.json(made, 200);
  });

  app.openapi(expireSilence, async (c) => {
    const { id } = c.req.valid('param');
    const before = alerts.silences().find((silence) => silence.id === id);
    await alerts.expire(id);
    note(c, { ...(before && { before }) });
    c.var.log.info({ silence: id, by: c.var.identity.id }, 'silence ended');
    return c.body(null, 204);
  });

  app.openapi(notices, (c) => c.json(alerts.notices(), 200));

  return app;
}

function bodyOf(alert: Alert) {
  return { ...alert, labels: { ...alert.labels }, annotations: { ...alert.annotations } };
}
