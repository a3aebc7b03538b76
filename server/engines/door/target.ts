/** Which requests are passed, and whereto: those that every program reads alike (RFC 9112 §3.2, §6 and §11). */
import type { IncomingMessage } from 'node:http';
import { valuesOf } from './headers.ts';

const ABSOLUTE = /^http:\/\/([^/?#@\s]+)(?=[/?]|$)/i;

/** A request as an instance is asked. */
export interface Target {
  /** In origin form. */
  readonly path: string;
  /** Instead of the `Host` header, of a request in absolute form. */
  readonly authority?: string;
}

/** Why a request is not passed. */
export interface NotPassed {
  readonly status: 400 | 421;
  readonly detail: string;
}

/** Where the request goes, or why it does not. @param allows judges the name that it was made to. */
export function targetOf(request: IncomingMessage, allows: (host: string) => boolean): Target | NotPassed {
  const problem = problemOf(request);
  if (problem !== undefined) return { status: 400, detail: problem };
  const target = readTarget(request);
  if (!target) return { status: 400, detail: 'a request target of another form than /path or http://…' };
  const host = target.authority ?? request.headers.host;
  // HTTP/1.0 may have none, and no page speaks that.
  if (host !== undefined && !allows(host))
    return { status: 421, detail: 'a Host that is no address, and is not on the list of allowed ones' };
  return target;
}

/** What two programs might read in two ways. */
function problemOf({ rawHeaders, httpVersion, method }: IncomingMessage): string | undefined {
  const hosts = valuesOf(rawHeaders, 'host');
  if (hosts.length > 1) return 'more than one Host header';
  if (hosts.length === 0 && httpVersion !== '1.0') return 'no Host header';
  const codings = valuesOf(rawHeaders, 'transfer-encoding');
  const lengths = valuesOf(rawHeaders, 'content-length');
  if (lengths.length > 1) return 'more than one Content-Length header';
  if (codings.length > 0) {
    if (lengths.length > 0) return 'both Transfer-Encoding and Content-Length';
    if (codings.length > 1 || codings[0]?.trim().toLowerCase() !== 'chunked')
      return 'a Transfer-Encoding other than chunked';
    if (httpVersion === '1.0') return 'Transfer-Encoding in HTTP/1.0';
  }
  // Every instance would answer with what it was asked, cookies and all.
  return method === 'TRACE' ? 'the method TRACE' : undefined;
}

/** In origin form; undefined for a target of another form. */
function readTarget({ url = '', method }: IncomingMessage): Target | undefined {
  if (url.startsWith('/') || (url === '*' && method === 'OPTIONS')) return { path: url };
  const [whole, authority] = ABSOLUTE.exec(url) ?? [];
  if (whole === undefined || authority === undefined) return undefined;
  const path = url.slice(whole.length);
  return { path: path.startsWith('/') ? path : `/${path}`, authority };
}
