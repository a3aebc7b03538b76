/**
 * Validates what clients send over the WebSocket. The server's edge only: Zod never reaches a browser. Fields that this
 * release does not know are ignored, so that a newer client may say more.
 */
import { z } from 'zod';
import type { Json } from './frames.ts';

const id = z.int().min(1).max(Number.MAX_SAFE_INTEGER).describe('Of your choosing; the answer repeats it');

/** Where a reader stands in a channel's stream. */
export const position = z.object({
  e: z.string().min(1).max(64).describe('Epoch: names the stream'),
  o: z
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .describe('Offset of the last publication; 0 before the first'),
  h: z
    .string()
    .regex(/^[0-9a-f]{16}$/, 'expected 16 hex digits')
    .describe('Running hash over every publication up to it'),
});

/** Longer than any interval between two looks at a page, ms. */
const MAX_EVERY_MS = 3_600_000;
const everyMs = z.int().min(0).max(MAX_EVERY_MS).describe('At most one batch in so many ms; 0: as they come');
const token = z.string().min(1).max(16_384).describe('API key or JWT');
const key = z.string().min(1).max(128).describe('Idempotency key');
const ch = z.string().describe('The channel');
const n = z.int().min(1).describe('The channel’s number on this connection');

/** Any JSON. Whatever JSON.parse gave: walking through it again would only find how deep it can be nested. */
export const data = z
  .unknown()
  .refine((value) => value !== undefined, 'expected a JSON value')
  .transform((value) => value as Json);

/** A request to follow one channel. */
export const subscribe = z.object({
  ch,
  since: position.exactOptional(),
  everyMs: everyMs.exactOptional(),
});

const connect = z.object({
  client: z
    .object({ name: z.string().max(64), version: z.string().max(64) })
    .exactOptional()
    .describe('What is asking'),
  token: token.exactOptional(),
  subs: z.array(subscribe).readonly().exactOptional(),
});

/** What is published, by socket or by HTTP. */
export const publishRequest = z.object({ ch, data, key: key.exactOptional() });

/** Commands by name, so that an unknown one is told apart from a malformed known one. */
export const COMMANDS = {
  connect: z.object({ id, connect }),
  subscribe: z.object({ id, subscribe }),
  unsubscribe: z.object({ id, unsubscribe: z.object({ n }) }),
  demand: z.object({ id, demand: z.object({ n, everyMs }) }),
  publish: z.object({ id, publish: publishRequest }),
  request: z.object({
    id,
    request: z.object({ method: z.string().min(1).max(128), data: data.exactOptional() }),
  }),
  refresh: z.object({ id, refresh: z.object({ token }) }),
} as const;

/** The answer to a ping. */
export const pong = z.object({
  pos: z.record(z.string().regex(/^\d+$/), z.int().min(0)).describe('The offset reached, by channel number'),
});
