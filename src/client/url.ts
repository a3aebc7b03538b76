/** Where a server's WebSocket endpoint is. */
import { SOCKET_PATH } from '../protocol/version.ts';

/**
 * The endpoint of the server at `url`.
 * @param url the server's base address (`https://ops.example/base`), its endpoint, or a path on the page's origin.
 * @param base what a relative `url` is relative to; the page by default.
 * @throws TypeError when there is no such address.
 */
export function endpointOf(url: string, base = globalThis.document?.baseURI): string {
  const endpoint = new URL(url, base);
  endpoint.protocol = endpoint.protocol.replace(/^http/, 'ws');
  if (!/^wss?:$/.test(endpoint.protocol)) throw new TypeError(`"${url}" is no address of HTTP or WebSocket`);
  endpoint.hash = endpoint.search = '';
  const path = endpoint.pathname.replace(/\/+$/, '');
  endpoint.pathname = path.endsWith(SOCKET_PATH) ? path : path + SOCKET_PATH;
  return endpoint.href;
}
