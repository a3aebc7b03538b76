/** Where the door is told what to do: a Unix socket in its folder, which only its user reaches. */
import { chmodSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { ProcessIdentity } from '../process/identity.ts';
import { readMessages, writeMessage } from './message-lines.ts';
import { DOOR_PROTOCOL } from './messages.ts';
import type { DoorAnswers, DoorQuestion, DoorRequest, DoorResponse } from './messages.ts';
import type { Proxy } from './proxy.ts';

/** What the socket needs. */
export interface ControlOptions {
  /** Of the socket; short, as the system allows some hundred bytes. */
  readonly path: string;
  readonly proxy: Proxy;
  readonly identity: ProcessIdentity;
  /** Nobody is connected any more. */
  readonly left: () => void;
  /** Was asked to end, and has answered. */
  readonly end: () => void;
}

/** The socket. */
export class Control {
  readonly #options: ControlOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(options: ControlOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#welcome(socket));
  }

  /** Servers that hold on to the door. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Whoever had the socket is dead: the folder is claimed by us. */
  async listen(): Promise<void> {
    const { path } = this.#options;
    rmSync(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(path, resolve);
    });
    chmodSync(path, 0o600);
  }

  #welcome(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size === 0) this.#options.left();
    });
    readMessages<DoorRequest>(socket, (request) => {
      void this.#answer(request).then((response) => {
        writeMessage(socket, response);
        if (request.do === 'end') this.#options.end();
      });
    });
  }

  async #answer(request: DoorRequest): Promise<DoorResponse> {
    const { id } = request;
    try {
      return { id, ok: await this.#do(request) };
    } catch (error) {
      const { code, message } =
        error instanceof WaooawError ? error : new WaooawError('internal', String(error));
      return { id, error: { code, message } };
    }
  }

  #do(question: DoorQuestion): Promise<DoorAnswers[keyof DoorAnswers]> | DoorAnswers[keyof DoorAnswers] {
    const { proxy, identity } = this.#options;
    switch (question.do) {
      case 'hello':
        return { protocol: DOOR_PROTOCOL, identity };
      case 'point':
        return proxy.point(question.route);
      case 'drain':
        return proxy.drain(question.agent, question.instances, question.timeoutMs);
      case 'close':
        return proxy.close(question.agent).then(() => null);
      case 'list':
        return proxy.list();
      case 'end':
        return null;
      default:
        throw new WaooawError('bad_request', 'A door is not asked that.');
    }
  }
}
