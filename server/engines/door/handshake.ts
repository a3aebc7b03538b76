/** A WebSocket's handshake through the door: asked of an instance, or of the next that can be reached. */
import { ServerResponse, request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { DoorTarget } from '../../ports/agent-door.ts';
import { answerHeaders, requestHeaders } from './headers.ts';
import type { RawHeaders } from './headers.ts';
import { targetOf } from './target.ts';
import type { Target } from './target.ts';
import { refuse } from './refusal.ts';
import type { RefusalStatus } from './refusal.ts';
import type { Occupant, Outcome } from './route.ts';
import type { Surroundings } from './surroundings.ts';
import { Tunnel } from './tunnel.ts';

const UPGRADE: RawHeaders = ['Connection', 'Upgrade', 'Upgrade', 'websocket'];

/** True for the one upgrade that passes; any other is a plain request whose `Upgrade` is left out. */
export function isWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket' && hasNoBody(headers);
}

/** A handshake under way. */
export class Handshake implements Occupant {
  readonly #around: Surroundings;
  readonly #request: IncomingMessage;
  readonly #client: Socket;
  /** What the client says before it is answered. */
  readonly #early: Buffer[];
  readonly #tried = new Set<string>();
  #target: Target = { path: '/' };
  #ask: ClientRequest | undefined;
  #left: (outcome: Outcome) => void = () => undefined;
  #tunnel: Tunnel | undefined;
  #settled = false;
  /** A drain began: what opens from now on is told to come again at once. */
  #isLeaving = false;

  constructor(around: Surroundings, request: IncomingMessage, client: Socket, head: Buffer) {
    this.#around = around;
    this.#request = request;
    this.#client = client;
    this.#early = [head];
  }

  /** Passes it on. */
  start(): void {
    const { limits, route } = this.#around;
    route.counts.requests += 1;
    this.#client.on('error', () => undefined);
    const target = targetOf(this.#request, this.#around.allows);
    if ('status' in target) {
      this.#refuse(target.status, target.detail);
      return;
    }
    this.#target = target;
    this.#client.setTimeout(limits.answerTimeoutMs + limits.connectTimeoutMs, () => this.#client.destroy());
    // Read, as a client that goes is not noticed otherwise.
    this.#client.on('data', this.#hear).on('end', this.#end);
    this.#client.on('close', () => {
      if (this.#tunnel) return;
      this.#settled = true;
      this.#left('over');
      this.#ask?.destroy();
    });
    this.#askNext();
  }

  leave(): void {
    this.#isLeaving = true;
    this.#tunnel?.leave();
  }

  cut(): void {
    this.#settled = true;
    this.#left('cut');
    this.#ask?.destroy();
    if (this.#tunnel) this.#tunnel.cut();
    else this.#client.destroy();
  }

  readonly #hear = (bytes: Buffer): void => {
    this.#early.push(bytes);
    if (this.#early.reduce((sum, { length }) => sum + length, 0) > this.#around.limits.maxReplayBytes)
      this.#client.pause();
  };

  readonly #end = (): void => void this.#client.destroy();

  #askNext(): void {
    if (this.#settled) return;
    const { route, limits } = this.#around;
    const target = this.#tried.size < limits.maxAttempts ? route.next(this.#tried) : undefined;
    if (target) {
      if (this.#tried.size > 0) route.counts.retried += 1;
      this.#tried.add(target.instance);
      this.#askOf(target);
    } else if (this.#tried.size === 0) this.#fail(503, 'no instance takes requests now');
    else this.#fail(502, 'no instance could be reached');
  }

  #askOf(instance: DoorTarget): void {
    const { route, limits } = this.#around;
    const ask = this.#send(instance);
    if (!ask) return;
    const left = route.enter(instance.instance, this);
    this.#ask = ask;
    this.#left = left;
    let answered = false;
    const broken = (status: 502 | 504): void => {
      if (answered) return;
      answered = true;
      ask.destroy();
      left('over');
      if (this.#settled) return;
      if (status === 504) this.#fail(504, 'the instance did not answer in time');
      else this.#askNext();
    };
    ask.setTimeout(limits.answerTimeoutMs, () => broken(504));
    ask.on('socket', (socket) => {
      const timer = setTimeout(() => broken(502), limits.connectTimeoutMs);
      const clear = (): void => clearTimeout(timer);
      socket.once('connect', clear);
      socket.once('close', clear);
    });
    ask.on('error', () => broken(502));
    ask.on('close', () => broken(502));
    ask.on('upgrade', (answer, socket: Socket, head) => {
      answered = true;
      if (this.#settled) {
        socket.destroy();
        left('over');
        return;
      }
      this.#open(answer, socket, head, left);
    });
    ask.on('response', (answer) => {
      answered = true;
      if (!this.#settled) this.#relay(answer, left);
    });
    ask.end();
  }

  #send(instance: DoorTarget): ClientRequest | undefined {
    const { forwarding, upstream } = this.#around;
    const { path, authority } = this.#target;
    try {
      return httpRequest({
        host: instance.host,
        port: instance.port,
        method: 'GET',
        path,
        headers: [
          ...requestHeaders(this.#request.rawHeaders, authority, `${instance.host}:${instance.port}`),
          ...forwarding.headers(this.#request),
          ...UPGRADE,
        ],
        agent: upstream.fresh,
        setHost: false,
      });
    } catch {
      this.#refuse(400, 'a character that may not stand there');
      return undefined;
    }
  }

  #open(answer: IncomingMessage, instance: Socket, head: Buffer, left: (outcome: Outcome) => void): void {
    const { route, limits } = this.#around;
    this.#settled = true;
    route.counts.sockets += 1;
    this.#client.write(
      headOf('HTTP/1.1 101 Switching Protocols', [...answerHeaders(answer.rawHeaders), ...UPGRADE]),
      'latin1',
    );
    this.#client.off('data', this.#hear).off('end', this.#end);
    this.#tunnel = new Tunnel(this.#client, instance, limits, left);
    this.#tunnel.begin(Buffer.concat(this.#early), head);
    if (this.#isLeaving) this.#tunnel.leave();
  }

  /** It did not want to: its answer is the client's. */
  #relay(answer: IncomingMessage, left: (outcome: Outcome) => void): void {
    this.#settled = true;
    const response = this.#responseTo();
    let complete = false;
    answer.on('end', () => {
      complete = true;
      left('finished');
    });
    const broken = (): void => {
      if (complete) return;
      complete = true;
      left('over');
      this.#around.route.counts.failed += 1;
      this.#client.destroy();
    };
    answer.on('error', broken);
    answer.on('close', broken);
    try {
      response.writeHead(answer.statusCode!, answer.statusMessage, answerHeaders(answer.rawHeaders));
    } catch {
      broken();
      return;
    }
    answer.pipe(response);
  }

  #fail(status: 502 | 503 | 504, detail: string): void {
    this.#around.route.counts.failed += 1;
    this.#refuse(status, detail);
  }

  #refuse(status: RefusalStatus, detail: string): void {
    this.#settled = true;
    refuse(this.#responseTo(), status, detail);
  }

  /** A plain answer on a connection that was taken out of HTTP's hands, after which it ends. */
  #responseTo(): ServerResponse {
    const response = new ServerResponse(this.#request);
    response.shouldKeepAlive = false;
    response.assignSocket(this.#client);
    response.on('error', () => undefined);
    response.on('finish', () => {
      response.detachSocket(this.#client);
      this.#client.end(() => this.#client.destroySoon());
    });
    return response;
  }
}

/** The head of an answer. Values are as they were parsed, and hold no line break. */
function headOf(start: string, headers: RawHeaders): string {
  const lines = headers.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${headers[i + 1]}`] : []));
  return `${[start, ...lines].join('\r\n')}\r\n\r\n`;
}

function hasNoBody({ 'content-length': length, 'transfer-encoding': coding }: IncomingHttpHeaders): boolean {
  return coding === undefined && (length === undefined || length === '0');
}
