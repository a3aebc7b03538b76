/** The metrics API. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { WaooawError } from '../../../src/protocol/index.ts';
import {
  ingestResult,
  sample,
  sampleBatch,
  seriesList,
  windowResult,
} from '../../../src/protocol/metrics.schema.ts';
import type { ErrorDetail } from '../../../src/protocol/index.ts';
import { api, readBody } from '../../http/api.ts';
import type { AppEnv } from '../../http/env.ts';
import { answers, json } from '../../http/openapi.ts';
import type { Metrics } from './index.ts';

const post = createRoute({
  method: 'post',
  path: '/metrics',
  tags: ['metrics'],
  summary: 'Take a batch of samples',
  description: 'The good samples are taken and each bad one is named; 400 only when none was good.',
  request: { body: { required: true, ...json(sampleBatch.extend({ samples: z.array(sample).min(1) })) } },
  responses: answers(ingestResult, 'What became of each sample', 400, 413, 415),
});

const query = createRoute({
  method: 'get',
  path: '/metrics/query',
  tags: ['metrics'],
  summary: 'The buckets of one series',
  request: {
    query: z.object({
      series: z.string().min(1).describe('name{tag="value",…}'),
      windowMs: z.coerce.number().int().optional().describe('How far back, ms; all that is kept when absent'),
    }),
  },
  responses: answers(windowResult, 'Buckets, oldest first; seconds without a sample have none', 400, 404),
});

const list = createRoute({
  method: 'get',
  path: '/metrics/series',
  tags: ['metrics'],
  summary: 'Every retained series',
  responses: answers(seriesList, 'Series by name'),
});

/** `POST /metrics`, `GET /metrics/query`, `GET /metrics/series`. */
export function metricsRoutes(metrics: Metrics): OpenAPIHono<AppEnv> {
  const app = api();

  app.openAPIRegistry.registerPath(post);
  // Routed by hand: the documented schema is that of good samples, and here each sample is judged by itself.
  app.post('/metrics', async (c) => {
    const posted = sampleBatch.safeParse(await readBody(c));
    const { maxBatch } = metrics.limits;
    if (!posted.success || posted.data.samples.length > maxBatch) {
      throw new WaooawError('bad_request', `Expected {"samples":[…]} with 1 to ${maxBatch} samples`);
    }
    const result = metrics.ingest(posted.data.samples);
    if (result.accepted > 0) return c.json(result, 200);
    const details = result.rejected.map(({ index, code, message }): ErrorDetail => ({
      pointer: `/samples/${index}`,
      code,
      message,
    }));
    const { code, pointer, message } = details[0]!;
    throw new WaooawError(code, `${pointer}: ${message}`, { details });
  });

  app.openapi(query, (c) => {
    const { series, windowMs = metrics.limits.windowMs } = c.req.valid('query');
    return c.json(metrics.query(series, windowMs), 200);
  });

  app.openapi(list, (c) => c.json({ series: metrics.series() }, 200));
  return app;
}
