/** The broadcaster's limits: each an option with a default and a unit. */

/** What one server bears, and what one connection may do. */
export interface BroadcasterLimits {
  /** Open connections. */
  readonly maxConnections: number;
  /** Channels with readers, or kept for readers who may come back. */
  readonly maxChannels: number;
  /** Subscriptions of one connection. */
  readonly maxSubscriptions: number;
  /** Characters of a channel name. */
  readonly maxChannelLength: number;
  /** Bytes of one inbound frame. */
  readonly maxFrameBytes: number;
  /** Inbound messages a second, sustained. */
  readonly messagesPerSecond: number;
  /** Inbound messages at once, before the sustained rate counts. */
  readonly messageBurst: number;
  /** Refused messages in a row until the connection is closed. */
  readonly maxRefused: number;
  /** Bytes that may wait for a reader; over this for `slowAfterMs`, or over four times this, it is closed. */
  readonly maxBufferedBytes: number;
  /** How long a reader may stay over `maxBufferedBytes`, ms. */
  readonly slowAfterMs: number;
  /** From the upgrade to the connect message, ms. */
  readonly connectTimeoutMs: number;
  /** Between two pings, ms. */
  readonly pingMs: number;
  /** From a ping to its pong, ms. */
  readonly pongTimeoutMs: number;
}

/** The defaults. */
export const DEFAULT_LIMITS: BroadcasterLimits = Object.freeze({
  maxConnections: 10_000,
  maxChannels: 10_000,
  maxSubscriptions: 256,
  maxChannelLength: 512,
  maxFrameBytes: 65_536,
  messagesPerSecond: 50,
  messageBurst: 300,
  maxRefused: 1_000,
  maxBufferedBytes: 4_194_304,
  slowAfterMs: 5_000,
  connectTimeoutMs: 10_000,
  pingMs: 25_000,
  pongTimeoutMs: 10_000,
});
