/** Encodes a flush: one frame a subscriber, and one buffer for all subscribers that follow the same channels. */
import type { Channel } from './channel.ts';
import type { Connection } from './connection.ts';

/**
 * A set of channels, as a path from the root. Connections that follow the same dirty channels end on the same node
 * and share its bytes.
 */
export class FrameNode {
  readonly #text: string;
  readonly #children = new Map<number, FrameNode>();
  #bytes: Uint8Array | undefined;

  constructor(text = '') {
    this.#text = text;
  }

  /** The node one channel further on. */
  with(n: number, batch: string): FrameNode {
    let child = this.#children.get(n);
    if (!child) {
      child = new FrameNode(this.#text === '' ? batch : `${this.#text}\n${batch}`);
      this.#children.set(n, child);
    }
    return child;
  }

  /** The frame, encoded on first use. */
  bytes(): Uint8Array {
    return (this.#bytes ??= Buffer.from(this.#text));
  }
}

/** Writes every dirty channel's batch to its subscribers. @returns how many publications × readers were sent. */
export function flushChannels(channels: Iterable<Channel>): number {
  const root = new FrameNode();
  const touched: Connection[] = [];
  let deliveries = 0;
  for (const channel of channels) {
    if (channel.pending === 0) continue;
    deliveries += channel.pending * channel.subscribers.length;
    const batch = channel.takeBatch();
    for (const connection of channel.subscribers) {
      if (!connection.frame) touched.push(connection);
      connection.frame = (connection.frame ?? root).with(channel.n, batch);
    }
  }
  for (const connection of touched) {
    const { frame } = connection;
    connection.frame = undefined;
    if (frame) connection.send(frame.bytes());
  }
  return deliveries;
}
