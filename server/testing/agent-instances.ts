/** For tests: instances of an agent that answer with their name when they are told to, and clients of its port. */
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { Agent, IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { DoorTarget } from '../ports/agent-door.ts';

/** What a client was answered. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a client asks. */
export interface Asking {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly agent?: Agent;
}

/** Asks a port of this machine, and waits for the whole answer. @throws when it is broken off. */
export async function ask(port: number, { path = '/', body, ...asking }: Asking = {}): Promise<Answered> {
  const request = httpRequest({ host: '127.0.0.1', port, path, agent: false, ...asking });
  request.end(body);
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return { status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(chunks).toString() };
}

/** A WebSocket that is open. */
export async function openSocket(port: number): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
  await once(socket, 'open');
  return socket;
}

/** An instance: any path answers its name at once, `/hold` when it is told to, and WebSockets say everything back. */
export class TestInstance {
  readonly target: DoorTarget;
  readonly requests: IncomingMessage[] = [];
  readonly sockets = new Set<WebSocket>();
  readonly #server: ReturnType<typeof createServer>;
  readonly #held: ServerResponse[] = [];
  readonly #connections = new Set<Socket>();
  #arrived: () => void = () => undefined;

  private constructor(name: string, server: ReturnType<typeof createServer>, answer?: RequestListener) {
    this.#server = server;
    this.target = { instance: name, host: '127.0.0.1', port: (server.address() as AddressInfo).port };
    server.on('connection', (socket: Socket) => {
      this.#connections.add(socket);
      socket.on('close', () => this.#connections.delete(socket));
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.requests.push(request);
      if (answer) answer(request, response);
      else if (request.url === '/hold') {
        this.#held.push(response);
        this.#arrived();
      } else response.end(name);
    });
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  /** @param answer instead of all that it does. @param port where an earlier one was. */
  static async start(name: string, answer?: RequestListener, port = 0): Promise<TestInstance> {
    const server = createServer();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new TestInstance(name, server, answer);
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#connections.size;
  }

  /** The next request that waits for its answer. */
  async held(): Promise<ServerResponse> {
    while (this.#held.length === 0) await new Promise<void>((resolve) => (this.#arrived = resolve));
    return this.#held.shift()!;
  }

  /** As if it had been killed: its port is closed, and so is everything that was open. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const connection of this.#connections) connection.destroy();
    await closed;
  }
}
