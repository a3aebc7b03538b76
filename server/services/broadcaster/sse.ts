/** Where WebSocket is blocked: server-sent events down and POST up, with the same messages. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, HonoRequest } from 'hono';
import { CLOSE, STREAM_PATH, WaooawError } from '../../../src/protocol/index.ts';
import type { CloseName } from '../../../src/protocol/index.ts';
import { api, readJson } from '../../http/api.ts';
import { recordsItself } from '../../http/auditing.ts';
import { bearerOf } from '../../http/bearer.ts';
import type { AppEnv } from '../../http/env.ts';
import { json, problems } from '../../http/openapi.ts';
import type { Authenticator } from '../../ports/identity.ts';
import type { Connection } from './connection.ts';
import type { Frame } from './frame.ts';
import type { Broadcaster, Transport } from './index.ts';

/** From ending a stream to cutting a peer that does not read its end, ms. */
const CUT_AFTER_MS = 2_000;
/** Bytes that the stream takes before it says that it is full: what is more counts as waiting. */
const HIGH_WATER_BYTES = 16_384;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // Proxies that gather or recompress an answer would hold every message back.
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

const frame = z.union([z.looseObject({}), z.array(z.looseObject({})).min(1)]);

const down = createRoute({
  method: 'post',
  path: STREAM_PATH,
  tags: ['broadcaster'],
  summary: 'Connects, and streams the server’s frames as server-sent events',
  description:
    'The body is the connect message of docs/protocol.md, or an array that begins with it; the token stands in the ' +
    'Authorization header. An event is a frame. The last event is named `close` and carries `{code, reason}`.',
  request: { body: json(frame) },
  responses: {
    200: { description: 'The stream', content: { 'text/event-stream': { schema: z.string() } } },
    ...problems(400, 403, 413, 415),
  },
});

const up = createRoute({
  method: 'post',
  path: `${STREAM_PATH}/{session}`,
  tags: ['broadcaster'],
  summary: 'Sends messages of a streaming connection; its answers come down the stream',
  request: { params: z.object({ session: z.string() }), body: json(frame) },
  responses: { 204: { description: 'Taken' }, ...problems(400, 401, 403, 404, 413, 415) },
});

/** `POST /sse` and `POST /sse/{session}`. */
export function sseRoutes(broadcaster: Broadcaster, authenticator: Authenticator): OpenAPIHono<AppEnv> {
  const app = api();

  // What is sent this way is recorded like what comes over the WebSocket: by what it does.
  // The schemas are for the documentation: what is wrong with a message is said as it is over the WebSocket.
  app.post(down.getRoutingPath(), recordsItself('connect', 'connection'), async (c) => {
    const messages = await messagesOf(c.req, broadcaster.limits.maxFrameBytes);
    const token = bearerOf(c.req.header('authorization'));
    const peer = { address: c.var.clientAddress, ...(token !== undefined && { token }) };
    return c.body(
      streamTo(c, (transport) => {
        const connection = broadcaster.accept(transport, peer);
        connection.receiveMessages(messages);
        return connection;
      }),
      200,
      HEADERS,
    );
  });

  app.post(up.getRoutingPath(), recordsItself('send', 'connection'), async (c) => {
    const token = bearerOf(c.req.header('authorization'));
    const identity = await authenticator.authenticate(token, c.var.clientAddress);
    const connection = broadcaster.connection(c.req.param('session'));
    if (!connection?.connected || connection.transport !== 'sse') throw new WaooawError('not_connected');
    if (identity.id !== connection.identity.id) throw new WaooawError('forbidden');
    connection.receiveMessages(await messagesOf(c.req, broadcaster.limits.maxFrameBytes));
    return c.body(null, 204);
  });

  app.openAPIRegistry.registerPath(down);
  app.openAPIRegistry.registerPath(up);
  return app;
}

/** One message or an array of them. */
async function messagesOf(request: HonoRequest, maxBytes: number): Promise<readonly unknown[]> {
  const body = await readJson(request, maxBytes);
  return Array.isArray(body) ? (body as unknown[]) : [body];
}

/** A stream whose writing end is a connection's carrier. */
function streamTo(
  c: Context<AppEnv>,
  open: (transport: Transport) => Connection,
): ReadableStream<Uint8Array> {
  let connection: Connection | undefined;
  let ended = false;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const buffered = (): number =>
          Math.max(0, HIGH_WATER_BYTES - (controller.desiredSize ?? HIGH_WATER_BYTES));
        connection = open({
          kind: 'sse',
          send: (frame: Frame) => {
            if (!ended) controller.enqueue(frame.sse);
          },
          bufferedBytes: buffered,
          close(reason: CloseName) {
            if (ended) return;
            ended = true;
            const data = JSON.stringify({ code: CLOSE[reason], reason });
            controller.enqueue(Buffer.from(`event: close\ndata: ${data}\n\n`));
            controller.close();
            // A peer that reads nothing never sees the end either.
            setTimeout(() => {
              const outgoing = c.env.outgoing;
              if (outgoing && !outgoing.writableFinished) outgoing.destroy();
            }, CUT_AFTER_MS).unref();
          },
        });
      },
      pull(controller) {
        if ((controller.desiredSize ?? 0) >= HIGH_WATER_BYTES) connection?.drained();
      },
      cancel() {
        ended = true;
        connection?.lost();
      },
    },
    { highWaterMark: HIGH_WATER_BYTES, size: (chunk) => chunk.byteLength },
  );
}
