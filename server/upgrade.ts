/** WebSocket at the edge: who may connect, which protocol is spoken, and the carrier that the broadcaster writes to. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { WebSocket, WebSocketServer } from 'ws';
import type { RawData } from 'ws';
import { CLOSE, SOCKET_PATH, SUBPROTOCOLS } from '../src/protocol/index.ts';
import type { CloseName, ErrorCode } from '../src/protocol/index.ts';
import { allowList } from './http/allow-list.ts';
import { clientAddress } from './http/client-address.ts';
import type { Config } from './config.ts';
import type { Broadcaster, Frame, Transport } from './services/broadcaster/index.ts';

/** Takes upgrade requests over. */
export interface Upgrade {
  /** True for requests to our path. */
  owns(request: IncomingMessage): boolean;
  /** @returns false when the path is not ours, and the socket is left alone. */
  handle(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
}

/** From asking a peer to close to cutting the connection, ms. */
const CUT_AFTER_MS = 2_000;
const { OPEN } = WebSocket;

/** Puts the endpoint together. @param refused hears of upgrades from where none may come. */
export function createUpgrade(
  config: Config,
  broadcaster: Broadcaster,
  log: Logger,
  refused: (code: ErrorCode, address: string) => void,
): Upgrade {
  const allowed = allowList(config);
  const addressOf = clientAddress(config.trustedProxies);
  const path = `${config.basePath}${SOCKET_PATH}`;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // Compression with context takeover costs some 220 KB a connection, and frames are shared as they stand.
    perMessageDeflate: false,
    maxPayload: config.broadcaster.maxFrameBytes,
    // A subprotocol that is not ours is accepted all the same, because a refused handshake reaches a page as a bare
    // 1006. `welcome` then closes with a code that says why.
    handleProtocols: (offered) => SUBPROTOCOLS.find((known) => offered.has(known)) ?? [...offered][0]!,
  });

  const clientOf = ({ socket, headers }: IncomingMessage): string =>
    addressOf(socket.remoteAddress, String(headers['x-forwarded-for'] ?? ''));

  // Takes strings, not the request: a connection lives for days, and its request would with it.
  const welcome = (socket: WebSocket, carrier: Duplex, address: string): void => {
    const connection = broadcaster.accept(new WebSocketTransport(socket, carrier), { address });
    socket.on('message', (data: RawData, isBinary: boolean) => {
      if (isBinary) connection.close('binary_frame');
      else connection.receive((data as Buffer).toString());
    });
    socket.on('close', () => connection.lost());
    carrier.on('drain', () => connection.drained());
  };

  const judge = (socket: WebSocket, request: IncomingMessage, carrier: Duplex): void => {
    socket.on('error', (error) => log.debug({ err: error }, 'socket failed'));
    const { origin, host } = request.headers;
    if (!allowed.origin(origin, host)) {
      refused('origin_not_allowed', clientOf(request));
      closeSocket(socket, 'origin_not_allowed');
    } else if (!SUBPROTOCOLS.includes(socket.protocol)) closeSocket(socket, 'unsupported_protocol');
    else welcome(socket, carrier, clientOf(request));
  };

  // Not every request target is a URL: `//` is none, and must not bring the server down.
  const owns = (request: IncomingMessage): boolean =>
    URL.parse(request.url ?? '/', 'http://any')?.pathname === path;

  return {
    owns,

    handle(request, socket, head) {
      if (!owns(request)) return false;
      if (allowed.host(request.headers.host))
        server.handleUpgrade(request, socket, head, (opened) => judge(opened, request, socket));
      else {
        refused('host_not_allowed', clientOf(request));
        refuse(socket);
      }
      return true;
    },
  };
}

/** Answers, and lets go: neither a peer that resets the connection nor one that never ends it does any harm. */
function refuse(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end('HTTP/1.1 421 Misdirected Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}

/**
 * Frames are written to the TCP stream as they stand, which `ws` does too, but after preparing each anew. That is
 * RFC 6455 for as long as nothing else is between: no compression, no fragment of another message, not closing.
 */
class WebSocketTransport implements Transport {
  readonly kind = 'websocket';
  // A class, handed on as it is: closures and a wrapper around them cost a delivery some 5 % more CPU.
  readonly #socket: WebSocket;
  readonly #carrier: Duplex;

  constructor(socket: WebSocket, carrier: Duplex) {
    this.#socket = socket;
    this.#carrier = carrier;
  }

  send(frame: Frame): void {
    if (this.#socket.readyState === OPEN) this.#carrier.write(frame.websocket);
  }

  bufferedBytes(): number {
    return this.#carrier.writableLength;
  }

  close(reason: CloseName): void {
    closeSocket(this.#socket, reason);
  }
}

/** Says why, then cuts a peer that does not answer: one that reads nothing never sees the close frame. */
function closeSocket(socket: WebSocket, reason: CloseName): void {
  socket.close(CLOSE[reason], reason);
  const cut = setTimeout(() => socket.terminate(), CUT_AFTER_MS);
  socket.on('close', () => clearTimeout(cut));
  cut.unref();
}
