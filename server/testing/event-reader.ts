/** For tests: a reader over server-sent events, for networks that let no WebSocket through. */
import { once } from 'node:events';
import http from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { TestContext } from 'node:test';
import type { ConnectRequest } from '../../src/protocol/index.ts';
import { post } from './harness.ts';
import type { Answer } from './harness.ts';
import { Inbox } from './inbox.ts';
import type { CommandBody, Heard } from './inbox.ts';

/** An event as a browser would dispatch it. */
export interface ServerSentEvent {
  readonly name: string;
  readonly data: string;
}

/** Reads an event stream as the HTML standard (§9.2.6) does, in whatever pieces it comes. */
export class EventParser {
  #rest = '';
  #name = '';
  #data: string[] = [];

  /** @returns the events that are whole with this piece. */
  push(text: string): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = lines.pop()!;
    for (const line of lines) {
      const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (line === '') {
        if (this.#data.length > 0)
          events.push({ name: this.#name || 'message', data: this.#data.join('\n') });
        this.#name = '';
        this.#data = [];
      } else if (field === 'event') this.#name = value;
      else if (field === 'data') this.#data.push(value);
      else if (field !== '') throw new Error(`"${line}" is no line of an event`);
    }
    return events;
  }
}

/** A client over a real stream. */
export class EventReader {
  readonly inbox = new Inbox();
  readonly headers: IncomingHttpHeaders;
  /** Every event as it came. */
  readonly events: ServerSentEvent[] = [];
  /** Resolves when the stream is over: what its `close` event said, or undefined when there was none. */
  readonly closed: Promise<{ code: number; reason: string } | undefined>;
  readonly #url: string;
  readonly #authorization: Readonly<Record<string, string>>;
  readonly #response: IncomingMessage;
  #session = '';
  #lastId = 1;

  private constructor(url: string, token: string | undefined, response: IncomingMessage) {
    this.#url = url;
    this.#authorization = bearer(token);
    this.#response = response;
    this.headers = response.headers;
    const parser = new EventParser();
    response.setEncoding('utf8').on('data', (text: string) => {
      for (const event of parser.push(text)) this.#take(event);
    });
    response.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      response.on('close', () => {
        const end = this.events.find(({ name }) => name === 'close');
        this.inbox.end(`closed with ${end?.data ?? 'nothing said'}`);
        resolve(end && (JSON.parse(end.data) as { code: number; reason: string }));
      });
    });
  }

  /**
   * Opens a stream that ends with the test, and waits for its headers.
   * @param url of the server.
   * @param body what is said first; a text is sent as it stands.
   */
  static async open(
    t: TestContext,
    url: string,
    body: unknown,
    token?: string,
    headers = {},
  ): Promise<EventReader> {
    const asking = http.request(`${url}/sse`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', ...bearer(token), ...headers },
    });
    t.after(() => asking.destroy());
    asking.end(typeof body === 'string' ? body : JSON.stringify(body));
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    // A stream that the test leaves says so, and no more.
    asking.on('error', () => undefined);
    if (response.statusCode !== 200) throw new Error(`The stream was refused with ${response.statusCode}`);
    return new EventReader(url, token, response);
  }

  /** Opens a stream and connects. */
  static async connected(
    t: TestContext,
    url: string,
    connect: ConnectRequest = {},
    token?: string,
  ): Promise<EventReader & { readonly hello: NonNullable<Heard['ok']> }> {
    const reader = await EventReader.open(t, url, { id: 1, connect }, token);
    const { ok: hello } = await reader.inbox.answer(1);
    if (!hello?.session) throw new Error('The stream was not connected');
    reader.#session = hello.session;
    return Object.assign(reader, { hello });
  }

  get session(): string {
    return this.#session;
  }

  /** Sends a message, or several as one list; a text as it stands. @param token another than the stream's own. */
  say(message: unknown, token?: string): Promise<Answer> {
    const authorization = token === undefined ? this.#authorization : bearer(token);
    return post(`${this.#url}/sse/${this.session}`, message, authorization);
  }

  /** Sends a command and waits for its answer. */
  async ask(command: CommandBody): Promise<Heard> {
    const id = ++this.#lastId;
    const { status, text } = await this.say({ id, ...command });
    if (status !== 204) throw new Error(`Answered with ${status}: ${text}`);
    return this.inbox.answer(id);
  }

  next(): Promise<Heard> {
    return this.inbox.next();
  }

  /** Reads nothing any more. */
  pause(): void {
    this.#response.pause();
  }

  resume(): void {
    this.#response.resume();
  }

  /** Goes away without a word. */
  leave(): void {
    this.#response.destroy();
  }

  #take(event: ServerSentEvent): void {
    this.events.push(event);
    if (event.name === 'message') this.inbox.take(event.data);
  }
}

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
