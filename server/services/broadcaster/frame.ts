/** A frame that all subscribers of the same channels share. */

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

/** Who frames are written to. */
export interface Subscriber {
  /** Set while a flush is being put together. */
  frame: FrameNode | undefined;
  /** Writes a frame. */
  send(frame: Uint8Array): void;
  /** Writes one message. */
  say(message: object): void;
}
