/** How a client behaves: its options and their defaults. */
import type { BackoffOptions } from './backoff.ts';
import { systemClock } from './clock.ts';
import type { ClientClock } from './clock.ts';
import type { TokenOption } from './token.ts';
import { endpointOf } from './url.ts';
import { pageSignals } from './wake.ts';
import type { PageSignals } from './wake.ts';

/** How a client behaves. Times are in ms. */
export interface SocketOptions extends BackoffOptions {
  /** The server's base address, or a path on the page's origin. */
  readonly url: string;
  /** API key or JWT, or a function that is asked for one before every connection. Default: none, the anonymous identity. */
  readonly token?: TokenOption;
  /** Come back by itself. Default true. */
  readonly autoReconnect?: boolean;
  /** A connection that lasted this long resets the waiting. Default 5,000. */
  readonly stableMs?: number;
  /** From asking for the token to the answer to connect. Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** How long a channel stays subscribed after its last listener left. Default 2,000. */
  readonly lingerMs?: number;
  /** WebSockets in a row that do not get through before SSE is tried; 0 begins with it, Infinity never tries it. Default 2. */
  readonly fallbackAfter?: number;
  /** How often a WebSocket is tried beside an SSE connection. Default 300,000. */
  readonly reprobeMs?: number;
  /** Calls that may wait for a connection. Default 100. */
  readonly maxQueued?: number;
  /** From a call to its answer. Default 10,000. */
  readonly requestTimeoutMs?: number;
  /** What the page says of itself. Default: `document` and `window`, where there are any. */
  readonly page?: PageSignals;
  readonly clock?: ClientClock;
  /** 0 ≤ random < 1. */
  readonly random?: () => number;
}

/** Options with their defaults. */
export type Settings = Required<Omit<SocketOptions, 'token' | keyof BackoffOptions>> &
  Pick<SocketOptions, 'token' | keyof BackoffOptions>;

/** Fills in the defaults. @throws TypeError when the url is none. */
export function settingsOf(options: SocketOptions): Settings {
  return {
    autoReconnect: true,
    stableMs: 5_000,
    connectTimeoutMs: 10_000,
    lingerMs: 2_000,
    fallbackAfter: 2,
    reprobeMs: 300_000,
    maxQueued: 100,
    requestTimeoutMs: 10_000,
    page: pageSignals,
    clock: systemClock,
    random: () => Math.random(),
    ...options,
    url: endpointOf(options.url),
  };
}
