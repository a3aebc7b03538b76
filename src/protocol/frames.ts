/** What crosses the WebSocket: text frames of JSON objects, one a line. The authority is docs/protocol.md. */
import type { ErrorCode } from './codes.ts';
import type { Role } from './roles.ts';

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

/** Why a past could not be continued. `slow` is said on a live connection, the others also on resuming. */
export type LostReason = 'history' | 'epoch' | 'tail' | 'slow';

/** A request to follow one channel, from a known position if the client has one. */
export interface SubscribeRequest {
  readonly ch: string;
  readonly since?: Position;
  /** At most one batch in so many ms; publications wait meanwhile, and those of state channels are conflated. 0: as they come. */
  readonly everyMs?: number;
}

/** Publishes on one of the host's own channels. */
export interface PublishRequest {
  readonly ch: string;
  readonly data: Json;
  /** Idempotency key: the same key and data again is the same publication, not a second one. */
  readonly key?: string;
}

/** Client to server. Every command has an `id`, and its answer repeats it. */
export type Command =
  | { readonly id: number; readonly connect: ConnectRequest }
  | { readonly id: number; readonly subscribe: SubscribeRequest }
  | { readonly id: number; readonly unsubscribe: { readonly n: number } }
  | { readonly id: number; readonly demand: { readonly n: number; readonly everyMs: number } }
  | { readonly id: number; readonly publish: PublishRequest }
  | { readonly id: number; readonly request: { readonly method: string; readonly data?: Json } }
  | { readonly id: number; readonly refresh: { readonly token: string } };

/** The first message of a connection. */
export interface ConnectRequest {
  /** Who is asking. */
  readonly client?: { readonly name: string; readonly version: string };
  /** API key or JWT. Here, never in the URL. Absent: the anonymous identity, where there is one. */
  readonly token?: string;
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
  /** Who the server takes the client for. */
  readonly identity: { readonly id: string; readonly name: string; readonly role?: Role };
  /** When the token expires, ms since 1970; refresh before. */
  readonly expiresAt?: number;
  readonly subs: readonly (Subscribed | SubscribeFailure)[];
}

/** The answer to publish: where the publication stands. */
export interface Published {
  readonly ch: string;
  readonly e: string;
  readonly o: number;
  /** True: the key had been used before, and this is where that publication stands. */
  readonly duplicate?: boolean;
}

/** The answer to refresh. */
export interface Refreshed {
  readonly expiresAt?: number;
}

/** The answer to a request. */
export interface Responded {
  readonly data: Json;
}

/** Answer to a command. */
export type Reply =
  | {
      readonly id: number;
      readonly ok: Connected | Subscribed | Published | Refreshed | Responded | Record<string, never>;
    }
  | { readonly id: number | null; readonly err: ErrorBody };

/** Publications of one channel, in order; `h` is the tail after the last of them. */
export interface Batch {
  readonly n: number;
  readonly pubs: readonly PublicationRow[];
  readonly h: string;
  /** Conflated: `pubs` stand for everything after this offset. Without it the first is the next offset. */
  readonly after?: number;
}

/** A loss on a live connection, with a fresh snapshot and where it stands. */
export interface Loss extends Position {
  readonly n: number;
  readonly lost: LostReason;
  readonly snapshot: Json;
}

/** The server ends a subscription: the rights to it are gone. */
export interface Ended {
  readonly n: number;
  readonly end: ErrorBody;
}

/** Proof of life with the server's clock, ms since 1970. Answered with a {@link Pong}. */
export interface Ping {
  readonly ping: number;
}

/** Come back on a new connection: this client's slot, and the window over which all clients are spread. */
export interface Move {
  readonly move: { readonly afterMs: number; readonly withinMs: number; readonly why: 'drain' };
}

/** For this connection alone: at most once, and on no channel. */
export interface Direct {
  readonly direct: Json;
}

/** Whatever a server may send. */
export type ServerMessage = Reply | Batch | Loss | Ended | Ping | Move | Direct;

/** Splits a frame into its messages. @throws SyntaxError when a line is not JSON. */
export function decodeFrame(frame: string): unknown[] {
  return frame.includes('\n')
    ? frame.split('\n').map((line) => JSON.parse(line) as unknown)
    : [JSON.parse(frame)];
}
