/**
 * Validates what clients send over the WebSocket. The server's edge only: Zod never reaches a browser. Fields that this
 * release does not know are ignored, so that a newer client may say more.
 */
import { z } from 'zod';

const id = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

const position = z.object({
  e: z.string().min(1).max(64),
  o: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  h: z.string().regex(/^[0-9a-f]{16}$/, 'expected 16 hex digits'),
});

const subscribe = z.object({ ch: z.string(), since: position.exactOptional() });

const connect = z.object({
  client: z.object({ name: z.string().max(64), version: z.string().max(64) }).exactOptional(),
  subs: z.array(subscribe).exactOptional(),
});

/** Commands by name, so that an unknown one is told apart from a malformed known one. */
export const COMMANDS = {
  connect: z.object({ id, connect }),
  subscribe: z.object({ id, subscribe }),
  unsubscribe: z.object({ id, unsubscribe: z.object({ n: z.int().min(1) }) }),
} as const;

/** The answer to a ping. */
export const pong = z.object({ pos: z.record(z.string().regex(/^\d+$/), z.int().min(0)) });
