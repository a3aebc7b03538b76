/** What crosses the WebSocket: text frames of JSON objects, one a line. The authority is docs/protocol.md. */
import type { ErrorCode } from './codes.ts';

/** Any value that JSON can carry. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** A place in a channel's stream, provable: the same epoch and offset with another tail is another past. */
export interface Position {
  /** Epoch: names the stream. A restart begins another. */
  readonly e: string;
  /** Offset of the last publication, from 1; 0 before the first. Below 2^53. */
  readonly o: number;
  /** Tail: running hash over every publication up to `o`, 16 hex digits. */
  readonly h: string;
}

/** Why a past could not be continued. `slow` is said on a live connection, the others on resuming. */
export type LostReason = 'history' | 'epoch' | 'tail' | 'slow';

/** A request to follow one channel, from a known position if the client has one. */
export interface SubscribeRequest {
  readonly ch: string;
  readonly since?: Position;
}

/** Client to server. Every command has an `id`, and its answer repeats it. */
export type Command =
  | { readonly id: number; readonly connect: ConnectRequest }
  | { readonly id: number; readonly subscribe: SubscribeRequest }
  | { readonly id: number; readonly unsubscribe: { readonly n: number } };

/** The first message of a connection. */
export interface ConnectRequest {
  /** Who is asking. */
  readonly client?: { readonly name: string; readonly version: string };
  readonly subs?: readonly SubscribeRequest[];
}

/** The answer to a ping: the offset reached by channel number. Lag is measured, not guessed. */
export interface Pong {
  readonly pos: Readonly<Record<string, number>>;
}

/** Whatever a client may send. */
export type ClientMessage = Command | Pong;

/** An offset and its data. */
export type PublicationRow = readonly [offset: number, data: Json];

/** A subscription's answer: a position, and what leads up to it. Live begins at the next offset. */
export interface Subscribed extends Position {
  /** The channel's number in this server process; opaque, learnt again on every connection. */
  readonly n: number;
  readonly ch: string;
  /** True: `pubs` is everything since the position asked for. */
  readonly recovered?: boolean;
  readonly pubs?: readonly PublicationRow[];
  /** Why the past could not be continued; `snapshot` then starts anew. */
  readonly lost?: LostReason;
  readonly snapshot?: Json;
}

/** A refusal, coded. */
export interface ErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly afterMs?: number;
}

/** One subscription of a connect that was refused; the others stand. */
export interface SubscribeFailure {
  readonly ch: string;
  readonly err: ErrorBody;
}

/** The answer to connect. */
export interface Connected {
  readonly session: string;
  /** Server's clock, ms since 1970. */
  readonly t: number;
  readonly pingMs: number;
  readonly maxFrameBytes: number;
  readonly server: { readonly version: string; readonly protocol: string };
  readonly subs: readonly (Subscribed | SubscribeFailure)[];
}

/** Answer to a command. */
export type Reply =
  | { readonly id: number; readonly ok: Connected | Subscribed | Record<string, never> }
  | { readonly id: number | null; readonly err: ErrorBody };

/** A tick's publications on one channel; `h` is the tail after the last of them. */
export interface Batch {
  readonly n: number;
  readonly pubs: readonly PublicationRow[];
  readonly h: string;
}

/** A loss on a live connection, with a fresh snapshot and where it stands. */
export interface Loss extends Position {
  readonly n: number;
  readonly lost: LostReason;
  readonly snapshot: Json;
}

/** Proof of life with the server's clock, ms since 1970. Answered with a {@link Pong}. */
export interface Ping {
  readonly ping: number;
}

/** Whatever a server may send. */
export type ServerMessage = Reply | Batch | Loss | Ping;

/** Splits a frame into its messages. @throws SyntaxError when a line is not JSON. */
export function decodeFrame(frame: string): unknown[] {
  return frame.includes('\n')
    ? frame.split('\n').map((line) => JSON.parse(line) as unknown)
    : [JSON.parse(frame)];
}
