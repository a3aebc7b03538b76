/** A group of API routes whose failed schemas become problems. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { HonoRequest } from 'hono';
import { WaooawError } from '../../src/protocol/index.ts';
import type { AppEnv } from './env.ts';
import { onError, onNotFound, schemaError } from './problem.ts';

/** An app whose routes are declared with their schemas. */
export function api(): OpenAPIHono<AppEnv> {
  const app = new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (!result.success) throw schemaError(result.error.issues);
    },
  });
  app.onError(onError);
  app.notFound(onNotFound);
  return app;
}

/**
 * Reads a JSON body.
 * @param maxBytes where less is taken than everywhere else.
 * @throws WaooawError `bad_json` saying where it breaks off, `body_too_large`.
 */
export async function readJson(request: HonoRequest, maxBytes = Number.POSITIVE_INFINITY): Promise<unknown> {
  const text = await request.text();
  if (Buffer.byteLength(text) > maxBytes)
    throw new WaooawError('body_too_large', `The body is larger than ${maxBytes} bytes`);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new WaooawError('bad_json', (cause as SyntaxError).message, { cause });
  }
}
