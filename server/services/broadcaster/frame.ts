/** A frame that all readers of the same channels share, encoded once a carrier. */

import type { LostReason, Position } from '../../../src/protocol/index.ts';

const TEXT_FINAL = 0x81;
const LINE_FEED = /\n/g;

/** One or more messages, one a line. */
export class Frame {
  readonly text: string;
  #websocket: Buffer | undefined;
  #sse: Buffer | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /**
   * The frame as RFC 6455 puts it on the line, header and payload in one buffer: an unmasked, uncompressed text frame
   * is the same bytes for every reader.
   */
  get websocket(): Buffer {
    return (this.#websocket ??= encodeWebSocket(this.text));
  }

  /** The frame as one server-sent event: each line a `data` line. */
  get sse(): Buffer {
    return (this.#sse ??= Buffer.from(`data: ${this.text.replace(LINE_FEED, '\ndata: ')}\n\n`));
  }
}

/**
 * A set of channels, as a path from the root. Connections that follow the same dirty channels end on the same node
 * and share its frame.
 */
export class FrameNode {
  readonly #text: string;
  #children: Map<number, FrameNode> | undefined;
  #frame: Frame | undefined;

  constructor(text = '') {
    this.#text = text;
  }

  /** The node one channel further on. */
  with(n: number, batch: string): FrameNode {
    this.#children ??= new Map();
    let child = this.#children.get(n);
    if (!child) {
      child = new FrameNode(this.#text === '' ? batch : `${this.#text}\n${batch}`);
      this.#children.set(n, child);
    }
    return child;
  }

  /** The frame of this path. */
  frame(): Frame {
    return (this.#frame ??= new Frame(this.#text));
  }
}

/** Who frames are written to. */
export interface Subscriber {
  /** Set while a flush is being put together. */
  node: FrameNode | undefined;
  /** Writes a frame. */
  send(frame: Frame): void;
  /** The channel's stream broke off behind the position that this reader was sent up to. */
  broken(n: number, sent: Position, lost: LostReason): void;
}

function encodeWebSocket(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const start = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const bytes = Buffer.allocUnsafe(start + length);
  bytes[0] = TEXT_FINAL;
  if (start === 2) bytes[1] = length;
  else if (start === 4) {
    bytes[1] = 126;
    bytes.writeUInt16BE(length, 2);
  } else {
    bytes[1] = 127;
    bytes.writeBigUInt64BE(BigInt(length), 2);
  }
  bytes.write(text, start);
  return bytes;
}
