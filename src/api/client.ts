/** A client of the HTTP API: typed by the API's own description, without any package behind it. */
import { WaooawError } from '../protocol/error.ts';
import { addressOf, baseOf } from './address.ts';
import { ApiError, errorOf, isJson } from './error.ts';
import type { ApiOptions, CallOptions, CallParts } from './options.ts';
import { STREAMED } from './paths.ts';
import type { Paths } from './paths.ts';

/** A method of HTTP that the API has. */
export type Method = keyof Paths;
/** The addresses that take a method. */
export type PathOf<M extends Method> = keyof Paths[M] & string;
/** What a call resolves to. */
export type AnswerOf<M extends Method, P extends PathOf<M>> = Paths[M][P] extends { answer: infer A }
  ? A
  : never;
/** What a call takes: what its address needs, and what every call does. */
export type OptionsOf<M extends Method, P extends PathOf<M>> = Omit<Paths[M][P], 'answer'> & CallOptions;

/** The last argument may be left out where nothing in it is needed. */
type Args<O> = object extends O ? [options?: O] : [options: O];
type Call<M extends Method> = <P extends PathOf<M>>(
  path: P,
  ...options: Args<OptionsOf<M, P>>
) => Promise<AnswerOf<M, P>>;

/**
 * The API of one server. Every call rejects with a `WaooawError`: an `ApiError` that the server answered, or `connection_lost`,
 * `request_timeout` and `aborted`; what cannot be asked at all is a `TypeError`.
 */
export interface Api {
  readonly get: Call<'get'>;
  readonly post: Call<'post'>;
  readonly put: Call<'put'>;
  readonly patch: Call<'patch'>;
  readonly delete: Call<'delete'>;
}

const TIMEOUT_MS = 30_000;
const streamed: ReadonlySet<string> = new Set(STREAMED);

/** Makes a client; nothing is asked yet. @throws TypeError when the url is none. */
export function createApi(options: ApiOptions): Api {
  const base = baseOf(options.url);
  const call =
    (method: Method) =>
    (path: string, parts: CallParts = {}): Promise<unknown> =>
      ask(options, base, method, path, parts);
  return {
    get: call('get') as Call<'get'>,
    post: call('post') as Call<'post'>,
    put: call('put') as Call<'put'>,
    patch: call('patch') as Call<'patch'>,
    delete: call('delete') as Call<'delete'>,
  };
}

async function ask(
  options: ApiOptions,
  base: string,
  method: Method,
  path: string,
  parts: CallParts,
): Promise<unknown> {
  const { token } = options;
  const address = `${base}${addressOf(path, parts.path, parts.query)}`;
  for (let again = typeof token === 'function'; ; again = false) {
    try {
      const value = typeof token === 'function' ? await token() : token;
      return await once(options, address, method, path, parts, value);
    } catch (error) {
      // Nothing was done: whoever is not let in does not act.
      if (again && error instanceof ApiError && error.code === 'token_expired') continue;
      throw error;
    }
  }
}

async function once(
  options: ApiOptions,
  address: string,
  method: Method,
  path: string,
  parts: CallParts,
  token: string | undefined,
): Promise<unknown> {
  const { timeoutMs = options.timeoutMs ?? TIMEOUT_MS, signal } = parts;
  const over = new AbortController();
  const timer = timeoutMs > 0 ? setTimeout(() => over.abort(), timeoutMs) : undefined;
  try {
    const request = new Request(address, {
      ...contentOf(method, parts, token),
      method: method.toUpperCase(),
      // A token goes to the server that was named, and to no other.
      redirect: 'error',
      credentials: 'omit',
      signal: signal ? AbortSignal.any([signal, over.signal]) : over.signal,
    });
    const response = await (options.fetch ?? fetch)(request);
    const isHealth = response.headers.get('content-type')?.startsWith('application/health+json') ?? false;
    if (!response.ok && !isHealth) throw await errorOf(response);
    if (streamed.has(path)) return response;
    if (response.status === 204) return undefined;
    return isJson(response.headers) ? await response.json() : await response.text();
  } catch (error) {
    if (error instanceof WaooawError) throw error;
    if (signal?.aborted) throw new WaooawError('aborted', undefined, { cause: signal.reason });
    if (over.signal.aborted)
      throw new WaooawError('request_timeout', `No answer arrived within ${timeoutMs} ms`, { cause: error });
    throw new WaooawError('connection_lost', `${originOf(address)} does not answer`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function contentOf(
  method: Method,
  { headers = {}, body, contentType = 'application/json' }: CallParts,
  token: string | undefined,
): { headers: Headers; body?: string | Uint8Array<ArrayBuffer> } {
  const sent = new Headers();
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) sent.set(name, String(value));
  if (token !== undefined && token !== '') sent.set('authorization', `Bearer ${token}`);
  // The server demands a type of every change, also of one without a body.
  if (method !== 'get') sent.set('content-type', contentType);
  if (body === undefined) return { headers: sent };
  const asItIs = typeof body === 'string' || body instanceof Uint8Array;
  return { headers: sent, body: asItIs ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) };
}

function originOf(address: string): string {
  return new URL(address).origin;
}
