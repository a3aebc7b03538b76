/** What carries messages: a WebSocket, or SSE down and POST up. */
import type { ConnectRequest } from '../protocol/frames.ts';

/** How messages travel. */
export type Transport = 'websocket' | 'sse';

/** How a line ended. */
export interface CarrierEnd {
  /** Close code; 1006 when nobody said one. */
  readonly code: number;
  readonly reason: string;
  /** The server has no such way in: do not try it again. */
  readonly absent?: boolean;
}

/** What a carrier says. Nothing after `close`, neither its own nor the caller's. */
export interface CarrierEvents {
  /** Ready for the introduction. */
  open(): void;
  /** One frame came: JSON messages, one a line. */
  text(frame: string): void;
  close(end: CarrierEnd): void;
}

/** One line to the server. */
export interface Carrier {
  /** Sends the first message. A token goes where it is seen least. */
  introduce(id: number, connect: ConnectRequest): void;
  /** The server's name for the connection. */
  joined?(session: string): void;
  /** The server took another token. */
  authorize?(token: string): void;
  /** Sends one message, JSON text. In order. */
  send(message: string): void;
  /** Lets go first and closes then: closing a half-open line can hang for minutes. */
  close(code: number): void;
}

/**
 * Opens a line.
 * @param url the server's WebSocket endpoint.
 * @throws DOMException when the browser refuses the address.
 */
export type OpenCarrier = (url: string, events: CarrierEvents) => Carrier;
