/** One client: who it is, what it may send, and whether it lives. What it follows is its reader's. */
import { CLOSE, WaooawError, decodeFrame } from '../../../src/protocol/index.ts';
import type { CloseName, ConnectRequest, Json } from '../../../src/protocol/index.ts';
import type { Timer } from '../../ports/clock.ts';
import type { Identity } from '../../ports/identity.ts';
import { Commands } from './commands.ts';
import type { Commander } from './commands.ts';
import { Frame } from './frame.ts';
import type { Client, ConnectionHub } from './hub.ts';
import { errorBody, idOf, parseMessage } from './message.ts';
import { Reader } from './reader.ts';
import type { Subscription } from './subscription.ts';
import { TokenBucket } from './token-bucket.ts';
import type { Peer, Transport } from './transport.ts';

/** Until a client has said who it is. */
const NOBODY: Identity = Object.freeze({ id: '', kind: 'anonymous', name: '', grants: [] });

/** A connected client. */
export class Connection implements Client, Commander {
  readonly session: string;
  readonly address: string;
  readonly transport: Transport['kind'];
  readonly since: number;
  readonly reader: Reader;
  identity: Identity = NOBODY;
  client: ConnectRequest['client'];
  /** Publications that the client had not read when it last told its positions: the most of any channel. */
  lag: number | undefined;
  /** When the client was last heard, ms since 1970. */
  heardAt: number;

  readonly #hub: ConnectionHub;
  readonly #transport: Transport;
  readonly #token: string | undefined;
  readonly #bucket: TokenBucket;
  readonly #commands: Commands;
  #connectTimer: Timer | undefined;
  #closed = false;
  #refused = 0;
  #nextPingAt = Number.POSITIVE_INFINITY;
  #pingSentAt: number | undefined;
  /** Commands are handled one after another, so that answers come in the order of their questions. */
  #work: Promise<void> = Promise.resolve();

  constructor(session: string, transport: Transport, peer: Peer, hub: ConnectionHub) {
    const { clock, limits } = hub;
    this.session = session;
    this.address = peer.address;
    this.transport = transport.kind;
    this.since = this.heardAt = clock.now();
    this.reader = new Reader(transport, hub, () => this.close('slow'));
    this.#token = peer.token;
    this.#hub = hub;
    this.#transport = transport;
    this.#bucket = new TokenBucket(limits.messagesPerSecond, limits.messageBurst, clock.monotonicMs());
    this.#commands = new Commands(hub, this);
    this.#connectTimer = clock.after(limits.connectTimeoutMs, () => this.close('connect_timeout'));
  }

  get subscriptions(): ReadonlyMap<number, Subscription> {
    return this.reader.subscriptions;
  }

  get connected(): boolean {
    return this.identity !== NOBODY;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Takes a text frame from the client. */
  receive(text: string): void {
    let messages: unknown[];
    try {
      messages = decodeFrame(text);
    } catch {
      messages = [undefined];
    }
    this.receiveMessages(messages);
  }

  /** Takes decoded messages from the client. */
  receiveMessages(messages: readonly unknown[]): void {
    // Whatever a client says is proof of life, also what is then refused.
    this.#pingSentAt = undefined;
    this.heardAt = this.#hub.clock.now();
    for (const message of messages) {
      if (this.#closed) return;
      const waitMs = this.#bucket.take(this.#hub.clock.monotonicMs());
      if (waitMs > 0) {
        this.#refuse(idOf(message), waitMs);
        continue;
      }
      this.#refused = 0;
      this.#work = this.#work.then(() => this.#handle(message));
    }
  }

  /** The carrier has taken everything that was queued. */
  drained(): void {
    this.reader.drained();
  }

  async introduce({ client, token = this.#token }: ConnectRequest): Promise<boolean> {
    if (this.connected) throw new WaooawError('already_connected');
    try {
      const identity = await this.#hub.authenticate(token, this.address);
      if (this.#closed) return false;
      this.identity = identity;
      this.#hub.admit(this);
    } catch (error) {
      this.identity = NOBODY;
      if (!(error instanceof WaooawError && error.code in CLOSE)) throw error;
      this.close(error.code as CloseName);
      return false;
    }
    this.client = client;
    this.#connectTimer?.cancel();
    this.#connectTimer = undefined;
    this.#nextPingAt = this.#hub.clock.monotonicMs() + this.#hub.limits.pingMs;
    return true;
  }

  become(identity: Identity): void {
    this.identity = identity;
    for (const [n, { channel }] of this.reader.subscriptions) {
      if (this.#hub.may(identity, channel, 'subscribe')) continue;
      this.reader.unsubscribe(n);
      this.say({ n, end: errorBody(new WaooawError('forbidden')) });
    }
  }

  say(message: object): void {
    this.reader.send(new Frame(JSON.stringify(message)));
  }

  /** Sends what is meant for this connection alone: at most once, and on no channel. */
  direct(data: Json): void {
    this.say({ direct: data });
  }

  /** Pings when it is time, and closes whoever is dead, expired or never reads. Called about once a second. */
  beat(): void {
    const { clock, limits } = this.#hub;
    const now = clock.monotonicMs();
    this.reader.beat();
    if (this.#closed) return;
    const { expiresAt } = this.identity;
    if (expiresAt !== undefined && clock.now() >= expiresAt) this.close('token_expired');
    else if (this.#pingSentAt !== undefined && now - this.#pingSentAt > limits.pongTimeoutMs)
      this.close('unresponsive');
    else if (now >= this.#nextPingAt) {
      this.#nextPingAt = now + limits.pingMs;
      this.#pingSentAt ??= now;
      this.say({ ping: clock.now() });
    }
  }

  /** Ends the connection from our side. */
  close(reason: CloseName): void {
    if (this.#closed) return;
    this.lost();
    this.#hub.closing(this, reason);
    this.#transport.close(reason);
  }

  /** The carrier is gone. */
  lost(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connectTimer?.cancel();
    this.#connectTimer = undefined;
    this.reader.end();
    this.#hub.gone(this);
  }

  async #handle(message: unknown): Promise<void> {
    if (this.#closed) return;
    try {
      const parsed = parseMessage(message, this.#hub.limits.maxDepth);
      if ('pos' in parsed) this.#confirm(parsed.pos);
      else await this.#commands.run(parsed);
    } catch (error) {
      this.say({ id: idOf(message), err: this.#commands.explain(error) });
    }
  }

  #confirm(positions: Readonly<Record<string, number>>): void {
    let lag = 0;
    for (const [n, { channel }] of this.reader.subscriptions) {
      const offset = positions[n];
      if (offset !== undefined) lag = Math.max(lag, channel.position.o - offset);
    }
    this.lag = lag;
  }

  #refuse(id: number | null, afterMs: number): void {
    this.#refused += 1;
    if (this.#refused > this.#hub.limits.maxRefused) this.close('rate_limited');
    else this.say({ id, err: errorBody(new WaooawError('rate_limited', undefined, { afterMs })) });
  }
}
