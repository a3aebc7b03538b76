/** The far end of an SSE connection, played by the test in place of `fetch`. */
import { until } from './until.ts';

/** One request that the client made. */
export class ScriptedRequest {
  readonly url: string;
  readonly headers: Headers;
  /** The body as sent, read as JSON. */
  readonly body: unknown;
  readonly #signal: AbortSignal | undefined;
  readonly #respond: (response: Response) => void;
  readonly #fail: (error: unknown) => void;
  #stream: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(
    url: string,
    init: RequestInit,
    respond: (response: Response) => void,
    fail: (error: unknown) => void,
  ) {
    this.url = url;
    this.headers = new Headers(init.headers);
    this.body = JSON.parse(init.body as string);
    this.#signal = init.signal ?? undefined;
    this.#respond = respond;
    this.#fail = fail;
    this.#signal?.addEventListener('abort', () => {
      fail(this.#signal?.reason);
      this.#stream?.error(this.#signal?.reason);
    });
  }

  /** The client gave up on it. */
  get aborted(): boolean {
    return this.#signal?.aborted === true;
  }

  /** Answers, with a problem if there is a code. */
  answer(status: number, code?: string): void {
    const body = code === undefined ? null : JSON.stringify({ code });
    this.#respond(new Response(body, { status }));
  }

  /** The network fails. */
  fail(): void {
    this.#fail(new TypeError('Failed to fetch'));
  }

  /** Answers with a stream. */
  open(contentType = 'text/event-stream'): void {
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (this.#stream = controller) });
    this.#respond(new Response(body, { headers: { 'content-type': contentType } }));
  }

  /** Streams text as it stands. */
  write(text: string): void {
    this.#stream?.enqueue(new TextEncoder().encode(text));
  }

  /** Streams one event that holds these messages. */
  say(...messages: object[]): void {
    this.write(`${messages.map((message) => `data: ${JSON.stringify(message)}`).join('\n')}\n\n`);
  }

  /** The stream ends. */
  end(): void {
    this.#stream?.close();
  }
}

/** The requests of a test. */
export interface Streams {
  readonly requests: readonly ScriptedRequest[];
  /** Waits for request number `index`, from 0. */
  request(index: number): Promise<ScriptedRequest>;
  restore(): void;
}

/** Puts scripted requests in place of `fetch`; the test server's own still go through. */
export function scriptStreams(): Streams {
  const real = globalThis.fetch;
  const requests: ScriptedRequest[] = [];
  globalThis.fetch = (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const url = input instanceof Request ? input.url : String(input);
    if (!/\/sse(\/|$)/.test(url)) return real(input, init);
    return new Promise((resolve, reject: (error: unknown) => void) => {
      requests.push(new ScriptedRequest(url, init, resolve, reject));
    });
  };
  return {
    requests,
    request: (index) => until(() => requests[index], `request ${index}`),
    restore() {
      globalThis.fetch = real;
    },
  };
}
