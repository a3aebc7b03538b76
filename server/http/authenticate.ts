/** Middleware: who is asking, from the Authorization header alone. */
import { createMiddleware } from 'hono/factory';
import type { Authenticator } from '../ports/identity.ts';
import { bearerOf } from './bearer.ts';
import type { AppEnv } from './env.ts';

/**
 * Lets nobody through who is not known: `c.var.identity` is set behind it. A token in the query is never looked at:
 * addresses end up in logs and histories.
 * @param open paths that anybody may read.
 */
export function authenticated(authenticator: Authenticator, open: readonly string[]) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const reads = c.req.method === 'GET' || c.req.method === 'HEAD';
    if (!(reads && open.includes(c.req.path))) {
      const token = bearerOf(c.req.header('authorization'));
      c.set('identity', await authenticator.authenticate(token, c.var.clientAddress));
    }
    await next();
  });
}
