/** How the HTTP client behaves, and what a call takes. */
import type { TokenOption } from '../client/token.ts';

/** How a client behaves. */
export interface ApiOptions {
  /** The server's base address, such as `https://ops.example/base`; in a page also a path on the page's origin. */
  readonly url: string;
  /** API key or JWT, or a function that is asked for one before every call, and again where one has expired. Default, and empty: none. */
  readonly token?: TokenOption;
  /** From a call to its answer, ms; 0 is for ever. Of what is streamed it is the time to its beginning. Default 30,000. */
  readonly timeoutMs?: number;
  /** Used in the place of the platform's own, for tests and for hosts without a network. */
  readonly fetch?: (request: Request) => Response | Promise<Response>;
}

/** What every call takes. */
export interface CallOptions {
  /** Ends the call: it rejects with `aborted`. What the server has begun by then it may finish. */
  readonly signal?: AbortSignal;
  /** In the place of the client's. */
  readonly timeoutMs?: number;
  /** Of a body that is a text or bytes. Default `application/json`. */
  readonly contentType?: string;
}

/** What a call takes beside that, as the generated types name it. */
export interface CallParts extends CallOptions {
  readonly path?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
}
