/** What the broadcaster needs of a connection's carrier: a WebSocket, or streaming HTTP. */
import type { CloseName } from '../../../src/protocol/index.ts';
import type { Frame } from './frame.ts';

/** The way out to one client. Whoever makes it tells the connection when everything queued is taken: `drained()`. */
export interface Transport {
  readonly kind: 'websocket' | 'sse';
  /** Queues a frame. Its bytes are shared between connections and must not be written to. */
  send(frame: Frame): void;
  /** Bytes queued and not yet taken by the operating system. */
  bufferedBytes(): number;
  /** Says why, then ends; cuts the carrier if the peer does not let go in time. */
  close(reason: CloseName): void;
}

/** Who is at the other end, as far as the carrier knows. */
export interface Peer {
  /** Seen through trusted proxies. */
  readonly address: string;
  /** A token that came in a header. One in the connect message wins. */
  readonly token?: string;
}
