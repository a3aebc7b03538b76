/** Where one WebSocket frame ends and the next begins, in bytes that pass (RFC 6455 §5.2). */

const CLOSE = 8;
/** Service Restart, of the registry of close codes. */
const RESTART_CODE = 1012;
const RESTART_REASON = 'service restart';

/** Reads frames' heads and counts their payloads away. */
export class FrameBoundary {
  /** The head of the frame that began last, as far as it was seen. */
  #head: number[] = [];
  /** Bytes of its payload that are still to come. */
  #payload = 0;
  #closed = false;

  /** Between two frames: here something may be said in between, also between the parts of a message (§5.4). */
  get between(): boolean {
    return this.#payload === 0 && this.#head.length === 0;
  }

  /** A close frame passed: nothing may be said any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Takes bytes that pass. @returns where the first frame ends, that is how many bytes belong to what began before; -1 for nowhere. */
  take(bytes: Uint8Array): number {
    let first = -1;
    let at = 0;
    while (at < bytes.length) {
      if (this.#payload > 0) {
        const step = Math.min(this.#payload, bytes.length - at);
        this.#payload -= step;
        at += step;
      } else {
        this.#head.push(bytes[at]!);
        at += 1;
        this.#readHead();
      }
      if (first < 0 && this.between) first = at;
    }
    return first;
  }

  #readHead(): void {
    const [first = 0, second = 0] = this.#head;
    if (this.#head.length < 2) return;
    const short = second & 0x7f;
    const lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8;
    const maskBytes = second & 0x80 ? 4 : 0;
    if (this.#head.length < 2 + lengthBytes + maskBytes) return;
    // Above 2^53 it is not exact: a frame that nobody lives to see the end of.
    let length = lengthBytes === 0 ? short : 0;
    for (let i = 0; i < lengthBytes; i += 1) length = length * 256 + this.#head[2 + i]!;
    if ((first & 0x0f) === CLOSE) this.#closed = true;
    this.#head = [];
    this.#payload = length;
  }
}

/** A server's close frame: 1012, come again. */
export function restartFrame(): Buffer {
  const reason = Buffer.from(RESTART_REASON);
  const frame = Buffer.alloc(4 + reason.length);
  frame[0] = 0x80 | CLOSE;
  frame[1] = 2 + reason.length;
  frame.writeUInt16BE(RESTART_CODE, 2);
  reason.copy(frame, 4);
  return frame;
}
