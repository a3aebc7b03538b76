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
export async function ask<T>(
  server: Server,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<T> {
  const { at, response, text } = await exchange(server, method, path, body, headers);
  const parsed = parse(text);
  if (response.ok && parsed !== undefined) return parsed as T;
  throw refusal(server, at, response, parsed);
}

/** @returns the answer's body as it is. @throws CommandFailed. */
export async function askText(server: Server, path: string): Promise<string> {
  const { at, response, text } = await exchange(server, 'GET', path);
  const type = response.headers.get('content-type') ?? '';
  if (response.ok && type.startsWith('text/plain')) return text;
  throw refusal(server, at, response, parse(text));
}

/**
 * @param type media type of the answer.
 * @returns the answer's body while it comes in, however long that takes.
 * @throws CommandFailed, also when nothing has come for {@link TIMEOUT_MS}.
 */
export async function* askStream(
  server: Server,
  path: string,
  type: string,
): AsyncGenerator<Uint8Array, void> {
  const at = addressOf(server);
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error('nothing came for half a minute')), TIMEOUT_MS);
  try {
    const response = await fetch(`${at}${path}`, requestOf(server, 'GET', silence.signal));
    if (!response.ok || !response.headers.get('content-type')?.startsWith(type)) {
      throw refusal(server, at, response, parse(await response.text()));
    }
    for await (const piece of response.body ?? []) {
      timer.refresh();
      yield piece;
    }
  } catch (error) {
    if (error instanceof CommandFailed) throw error;
    throw new CommandFailed(`${at} does not answer: ${reasonOf(error)}`);
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

async function exchange(
  server: Server,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ at: string; response: Response; text: string }> {
  const at = addressOf(server);
  try {
    const request = requestOf(server, method, AbortSignal.timeout(TIMEOUT_MS), body, headers);
    const response = await fetch(`${at}${path}`, request);
    return { at, response, text: await response.text() };
  } catch (error) {
    throw new CommandFailed(`${at} does not answer: ${reasonOf(error)}`);
  }
}

function addressOf({ url }: Server): string {
  return `${url.origin}${url.pathname.replace(/\/$/, '')}`;
}

function requestOf(
  { token }: Server,
  method: string,
  signal: AbortSignal,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): RequestInit {
  return {
    method,
    headers: {
      ...headers,
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    // A token goes to the server that was named, and to no other.
    redirect: 'error',
    signal,
  };
}

function refusal(
  { token }: Server,
  at: string,
  { status }: Response,
  body: object | undefined,
): CommandFailed {
  const { code, detail } = (body ?? {}) as { code?: ErrorCode; detail?: string };
  if (code === undefined) return new CommandFailed(`${at} answered ${status}, and is no waooaw server`);
  const hint = code === 'unauthorized' && token === undefined ? '. Set WAOOAW_TOKEN' : '';
  return new CommandFailed(`${code}: ${detail ?? ''}${hint}`);
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
