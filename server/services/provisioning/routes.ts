/** The provisioning API: kinds, agents, commands and operations. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { api } from '../../http/api.ts';
import type { AppEnv } from '../../http/env.ts';
import { addAgentRoutes } from './agent-routes.ts';
import { addCommandRoutes } from './command-routes.ts';
import { addOperationRoutes } from './operation-routes.ts';
import type { Provisioning } from './provisioning.ts';

/**
 * Everything below `/kinds`, `/agents` and `/operations`.
 * @param basePath what the server stands below: where an operation is found again is told with it.
 */
export function provisioningRoutes(provisioning: Provisioning, basePath: string): OpenAPIHono<AppEnv> {
  const app = api();
  addAgentRoutes(app, provisioning, basePath);
  addCommandRoutes(app, provisioning, basePath);
  addOperationRoutes(app, provisioning, basePath);
  return app;
}
