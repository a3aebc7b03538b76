/** Requests as fast as they are answered, written by hand: what asks must cost less than what is asked. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** What is asked. */
export interface Asking {
  readonly port: number;
  readonly connections: number;
  readonly forMs: number;
  readonly method: 'GET' | 'POST';
  /** Bytes of a body of POST. */
  readonly bodyBytes: number;
  /** A new connection for each request. */
  readonly fresh: boolean;
}

/** What came of it. */
export interface Asked {
  readonly requests: number;
  readonly seconds: number;
  /** How long each took, µs; in order of their ends. */
  readonly micros: readonly number[];
}

/** Asks for a while. @throws when an answer is not 200, or a connection breaks off. */
export async function load(asking: Asking): Promise<Asked> {
  const { connections, forMs, method, bodyBytes, fresh } = asking;
  const request = Buffer.from(
    `${method} / HTTP/1.1\r\nHost: 127.0.0.1\r\n${fresh ? 'Connection: close\r\n' : ''}` +
      `${method === 'POST' ? `Content-Length: ${bodyBytes}\r\n` : ''}\r\n${'x'.repeat(method === 'POST' ? bodyBytes : 0)}`,
  );
  const micros: number[] = [];
  const started = performance.now();
  const endsAt = started + forMs;
  const lane = async (): Promise<void> => {
    let line: Line | undefined;
    while (performance.now() < endsAt) {
      const asked = performance.now();
      line ??= await Line.open(asking.port);
      await line.ask(request);
      micros.push((performance.now() - asked) * 1_000);
      if (fresh) {
        line.close();
        line = undefined;
      }
    }
    line?.close();
  };
  await Promise.all(Array.from({ length: connections }, lane));
  return { requests: micros.length, seconds: (performance.now() - started) / 1_000, micros };
}

/** A connection. */
class Line {
  readonly #socket: Socket;
  #rest = '';
  #answered: () => void = () => undefined;
  #failed: (error: Error) => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#hear(text));
    socket.on('error', (error) => this.#failed(error));
    socket.on('close', () => this.#failed(new Error('the connection was closed')));
  }

  static open(port: number): Promise<Line> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => resolve(new Line(socket)));
    });
  }

  ask(request: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #hear(text: string): void {
    this.#rest += text;
    const head = this.#rest.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(this.#rest)?.[1] ?? Number.NaN);
    if (this.#rest.length < head + 4 + length) return;
    const isWell = this.#rest.startsWith('HTTP/1.1 200 ');
    const answer = this.#rest;
    this.#rest = '';
    if (isWell) this.#answered();
    else this.#failed(new Error(answer));
  }
}
