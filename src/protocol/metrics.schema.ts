/**
 * The metrics API's bodies and answers, for validation at the server's edge and for OpenAPI. `optional` and not
 * `exactOptional`, which the OpenAPI generator takes for required.
 */
import { z } from 'zod';
import { CODES } from './codes.ts';
import type { ErrorCode } from './codes.ts';
import { METRIC_KINDS } from './metrics.ts';
import { ACROSS, AGGREGATIONS } from './queries.ts';
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
    kind: z.enum(METRIC_KINDS).optional(),
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

/** What became of a body. */
export const ingestResult = z
  .object({
    accepted: z.int().describe('Samples that were taken'),
    rejected: z.int().describe('Parts that were not'),
    errors: z
      .array(
        z.object({
          place: z.string().describe('`line 12` of a text, or a JSON pointer such as `/samples/3`'),
          code: errorCode,
          message: z.string(),
        }),
      )
      .readonly()
      .describe('The first of these, at most maxRejectedShown'),
  })
  .meta({ id: 'IngestResult' }) satisfies z.ZodType<IngestResult>;

const seriesShape = {
  series: z.string().describe('Canonical identity, tags sorted'),
  name: z.string(),
  tags: z.record(z.string(), z.string()),
  kind: z.enum(METRIC_KINDS),
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

/** `POST /api/metrics/query`, and one of its queries. */
export const metricQuery = z
  .object({
    metric: z.string().min(1).max(4_096).describe('name{tag="v",tag!="v",tag=~"re",tag!~"re"}'),
    windowMs: z.number().int().positive().optional().describe('How far back from now, ms. Default 3600000'),
    from: z.number().nonnegative().optional().describe('ms since 1970, instead of windowMs'),
    to: z.number().nonnegative().optional().describe('ms since 1970; now when absent'),
    stepMs: z.number().int().positive().optional().describe('Length of a step; rounded up to what is kept'),
    aggregation: z
      .enum(AGGREGATIONS)
      .optional()
      .describe('Default: last of a gauge, rate of a counter, p95 of a histogram'),
    across: z.enum(ACROSS).optional().describe('What is made of several series of one group'),
    by: z.array(z.string().min(1).max(256)).max(16).optional().describe('Tags that tell groups apart'),
  })
  .meta({ id: 'MetricQuery' });

/** Several at once. */
export const metricQueries = z.object({ queries: z.array(metricQuery).min(1) }).meta({ id: 'MetricQueries' });

const span = z.tuple([z.number(), z.number()]).readonly();

/** An answer. */
export const queryAnswer = z
  .object({
    metric: z.string().describe('The selector in its one spelling'),
    aggregation: z.enum(AGGREGATIONS),
    across: z.enum(ACROSS),
    by: z.array(z.string()).readonly(),
    kind: z.enum(METRIC_KINDS).optional(),
    unit: z.string().optional(),
    help: z.string().optional(),
    from: z.number(),
    to: z.number(),
    stepMs: z.number(),
    tierMs: z.number().describe('Length of the buckets that it was made of, ms'),
    series: z.int().describe('Series that matched'),
    groups: z
      .array(
        z.object({
          key: z.string(),
          tags: z.record(z.string(), z.string()),
          series: z.int(),
          points: z
            .array(span)
            .readonly()
            .describe('[start, value], oldest first; steps without a sample have none'),
          gaps: z.array(span).readonly().describe('[from, to) where nothing is known'),
        }),
      )
      .readonly(),
    lateDropped: z.int().describe('Samples of these series that came too late, since the start'),
    errorBound: z.object({ relative: z.number().optional(), absolute: z.number().optional() }).optional(),
  })
  .meta({ id: 'QueryAnswer' });

/** Answers to several. */
export const queryAnswers = z
  .object({ answers: z.array(queryAnswer).readonly() })
  .meta({ id: 'QueryAnswers' });

/** `GET /api/metrics/labels`. */
export const labelList = z
  .object({
    labels: z
      .array(z.object({ label: z.string(), values: z.array(z.string()).readonly(), count: z.int() }))
      .readonly(),
  })
  .meta({ id: 'LabelList' });

/** `GET /api/metrics/metadata`. */
export const metadataList = z
  .object({
    metrics: z
      .array(
        z.object({
          name: z.string(),
          kind: z.enum(METRIC_KINDS),
          unit: z.string().optional(),
          help: z.string().optional(),
          series: z.int(),
          aggregations: z.array(z.enum(AGGREGATIONS)).readonly(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'MetadataList' });

const counted = z.object({ name: z.string(), series: z.int() });

/** `GET /api/metrics/cardinality`. */
export const cardinality = z
  .object({
    series: z.int(),
    silent: z.int(),
    maxSeries: z.int(),
    overflowed: z.int().describe('Series asked for beyond a limit, since the start'),
    metrics: z.array(counted).readonly().describe('Those with the most series'),
    labels: z
      .array(z.object({ name: z.string(), values: z.int() }))
      .readonly()
      .describe('Those with the most values'),
    pairs: z.array(counted).readonly().describe('label="value" with the most series'),
    sources: z.array(counted).readonly(),
  })
  .meta({ id: 'Cardinality' });
