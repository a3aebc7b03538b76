/** Errors → `application/problem+json` (RFC 9457), from the one registry of codes. */
import type { ErrorHandler, NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import { CODES, WaooawError } from '../../src/protocol/index.ts';
import type { ErrorCode, ErrorDetail } from '../../src/protocol/index.ts';
import type { AppEnv } from './env.ts';

/** The shape of an error answer. */
export const problem = z
  .object({
    type: z.string().describe('urn:waooaw:error:<code>'),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(CODES) as [ErrorCode, ...ErrorCode[]]),
    detail: z.string(),
    retryable: z.boolean().describe('True when the same call may succeed later'),
    requestId: z.string(),
    errors: z
      .array(
        z.object({ pointer: z.string().describe('JSON pointer'), code: z.string(), message: z.string() }),
      )
      .optional(),
  })
  .meta({ id: 'Problem' });

/** Answers an error in the registry's words. What is not ours is logged, and told as `internal`. */
export const onError: ErrorHandler<AppEnv> = (error, c) => {
  const known = toWaooawError(error);
  if (known.code === 'internal') c.var.log.error({ err: error }, 'request failed');
  const { code, status, message: detail, retryable, details } = known;
  c.set('failure', code);
  const requestId = c.var.requestId;
  const body: z.infer<typeof problem> = {
    type: `urn:waooaw:error:${code}`,
    title: CODES[code].title,
    status,
    code,
    detail,
    retryable,
    requestId,
    ...(details && { errors: details.map((part) => ({ ...part })) }),
  };
  if (known.afterMs !== undefined) c.header('retry-after', String(Math.ceil(known.afterMs / 1000)));
  // RFC 9110 §11.6.1: every 401 says how to authenticate.
  if (status === 401) c.header('www-authenticate', 'Bearer');
  return c.body(JSON.stringify(body), status as ContentfulStatusCode, {
    'content-type': 'application/problem+json',
  });
};

/** Answers an address that is none. */
export const onNotFound: NotFoundHandler<AppEnv> = (c) =>
  onError(new WaooawError('not_found', `Nothing at ${c.req.method} ${c.req.path}`), c);

/** Turns a failed schema into `bad_request`, each issue with its place. */
export function schemaError(issues: readonly { path: PropertyKey[]; message: string }[]): WaooawError {
  const details = issues.map(({ path, message }): ErrorDetail => ({
    pointer: path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
    code: 'bad_request',
    message,
  }));
  const [first] = details;
  return new WaooawError('bad_request', first && `${first.pointer || 'The body'}: ${first.message}`, {
    details,
  });
}

function toWaooawError(error: unknown): WaooawError {
  if (error instanceof WaooawError) return error;
  if (error instanceof HTTPException && error.status === 400) {
    // Hono's own validator throws this for a body that JSON.parse refuses, before any schema sees it.
    return new WaooawError('bad_json', undefined, { cause: error });
  }
  return new WaooawError('internal', undefined, { cause: error });
}
