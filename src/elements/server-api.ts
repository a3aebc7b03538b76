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

/** The API of the server that a socket is connected to. The socket's token goes into a header. */
export function serverApi(client: SocketClient): ServerApi {
  return {
    async get(path, signal) {
      const token = await client.token();
      return fetch(apiUrl(client.url, path), {
        headers: { accept: 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        ...(signal && { signal }),
      });
    },
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
