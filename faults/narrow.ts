/**
 * A narrow line: loopback takes megabytes before a writer notices that nobody reads, so a server's sockets are made to
 * wait as they would behind a slow network. The bytes still cross a real connection.
 */
import type { Socket } from 'node:net';

type Done = (error?: Error | null) => void;

/** How many bytes have been read off each connection, by the port that it comes from. */
export class Meter {
  readonly #read = new Map<number, number>();
  readonly #waiting = new Map<number, (() => void)[]>();

  /** Somebody has read so many bytes more. */
  add(port: number, bytes: number): void {
    this.#read.set(port, this.of(port) + bytes);
    for (const look of this.#waiting.get(port)?.splice(0) ?? []) look();
  }

  of(port: number): number {
    return this.#read.get(port) ?? 0;
  }

  /** Calls once more bytes have been read, or never. */
  next(port: number, call: () => void): void {
    const waiting = this.#waiting.get(port);
    if (waiting) waiting.push(call);
    else this.#waiting.set(port, [call]);
  }

  /** The connection is over: whoever waits, waits no longer. */
  end(port: number): void {
    this.add(port, Number.POSITIVE_INFINITY);
  }
}

/**
 * Lets a socket's writes end only when all but the last bytes of them have been read at the other end.
 * @param capacity how many bytes are on the way at most before a write waits.
 */
export function makeNarrow(socket: Socket, meter: Meter, capacity: number): void {
  const port = socket.remotePort ?? 0;
  let written = 0;
  const wait = (done: Done): Done => {
    const look = (error?: Error | null): void => {
      if (error || socket.destroyed || written - meter.of(port) <= capacity) done(error);
      else meter.next(port, look);
    };
    return look;
  };
  const write = socket._write.bind(socket);
  const writev = socket._writev!.bind(socket);
  socket._write = (chunk: Buffer, encoding, done) => {
    written += chunk.length;
    write(chunk, encoding, wait(done));
  };
  socket._writev = (chunks: { chunk: Buffer; encoding: BufferEncoding }[], done) => {
    for (const { chunk } of chunks) written += chunk.length;
    writev(chunks, wait(done));
  };
  socket.on('close', () => meter.end(port));
}
