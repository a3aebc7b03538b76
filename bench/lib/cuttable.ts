/** A TCP proxy whose line can be cut: every connection is reset, and nobody gets through until it is mended. */
import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/** The proxy. */
export class CuttableLine {
  readonly #server = createServer({ noDelay: true }, (near) => this.#join(near));
  readonly #sockets = new Set<Socket>();
  readonly #target: number;
  #cut = false;

  /** @param target port on this machine. */
  constructor(target: number) {
    this.#target = target;
  }

  /** @returns the port to connect to. */
  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1', 4_096);
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** @returns when it was cut, wall clock, ms. */
  cut(): number {
    this.#cut = true;
    for (const socket of this.#sockets) socket.resetAndDestroy();
    return performance.timeOrigin + performance.now();
  }

  mend(): void {
    this.#cut = false;
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket): void {
    near.on('error', () => undefined);
    if (this.#cut) {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port: this.#target, host: '127.0.0.1', noDelay: true });
    far.on('error', () => undefined);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.pipe(other);
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }
}
