/** What the door answers itself, as `application/problem+json` (RFC 9457). */
import { STATUS_CODES } from 'node:http';
import type { ServerResponse } from 'node:http';

/** Answers of the door's own. */
export type RefusalStatus = 400 | 413 | 421 | 502 | 503 | 504;

/** After which time to ask again, s. */
const RETRY_AFTER_S = 1;

/** Answers, unless an answer has begun. @param detail what was wrong, for people. */
export function refuse(response: ServerResponse, status: RefusalStatus, detail: string): void {
  if (response.headersSent || response.destroyed) return;
  const body = JSON.stringify({ title: STATUS_CODES[status], status, detail });
  // What is left of a request that was not read is not mistaken for the next one.
  if (status === 400 || !response.req.complete) response.shouldKeepAlive = false;
  response.writeHead(status, {
    'Content-Type': 'application/problem+json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    ...(status === 503 ? { 'Retry-After': RETRY_AFTER_S } : {}),
  });
  response.end(body);
}
