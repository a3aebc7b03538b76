/** The metrics API: what is taken, in whichever format. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { ErrorDetail, IngestResult } from '../../../src/protocol/index.ts';
import { ingestResult, sample } from '../../../src/protocol/metrics.schema.ts';
import { api } from '../../http/api.ts';
import { folded } from '../../http/auditing.ts';
import type { AppEnv } from '../../http/env.ts';
import { unsupportedMediaType } from '../../http/media-type.ts';
import { answers } from '../../http/openapi.ts';
import { readRaw } from '../../http/raw-body.ts';
import type { BodyBudget } from '../../http/raw-body.ts';
import type { MetricFormat, MetricParser } from './formats/format.ts';
import type { Metrics } from './index.ts';
import type { ReadResult } from './ingest.ts';

/** Where samples are sent to, below `/api`. */
export const INGEST_PATH = '/metrics';

const batch = z
  .object({ samples: z.array(sample).min(1) })
  .meta({ id: 'SampleBatch' })
  .describe('1 to maxBatch samples');

/** `POST /metrics`. @param formats each by its media types. @param budget shared by all routes that take samples. */
export function ingestRoutes(
  metrics: Metrics,
  formats: readonly MetricFormat[],
  budget: BodyBudget,
): OpenAPIHono<AppEnv> {
  const app = api();
  const pools = new Map(
    formats.flatMap((format) => format.mediaTypes.map((type) => [type, new Parsers(format)])),
  );
  const content = Object.fromEntries(
    [...pools.keys()].map((type) => [type, { schema: type === 'application/json' ? batch : z.string() }]),
  );
  app.openAPIRegistry.registerPath(
    createRoute({
      method: 'post',
      path: INGEST_PATH,
      tags: ['metrics'],
      summary: 'Take samples',
      description:
        'As JSON, Prometheus text or OpenMetrics text, by content-type; gzip is taken. The good samples are taken and each bad part is named; 400 only when none was good.',
      request: { body: { required: true, content } },
      responses: answers(ingestResult, 'What became of the samples', 400, 413, 415, 429),
    }),
  );
  // Routed by hand: each part is judged by itself, and most bodies are no JSON.
  app.post(INGEST_PATH, folded('ingest', 'metrics'), async (c) => {
    const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
    const pool = pools.get(type);
    if (!pool) throw unsupportedMediaType(type, pools.keys());
    const result = await readBodyWith(pool, metrics, c, budget);
    if (result.accepted === 0 && result.rejected > 0) throw allRefused(result);
    return c.json(answerOf(result), 200);
  });
  return app;
}

/** Senders whose parsers are kept: each may remember some megabytes of what it was sent. */
const MAX_SOURCES = 32;

/** Parsers of one format, each used by one body of one sender at a time: they remember that sender's series. */
export class Parsers {
  readonly #format: MetricFormat;
  /** Those that are not in use, by sender; who sent last stands last. */
  readonly #free = new Map<string, MetricParser[]>();

  constructor(format: MetricFormat) {
    this.#format = format;
  }

  async use<T>(source: string, run: (parser: MetricParser) => Promise<T>): Promise<T> {
    const parser = this.#free.get(source)?.pop() ?? this.#format.parser();
    try {
      return await run(parser);
    } finally {
      const free = this.#free.get(source) ?? [];
      // Of many bodies at once, one parser knows as much as all.
      if (free.length === 0) free.push(parser);
      this.#free.delete(source);
      this.#free.set(source, free);
      for (const oldest of this.#free.keys()) {
        if (this.#free.size <= MAX_SOURCES) break;
        this.#free.delete(oldest);
      }
    }
  }
}

/** Reads a request's body in the name of whoever sends it. */
export async function readBodyWith(
  pool: Parsers,
  metrics: Metrics,
  c: Context<AppEnv>,
  budget: BodyBudget,
): Promise<ReadResult> {
  const body = await readRaw(c, metrics.limits.maxDecompressedBytes, budget);
  const source = { name: `push:${c.var.identity.id}` };
  return pool.use(source.name, (parser) => metrics.read(parser, body, source));
}

function answerOf({ accepted, rejected, shown }: ReadResult): IngestResult {
  return { accepted, rejected, errors: shown };
}

function allRefused({ shown }: ReadResult): WaooawError {
  const details = shown.map(({ place, code, message }): ErrorDetail => ({ pointer: place, code, message }));
  const { code, pointer, message } = details[0]!;
  return new WaooawError(code, `${pointer}: ${message}`, { details });
}
