/** Where OpenTelemetry exporters send metrics: OTLP/HTTP, as protobuf and as JSON. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { CODES, WaooawError } from '../../../src/protocol/index.ts';
import { api } from '../../http/api.ts';
import { folded } from '../../http/auditing.ts';
import type { AppEnv } from '../../http/env.ts';
import type { BodyBudget } from '../../http/raw-body.ts';
import { OTLP_MEDIA_TYPES, otlpAnswer, otlpFailure, otlpFormats } from './formats/otlp/index.ts';
import type { OtlpEncoding } from './formats/otlp/index.ts';
import type { Metrics } from './index.ts';
import { Parsers, readBodyWith } from './ingest-routes.ts';

/** Where exporters send to, below `/api`: the endpoint that they are told is `…/api/otlp`. */
export const OTLP_PATH = '/otlp/v1/metrics';

const REFUSED = [400, 413, 415, 429] as const;

/** `POST /otlp/v1/metrics`. @param budget shared by all routes that take samples. */
export function otlpRoutes(metrics: Metrics, budget: BodyBudget): OpenAPIHono<AppEnv> {
  const app = api();
  const formats = otlpFormats();
  const pools = { protobuf: new Parsers(formats.protobuf), json: new Parsers(formats.json) };
  const content = Object.fromEntries(
    Object.values(OTLP_MEDIA_TYPES).map((type) => [type, { schema: z.unknown() }]),
  );
  const said = (description: string) => ({ description, content });
  app.openAPIRegistry.registerPath(
    createRoute({
      method: 'post',
      path: OTLP_PATH,
      tags: ['metrics'],
      summary: 'Take metrics of OpenTelemetry',
      description: 'ExportMetricsServiceRequest; gzip is taken.',
      request: { body: { required: true, content } },
      responses: {
        200: said('ExportMetricsServiceResponse, with partial_success where something was not taken'),
        ...Object.fromEntries(REFUSED.map((status) => [status, said('google.rpc.Status')])),
      },
    }),
  );
  app.post(OTLP_PATH, folded('ingest', 'metrics'), async (c) => {
    const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
    const encoding: OtlpEncoding = type === OTLP_MEDIA_TYPES.json ? 'json' : 'protobuf';
    const answer = (body: Buffer, status: number): Response =>
      new Response(new Uint8Array(body), { status, headers: { 'content-type': OTLP_MEDIA_TYPES[encoding] } });
    try {
      return answer(otlpAnswer(await readBodyWith(pools[encoding], metrics, c, budget), encoding), 200);
    } catch (error) {
      // What is not ours is for the edge, which logs it.
      if (!(error instanceof WaooawError)) throw error;
      c.set('failure', error.code);
      return answer(otlpFailure(error, encoding), CODES[error.code].status);
    }
  });
  return app;
}
