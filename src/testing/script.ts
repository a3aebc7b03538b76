/** The far end of a WebSocket, played by the test: for what a real server does too rarely, or never. */
import type { Command, Connected, Json, Subscribed } from '../protocol/frames.ts';

/** What a client sent. */
export type Sent = Partial<Record<string, unknown>> & { readonly id?: number };

/** One socket that the client opened, seen from the far end. */
export class ScriptedSocket {
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  /** Messages from the client, in order. */
  readonly sent: Sent[] = [];
  /** The code that the client closed with. */
  closedWith: number | undefined;
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Sent);
  }

  close(code?: number): void {
    this.readyState = 2;
    this.closedWith = code;
  }

  /** The handshake succeeds. */
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  /** The line ends, as a browser reports it. */
  end(code = 1006, reason = ''): void {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }

  /** The server says something. */
  say(...messages: object[]): void {
    this.onmessage?.({ data: messages.map((message) => JSON.stringify(message)).join('\n') });
  }

  /** The newest message with this command. */
  last<K extends string>(command: K): { id: number } & Record<K, Json> {
    const found = this.sent.findLast((message) => command in message);
    if (!found) throw new Error(`nothing with "${command}" was sent: ${JSON.stringify(this.sent)}`);
    return found as { id: number } & Record<K, Json>;
  }

  /** How many messages with this command were sent. */
  count(command: string): number {
    return this.sent.filter((message) => command in message).length;
  }

  /** Answers the newest command of this name. */
  reply(command: string, ok: object): void {
    this.say({ id: this.last(command).id, ok });
  }

  /** Refuses the newest command of this name. */
  refuse(command: string, code: string, more: object = {}): void {
    this.say({ id: this.last(command).id, err: { code, message: code, retryable: false, ...more } });
  }

  /** Opens, and answers connect: every channel stands at offset 0 of epoch `k` unless said otherwise. */
  accept(more: Partial<Connected> = {}): void {
    this.open();
    this.admit(more);
  }

  /** Answers connect. */
  admit(more: Partial<Connected> = {}): void {
    this.reply('connect', admission(this.last('connect') as unknown as Command, more));
  }
}

/** The answer to a connect. */
export function admission(command: Command, more: Partial<Connected> = {}): Connected {
  const requests = 'connect' in command ? (command.connect.subs ?? []) : [];
  return {
    session: 'session-1',
    t: 1_000_000,
    pingMs: 25_000,
    maxFrameBytes: 65_536,
    server: { version: '9.9.9', protocol: 'waooaw.v1' },
    identity: { id: 'me', name: 'Me' },
    subs: requests.map(({ ch, since }, i) =>
      since ? { ...since, n: i + 1, ch, recovered: true, pubs: [] } : at(i + 1, ch, 0),
    ),
    ...more,
  };
}

/** A subscription's answer with a snapshot. The hash is made of the offset. */
export function at(n: number, ch: string, o: number, more: Partial<Subscribed> = {}): Subscribed {
  return { n, ch, e: 'k', o, h: hash(o), snapshot: { at: o }, ...more };
}

/** The tail at an offset, as scripts have it. */
export const hash = (offset: number): string => `h${offset}`;

/** Publications up to and including `to`. */
export function pubs(n: number, from: number, to = from): { n: number; pubs: [number, Json][]; h: string } {
  return { n, pubs: rows(from, to), h: hash(to) };
}

/** Rows of publications. */
export function rows(from: number, to: number): [number, Json][] {
  return Array.from({ length: to - from + 1 }, (_, i) => [from + i, { at: from + i }]);
}

/** The sockets of a test. */
export interface Script {
  readonly sockets: readonly ScriptedSocket[];
  /** The newest. */
  readonly socket: ScriptedSocket;
  restore(): void;
}

/** Puts scripted sockets in place of the browser's. */
export function scriptSockets(): Script {
  const real = globalThis.WebSocket;
  const sockets: ScriptedSocket[] = [];
  globalThis.WebSocket = class extends ScriptedSocket {
    constructor(url: string) {
      super(url);
      sockets.push(this);
    }
  } as unknown as typeof WebSocket;
  return {
    sockets,
    get socket() {
      const newest = sockets.at(-1);
      if (!newest) throw new Error('no socket was opened');
      return newest;
    },
    restore() {
      globalThis.WebSocket = real;
    },
  };
}
