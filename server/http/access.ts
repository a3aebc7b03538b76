/** Middleware: who may call a route. */
import { createMiddleware } from 'hono/factory';
import { ROLES, WaooawError } from '../../src/protocol/index.ts';
import type { Role } from '../../src/protocol/index.ts';
import type { AppEnv } from './env.ts';

/** Roles that may change something, where a route says nothing else. */
const ACTING: readonly Role[] = ['operator', 'admin'];

/** Lets these roles through, for routes that ask for others than `defaultAccess`. */
export function requireRole(...roles: readonly Role[]) {
  return createMiddleware<AppEnv>(async (c, next) => {
    demand(c.var.identity.role, roles);
    await next();
  });
}

/** What holds for every route that does not name its own rule: any role reads, operators and admins change. */
export const defaultAccess = createMiddleware<AppEnv>(async (c, next) => {
  const reads = c.req.method === 'GET' || c.req.method === 'HEAD';
  demand(c.var.identity.role, reads ? ROLES : ACTING);
  await next();
});

function demand(role: Role | undefined, allowed: readonly Role[]): void {
  if (role !== undefined && allowed.includes(role)) return;
  throw new WaooawError('forbidden', `It takes the role ${allowed.join(' or ')}; yours is ${role ?? 'none'}`);
}
