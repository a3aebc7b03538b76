/** One connection, from its first byte to its last: commands and their answers, proof of life, the end. */
import { decodeFrame } from '../protocol/frames.ts';
import type {
  Batch,
  Connected,
  Direct,
  Ended,
  ErrorBody,
  Loss,
  Move,
  Reply,
  ServerMessage,
  SubscribeRequest,
} from '../protocol/frames.ts';
import { VERSION } from '../protocol/version.ts';
import type { Carrier, CarrierEnd, OpenCarrier, Transport } from './carrier.ts';
import type { ClientClock } from './clock.ts';
import { tidy } from './refusal.ts';
import type { TokenSource } from './token.ts';
import type { PageSignals } from './wake.ts';
import { openWebSocket } from './websocket-carrier.ts';

/** Beyond the server's ping interval, ms: a ping may be late, a dead line is silent. */
const PING_GRACE_MS = 10_000;
/** Hidden tabs run timers once a minute, so that nothing may be concluded from less than this, ms. */
const HIDDEN_GRACE_MS = 75_000;

/** What is loaded when it is needed; an object, so that a test can let it fail. */
export const LAZY = { sse: () => import('./sse-carrier.ts') };

/** What a server says that is neither an answer nor a ping. */
export type LinkMessage = Batch | Loss | Ended | Move | Direct;

/** How a link ended. */
export interface LinkEnd extends Omit<CarrierEnd, 'code'> {
  /** Absent: the browser refused the address, and will again. */
  readonly code?: number;
  /** What the server said of its refusal. */
  readonly error?: ErrorBody;
  readonly cause?: unknown;
}

/** Hears the reply; undefined: the link ended before it came. */
export type Answer = (reply: Reply | undefined) => void;

/** How a link is opened and watched. */
export interface LinkSettings {
  /** The WebSocket endpoint. */
  readonly url: string;
  readonly transport: Transport;
  readonly clock: ClientClock;
  /** From asking for the token to the answer to connect, ms. */
  readonly connectTimeoutMs: number;
  /** While it is hidden its timers cannot be trusted. */
  readonly page: Pick<PageSignals, 'hidden'>;
  readonly token: TokenSource;
}

/** Who is told what happens on a link. Never after the link was closed, and `ended` once. */
export interface LinkOwner {
  opened(link: Link): void;
  /** What to ask for in the first message. */
  subs(link: Link): readonly SubscribeRequest[];
  joined(link: Link, answer: Connected): void;
  message(link: Link, message: LinkMessage): void;
  /** Offsets by channel number. */
  positions(link: Link): Readonly<Record<string, number>>;
  /** The server said its time; with the round trip, ms, when it was an answer. */
  time(serverMs: number, roundTripMs?: number): void;
  ended(link: Link, end: LinkEnd): void;
}

/** A link. */
export class Link {
  readonly transport: Transport;
  /** Which of the client's tokens it was opened with. */
  readonly tokenVersion: number;
  /** There was a token, or none was needed: the way in was tried. */
  tried = false;
  /** The line was open. */
  opened = false;
  /** Something was heard: the way is not blocked. */
  heard = false;
  /** From the introduction to its answer, ms. */
  tookMs = 0;
  readonly #settings: LinkSettings;
  readonly #owner: LinkOwner;
  readonly #asked = new Map<number, Answer>();
  #carrier: Carrier | undefined;
  #over = false;
  #joined = false;
  #retired = false;
  #lastId = 0;
  #heardAt = 0;
  #pingMs = 25_000;
  #cancelTimer: (() => void) | undefined;

  constructor(settings: LinkSettings, owner: LinkOwner) {
    this.#settings = settings;
    this.#owner = owner;
    this.transport = settings.transport;
    this.tokenVersion = settings.token.version;
  }

  /** Fetches the token, opens the line and introduces the client. */
  start(): void {
    const { clock, connectTimeoutMs, token } = this.#settings;
    this.#cancelTimer = clock.after(connectTimeoutMs, () => this.#end({ code: 1006, reason: 'timeout' }));
    const refused = (cause: unknown): void => this.#end({ code: 1006, reason: 'token', cause });
    try {
      const value = token.read();
      if (typeof value === 'object') value.then((known) => this.#load(known), refused);
      else this.#load(value);
    } catch (error) {
      refused(error);
    }
  }

  /**
   * Sends a command.
   * @param body JSON text of an object; the id is put into it.
   */
  ask(body: string, answer: Answer): void {
    const id = ++this.#lastId;
    this.#asked.set(id, answer);
    this.#carrier?.send(`{"id":${id},${body.slice(1)}`);
  }

  /** From now on the link stands on another token. */
  authorize(token: string): void {
    this.#carrier?.authorize?.(token);
  }

  /** Ends the link if it has been silent for too long. @returns false when it is over. */
  alive(): boolean {
    const { clock, page } = this.#settings;
    const limitMs = this.#pingMs + PING_GRACE_MS;
    const silentMs = clock.now() - this.#heardAt;
    if (silentMs > (page.hidden ? Math.max(limitMs, HIDDEN_GRACE_MS) : limitMs))
      this.#end({ code: 1006, reason: 'silent' });
    return !this.#over;
  }

  /** Another link takes over: this one waits for the answers that it still owes, and closes. One that never joined owes none. */
  retire(): void {
    if (!this.#joined) return this.close(1000);
    this.#retired = true;
    this.#cancelTimer?.();
    this.#cancelTimer = this.#settings.clock.after(this.#settings.connectTimeoutMs, () => this.close(1000));
    this.#settle();
  }

  /** Lets go. Nothing is heard of this link any more. */
  close(code: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelTimer?.();
    this.#carrier?.close(code);
    const owed = [...this.#asked.values()];
    this.#asked.clear();
    for (const answer of owed) answer(undefined);
  }

  #load(token: string | undefined): void {
    this.tried = true;
    if (this.transport === 'websocket') return this.#open(openWebSocket, token);
    LAZY.sse().then(
      ({ openSse }) => this.#open(openSse, token),
      (cause: unknown) => this.#end({ code: 1006, reason: 'sse_not_loaded', cause }),
    );
  }

  #open(open: OpenCarrier, token: string | undefined): void {
    if (this.#over) return;
    try {
      this.#carrier = open(this.#settings.url, {
        open: () => this.#introduce(token),
        text: (frame) => this.#receive(frame),
        close: (end) => this.#end(end),
      });
    } catch (error) {
      // Browsers refuse some addresses at once, such as plain ws: from an https: page. No retry will change that.
      this.#end({ reason: String(error) });
    }
  }

  #introduce(token: string | undefined): void {
    const { clock } = this.#settings;
    this.opened = true;
    this.#owner.opened(this);
    // A listener may have hung up.
    if (this.#over) return;
    const sentAt = clock.now();
    this.#asked.set(++this.#lastId, (reply) => {
      if (!reply) return;
      // What has a close code of its own comes as one; anything else may be otherwise later.
      if ('err' in reply) {
        const { err: error } = reply;
        return this.#end({ code: 1006, reason: error.code, error });
      }
      const answer = reply.ok as Connected;
      // What is no number is none.
      this.#pingMs = Math.max(0, answer.pingMs) || this.#pingMs;
      this.#carrier?.joined?.(answer.session);
      this.tookMs = clock.now() - sentAt;
      this.#joined = true;
      this.#owner.time(answer.t, this.tookMs);
      this.#watch();
      this.#owner.joined(this, answer);
    });
    this.#carrier?.introduce(this.#lastId, {
      client: { name: 'waooaw', version: VERSION },
      ...(token !== undefined && { token }),
      subs: this.#owner.subs(this),
    });
  }

  #receive(frame: string): void {
    this.heard = true;
    this.#heardAt = this.#settings.clock.now();
    try {
      // Messages that this release does not know are ignored: a newer server may say more.
      for (const message of decodeFrame(frame) as (ServerMessage | null)[])
        if (typeof message === 'object' && message && !this.#over) this.#handle(message);
    } catch (cause) {
      // What cannot be read cannot be trusted to be whole: start over from the known positions.
      this.#end({ code: 1006, reason: 'bad_frame', cause });
    }
  }

  #handle(message: ServerMessage): void {
    if ('id' in message) {
      const { id } = message;
      const answer = id === null ? undefined : this.#asked.get(id);
      if (id === null || !answer) return;
      if ('err' in message) tidy(message.err);
      this.#asked.delete(id);
      answer(message);
      this.#settle();
    } else if ('ping' in message) {
      this.#owner.time(message.ping);
      this.#carrier?.send(JSON.stringify({ pos: this.#owner.positions(this) }));
    } else if (!this.#retired) this.#owner.message(this, message);
  }

  #settle(): void {
    if (this.#retired && this.#asked.size === 0) this.close(1000);
  }

  /** Judged by timestamps, not by counting timers: a sleeping tab's timers say nothing. */
  #watch(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#settings.clock.after((this.#pingMs + PING_GRACE_MS) / 2, () => {
      if (this.alive()) this.#watch();
    });
  }

  #end(end: LinkEnd): void {
    if (this.#over) return;
    this.close(4000);
    if (!this.#retired) this.#owner.ended(this, end);
  }
}
