/** The API of agents: what there is, what each of them says, and how one is made. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { LogPage } from '../../../src/protocol/index.ts';
import {
  agentList,
  agentStatus,
  agentStorage,
  configurationList,
  kindList,
  logPage,
  logQuery,
  newAgent,
} from '../../../src/protocol/agents.schema.ts';
import { operationStatus } from '../../../src/protocol/operations.schema.ts';
import { bodyRead } from '../../http/api.ts';
import { note, recordsItself } from '../../http/auditing.ts';
import type { AppEnv } from '../../http/env.ts';
import { accepts, answers, json } from '../../http/openapi.ts';
import { etagOf, located, requestOf } from './asked.ts';
import { given } from './given.ts';
import type { Provisioning } from './provisioning.ts';

const TAGS = ['agents'];
const one = { params: z.object({ agent: z.string().max(128) }) };

const kinds = createRoute({
  method: 'get',
  path: '/kinds',
  tags: TAGS,
  summary: 'The kinds of agents that local configuration defines',
  description: 'Without commands, paths and environments, which are nobody’s business who only chooses.',
  responses: answers(kindList, 'Kinds', 401, 403),
});

const list = createRoute({
  method: 'get',
  path: '/agents',
  tags: TAGS,
  summary: 'Every agent that is not revoked',
  responses: answers(agentList, 'Agents', 401, 403, 503),
});

const create = createRoute({
  method: 'post',
  path: '/agents',
  tags: TAGS,
  summary: 'Create an agent of a kind, and start it',
  description:
    'Answered once the operation is journaled; its `Location` tells how far it is. With an `Idempotency-Key` the same request is done once, however often it is sent.',
  middleware: [recordsItself('create', 'agent'), bodyRead] as const,
  request: { body: { required: true, ...json(newAgent) } },
  responses: accepts(operationStatus, 'The operation', 400, 401, 403, 409, 413, 415, 422, 429, 503),
});

const show = createRoute({
  method: 'get',
  path: '/agents/{agent}',
  tags: TAGS,
  summary: 'One agent',
  description: 'Its `ETag` is its generation, for `If-Match` of a command.',
  request: one,
  responses: answers(agentStatus, 'The agent', 401, 403, 404, 503),
});

const logs = createRoute({
  method: 'get',
  path: '/agents/{agent}/logs',
  tags: TAGS,
  summary: 'What an agent wrote to its output',
  request: { ...one, query: logQuery },
  responses: answers(logPage, 'Lines', 400, 401, 403, 404, 503),
});

const storage = createRoute({
  method: 'get',
  path: '/agents/{agent}/storage',
  tags: TAGS,
  summary: 'How much an agent keeps',
  request: one,
  responses: answers(agentStorage, 'Its storage', 401, 403, 404, 503),
});

const configurations = createRoute({
  method: 'get',
  path: '/agents/{agent}/configurations',
  tags: TAGS,
  summary: 'The configurations that an agent had',
  request: one,
  responses: answers(configurationList, 'Configurations, without secrets', 401, 403, 404, 503),
});

/** `GET /kinds`, `/agents` and what is read of one. */
export function addAgentRoutes(app: OpenAPIHono<AppEnv>, provisioning: Provisioning, basePath: string): void {
  app.openapi(kinds, (c) => c.json({ kinds: [...provisioning.kinds()] }, 200));

  app.openapi(list, (c) => c.json({ agents: [...provisioning.agents()] }, 200));

  app.openapi(create, async (c) => {
    const input = given(c.req.valid('json'));
    note(c, { resource: { type: 'agent', id: input.agent } });
    const { asked, repeated } = requestOf(c);
    const operation = await provisioning.create(input, asked);
    if (!repeated())
      c.var.log.info({ agent: input.agent, operation: operation.operation, by: asked.by }, 'agent created');
    located(c, basePath, operation);
    return c.json(operation, repeated() ? 200 : 202);
  });

  app.openapi(show, (c) => {
    const status = provisioning.agent(c.req.valid('param').agent);
    c.header('etag', etagOf(status.generation));
    return c.json(status, 200);
  });

  app.openapi(logs, async (c) => {
    const read = given(c.req.valid('query'));
    const page: LogPage = await provisioning.agentLogs(c.req.valid('param').agent, read);
    return c.json(page, 200);
  });

  app.openapi(storage, async (c) => {
    // Where it is on the server's disk is not told.
    const { folder: _, ...use } = await provisioning.storage(c.req.valid('param').agent);
    return c.json(use, 200);
  });

  app.openapi(configurations, async (c) => {
    const found = await provisioning.configVersions(c.req.valid('param').agent);
    return c.json({ configurations: [...found] }, 200);
  });
}
