/**
 * Validates what the server sends over the WebSocket: in tests every frame that is heard, and for whoever writes a client
 * the AsyncAPI document made from these. Strict, so that no field goes out which is not described here; a client ignores
 * what it does not know.
 */
import { z } from 'zod';
import { CODES } from './codes.ts';
import type { ErrorCode } from './codes.ts';
import { data } from './frames.schema.ts';
import { ROLES } from './roles.ts';

/** ms since 1970. */
const time = z.int().min(0);
const offset = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const tail = z.string().regex(/^[0-9a-f]{16}$/);
const channelNumber = z.int().min(1).describe('The channel’s number on this connection');

const position = {
  e: z.string().min(1).max(64).describe('Epoch: names the stream'),
  o: offset.describe('Offset of the last publication; 0 before the first'),
  h: tail.describe('Running hash over every publication up to it'),
};

/** Why a past could not be continued. */
export const lostReason = z.enum(['history', 'epoch', 'tail', 'slow']);

/** An offset and its data. */
export const publicationRow = z
  .tuple([offset.min(1), data])
  .readonly()
  .describe('An offset and its data');

const rows = z.array(publicationRow);

/** A refusal, coded. */
export const errorBody = z
  .strictObject({
    code: z.enum(Object.keys(CODES) as [ErrorCode, ...ErrorCode[]]),
    message: z.string().min(1).describe('For people'),
    retryable: z.boolean().describe('The same may succeed later, unchanged'),
    afterMs: z.int().min(0).exactOptional().describe('When to try again, ms'),
  })
  .readonly();

/** A subscription's answer. */
export const subscribed = z
  .strictObject({
    n: channelNumber,
    ch: z.string().min(1).describe('The channel’s one spelling'),
    ...position,
    recovered: z
      .boolean()
      .exactOptional()
      .describe('Only when a position was brought. True: pubs is everything since'),
    pubs: rows.readonly().exactOptional(),
    lost: lostReason.exactOptional(),
    snapshot: data.exactOptional(),
  })
  .readonly()
  .refine(isWhole, 'expected either recovered with pubs, or a snapshot, with lost when a past was given up');

/** One subscription of a connect that was refused. */
export const subscribeFailure = z
  .strictObject({ ch: z.string().describe('As it was asked for'), err: errorBody })
  .readonly();

/** The answer to connect. */
export const connected = z
  .strictObject({
    session: z.string().min(1).describe('The connection’s name'),
    t: time.describe('The server’s clock, ms since 1970'),
    pingMs: z.int().min(1).describe('Between two pings, ms'),
    maxFrameBytes: z.int().min(1).describe('Largest frame that the server takes, bytes'),
    server: z.strictObject({ version: z.string().min(1), protocol: z.string().min(1) }).readonly(),
    identity: z
      .strictObject({ id: z.string().min(1), name: z.string(), role: z.enum(ROLES).exactOptional() })
      .readonly()
      .describe('Who the server takes the client for'),
    expiresAt: time.exactOptional().describe('When the server refuses the token from, ms since 1970'),
    subs: z
      .array(z.union([subscribed, subscribeFailure]))
      .readonly()
      .describe('In the order of the subscriptions asked for'),
  })
  .readonly();

/** The answer to publish. */
export const published = z
  .strictObject({
    ch: z.string().min(1),
    e: position.e,
    o: offset.min(1),
    duplicate: z
      .boolean()
      .exactOptional()
      .describe('The key had been used: this is where that publication stands'),
  })
  .readonly();

/** The answer to refresh. */
export const refreshed = z.strictObject({ expiresAt: time.exactOptional() }).readonly();

/** The answer to a request. */
export const responded = z.strictObject({ data }).readonly();

/** The answer to a command that has nothing to say but that it is done. */
export const done = z.record(z.string(), z.never()).readonly();

/** A command is done. */
export const success = z
  .strictObject({
    id: z.int().min(1),
    ok: z.union([connected, subscribed, published, responded, refreshed, done]),
  })
  .readonly();

/** A command is refused. */
export const failure = z
  .strictObject({ id: z.int().nullable().describe('Null: the message had none'), err: errorBody })
  .readonly();

/** Answer to a command. */
export const reply = z.union([success, failure]);

/** Publications of one channel. */
export const batch = z
  .strictObject({
    n: channelNumber,
    after: offset.exactOptional().describe('Conflated: pubs stand for everything after this offset'),
    pubs: rows.min(1).readonly(),
    h: tail.describe('Running hash up to the last of them'),
  })
  .readonly();

/** A loss on a live connection. */
export const loss = z
  .strictObject({ n: channelNumber, lost: lostReason, ...position, snapshot: data })
  .readonly();

/** The server ends a subscription. */
export const ended = z.strictObject({ n: channelNumber, end: errorBody }).readonly();

/** Proof of life. */
export const ping = z.strictObject({ ping: time.describe('The server’s clock, ms since 1970') }).readonly();

/** Come back on a new connection. */
export const move = z
  .strictObject({
    move: z
      .strictObject({
        afterMs: z.int().min(0).describe('This client’s slot, ms from now'),
        withinMs: z.int().min(0).describe('The window over which all clients are spread, ms'),
        why: z.enum(['drain']),
      })
      .readonly(),
  })
  .readonly();

/** For this connection alone. */
export const direct = z.strictObject({ direct: data }).readonly();

/** What a server may send, by the field that tells it apart. `pubs` and `lost` stand in answers too, but below `ok`. */
export const SERVER_MESSAGES = {
  ok: success,
  err: failure,
  lost: loss,
  end: ended,
  pubs: batch,
  ping,
  move,
  direct,
} as const;

/**
 * Checks one message of a server.
 * @throws TypeError naming the field, or that the message is none.
 */
export function checkServerMessage(message: unknown): void {
  const text = JSON.stringify(message);
  const kind = Object.keys(SERVER_MESSAGES).find((key) => Object.hasOwn(Object(message) as object, key));
  if (kind === undefined) throw new TypeError(`No message of a server: ${text}`);
  const result = SERVER_MESSAGES[kind as keyof typeof SERVER_MESSAGES].safeParse(message);
  if (!result.success) throw new TypeError(`${z.prettifyError(result.error)}\nin ${text}`);
}

/** A part that looks whole is the one thing that an answer must never be. */
function isWhole(answer: {
  readonly recovered?: boolean;
  readonly pubs?: readonly unknown[];
  readonly lost?: string;
  readonly snapshot?: unknown;
}): boolean {
  const { recovered, pubs, lost, snapshot } = answer;
  if (recovered === true) return pubs !== undefined && lost === undefined && snapshot === undefined;
  return pubs === undefined && snapshot !== undefined && (lost !== undefined) === (recovered === false);
}
