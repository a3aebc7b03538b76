/** The broadcaster's API: publishing from outside, and what is open and was delivered. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { Json } from '../../../src/protocol/index.ts';
import { requireRole } from '../../http/access.ts';
import { api, readBody } from '../../http/api.ts';
import { folded, note, recorded } from '../../http/auditing.ts';
import type { AppEnv } from '../../http/env.ts';
import { answers, json, problems } from '../../http/openapi.ts';
import { schemaError } from '../../http/problem.ts';
import { mayDirect } from './access.ts';
import type { Connection } from './connection.ts';
import type { Broadcaster } from './index.ts';

const count = (what: string) => z.int().describe(what);

const stats = z
  .object({
    connections: count('Open now'),
    transports: z.object({ websocket: z.int(), sse: z.int() }).describe('Open now, by carrier'),
    channels: count('With readers, or kept for readers who may come back'),
    subscriptions: count('Open now'),
    behind: z
      .object({ slow: z.int(), demand: z.int(), broken: z.int() })
      .describe('Subscriptions that are not up to date now, by why'),
    bufferedBytes: count('Waiting for readers now'),
    lag: z
      .object({ p50: z.int(), p95: z.int(), p99: z.int(), max: z.int() })
      .describe('Publications that readers had not read when they last told their positions'),
    publications: count('Since the start'),
    deliveries: count('Publications × readers, since the start'),
    conflated: count('Deliveries left out because a later publication stood for them, since the start'),
    flushes: count('Since the start'),
    flushSizes: z
      .object({
        buckets: z.array(z.object({ upTo: z.number().nullable(), count: z.int() })),
        sum: z.int(),
        count: z.int(),
      })
      .describe('Publications of a flush, cumulative; the last bucket has no bound'),
    failures: count('Publications that the bus refused, since the start'),
    recoveries: z
      .record(z.enum(['recovered', 'epoch', 'tail', 'history', 'slow']), z.int())
      .describe('Pasts that were asked to be continued, by outcome, since the start'),
    closed: z.record(z.string(), z.int()).describe('Connections ended by the server, by reason'),
  })
  .meta({ id: 'BroadcasterStats' });

const connection = z
  .object({
    session: z.string(),
    transport: z.enum(['websocket', 'sse']),
    address: z.string(),
    identity: z.string().nullable().describe('Null until it has connected'),
    client: z.object({ name: z.string(), version: z.string() }).nullable(),
    since: count('ms since 1970'),
    heardAt: count('ms since 1970'),
    lag: z.int().nullable(),
    bufferedBytes: z.int(),
    channels: z.array(
      z.object({
        channel: z.string(),
        everyMs: z.int(),
        behind: z.enum(['slow', 'demand', 'broken']).nullable(),
      }),
    ),
  })
  .meta({ id: 'Connection' });

/** Connections of one answer. */
const MAX_PAGE = 1_000;

const show = createRoute({
  method: 'get',
  path: '/broadcaster',
  tags: ['broadcaster'],
  summary: 'What is open, and what was delivered',
  responses: answers(stats, 'Counts', 401, 403),
});

const list = createRoute({
  method: 'get',
  path: '/broadcaster/connections',
  tags: ['broadcaster'],
  summary: 'Open connections, oldest first',
  request: {
    query: z.object({
      limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(100),
      after: z.string().optional().describe('Session that the previous page ended with'),
    }),
  },
  responses: answers(
    z.object({ connections: z.array(connection), next: z.string().nullable() }).meta({ id: 'Connections' }),
    'A page',
    400,
    401,
    403,
    404,
  ),
});

const end = createRoute({
  method: 'delete',
  path: '/broadcaster/connections/{session}',
  tags: ['broadcaster'],
  summary: 'Ends a connection for good',
  middleware: recorded('disconnect', 'connection', { param: 'session', level: 'warning' }),
  request: { params: z.object({ session: z.string() }) },
  responses: { 204: { description: 'Ended' }, ...problems(401, 403, 404, 415, 503) },
});

const target = {
  // Whatever JSON.parse gave: walking through it again would only find how deep it can be nested.
  data: z
    .unknown()
    .refine((data) => data !== undefined, 'expected a JSON value')
    .transform((data) => data as Json)
    .openapi({ description: 'What is published: any JSON value' }),
  key: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe('Idempotency key; the Idempotency-Key header is the same'),
};

const publication = z
  .union([
    z.object({ ch: z.string().describe('A channel that is open to callers, such as app/orders'), ...target }),
    z.object({
      user: z.string().min(1).describe('An identity: everything it has open, on user/<id>'),
      ...target,
    }),
    z.object({
      session: z.string().describe('One connection, at most once, on no channel'),
      data: target.data,
    }),
  ])
  .meta({ id: 'Publication' });

const published = z
  .object({
    ch: z.string().optional(),
    e: z.string().optional().describe('Epoch'),
    o: z.int().optional().describe('Offset'),
    duplicate: z
      .boolean()
      .optional()
      .describe('The key had been used before; this is where that publication stands'),
  })
  .meta({ id: 'Published' });

const publish = createRoute({
  method: 'post',
  path: '/publish',
  tags: ['broadcaster'],
  summary: 'Publishes to a channel, a user or a connection',
  middleware: folded('publish', 'channel'),
  request: {
    body: json(publication),
    headers: z.object({ 'idempotency-key': z.string().min(1).max(128).optional() }),
  },
  responses: answers(
    published,
    'Where it stands; empty for a connection',
    400,
    401,
    403,
    404,
    413,
    415,
    422,
    429,
  ),
});

/** `GET /broadcaster`, `GET` and `DELETE /broadcaster/connections`. */
export function broadcasterRoutes(broadcaster: Broadcaster): OpenAPIHono<AppEnv> {
  const app = api();

  app.openapi(show, (c) => {
    const { flushSizes, closed, ...now } = broadcaster.stats();
    const buckets = flushSizes.buckets.map(([upTo, below]) => ({
      upTo: Number.isFinite(upTo) ? upTo : null,
      count: below,
    }));
    return c.json({ ...now, closed: { ...closed }, flushSizes: { ...flushSizes, buckets } }, 200);
  });

  app.use('/broadcaster/connections/*', requireRole('admin'));
  app.openapi(list, (c) => {
    const { limit, after } = c.req.valid('query');
    const all = [...broadcaster.connections()];
    const from = after === undefined ? 0 : all.findIndex(({ session }) => session === after) + 1;
    if (after !== undefined && from === 0)
      throw new WaooawError('not_connected', 'The page’s last connection is gone; begin anew');
    const page = all.slice(from, from + limit);
    const next = from + limit < all.length ? page.at(-1)!.session : null;
    return c.json({ connections: page.map(describe), next }, 200);
  });

  app.openapi(end, (c) => {
    const { session } = c.req.valid('param');
    const { address = '', identity } = broadcaster.connection(session) ?? {};
    broadcaster.disconnect(session);
    note(c, { details: { identity: identity?.id ?? '', address } });
    return c.body(null, 204);
  });

  return app;
}

/** `POST /publish`: for whoever may publish on the channel, by role or by grant. */
export function publishRoutes(broadcaster: Broadcaster): OpenAPIHono<AppEnv> {
  const app = api();
  app.openapi(publish, async (c) => {
    const parsed = publication.safeParse(await readBody(c));
    if (!parsed.success) throw schemaError(parsed.error.issues);
    const { identity } = c.var;
    const to = parsed.data;
    if ('session' in to) {
      if (!mayDirect(identity)) throw new WaooawError('forbidden');
      broadcaster.sendTo(to.session, to.data);
      return c.json({}, 200);
    }
    const key = to.key ?? c.req.header('idempotency-key');
    const ch = 'ch' in to ? to.ch : `user/${to.user}`;
    return c.json(
      await broadcaster.post({ ch, data: to.data, ...(key !== undefined && { key }) }, identity),
      200,
    );
  });
  return app;
}

function describe(open: Connection): z.infer<typeof connection> {
  const { session, transport, address, identity, client, since, heardAt, lag } = open;
  return {
    session,
    transport,
    address,
    identity: open.connected ? identity.id : null,
    client: client ?? null,
    since,
    heardAt,
    lag: lag ?? null,
    bufferedBytes: open.reader.bufferedBytes,
    channels: [...open.subscriptions.values()].map(({ channel, everyMs, behind }) => ({
      channel: channel.name,
      everyMs,
      behind: behind ?? null,
    })),
  };
}
