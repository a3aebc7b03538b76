/** The broadcaster's limits: each an option with a default and a unit. */

/** What one server bears, and what one connection may do. */
export interface BroadcasterLimits {
  /** Open connections. */
  readonly maxConnections: number;
  /** Open connections of one identity. */
  readonly maxConnectionsPerIdentity: number;
  /** Channels with readers, or kept for readers who may come back. */
  readonly maxChannels: number;
  /** Subscriptions of one connection. */
  readonly maxSubscriptions: number;
  /** Characters of a channel name. */
  readonly maxChannelLength: number;
  /** Bytes of one inbound frame. */
  readonly maxFrameBytes: number;
  /** Bytes of one publication by a client or over HTTP, as JSON. */
  readonly maxPublicationBytes: number;
  /** Levels of arrays and objects in an inbound message, a request body or a publication, the outermost one included. */
  readonly maxDepth: number;
  /** Inbound messages a second, sustained. */
  readonly messagesPerSecond: number;
  /** Inbound messages at once, before the sustained rate counts. */
  readonly messageBurst: number;
  /** Subscribes a second, sustained; those of a connect count too. */
  readonly subscribesPerSecond: number;
  /** Subscribes at once, before the sustained rate counts. */
  readonly subscribeBurst: number;
  /** Refused messages in a row until the connection is closed. */
  readonly maxRefused: number;
  /** Bytes that wait for a reader; over this it is sent no more until it has read them, and catches up then. */
  readonly maxPendingBytes: number;
  /** Frames that wait for a reader; over this likewise. */
  readonly maxPendingFrames: number;
  /** How long a reader may stay over these two until it is closed, ms. */
  readonly slowAfterMs: number;
  /** Bytes that wait for a reader, answers to its own commands included; over this it is closed at once. */
  readonly maxBufferedBytes: number;
  /** Publications that one of the host's own channels keeps. */
  readonly appHistorySize: number;
  /** How long they are kept, ms. */
  readonly appHistoryAgeMs: number;
  /** From the upgrade to the connect message, ms. */
  readonly connectTimeoutMs: number;
  /** Between two pings, ms. */
  readonly pingMs: number;
  /** From a ping to its pong, ms. */
  readonly pongTimeoutMs: number;
  /** The longest that clients are spread over when the server goes down, ms. */
  readonly drainWindowMs: number;
  /** Clients asked to leave in a second, when they are few enough for less than the whole window. */
  readonly drainPerSecond: number;
}

/** The defaults. */
export const DEFAULT_LIMITS: BroadcasterLimits = Object.freeze({
  maxConnections: 10_000,
  maxConnectionsPerIdentity: 2_000,
  maxChannels: 10_000,
  maxSubscriptions: 256,
  maxChannelLength: 512,
  maxFrameBytes: 65_536,
  maxPublicationBytes: 65_536,
  maxDepth: 128,
  messagesPerSecond: 50,
  messageBurst: 300,
  subscribesPerSecond: 50,
  subscribeBurst: 512,
  maxRefused: 1_000,
  maxPendingBytes: 1_048_576,
  maxPendingFrames: 1_024,
  slowAfterMs: 15_000,
  maxBufferedBytes: 16_777_216,
  appHistorySize: 256,
  appHistoryAgeMs: 300_000,
  connectTimeoutMs: 10_000,
  pingMs: 25_000,
  pongTimeoutMs: 10_000,
  drainWindowMs: 5_000,
  drainPerSecond: 200,
});
