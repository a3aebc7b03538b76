/** One request through the door: asked of an instance, of another where that is safe, and answered. */
import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { DoorTarget } from '../../ports/agent-door.ts';
import { answerHeaders, requestHeaders } from './headers.ts';
import { targetOf } from './target.ts';
import type { Target } from './target.ts';
import { refuse } from './refusal.ts';
import { RequestBody } from './request-body.ts';
import type { Occupant, Outcome } from './route.ts';
import type { Surroundings } from './surroundings.ts';

/** Asking twice does what asking once does (RFC 9110 §9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** A request under way. */
export class Exchange implements Occupant {
  readonly #around: Surroundings;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #body: RequestBody;
  readonly #tried = new Set<string>();
  #target: Target = { path: '/' };
  #ask: ClientRequest | undefined;
  /** Says that the instance is done with us. */
  #left: (outcome: Outcome) => void = () => undefined;
  /** An answer began, or the client went: nobody else is asked. */
  #settled = false;

  constructor(around: Surroundings, request: IncomingMessage, response: ServerResponse) {
    this.#around = around;
    this.#request = request;
    this.#response = response;
    this.#body = new RequestBody(request, around.limits);
  }

  /** Passes it on. */
  start(): void {
    const { route } = this.#around;
    route.counts.requests += 1;
    const target = targetOf(this.#request, this.#around.allows);
    if ('status' in target) {
      refuse(this.#response, target.status, target.detail);
      return;
    }
    if (this.#body.isTooLarge) {
      refuse(this.#response, 413, 'the body is larger than maxBodyBytes');
      return;
    }
    this.#target = target;
    this.#response.on('close', () => this.#clientClosed());
    this.#response.on('error', () => undefined);
    this.#request.on('error', () => undefined);
    this.#body.whenReady(() => this.#askNext());
  }

  leave(): void {
    // A request that is under way is answered.
  }

  cut(): void {
    this.#settled = true;
    this.#left('cut');
    this.#ask?.destroy();
    this.#response.destroy();
  }

  /** Of the pointer as it is now, so that what waited for its body goes where the route leads when it is sent. */
  #askNext(): void {
    if (this.#settled) return;
    const { route, limits } = this.#around;
    const target = this.#tried.size < limits.maxAttempts ? route.next(this.#tried) : undefined;
    if (target) {
      if (this.#tried.size > 0) route.counts.retried += 1;
      this.#tried.add(target.instance);
      this.#askOf(target, IDEMPOTENT.has(this.#request.method!) && this.#body.way !== 'streamed');
    } else if (this.#tried.size === 0) this.#fail(503, 'no instance takes requests now');
    else this.#fail(502, 'no instance could be reached');
  }

  /** @param kept over a connection that was used before, if there is one. */
  #askOf(instance: DoorTarget, kept: boolean): void {
    const { route, limits } = this.#around;
    const ask = this.#send(instance, kept);
    if (!ask) return;
    const left = route.enter(instance.instance, this);
    this.#ask = ask;
    this.#left = left;
    let connected = false;
    let over = false;

    const broken = (status: 502 | 504, detail: string): void => {
      if (over) return;
      over = true;
      ask.destroy();
      left('over');
      if (this.#settled) return;
      const isFirst = status === 502 && ask.reusedSocket;
      if (!this.#mayAskAgain(connected) || status === 504) this.#fail(status, detail);
      // The instance closed a connection that had idled: it may be well, and is asked over a new one.
      else if (isFirst) this.#askOf(instance, false);
      else this.#askNext();
    };

    ask.on('socket', (socket) => {
      const begin = (): void => {
        connected = true;
        this.#body.send(ask, () => this.#tooLarge());
      };
      if (!socket.connecting) {
        begin();
        return;
      }
      const timer = setTimeout(() => broken(502, 'the instance took no connection'), limits.connectTimeoutMs);
      socket.once('connect', begin);
      const clear = (): void => clearTimeout(timer);
      socket.once('connect', clear);
      socket.once('close', clear);
    });
    ask.setTimeout(limits.answerTimeoutMs, () => {
      broken(504, 'the instance did not answer in time');
    });
    ask.on('error', () => broken(502, 'the instance broke off'));
    // Also of an upgrade that nobody asked for.
    ask.on('close', () => broken(502, 'the instance broke off'));
    ask.on('information', (info) => {
      if (info.statusCode === 103) this.#hint(info.rawHeaders);
    });
    ask.on('response', (answer) => {
      if (over || this.#settled) return;
      // From here on it is the answer's to judge.
      over = true;
      this.#relay(ask, answer, left);
    });
  }

  /** @returns undefined for a request that cannot be written, which is refused. */
  #send(instance: DoorTarget, kept: boolean): ClientRequest | undefined {
    const { forwarding, upstream } = this.#around;
    const { path, authority } = this.#target;
    try {
      return httpRequest({
        host: instance.host,
        port: instance.port,
        method: this.#request.method,
        path,
        headers: [
          ...requestHeaders(this.#request.rawHeaders, authority, `${instance.host}:${instance.port}`),
          ...this.#body.headers(),
          ...forwarding.headers(this.#request),
        ],
        agent: kept ? upstream.kept : upstream.fresh,
        setHost: false,
      });
    } catch {
      this.#settled = true;
      refuse(this.#response, 400, 'a character that may not stand there');
      return undefined;
    }
  }

  /** Never connected: nobody heard of it. Else it must be harmless to ask twice, and possible. */
  #mayAskAgain(connected: boolean): boolean {
    if (this.#body.spent) return false;
    return !connected || IDEMPOTENT.has(this.#request.method!);
  }

  #relay(ask: ClientRequest, answer: IncomingMessage, left: (outcome: Outcome) => void): void {
    this.#settled = true;
    const { limits, route } = this.#around;
    const response = this.#response;
    let complete = false;
    const broken = (): void => {
      if (complete) return;
      complete = true;
      left('over');
      ask.destroy();
      if (response.destroyed) return;
      route.counts.failed += 1;
      // Cut, not ended: the client must see that it is not whole.
      if (response.headersSent) response.destroy();
      else refuse(response, 502, 'the instance’s answer cannot be read');
    };
    answer.on('end', () => {
      complete = true;
      left('finished');
    });
    answer.on('error', broken);
    answer.on('close', broken);
    ask.setTimeout(limits.idleMs, broken);
    try {
      response.writeHead(answer.statusCode!, answer.statusMessage, answerHeaders(answer.rawHeaders));
    } catch {
      broken();
      return;
    }
    let flows = false;
    answer.once('data', () => (flows = true));
    answer.pipe(response);
    // The head of an answer that takes its time must not wait for it; with the first bytes it is one packet.
    setImmediate(() => {
      if (!flows && !response.writableEnded && !response.destroyed) response.flushHeaders();
    });
  }

  #hint(raw: readonly string[]): void {
    const links = raw.flatMap((value, i) =>
      i % 2 === 1 && raw[i - 1]!.toLowerCase() === 'link' ? [value] : [],
    );
    if (links.length > 0 && !this.#response.headersSent && this.#request.httpVersion !== '1.0')
      this.#response.writeEarlyHints({ link: links });
  }

  #tooLarge(): void {
    this.#settled = true;
    this.#left('over');
    this.#ask?.destroy();
    if (this.#response.headersSent) this.#response.destroy();
    else refuse(this.#response, 413, 'the body is larger than maxBodyBytes');
  }

  #fail(status: 502 | 503 | 504, detail: string): void {
    this.#settled = true;
    this.#around.route.counts.failed += 1;
    refuse(this.#response, status, detail);
  }

  /** Answered, or the client went. */
  #clientClosed(): void {
    if (this.#response.writableFinished) return;
    this.#settled = true;
    this.#left('over');
    this.#ask?.destroy();
  }
}
