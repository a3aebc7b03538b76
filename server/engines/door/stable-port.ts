/** An agent's port: listens for as long as the agent has it, whoever answers behind. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WaooawError } from '../../../src/protocol/index.ts';
import { Exchange } from './exchange.ts';
import { Handshake, isWebSocket } from './handshake.ts';
import type { Route } from './route.ts';
import { Upstream } from './surroundings.ts';
import type { Surroundings } from './surroundings.ts';

/** How often connections are held to their timeouts, ms. */
const CHECK_MS = 1_000;

/** A listening port. */
export class StablePort {
  readonly route: Route;
  readonly upstream: Upstream;
  readonly #server: Server;

  private constructor(server: Server, { route, upstream }: Surroundings) {
    this.#server = server;
    this.route = route;
    this.upstream = upstream;
  }

  /**
   * Listens.
   * @param port 0 takes one that is free.
   * @throws WaooawError `port_in_use`; `listen_failed` with the system's reason.
   */
  static async open(
    host: string,
    port: number,
    route: Route,
    how: Pick<Surroundings, 'limits' | 'forwarding' | 'allows'>,
  ): Promise<StablePort> {
    const around: Surroundings = { ...how, route, upstream: new Upstream(how.limits) };
    const server = serverOf(around);
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
      server.listen(port, host, resolve);
    });
    // Such as too many open files while accepting: others go on.
    server.on('error', () => undefined);
    return new StablePort(server, around);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Takes no more connections; requests under way go on, and their connections end with them. */
  async stopListening(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    // `close` waits for connections, and whoever asks only for the port to be free.
    await Promise.race([closed, new Promise((resolve) => setImmediate(resolve))]);
  }

  /** Cuts whatever is left. */
  destroy(): void {
    for (const occupant of this.route.occupants()) occupant.cut();
    this.#server.close();
    this.#server.closeAllConnections();
    this.upstream.destroy();
  }
}

function serverOf(around: Surroundings): Server {
  const { limits } = around;
  const server = createServer(
    {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: CHECK_MS,
      shouldUpgradeCallback: isWebSocket,
    },
    (request, response) => new Exchange(around, request, response).start(),
  );
  server.maxConnections = limits.maxConnections;
  // An answer that nobody takes is not kept for ever; one that takes its time is.
  server.setTimeout(Math.max(limits.idleMs, limits.answerTimeoutMs) + CHECK_MS);
  server.on('upgrade', (request, socket: Socket, head: Buffer) => {
    new Handshake(around, request, socket, head).start();
  });
  // A tunnel to wherever a client likes is none of our business.
  server.on('connect', (_request, socket: Socket) => {
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () =>
      socket.destroy(),
    );
  });
  return server;
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): WaooawError {
  if (cause.code === 'EADDRINUSE')
    return new WaooawError('port_in_use', `Port ${port} on ${host} is in use by another program.`, { cause });
  return new WaooawError('listen_failed', `${host}:${port} cannot be listened on: ${cause.message}`, {
    cause,
  });
}
