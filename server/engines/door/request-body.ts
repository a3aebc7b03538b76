/** The body of a request: held while it is small, so that it can be sent again, or passed on as it comes. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { DoorLimits } from './limits.ts';

/** How the body is passed. */
export type BodyWay =
  /** There is none. */
  | 'none'
  /** Its length is known and small. */
  | 'held'
  /** Too large to hold, or of unknown length. */
  | 'streamed';

/** A request's body. */
export class RequestBody {
  readonly way: BodyWay;
  /** Longer than `maxBodyBytes`, as far as it says so itself. */
  readonly isTooLarge: boolean;
  /** Part of it was handed on that cannot be had again. */
  spent = false;
  readonly #request: IncomingMessage;
  readonly #maxBytes: number;
  #held: Buffer | undefined;

  constructor(request: IncomingMessage, { maxBodyBytes, maxReplayBytes }: DoorLimits) {
    this.#request = request;
    this.#maxBytes = maxBodyBytes;
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
    const bytes = Number(length ?? 0);
    this.isTooLarge = bytes > maxBodyBytes;
    if (coding !== undefined) this.way = 'streamed';
    else if (bytes === 0) this.way = 'none';
    else this.way = bytes <= maxReplayBytes ? 'held' : 'streamed';
  }

  /** Framing of the request to the instance. `Content-Length` passes by itself. */
  headers(): string[] {
    const { method = '', headers } = this.#request;
    if (headers['transfer-encoding'] !== undefined) return ['Transfer-Encoding', 'chunked'];
    // Without it a library would announce a chunked body.
    const isExpected = method === 'POST' || method === 'PUT' || method === 'PATCH';
    return isExpected && headers['content-length'] === undefined ? ['Content-Length', '0'] : [];
  }

  /** Calls back once it can be sent: when a small one is there whole. Never when the client breaks off before. */
  whenReady(call: () => void): void {
    if (this.way !== 'held') {
      call();
      return;
    }
    const chunks: Buffer[] = [];
    this.#request.on('data', (chunk: Buffer) => chunks.push(chunk));
    this.#request.on('end', () => {
      this.#held = Buffer.concat(chunks);
      call();
    });
  }

  /** Sends it over a connection that is open. @param tooLarge is called when it grows over `maxBodyBytes`. */
  send(ask: ClientRequest, tooLarge: () => void): void {
    if (this.way !== 'streamed') {
      ask.end(this.#held);
      return;
    }
    this.spent = true;
    let bytes = 0;
    this.#request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > this.#maxBytes) tooLarge();
    });
    this.#request.pipe(ask);
  }
}
