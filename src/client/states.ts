/** The connection's states, and the one table that says which follows which. docs/client.md draws it. */

/**
 * - `idle`: not asked to connect yet.
 * - `connecting`: the token is fetched and the line is being opened.
 * - `authenticating`: open; waiting for the answer to connect.
 * - `live`: connected by WebSocket.
 * - `fallback`: connected by SSE and POST, because a WebSocket does not get through.
 * - `reconnecting`: lost; the next try is scheduled.
 * - `suspended`: offline, frozen or in the back-forward cache; nothing is tried until that changes.
 * - `failed`: the server said not to come back, or automatic reconnection is off.
 * - `closed`: by the page.
 */
export type SocketState =
  | 'idle'
  | 'connecting'
  | 'authenticating'
  | 'live'
  | 'fallback'
  | 'reconnecting'
  | 'suspended'
  | 'failed'
  | 'closed';

/**
 * What moves the connection from state to state.
 * - `connect`: the page asks, a wait is over, or the browser woke up.
 * - `open`: the line is open.
 * - `join`, `joinSse`: the server's answer came, by WebSocket or by SSE.
 * - `lose`: the line is gone, for now.
 * - `suspend`: the browser says offline, or is about to freeze the page.
 * - `fail`: the line is gone for good.
 * - `disconnect`: the page hangs up.
 */
export type StateEvent = 'connect' | 'open' | 'join' | 'joinSse' | 'lose' | 'suspend' | 'fail' | 'disconnect';

const down = { lose: 'reconnecting', suspend: 'suspended', fail: 'failed', disconnect: 'closed' } as const;

/** Which state follows which, by event. What is not here does not happen. */
export const TRANSITIONS: Readonly<Record<SocketState, Readonly<Partial<Record<StateEvent, SocketState>>>>> =
  {
    idle: { connect: 'connecting' },
    connecting: { open: 'authenticating', ...down },
    authenticating: { join: 'live', joinSse: 'fallback', ...down },
    live: down,
    fallback: { join: 'live', ...down },
    reconnecting: { connect: 'connecting', suspend: 'suspended', disconnect: 'closed' },
    suspended: { connect: 'connecting', disconnect: 'closed' },
    failed: { connect: 'connecting', disconnect: 'closed' },
    closed: { connect: 'connecting' },
  };

/** A change of state. */
export interface StateChange {
  readonly state: SocketState;
  readonly previous: SocketState;
  /** Why a connection ended: the close code and the server's word for it. */
  readonly code?: number;
  readonly reason?: string;
  /** When the next try is due, ms from now. */
  readonly retryInMs?: number;
}

/** True in the states in which publications arrive. */
export function isUp(state: SocketState): boolean {
  return state === 'live' || state === 'fallback';
}
