/** Asks the server behind a socket by HTTP, as whoever the socket is. */
import type { SocketClient } from '../client/socket.ts';
import { SOCKET_PATH } from '../protocol/version.ts';

/** Reads from a server's API. */
export interface ServerApi {
  /**
   * @param path below `/api`, such as `/audit/entries/17/proof`.
   * @returns the answer, whatever its status. Rejects when there is none.
   */
  get(path: string, signal?: AbortSignal): Promise<Response>;
}

/** Reads from a server's API, and sends it commands. */
export interface CommandApi extends ServerApi {
  /**
   * Sends a command.
   * @param body sent as JSON; default an empty object.
   * @returns the answer, whatever its status. Rejects when there is none: then nobody knows whether it was taken.
   */
  post(path: string, body?: object, signal?: AbortSignal): Promise<Response>;
}

/** Why a server did not do what it was asked for, in its own words. */
export interface Problem {
  /** Empty where it gave none. */
  readonly code: string;
  readonly reason: string;
}

/** The API of the server that a socket is connected to. The socket's token goes into a header. */
export function serverApi(client: SocketClient): CommandApi {
  const ask = async (path: string, init: RequestInit, signal?: AbortSignal): Promise<Response> => {
    const token = await client.token();
    return fetch(apiUrl(client.url, path), {
      ...init,
      headers: {
        accept: 'application/json',
        ...(init.body !== undefined && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(signal && { signal }),
    });
  };
  return {
    get: (path, signal) => ask(path, {}, signal),
    post: (path, body = {}, signal) => ask(path, { method: 'POST', body: JSON.stringify(body) }, signal),
  };
}

/** Reads an answer that is a refusal (`application/problem+json`); its status where it says no more. */
export async function problemOf(answer: Response): Promise<Problem> {
  const body: unknown = await answer.json().catch(() => undefined);
  const { code, detail, title } = Object(body) as { code?: unknown; detail?: unknown; title?: unknown };
  const reason = detail ?? title;
  return {
    code: typeof code === 'string' ? code : '',
    reason: typeof reason === 'string' ? reason : String(answer.status),
  };
}

/** @param socketUrl the endpoint of the WebSocket. */
export function apiUrl(socketUrl: string, path: string): string {
  const url = new URL(socketUrl, globalThis.document?.baseURI);
  url.protocol = url.protocol.replace(/^ws/, 'http');
  url.username = url.password = url.search = url.hash = '';
  const [pathname = '', query] = path.split('?', 2);
  const base = url.pathname.replace(/\/+$/, '');
  url.pathname = `${base.endsWith(SOCKET_PATH) ? base.slice(0, -SOCKET_PATH.length) : base}/api${pathname}`;
  if (query) url.search = query;
  return url.href;
}
