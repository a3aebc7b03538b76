/**
 * The metrics API's bodies and answers, for validation at the server's edge and for OpenAPI. `optional` and not
 * `exactOptional`, which the OpenAPI generator takes for required.
 */
import { z } from 'zod';
import { CODES } from './codes.ts';
import type { ErrorCode } from './codes.ts';
import type { IngestResult, WindowResult } from './metrics.ts';

const errorCode = z.enum(Object.keys(CODES) as [ErrorCode, ...ErrorCode[]]);

/** `POST /api/metrics`. Each sample is judged by itself, so that one bad sample does not sink the batch. */
export const sampleBatch = z
  .object({
    samples: z.array(z.unknown()).min(1).describe('1 to maxBatch samples, each of the shape Sample'),
  })
  .meta({ id: 'SampleBatch' });

/** One sample, for the documentation; the aggregator checks each field with a code of its own. */
export const sample = z
  .object({
    name: z.string().describe('Prometheus metric name'),
    value: z.number().describe('A finite number'),
    tags: z.record(z.string(), z.string()).optional(),
    time: z.number().optional().describe("ms since 1970; the server's clock when absent"),
    unit: z
      .string()
      .max(32)
      .optional()
      .describe('Base unit: ratio, bytes, seconds, bytes_per_second, per_second, count, …'),
    help: z.string().max(256).optional(),
  })
  .meta({ id: 'Sample' });

/** What became of a batch. */
export const ingestResult = z
  .object({
    accepted: z.int(),
    rejected: z
      .array(
        z.object({
          index: z.int().describe('Place in the batch, from 0'),
          code: errorCode,
          message: z.string(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'IngestResult' }) satisfies z.ZodType<IngestResult>;

const seriesShape = {
  series: z.string().describe('Canonical identity, tags sorted'),
  name: z.string(),
  tags: z.record(z.string(), z.string()),
  unit: z.string().optional(),
  help: z.string().optional(),
};

/** What is known of a series. */
export const seriesInfo = z.object(seriesShape).meta({ id: 'SeriesInfo' });

/** `GET /api/metrics/series`. */
export const seriesList = z.object({ series: z.array(seriesInfo).readonly() }).meta({ id: 'SeriesList' });

/** `GET /api/metrics/query`. */
export const windowResult = z
  .object({
    ...seriesShape,
    from: z.number().describe('First ms of the window'),
    to: z.number().describe('First ms after the window'),
    stepMs: z.number(),
    buckets: z
      .array(
        z.object({
          start: z.number(),
          min: z.number(),
          max: z.number(),
          avg: z.number(),
          sum: z.number(),
          count: z.int(),
          last: z.number(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'WindowResult' }) satisfies z.ZodType<Omit<WindowResult, 'unit' | 'help'>>;
