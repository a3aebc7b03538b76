/** What `<waooaw-socket>` tells the page. All of it bubbles, and leaves every shadow root. */
import type { Transport } from '../../client/carrier.ts';
import type { SocketState, StateChange } from '../../client/states.ts';
import type { Json, LostReason } from '../../protocol/frames.ts';

/** Detail of `waooaw-connect`. */
export interface ConnectDetail {
  readonly transport: Transport | undefined;
}

/** Detail of `waooaw-disconnect`. */
export interface DisconnectDetail {
  /** What comes next: `reconnecting`, `suspended`, `failed` or `closed`. */
  readonly state: SocketState;
  /** The close code, and the server's word for it. */
  readonly code?: number;
  readonly reason?: string;
  /** When the next try is due, ms from now. */
  readonly retryInMs?: number;
}

/** Detail of `waooaw-message`, by `kind`. */
export type MessageDetail =
  /** The channel's state: before the first publication, and after every loss. */
  | {
      readonly kind: 'snapshot';
      readonly channel: string;
      readonly data: Json;
      readonly offset: number | undefined;
    }
  /** One publication, exactly once and in order; `conflated`: how many before it it stands for as well. */
  | {
      readonly kind: 'publication';
      readonly channel: string;
      readonly data: Json;
      readonly offset: number;
      readonly conflated: number;
    }
  /** What happened meanwhile is not known. A snapshot follows. */
  | { readonly kind: 'lost'; readonly channel: string; readonly why: LostReason }
  /** A message for this connection alone. */
  | { readonly kind: 'direct'; readonly data: Json };

/** Detail of `waooaw-error`: what failed without a call that would say so. */
export interface ErrorDetail {
  /** A code of docs/errors.md, or `bad_url`. */
  readonly code: string;
  readonly message: string;
  /** The channel that was refused or taken away; absent: it is about the connection. */
  readonly channel?: string;
  readonly cause?: unknown;
}

declare global {
  // Elements, documents and windows all take theirs from here.
  interface GlobalEventHandlersEventMap {
    'waooaw-state': CustomEvent<StateChange>;
    'waooaw-connect': CustomEvent<ConnectDetail>;
    'waooaw-disconnect': CustomEvent<DisconnectDetail>;
    'waooaw-message': CustomEvent<MessageDetail>;
    'waooaw-error': CustomEvent<ErrorDetail>;
  }
}

/** The events by name. */
export type SocketElementEvents = Pick<
  GlobalEventHandlersEventMap,
  `waooaw-${'state' | 'connect' | 'disconnect' | 'message' | 'error'}`
>;
