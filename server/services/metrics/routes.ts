/** The metrics API: what is read. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { ROLES, WaooawError } from '../../../src/protocol/index.ts';
import type { MetricQuery, QueryAnswer } from '../../../src/protocol/index.ts';
import {
  cardinality,
  labelList,
  metadataList,
  metricQueries,
  metricQuery,
  queryAnswers,
  seriesList,
  windowResult,
} from '../../../src/protocol/metrics.schema.ts';
import { requireRole } from '../../http/access.ts';
import { api, bodyRead } from '../../http/api.ts';
import { readsOnly } from '../../http/auditing.ts';
import type { AppEnv } from '../../http/env.ts';
import { answers, json } from '../../http/openapi.ts';
import type { Metrics } from './index.ts';

const several = (schema: z.ZodType): z.ZodType =>
  z.preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), schema);

const { windowMs, from, to, stepMs, aggregation, across } = metricQuery.shape;

const window = createRoute({
  method: 'get',
  path: '/metrics/window',
  tags: ['metrics'],
  summary: 'The finest buckets of one series',
  request: {
    query: z.object({
      series: z.string().min(1).describe('name{tag="value",…}, all of its tags'),
      windowMs: z.coerce.number().int().optional().describe('How far back, ms; all that is kept when absent'),
    }),
  },
  responses: answers(windowResult, 'Buckets, oldest first; seconds without a sample have none', 400, 404),
});

const query = createRoute({
  method: 'get',
  path: '/metrics/query',
  tags: ['metrics'],
  summary: 'Metrics over time, made of one or many series',
  request: {
    query: z.object({
      metric: several(z.array(z.string().min(1).max(4_096)).min(1)).describe(
        'name{tag="v",tag!="v",tag=~"re",tag!~"re"}; more than one asks for several',
      ),
      windowMs: z.coerce.number().pipe(windowMs.unwrap()).optional().describe('How far back from now, ms'),
      from: z.coerce.number().pipe(from.unwrap()).optional(),
      to: z.coerce.number().pipe(to.unwrap()).optional(),
      stepMs: z.coerce.number().pipe(stepMs.unwrap()).optional(),
      aggregation,
      across,
      by: z.string().max(1_024).optional().describe('Tags that tell groups apart, comma-separated'),
    }),
  },
  responses: answers(queryAnswers, 'One answer a metric, in the order asked', 400, 422),
});

const post = createRoute({
  method: 'post',
  path: '/metrics/query',
  tags: ['metrics'],
  summary: 'The same, each metric with settings of its own',
  middleware: [readsOnly(), requireRole(...ROLES), bodyRead] as const,
  request: { body: { required: true, ...json(metricQueries) } },
  responses: answers(queryAnswers, 'One answer a query, in the order asked', 400, 413, 415, 422),
});

const list = createRoute({
  method: 'get',
  path: '/metrics/series',
  tags: ['metrics'],
  summary: 'Every series with a recent sample',
  responses: answers(seriesList, 'Series by name'),
});

const labels = createRoute({
  method: 'get',
  path: '/metrics/labels',
  tags: ['metrics'],
  summary: 'Labels in use, with their values',
  request: { query: z.object({ metric: z.string().max(4_096).optional().describe('Only of these series') }) },
  responses: answers(labelList, 'Labels by name, each with the first 1000 of its values', 400),
});

const metadata = createRoute({
  method: 'get',
  path: '/metrics/metadata',
  tags: ['metrics'],
  summary: 'Metrics in use, with kind, unit, help and what they can be asked for',
  responses: answers(metadataList, 'Metrics by name'),
});

const report = createRoute({
  method: 'get',
  path: '/metrics/cardinality',
  tags: ['metrics'],
  summary: 'Who has how many series',
  request: { query: z.object({ top: z.coerce.number().int().min(1).max(1_000).default(10) }) },
  responses: answers(cardinality, 'The most of each', 400),
});

/** `POST /metrics/query`: a question too long for an address. It changes nothing, and so whoever reads may ask. */
export function queryRoutes(metrics: Metrics): OpenAPIHono<AppEnv> {
  const app = api();
  app.openapi(post, async (c) => c.json(await askAll(metrics, c.req.valid('json').queries), 200));
  return app;
}

/** `GET /metrics/…`. */
export function metricsRoutes(metrics: Metrics): OpenAPIHono<AppEnv> {
  const app = api();
  app.openapi(window, (c) => {
    const { series, windowMs: asked = metrics.limits.keepSecondsMs } = c.req.valid('query');
    return c.json(metrics.window(series, asked), 200);
  });
  app.openapi(query, async (c) => {
    const { metric, by, ...shared } = c.req.valid('query');
    // The framework reads the last of several only.
    const asked = c.req.queries('metric') ?? (metric as string[]);
    const tags = by?.split(',').filter((tag) => tag !== '');
    return c.json(
      await askAll(
        metrics,
        asked.map((one) => ({ ...shared, metric: one, by: tags })),
      ),
      200,
    );
  });
  app.openapi(list, (c) => c.json({ series: metrics.series() }, 200));
  app.openapi(labels, (c) => c.json({ labels: metrics.labels(c.req.valid('query').metric) }, 200));
  app.openapi(metadata, (c) => c.json({ metrics: metrics.metadata() }, 200));
  app.openapi(report, (c) => c.json(metrics.cardinality(c.req.valid('query').top), 200));
  return app;
}

async function askAll(
  metrics: Metrics,
  queries: readonly MetricQuery[],
): Promise<{ answers: QueryAnswer[] }> {
  const { maxQueries } = metrics.limits;
  if (queries.length > maxQueries)
    throw new WaooawError(
      'bad_request',
      `${queries.length} queries; at most ${maxQueries} are answered at once`,
    );
  const found: QueryAnswer[] = [];
  let pointsLeft = metrics.limits.maxQueryPoints;
  for (const query of queries) {
    const answer = await metrics.query(query, pointsLeft);
    pointsLeft -= answer.groups.reduce((sum, { points }) => sum + points.length, 0);
    found.push(answer);
    // Fifty long ones must not keep everybody waiting.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { answers: found };
}
