/** Which way in is tried next: a WebSocket, until it proves blocked. */
import type { Transport } from './carrier.ts';
import type { Link, LinkEnd } from './link.ts';

/** Prefix of the session's memory. */
const KEY = 'waooaw.sse:';

/** Chooses, and remembers for the browser's session what worked. */
export class Transports {
  /** WebSockets fail while SSE works: not because the server was away for a while. */
  proven = false;
  readonly #key: string;
  readonly #fallbackAfter: number;
  /** WebSockets in a row that did not get through. */
  #blocked = 0;
  #absent = false;

  /**
   * @param url whose memory it is.
   * @param fallbackAfter blocked WebSockets in a row before SSE is tried.
   */
  constructor(url: string, fallbackAfter: number) {
    this.#key = KEY + url;
    this.#fallbackAfter = fallbackAfter;
    if (memory((storage) => storage.getItem(this.#key))) this.prove();
  }

  /** What to try next. */
  get next(): Transport {
    return !this.#absent && this.#blocked >= this.#fallbackAfter ? 'sse' : 'websocket';
  }

  /** This way in works. */
  joined(transport: Transport): void {
    this.#absent = false;
    if (transport === 'sse') this.#blocked = this.#fallbackAfter;
    else {
      this.#blocked = 0;
      this.proven = false;
      memory((storage) => storage.removeItem(this.#key));
    }
  }

  /** A WebSocket beside a working SSE connection failed: that is remembered. */
  prove(): void {
    this.proven = true;
    this.#blocked = this.#fallbackAfter;
    memory((storage) => storage.setItem(this.#key, '1'));
  }

  /** A link ended before it had joined. */
  failed({ transport, tried, heard }: Link, { code, absent = false }: LinkEnd): void {
    if (!tried) return;
    if (transport === 'sse') {
      this.#absent = absent;
      // Neither gets through: the server may be away. They are tried in turn.
      if (!heard) this.#blocked = Math.max(0, this.#fallbackAfter - 1);
    } else if (!heard && code === 1006) this.#blocked += 1;
  }
}

/** The browser's memory of this session. Undefined where there is none: a worker, Node, or a page that may keep nothing. */
function memory<T>(use: (storage: Storage) => T): T | undefined {
  try {
    return use(globalThis.sessionStorage);
  } catch {
    // The client itself remembers, as long as it lives.
    return undefined;
  }
}
