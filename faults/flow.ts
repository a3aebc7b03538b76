/** One direction of a connection through the proxy: bytes come in as they are sent, and go on as the faults have it. */
import type { Socket } from 'node:net';
import type { Chance } from './chance.ts';

/** What a middlebox makes of the bytes that pass through it. */
export type Rewrite = (bytes: Buffer) => Buffer;

/** Torn bytes come in pieces of at most this, and mostly of very few. */
const PIECE_BYTES = 400;

/** Carries bytes from one socket to another. */
export class Flow {
  rewrite: Rewrite | undefined;
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #chance: Chance;
  readonly #waiting: Buffer[] = [];
  #dropping = false;
  #stalled = 0;
  #trickling = 0;
  #delayMs = 0;
  /** A timer is under way that goes on. */
  #resting = false;
  #ended = false;

  constructor(from: Socket, to: Socket, chance: Chance) {
    this.#from = from;
    this.#to = to;
    this.#chance = chance;
    from.on('data', (bytes: Buffer) => this.take(bytes));
    from.on('end', () => {
      this.#ended = true;
      this.#goOn();
    });
    to.on('drain', () => this.#goOn());
  }

  get dropping(): boolean {
    return this.#dropping;
  }

  /** Everything vanishes from now on, and nobody is told. */
  drop(): void {
    this.#dropping = true;
    this.#waiting.length = 0;
    this.#from.resume();
  }

  /** Reads nothing and writes nothing for a while, ms: the sender's buffers fill. */
  stall(forMs: number): void {
    this.#stalled += 1;
    this.#from.pause();
    setTimeout(() => {
      this.#stalled -= 1;
      this.#goOn();
    }, forMs).unref();
  }

  /** A few bytes at a time for a while, ms: frames are torn anywhere. */
  trickle(forMs: number): void {
    this.#trickling += 1;
    setTimeout(() => (this.#trickling -= 1), forMs).unref();
  }

  /** Everything arrives later for a while, ms. */
  delay(byMs: number, forMs: number): void {
    this.#delayMs += byMs;
    setTimeout(() => (this.#delayMs -= byMs), forMs).unref();
  }

  /** Takes bytes as they come from the sender. */
  take(bytes: Buffer): void {
    if (this.#dropping) return;
    const passed = this.rewrite ? this.rewrite(bytes) : bytes;
    if (passed.length > 0) this.#waiting.push(passed);
    if (this.#waiting.length > 0 && this.#delayMs > 0) this.#rest(this.#delayMs);
    else this.#goOn();
  }

  #rest(ms: number): void {
    if (this.#resting) return;
    this.#resting = true;
    const wake = (): void => {
      this.#resting = false;
      this.#goOn();
    };
    if (ms > 0) setTimeout(wake, ms);
    else setImmediate(wake);
  }

  #goOn(): void {
    if (this.#resting || this.#dropping) return;
    while (this.#waiting.length > 0) {
      if (this.#stalled > 0 || this.#to.destroyed) return;
      const torn = this.#trickling > 0;
      if (!this.#to.write(torn ? this.#tear() : this.#waiting.shift()!)) {
        this.#from.pause();
        return;
      }
      if (torn) return this.#rest(0);
    }
    if (this.#stalled > 0) return;
    if (this.#ended) this.#to.end();
    else this.#from.resume();
  }

  #tear(): Buffer {
    const first = this.#waiting[0]!;
    const size = Math.min(first.length, 1 + Math.floor(this.#chance.number() ** 4 * PIECE_BYTES));
    if (size === first.length) this.#waiting.shift();
    else this.#waiting[0] = first.subarray(size);
    return first.subarray(0, size);
  }
}
