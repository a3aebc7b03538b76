/** WebSockets that are held open and used, come again when they are told to, and note whatever else ended them. */
import { WebSocket } from 'ws';

/** What became of them. */
export interface SocketsReport {
  readonly opened: number;
  /** Closed with 1012 (Service Restart). */
  readonly restarted: number;
  /** Ended in another way, or not opened. */
  readonly failures: readonly string[];
  readonly echoes: number;
}

const NORMAL = 1000;
const RESTART = 1012;
/** So many leave, and others come, each time that something is said. */
const LEAVING = 2;
/** Between two messages on one, ms. */
const SAY_MS = 100;

/** Many WebSockets to one port. */
export class Sockets {
  readonly #port: number;
  readonly #open = new Set<WebSocket>();
  readonly #failures: string[] = [];
  readonly #saying: NodeJS.Timeout;
  #opened = 0;
  #restarted = 0;
  #echoes = 0;
  #over = false;

  constructor(port: number, count: number) {
    this.#port = port;
    for (let i = 0; i < count; i += 1) this.#connect();
    this.#saying = setInterval(() => {
      for (const socket of this.#open) socket.send('hello');
      // So that some are opened at every time, and to every version.
      for (const socket of [...this.#open].slice(0, LEAVING)) socket.close(NORMAL);
    }, SAY_MS);
  }

  get report(): SocketsReport {
    return {
      opened: this.#opened,
      restarted: this.#restarted,
      failures: this.#failures,
      echoes: this.#echoes,
    };
  }

  stop(): SocketsReport {
    this.#over = true;
    clearInterval(this.#saying);
    for (const socket of this.#open) socket.terminate();
    return this.report;
  }

  #connect(): void {
    const socket = new WebSocket(`ws://127.0.0.1:${this.#port}/`);
    socket.on('open', () => {
      this.#opened += 1;
      this.#open.add(socket);
    });
    socket.on('message', () => (this.#echoes += 1));
    socket.on('error', (error) => this.#fail(`${error.message}`));
    socket.on('close', (code) => {
      this.#open.delete(socket);
      if (code === RESTART) this.#restarted += 1;
      else if (code !== NORMAL) this.#fail(`closed with ${code}`);
      if (!this.#over) this.#connect();
    });
  }

  #fail(what: string): void {
    if (!this.#over) this.#failures.push(`${new Date().toISOString()} ${what}`);
  }
}
