/** The API of operations: what is under way and what was, what may be asked of it, and how a host tells of its own. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { OPERATION_ACTIONS, OPERATION_STATES } from '../../../src/protocol/index.ts';
import type { LogPage, OperationAction } from '../../../src/protocol/index.ts';
import { logPage, logQuery } from '../../../src/protocol/agents.schema.ts';
import {
  newOperation,
  operationList,
  operationStatus,
  stageUpdate,
} from '../../../src/protocol/operations.schema.ts';
import { bodyRead } from '../../http/api.ts';
import { recordsItself } from '../../http/auditing.ts';
import type { AppEnv } from '../../http/env.ts';
import { answers, creates, json } from '../../http/openapi.ts';
import { etagOf, located, requestOf } from './asked.ts';
import { given } from './given.ts';
import type { Provisioning } from './provisioning.ts';

const TAGS = ['operations'];
const PARAM = { param: 'operation' };
const one = { params: z.object({ operation: z.string().max(128) }) };

const list = createRoute({
  method: 'get',
  path: '/operations',
  tags: TAGS,
  summary: 'Operations, newest first: the server’s own and those that hosts tell of',
  request: {
    query: z.object({
      agent: z.string().max(128).optional().describe('Those of one agent'),
      state: z.enum(OPERATION_STATES).optional(),
      type: z.string().max(64).optional().describe('Such as upgrade'),
      source: z.enum(['engine', 'host']).optional().describe('This server’s own, or a host’s'),
      before: z.string().max(128).optional().describe('Those before this operation, by id'),
      limit: z.coerce.number().int().min(1).max(1_000).default(100),
    }),
  },
  responses: answers(operationList, 'Operations', 400, 401, 403, 404, 503),
});

const create = createRoute({
  method: 'post',
  path: '/operations',
  tags: TAGS,
  summary: 'Tell of an operation of your own',
  description:
    'A CI job, an orchestrator or a workflow creates it with its stages, and moves them as it goes. With an `Idempotency-Key` the same request is done once.',
  middleware: [recordsItself('create', 'operation'), bodyRead] as const,
  request: { body: { required: true, ...json(newOperation) } },
  responses: creates(operationStatus, 'The operation', 400, 401, 403, 413, 415, 422, 429, 503),
});

const show = createRoute({
  method: 'get',
  path: '/operations/{operation}',
  tags: TAGS,
  summary: 'One operation',
  description: 'Its `ETag` is its revision.',
  request: one,
  responses: answers(operationStatus, 'The operation', 401, 403, 404, 503),
});

const update = createRoute({
  method: 'patch',
  path: '/operations/{operation}/stages/{stage}',
  tags: TAGS,
  summary: 'Move a stage of an operation of your own',
  description: '`If-Match` with its `ETag` refuses it when somebody else moved it meanwhile.',
  middleware: [recordsItself('update', 'operation', PARAM), bodyRead] as const,
  request: {
    params: z.object({ operation: z.string().max(128), stage: z.string().max(128) }),
    body: { required: true, ...json(stageUpdate) },
  },
  responses: answers(operationStatus, 'The operation', 400, 401, 403, 404, 409, 412, 413, 415, 503),
});

/** What may be asked of an operation, and what each is for. */
const ACTIONS: Readonly<Record<OperationAction, string>> = {
  cancel: 'Cancel an operation: what it did is taken back',
  pause: 'Pause an operation once its running stage is done',
  resume: 'Let a paused operation go on',
  retry: 'Take a failed operation up again, from the stage that failed',
};

const actionRoute = (action: OperationAction) =>
  createRoute({
    method: 'post',
    path: `/operations/{operation}/${action}`,
    tags: TAGS,
    summary: ACTIONS[action],
    description: 'Answered once it is taken; `action.phase` tells when it is in effect, and done.',
    middleware: recordsItself(action, 'operation', PARAM),
    request: one,
    responses: answers(operationStatus, 'The operation', 401, 403, 404, 409, 415, 429, 503),
  });

const logs = createRoute({
  method: 'get',
  path: '/operations/{operation}/logs',
  tags: TAGS,
  summary: 'What was said while an operation went on',
  request: { ...one, query: logQuery },
  responses: answers(logPage, 'Lines', 400, 401, 403, 404, 503),
});

/** `/operations`. */
export function addOperationRoutes(
  app: OpenAPIHono<AppEnv>,
  provisioning: Provisioning,
  basePath: string,
): void {
  app.openapi(list, async (c) => {
    const operations = await provisioning.operations(given(c.req.valid('query')));
    return c.json({ operations: [...operations] }, 200);
  });

  app.openapi(create, async (c) => {
    const { asked, repeated } = requestOf(c);
    const input = c.req.valid('json');
    const stages = input.stages.map((stage) => given(stage));
    const operation = await provisioning.createOperation({ ...given(input), stages }, asked);
    if (!repeated()) c.var.log.info({ operation: operation.operation, by: asked.by }, 'operation created');
    located(c, basePath, operation);
    c.header('etag', etagOf(operation.revision));
    return c.json(operation, repeated() ? 200 : 201);
  });

  app.openapi(show, async (c) => {
    const operation = await provisioning.operation(c.req.valid('param').operation);
    c.header('etag', etagOf(operation.revision));
    return c.json(operation, 200);
  });

  app.openapi(update, async (c) => {
    const { operation: id, stage } = c.req.valid('param');
    const { asked } = requestOf(c);
    const operation = await provisioning.updateStage(id, stage, given(c.req.valid('json')), asked);
    c.header('etag', etagOf(operation.revision));
    return c.json(operation, 200);
  });

  for (const action of OPERATION_ACTIONS) {
    app.openapi(actionRoute(action), async (c) => {
      const { operation: id } = c.req.valid('param');
      const { asked } = requestOf(c);
      const operation = await provisioning.act(id, action, asked);
      c.var.log.info({ operation: id, action, by: asked.by }, 'operation acted on');
      return c.json(operation, 200);
    });
  }

  app.openapi(logs, async (c) => {
    const { operation } = c.req.valid('param');
    const page: LogPage = await provisioning.operationLogs(operation, given(c.req.valid('query')));
    return c.json(page, 200);
  });
}
