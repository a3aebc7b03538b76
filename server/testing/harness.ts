/** For tests: a whole server on a free port, plain HTTP requests to it, and readers over real WebSockets. */
import { once } from 'node:events';
import http from 'node:http';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';
import { SUBPROTOCOLS, WaooawError } from '../../src/protocol/index.ts';
import type { ErrorCode } from '../../src/protocol/index.ts';
import type { ConfigOverrides } from '../config.ts';
import { createWaooaw } from '../create.ts';
import type { Parts, Waooaw } from '../create.ts';
import { listen } from '../listen.ts';
import { Inbox } from './inbox.ts';
import type { CommandBody, Heard } from './inbox.ts';
import { temporaryFolder } from './temporary-folder.ts';

export type { Heard } from './inbox.ts';
export { temporaryFolder };

/** A server that runs until its test ends. */
export interface Running {
  readonly waooaw: Waooaw;
  /** Without a slash at its end. */
  readonly url: string;
  readonly socketUrl: string;
  readonly host: string;
  /** As SIGTERM does. Twice is harmless. */
  stop(): Promise<void>;
}

/** Starts a silent server on a free port with a data folder of its own. */
export async function startServer(
  t: TestContext,
  overrides: ConfigOverrides = {},
  parts: Parts = {},
): Promise<Running> {
  let stop = (): Promise<void> => Promise.resolve();
  t.after(() => stop());
  const dataDir = temporaryFolder();
  const waooaw = createWaooaw({ port: 0, dataDir, logLevel: 'silent', ...overrides }, parts);
  stop = () => waooaw.stop();
  await waooaw.start();
  const listening = await listen(waooaw);
  stop = async () => {
    stop = () => Promise.resolve();
    // Not waited for: a clock that the test holds need not pass for it.
    void waooaw.drain();
    waooaw.broadcaster.close();
    await listening.close();
    await waooaw.stop();
  };
  const url = listening.url.replace(/\/$/, '');
  const { host } = new URL(url);
  return { waooaw, url, host, socketUrl: `${url.replace(/^http/, 'ws')}/ws`, stop: () => stop() };
}

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  json<T>(): T;
}

/** What is asked. */
export interface Ask {
  readonly method?: string;
  /** Sent as they stand, `host` too. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A text goes with its length, a list goes in chunks without one. */
  readonly body?: string | readonly string[];
  /** Sent instead of the URL's path, however odd. */
  readonly path?: string;
}

/** Asks by plain HTTP, where `fetch` would mend headers and paths. */
export function request(
  url: string,
  { method = 'GET', headers = {}, body, path }: Ask = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { method, headers: { ...headers }, agent: false, ...(path !== undefined && { path }) };
    const asking = http.request(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, text, json: <T>() => JSON.parse(text) as T });
      });
    });
    // A server that has refused may close while we still write; after an answer that is no failure.
    asking.on('error', reject);
    if (typeof body === 'string') asking.end(body);
    else {
      for (const part of body ?? []) asking.write(part);
      asking.end();
    }
  });
}

/** Posts JSON. */
export function post(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return request(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'content-length': `${Buffer.byteLength(text)}`,
      ...headers,
    },
    body: text,
  });
}

/** The body of a problem. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retryable: boolean;
  readonly requestId: string;
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly message: string }[];
}

/** For `assert.throws` and `assert.rejects`: an error of ours with this code, and words that its message holds. */
export function coded(code: ErrorCode, ...words: readonly string[]): (error: unknown) => boolean {
  return (error) =>
    error instanceof WaooawError &&
    error.code === code &&
    words.every((word) => error.message.includes(word));
}

/** A client over a real WebSocket. */
export class Reader {
  readonly inbox = new Inbox();
  readonly socket: WebSocket;
  /** Resolves when the connection is over. */
  readonly closed: Promise<{ code: number; reason: string }>;
  #lastId = 0;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => this.inbox.take(data.toString()));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.inbox.end(`closed with ${code}`);
        resolve({ code, reason: reason.toString() });
      });
    });
  }

  /** Opens a connection that ends with the test, and waits until the upgrade is through. */
  static async open(t: TestContext, url: string, options: ReaderOptions = {}): Promise<Reader> {
    const { protocols = [...SUBPROTOCOLS], ...rest } = options;
    const reader = new Reader(new WebSocket(url, protocols, rest));
    t.after(() => reader.socket.terminate());
    await once(reader.socket, 'open');
    return reader;
  }

  /** Opens a connection and connects. */
  static async connected(t: TestContext, url: string): Promise<Reader> {
    const reader = await Reader.open(t, url);
    await reader.ask({ connect: {} });
    return reader;
  }

  /** Sends text as it is, anything else as JSON. */
  say(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Sends a command and waits for its answer. */
  ask(command: CommandBody): Promise<Heard> {
    const id = ++this.#lastId;
    this.say({ id, ...command });
    return this.inbox.answer(id);
  }

  next(): Promise<Heard> {
    return this.inbox.next();
  }
}

/** How a reader connects. */
export interface ReaderOptions extends ClientOptions {
  readonly protocols?: string[];
}
