/** The API of commands: what is asked of an agent, or of many at once. Each is an operation, journaled before it is answered. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { COMMAND_FIELDS, bulkOutcomes, bulkRequest } from '../../../src/protocol/agents.schema.ts';
import { operationStatus } from '../../../src/protocol/operations.schema.ts';
import { bodyIfAny, bodyRead } from '../../http/api.ts';
import { note, recordsItself } from '../../http/auditing.ts';
import type { AppEnv } from '../../http/env.ts';
import { accepts, answers, json } from '../../http/openapi.ts';
import { located, requestOf } from './asked.ts';
import { given } from './given.ts';
import type { Command, Provisioning } from './provisioning.ts';

const TAGS = ['agents'];
const PARAM = { param: 'agent' };
const one = { params: z.object({ agent: z.string().max(128) }) };
const REFUSALS = [400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 503] as const;

/** Commands that are a POST of their own, and what each is for. */
const POSTED = {
  start: 'Start an agent',
  stop: 'Stop an agent: its requests are answered first',
  restart: 'Restart an agent; one with a stable port fails no request',
  upgrade: 'Give an agent another version, parameters or secrets; one with a stable port fails no request',
  rollback: 'Give an agent back what it was before its last upgrade',
  scale: 'Change how many instances of an agent run',
  suspend: 'Halt an agent where it stands',
  resume: 'Let a suspended agent go on',
} as const;

type Posted = keyof typeof POSTED;

const DESCRIPTION =
  'Answered once the operation is journaled; its `Location` tells how far it is. `If-Match` with the agent’s `ETag` refuses it when somebody else changed the agent meanwhile; with an `Idempotency-Key` the same request is done once, however often it is sent.';

const routeOf = (type: Posted) =>
  createRoute({
    method: 'post',
    path: `/agents/{agent}/${type}`,
    tags: TAGS,
    summary: POSTED[type],
    description: DESCRIPTION,
    middleware: [recordsItself(type, 'agent', PARAM), bodyIfAny] as const,
    request: {
      ...one,
      body: { required: type === 'scale', ...json(z.strictObject(COMMAND_FIELDS[type])) },
    },
    responses: accepts(operationStatus, 'The operation', ...REFUSALS),
  });

const remove = createRoute({
  method: 'delete',
  path: '/agents/{agent}',
  tags: TAGS,
  summary: 'Delete an agent, with its storage, configuration and secrets',
  description: DESCRIPTION,
  middleware: recordsItself('delete', 'agent', PARAM),
  request: {
    ...one,
    query: z.object({
      graceMs: z.coerce
        .number()
        .int()
        .min(0)
        .max(3_600_000)
        .optional()
        .describe('How long it is waited for before it is forced, ms. Default: as its kind says'),
    }),
  },
  responses: accepts(operationStatus, 'The operation', ...REFUSALS),
});

const bulk = createRoute({
  method: 'post',
  path: '/agents/bulk',
  tags: TAGS,
  summary: 'The same command for many agents',
  description: 'Each is an operation of its own, and each has an error of its own.',
  middleware: [recordsItself('bulk', 'agent'), bodyRead] as const,
  request: { body: { required: true, ...json(bulkRequest) } },
  responses: answers(bulkOutcomes, 'What became of each, in order', 400, 401, 403, 413, 415, 422, 503),
});

/** `POST /agents/{agent}/…`, `DELETE /agents/{agent}`, `POST /agents/bulk`. */
export function addCommandRoutes(
  app: OpenAPIHono<AppEnv>,
  provisioning: Provisioning,
  basePath: string,
): void {
  for (const type of Object.keys(POSTED) as Posted[]) {
    app.openapi(routeOf(type), async (c) => {
      const { agent } = c.req.valid('param');
      const { asked, repeated } = requestOf(c);
      // The schema of the type has checked its fields.
      const command = { type, ...given(c.req.valid('json')) } as Command;
      const operation = await provisioning.command(agent, command, asked);
      if (!repeated())
        c.var.log.info({ agent, operation: operation.operation, type, by: asked.by }, 'agent commanded');
      located(c, basePath, operation);
      return c.json(operation, repeated() ? 200 : 202);
    });
  }

  app.openapi(remove, async (c) => {
    const { agent } = c.req.valid('param');
    const { asked, repeated } = requestOf(c);
    const operation = await provisioning.command(
      agent,
      { type: 'delete', ...given(c.req.valid('query')) },
      asked,
    );
    if (!repeated())
      c.var.log.info(
        { agent, operation: operation.operation, type: 'delete', by: asked.by },
        'agent commanded',
      );
    located(c, basePath, operation);
    return c.json(operation, repeated() ? 200 : 202);
  });

  app.openapi(bulk, async (c) => {
    const { selection, command } = c.req.valid('json');
    // What is selected may be told; a command may carry secrets.
    note(c, { details: { type: command.type } });
    const { asked } = requestOf(c);
    const outcomes = await provisioning.bulk(given(selection), given(command), asked);
    c.var.log.info({ type: command.type, agents: outcomes.length, by: asked.by }, 'agents commanded');
    return c.json({ outcomes: [...outcomes] }, 200);
  });
}
