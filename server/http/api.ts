/** A group of API routes whose failed schemas become problems. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, HonoRequest } from 'hono';
import { createMiddleware } from 'hono/factory';
import { WaooawError } from '../../src/protocol/index.ts';
import { checkDepth } from '../depth.ts';
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

/**
 * Reads a JSON body that is nested no deeper than `maxDepth`.
 * @throws WaooawError as `readJson` does, `bad_request` for a deeper one.
 */
export async function readBody(c: Context<AppEnv>): Promise<unknown> {
  const body = await readJson(c.req as HonoRequest);
  checkDepth(body, c.var.maxDepth);
  return body;
}

/** Middleware for routes whose schema reads the body: that is held to `readBody` before. */
export const bodyRead = createMiddleware<AppEnv>(async (c, next) => {
  await readBody(c);
  await next();
});

/** The same for routes that need no body: none is an empty object. */
export const bodyIfAny = createMiddleware<AppEnv>(async (c, next) => {
  // Hono keeps promises there, whatever its types say.
  if ((await c.req.text()) === '') c.req.bodyCache.text = Promise.resolve('{}') as unknown as string;
  await readBody(c);
  await next();
});
