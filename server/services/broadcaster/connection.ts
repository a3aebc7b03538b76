/** One client: its commands, its subscriptions, its limits, its heartbeat. */
import { SUBPROTOCOLS, VERSION, WaooawError, decodeFrame } from '../../../src/protocol/index.ts';
import type {
  CloseName,
  Command,
  Connected,
  ErrorBody,
  Json,
  Subscribed,
  SubscribeFailure,
  SubscribeRequest,
} from '../../../src/protocol/index.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Channel, Past } from './channel.ts';
import type { FrameNode, Subscriber } from './frame.ts';
import type { BroadcasterLimits } from './limits.ts';
import { errorBody, idOf, parseMessage } from './message.ts';
import { TokenBucket } from './token-bucket.ts';
import type { Transport } from './transport.ts';

/** What a connection asks of its hub. */
export interface ConnectionHub {
  readonly clock: Clock;
  readonly limits: BroadcasterLimits;
  /** Opens the channel if need be. @throws WaooawError `unknown_channel`, `bad_channel`, `channel_limit`. */
  open(name: string): Promise<Channel>;
  /** Sends what is pending on a channel to those who are subscribed now. */
  flush(channel: Channel): void;
  attach(channel: Channel, connection: Connection): void;
  detach(channel: Channel, connection: Connection): void;
  /** The connection is over. */
  gone(connection: Connection): void;
  /** A command failed, and not through the client's fault. */
  failed(error: unknown): void;
}

/** So many times `maxBufferedBytes` is never waited for. */
const FAR = 4;

/** A connected client. */
export class Connection implements Subscriber {
  readonly session: string;
  frame: FrameNode | undefined;
  /** Offset the client has confirmed, by channel number. */
  readonly confirmed = new Map<number, number>();

  readonly #hub: ConnectionHub;
  readonly #transport: Transport;
  readonly #bucket: TokenBucket;
  readonly #channels = new Map<number, Channel>();
  readonly #connectTimer: Timer;
  #connected = false;
  #closed = false;
  #refused = 0;
  #nextPingAt = Number.POSITIVE_INFINITY;
  #pingSentAt: number | undefined;
  #behindSince: number | undefined;
  /** Commands are handled one after another, so that answers come in the order of their questions. */
  #work: Promise<void> = Promise.resolve();

  constructor(session: string, transport: Transport, hub: ConnectionHub) {
    this.session = session;
    this.#hub = hub;
    this.#transport = transport;
    const { clock, limits } = hub;
    this.#bucket = new TokenBucket(limits.messagesPerSecond, limits.messageBurst, clock.monotonicMs());
    this.#connectTimer = clock.after(limits.connectTimeoutMs, () => this.close('connect_timeout'));
  }

  get subscriptions(): number {
    return this.#channels.size;
  }

  /** Takes a text frame from the client. */
  receive(text: string): void {
    // Whatever a client says is proof of life, also what is then refused.
    this.#pingSentAt = undefined;
    let messages: unknown[];
    try {
      messages = decodeFrame(text);
    } catch {
      messages = [undefined];
    }
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

  /** Writes a frame, and lets go of a reader who does not read. */
  send(frame: Uint8Array): void {
    if (this.#closed) return;
    this.#transport.send(frame);
    this.#judgePace();
  }

  /** Pings when it is time, and closes when no pong came. Called about once a second. */
  beat(): void {
    this.#judgePace();
    const now = this.#hub.clock.monotonicMs();
    const { pingMs, pongTimeoutMs } = this.#hub.limits;
    if (this.#pingSentAt !== undefined && now - this.#pingSentAt > pongTimeoutMs) this.close('unresponsive');
    else if (now >= this.#nextPingAt) {
      this.#nextPingAt = now + pingMs;
      this.#pingSentAt ??= now;
      this.say({ ping: this.#hub.clock.now() });
    }
  }

  /** Ends the connection from our side. */
  close(reason: CloseName): void {
    if (this.#closed) return;
    this.lost();
    this.#transport.close(reason);
  }

  /** The carrier is gone. */
  lost(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connectTimer.cancel();
    for (const channel of this.#channels.values()) this.#hub.detach(channel, this);
    this.#channels.clear();
    this.#hub.gone(this);
  }

  say(message: object): void {
    this.send(Buffer.from(JSON.stringify(message)));
  }

  /** A large answer may be on its way for a while; who is behind for longer, or by far, is not reading. */
  #judgePace(): void {
    const { maxBufferedBytes, slowAfterMs } = this.#hub.limits;
    const waiting = this.#transport.bufferedBytes();
    const now = this.#hub.clock.monotonicMs();
    if (waiting <= maxBufferedBytes) this.#behindSince = undefined;
    else if (now - (this.#behindSince ??= now) >= slowAfterMs || waiting > FAR * maxBufferedBytes)
      this.close('slow');
  }

  async #handle(message: unknown): Promise<void> {
    if (this.#closed) return;
    try {
      const parsed = parseMessage(message);
      if ('pos' in parsed) this.#confirm(parsed.pos);
      else await this.#run(parsed);
    } catch (error) {
      this.say({ id: idOf(message), err: this.#explain(error) });
    }
  }

  async #run(command: Command): Promise<void> {
    if ('connect' in command) {
      if (this.#connected) throw new WaooawError('already_connected');
      this.#connected = true;
      this.#connectTimer.cancel();
      await this.#connect(command);
    } else if (!this.#connected) {
      throw new WaooawError('connect_required');
    } else if ('subscribe' in command) {
      const subscribe = await this.#prepare(command.subscribe);
      this.say({ id: command.id, ok: subscribe() });
    } else {
      this.#unsubscribe(command.unsubscribe.n);
      this.say({ id: command.id, ok: {} });
    }
  }

  async #connect({ id, connect }: Extract<Command, { connect: unknown }>): Promise<void> {
    const { clock, limits } = this.#hub;
    const prepared: (() => Subscribed | SubscribeFailure)[] = [];
    for (const [place, request] of (connect.subs ?? []).entries()) {
      const refused = (error: unknown): SubscribeFailure => ({ ch: request.ch, err: this.#explain(error) });
      // Counted by place, not by channel: a channel named a thousand times would be a thousand snapshots.
      if (place >= limits.maxSubscriptions) {
        prepared.push(() => refused(new WaooawError('subscription_limit')));
        continue;
      }
      const subscribe = await this.#prepare(request).catch((error: unknown) => () => refused(error));
      prepared.push(() => {
        try {
          return subscribe();
        } catch (error) {
          return refused(error);
        }
      });
    }
    // Nobody is subscribed before the last of them is ready: no publication may overtake the answer.
    const subs = prepared.map((subscribe) => subscribe());
    this.#nextPingAt = clock.monotonicMs() + limits.pingMs;
    const ok: Connected = {
      session: this.session,
      t: clock.now(),
      pingMs: limits.pingMs,
      maxFrameBytes: limits.maxFrameBytes,
      server: { version: VERSION, protocol: SUBPROTOCOLS[0] },
      subs,
    };
    this.say({ id, ok });
  }

  /**
   * Subscribes, or answers anew for a channel that is already subscribed: a second widget on the same page then gets
   * its snapshot without a second subscription.
   * @returns the rest, in which nothing is awaited: the answer, the position in it and what is sent next fit together.
   *   It must be called, and its answer sent in the same turn.
   */
  async #prepare({ ch, since }: SubscribeRequest): Promise<() => Subscribed> {
    const channel = await this.#hub.open(ch);
    const join = await channel.join(since);
    return () => {
      const past = join();
      if (this.#closed) throw new WaooawError('connection_lost');
      const known = this.#channels.has(channel.n);
      if (!known && this.#channels.size >= this.#hub.limits.maxSubscriptions) {
        throw new WaooawError('subscription_limit');
      }
      this.#hub.flush(channel);
      const answer = answerOf(channel, past);
      if (!known) {
        this.#channels.set(channel.n, channel);
        this.#hub.attach(channel, this);
      }
      return answer;
    };
  }

  #unsubscribe(n: number): void {
    const channel = this.#channels.get(n);
    if (!channel) throw new WaooawError('not_subscribed', `This connection has no channel ${n}`);
    this.#hub.flush(channel);
    this.#channels.delete(n);
    this.confirmed.delete(n);
    this.#hub.detach(channel, this);
  }

  #confirm(positions: Readonly<Record<string, number>>): void {
    for (const n of this.#channels.keys()) {
      const offset = positions[n];
      if (offset !== undefined) this.confirmed.set(n, offset);
    }
  }

  #refuse(id: number | null, afterMs: number): void {
    this.#refused += 1;
    if (this.#refused > this.#hub.limits.maxRefused) this.close('rate_limited');
    else this.say({ id, err: errorBody(new WaooawError('rate_limited', undefined, { afterMs })) });
  }

  #explain(error: unknown): ErrorBody {
    if (!(error instanceof WaooawError)) this.#hub.failed(error);
    return errorBody(error);
  }
}

function answerOf(channel: Channel, past: Past | undefined): Subscribed {
  const answer = { n: channel.n, ch: channel.name, ...channel.position };
  if (past && 'pubs' in past) {
    const pubs = past.pubs.map((p) => [p.offset, JSON.parse(p.data) as Json] as const);
    return { ...answer, recovered: true, pubs };
  }
  const snapshot = channel.namespace.snapshot(channel.name);
  return past ? { ...answer, recovered: false, lost: past.lost, snapshot } : { ...answer, snapshot };
}
