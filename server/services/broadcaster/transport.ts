/** What the broadcaster needs of a connection's carrier. WebSocket is one; streaming HTTP can be another. */
import type { CloseName } from '../../../src/protocol/index.ts';

/** The way out to one client. */
export interface Transport {
  /** Queues a text frame. Bytes are shared between connections and must not be written to. */
  send(frame: Uint8Array): void;
  /** Bytes queued and not yet taken by the operating system. */
  bufferedBytes(): number;
  /** Says why, then ends; cuts the carrier if the peer does not let go in time. */
  close(reason: CloseName): void;
}
