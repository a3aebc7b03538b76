/** How much the door takes, and how long it waits. */

/** Limits of the door, each for one request or connection unless it says otherwise. */
export interface DoorLimits {
  /** A request's line and headers, bytes. */
  readonly maxHeaderBytes: number;
  /** A request's body, bytes; a larger one is answered 413. */
  readonly maxBodyBytes: number;
  /** Bodies up to this are held, so that another instance may be asked with them, bytes. */
  readonly maxReplayBytes: number;
  /** Open connections of one agent's port; more are refused. */
  readonly maxConnections: number;
  /** Idle connections kept to the instances of one agent. */
  readonly maxIdleUpstream: number;
  /** Instances that one request is asked of. */
  readonly maxAttempts: number;
  /** For a request's headers to arrive, ms. */
  readonly headersTimeoutMs: number;
  /** For a request to arrive whole, ms. */
  readonly requestTimeoutMs: number;
  /** Between requests on a client's connection, ms. */
  readonly keepAliveMs: number;
  /** For an instance to take a connection, ms. */
  readonly connectTimeoutMs: number;
  /** Without a byte either way until an instance begins its answer, ms; then 504. */
  readonly answerTimeoutMs: number;
  /** Without a byte in the middle of an answer, ms. */
  readonly idleMs: number;
  /** How long an idle connection to an instance is kept, ms. Below the 5 s after which many servers close theirs. */
  readonly upstreamIdleMs: number;
  /** Without a byte either way through a WebSocket, ms. */
  readonly tunnelIdleMs: number;
  /** For a client to answer a close frame, ms. */
  readonly closeAnswerMs: number;
  /** Without any route and any server that holds on to it, ms; then the door ends by itself. */
  readonly lingerMs: number;
}

/** What holds unless told otherwise. */
export const DEFAULT_DOOR_LIMITS: DoorLimits = {
  maxHeaderBytes: 16_384,
  maxBodyBytes: 1_073_741_824,
  maxReplayBytes: 65_536,
  maxConnections: 10_000,
  maxIdleUpstream: 256,
  maxAttempts: 4,
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 300_000,
  keepAliveMs: 60_000,
  connectTimeoutMs: 2_000,
  answerTimeoutMs: 60_000,
  idleMs: 300_000,
  upstreamIdleMs: 4_000,
  tunnelIdleMs: 900_000,
  closeAnswerMs: 2_000,
  lingerMs: 10_000,
};
