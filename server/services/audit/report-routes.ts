/** `GET /audit/report`: who did what in a period, for whoever must answer for it. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { WaooawError } from '../../../src/protocol/index.ts';
import { auditReport } from '../../../src/protocol/audit-report.schema.ts';
import { requireRole } from '../../http/access.ts';
import { api } from '../../http/api.ts';
import type { AppEnv } from '../../http/env.ts';
import { problems } from '../../http/openapi.ts';
import { actorOf } from './actor.ts';
import type { Audit } from './index.ts';
import { filterOf } from './filter.ts';
import { originOf, searching } from './reading.ts';
import { hoursOf } from './report-hours.ts';
import { REPORT_HEADERS, reportPage } from './report-page.ts';
import { makeReport } from './report.ts';

/** What is reported where nobody says from when on, ms. */
const PERIOD_MS = 30 * 86_400_000;

const route = createRoute({
  method: 'get',
  path: '/audit/report',
  tags: ['audit'],
  summary: 'Compliance report: who did what to which resources in a period',
  description:
    'Failures and refusals, what people did out of hours, credentials used, and whether all of it stands in the trail. The report ' +
    'itself is recorded.',
  middleware: requireRole('auditor', 'admin'),
  request: {
    query: z.object({
      from: z
        .string()
        .max(40)
        .optional()
        .describe('No older: ISO 8601, or ms since 1970; 30 days before `to` unless told'),
      to: z.string().max(40).optional().describe('Older: ISO 8601, or ms since 1970; now unless told'),
      format: z.enum(['html', 'json']).default('html'),
      hours: z.string().max(20).default('08:00-18:00').describe('When people are expected to act'),
      days: z.string().max(20).default('1-5').describe('On which days of the week; 1 is Monday'),
      time_zone: z.string().max(64).default('UTC').describe('IANA name of the time zone of hours and days'),
    }),
  },
  responses: {
    200: {
      description: 'The report',
      content: { 'application/json': { schema: auditReport }, 'text/html': { schema: z.string() } },
    },
    ...problems(400, 401, 403, 429, 503),
  },
});

/** `/audit/report`, for auditors and administrators. */
export function reportRoutes(audit: Audit): OpenAPIHono<AppEnv> {
  const app = api();
  app.openapi(route, async (c) => {
    const { format, hours, days, time_zone, ...period } = c.req.valid('query');
    const now = audit.now();
    const asked = filterOf(period, now, audit.limits);
    const to = asked.to ?? now * 1_000;
    const from = asked.from ?? to - PERIOD_MS * 1_000;
    if (from >= to) throw new WaooawError('bad_request', 'from: expected a time before `to`');
    const plan = {
      from,
      to,
      hours: hoursOf(time_zone, hours, days),
      limits: audit.limits,
    };
    // Whoever asks for no more than the headers gets nothing of the trail.
    if (c.req.method === 'HEAD') return c.body(null, 200, { 'cache-control': 'no-store' });
    const report = await searching(audit, c, async (signal) => {
      await audit.record({
        actor: actorOf(c.var.identity),
        action: 'access',
        level: 'info',
        resource: { type: 'audit', id: 'report' },
        result: 'success',
        details: { format, from, to, hours, days, timeZone: time_zone },
        ...originOf(c),
      });
      return makeReport(audit, { ...plan, signal });
    });
    const name = `audit-report-${dayOf(from)}-${dayOf(to)}`;
    const headers = {
      'cache-control': 'no-store',
      'content-disposition': `inline; filename="${name}.${format}"`,
    };
    if (format === 'json') return c.json(report, 200, headers);
    c.set('ownHeaders', REPORT_HEADERS);
    return c.html(await reportPage(report), 200, headers);
  });
  return app;
}

/** @param micros since 1970. */
function dayOf(micros: number): string {
  return new Date(micros / 1_000).toISOString().slice(0, 10);
}
