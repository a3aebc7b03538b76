/** One connection through the proxy. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Chance } from './chance.ts';
import { Flow } from './flow.ts';
import type { Meter } from './narrow.ts';
import { reset } from './reset.ts';

/** So much of what a client says first is remembered for saying it twice, bytes. */
const RECORDED_BYTES = 8_192;

/** A client's socket, and the one to the server that stands for it. */
export class Line {
  readonly up: Flow;
  readonly down: Flow;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #port: number;
  readonly #recorded: Buffer[] = [];
  #recordedBytes = 0;

  /** @param port of the server on 127.0.0.1. @param meter is told what is read of the server's. @param said what the client has said already. */
  constructor(
    client: Socket,
    port: number,
    chance: Chance,
    meter: Meter | undefined,
    said: readonly Buffer[] = [],
  ) {
    this.#client = client;
    this.#port = port;
    this.#server = open(port);
    this.up = new Flow(client, this.#server, chance);
    this.down = new Flow(this.#server, client, chance);
    const server = this.#server;
    server.on('data', (bytes: Buffer) => meter?.add(server.localPort ?? 0, bytes.length));
    client.prependListener('data', (bytes: Buffer) => this.#record(bytes));
    for (const bytes of said) {
      this.#record(bytes);
      this.up.take(bytes);
    }
    // A peer that is gone without a word takes the other with it, unless the line is dead: then nobody hears of it.
    client.on('close', () => this.up.dropping || this.#server.destroy());
    this.#server.on('close', () => this.down.dropping || this.#client.destroy());
  }

  get over(): boolean {
    return this.#client.destroyed && this.#server.destroyed;
  }

  onOver(call: () => void): void {
    const check = (): void => void (this.over && call());
    this.#client.on('close', check);
    this.#server.on('close', check);
  }

  /** Ends it in good order: whatever is under way arrives first. */
  finish(): void {
    this.#client.end();
    this.#server.end();
  }

  /** Ends it with RST, on both sides. */
  reset(): void {
    reset(this.#client);
    reset(this.#server);
  }

  /** Lets everything vanish in both directions while both sockets stay open. */
  die(): void {
    this.up.drop();
    this.down.drop();
  }

  /** Says what the client said first once more, on a connection of its own whose answers nobody hears. */
  repeat(forMs: number): void {
    const again = open(this.#port);
    again.resume();
    again.write(Buffer.concat(this.#recorded));
    setTimeout(() => again.destroy(), forMs);
  }

  #record(bytes: Buffer): void {
    if (this.#recordedBytes >= RECORDED_BYTES) return;
    this.#recorded.push(bytes);
    this.#recordedBytes += bytes.length;
  }
}

function open(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  socket.on('error', () => socket.destroy());
  return socket;
}
