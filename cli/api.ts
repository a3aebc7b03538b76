/** Asks a running server over its HTTP API. */
import type { ErrorCode } from '../src/protocol/index.ts';

/** A server, and who we are to it. */
export interface Server {
  /** With its base path, if it has one. */
  readonly url: URL;
  /** API key or JWT; none is anonymous. */
  readonly token: string | undefined;
}

/** Why a command cannot be done: one line, for people. */
export class CommandFailed extends Error {}

const TIMEOUT_MS = 30_000;

/** @returns the answer's body. @throws CommandFailed with the server's own words where there are some. */
export async function ask<T>(server: Server, method: string, path: string, body?: unknown): Promise<T> {
  const { url, token } = server;
  const at = `${url.origin}${url.pathname.replace(/\/$/, '')}`;
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${at}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      // A token goes to the server that was named, and to no other.
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    text = await response.text();
  } catch (error) {
    throw new CommandFailed(`${at} does not answer: ${reasonOf(error)}`);
  }
  const parsed = parse(text);
  if (response.ok && parsed !== undefined) return parsed as T;
  const { code, detail } = (parsed ?? {}) as { code?: ErrorCode; detail?: string };
  if (code === undefined)
    throw new CommandFailed(`${at} answered ${response.status}, and is no waooaw server`);
  const hint = code === 'unauthorized' && token === undefined ? '. Set WAOOAW_TOKEN' : '';
  throw new CommandFailed(`${code}: ${detail ?? ''}${hint}`);
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `fetch` says "fetch failed", and why in its cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  const { code, message: why } = (cause ?? {}) as { code?: string; message?: string };
  return code ?? why ?? message;
}
