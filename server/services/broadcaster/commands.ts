/** A client's commands: what each does, and its answer. */
import { SUBPROTOCOLS, VERSION, WaooawError } from '../../../src/protocol/index.ts';
import type {
  Command,
  ConnectRequest,
  Connected,
  ErrorBody,
  Json,
  SubscribeFailure,
  SubscribeRequest,
  Subscribed,
} from '../../../src/protocol/index.ts';
import type { Identity } from '../../ports/identity.ts';
import { sizeOf } from './channel.ts';
import type { Channel, Past } from './channel.ts';
import type { Client, ConnectionHub } from './hub.ts';
import { errorBody } from './message.ts';
import type { Reader } from './reader.ts';
import { TokenBucket } from './token-bucket.ts';

/** Whose commands are run. */
export interface Commander extends Client {
  readonly reader: Reader;
  readonly closed: boolean;
  /**
   * Finds out who it is.
   * @returns false when it was turned away.
   * @throws WaooawError `already_connected`, or why nobody can be told now.
   */
  introduce(connect: ConnectRequest): Promise<boolean>;
  /** The same identity with another token: what it may no longer follow, ends. */
  become(identity: Identity): void;
  /** Writes one message. */
  say(message: object): void;
}

/** Runs the commands of one connection, one after another. */
export class Commands {
  readonly #hub: ConnectionHub;
  readonly #connection: Commander;
  readonly #subscribes: TokenBucket;
  /** What the pasts of one answer may still come to, characters. */
  #pastLeft = 0;

  constructor(hub: ConnectionHub, connection: Commander) {
    const { clock, limits } = hub;
    this.#hub = hub;
    this.#connection = connection;
    this.#subscribes = new TokenBucket(
      limits.subscribesPerSecond,
      limits.subscribeBurst,
      clock.monotonicMs(),
    );
  }

  /** Runs one and says its answer. @throws WaooawError what shall be answered instead. */
  async run(command: Command): Promise<void> {
    const connection = this.#connection;
    const { id } = command;
    this.#pastLeft = connection.reader.maxPast - connection.reader.bufferedBytes;
    if ('connect' in command) return this.#connect(command);
    if (!connection.connected) throw new WaooawError('connect_required');
    if ('subscribe' in command) {
      this.#countSubscribe();
      const subscribe = await this.#prepare(command.subscribe);
      connection.say({ id, ok: subscribe() });
    } else if ('unsubscribe' in command) {
      connection.reader.unsubscribe(command.unsubscribe.n);
      connection.say({ id, ok: {} });
    } else if ('demand' in command) {
      connection.reader.demand(command.demand.n, command.demand.everyMs);
      connection.say({ id, ok: {} });
    } else if ('publish' in command) {
      connection.say({ id, ok: await this.#hub.publish(command.publish, connection) });
    } else if ('request' in command) {
      // Not waited for: a request that takes its time holds up no other command.
      void this.#respond(command);
    } else {
      await this.#refresh(command.refresh.token);
      const { expiresAt } = connection.identity;
      connection.say({ id, ok: { ...(expiresAt !== undefined && { expiresAt }) } });
    }
  }

  /** An error as an answer carries it; what is not the client's fault is reported. */
  explain(error: unknown): ErrorBody {
    if (!(error instanceof WaooawError)) this.#hub.failed(error);
    return errorBody(error);
  }

  async #connect({ id, connect }: Extract<Command, { connect: unknown }>): Promise<void> {
    const connection = this.#connection;
    const { clock, limits } = this.#hub;
    if (!(await connection.introduce(connect))) return;
    const prepared: (() => Subscribed | SubscribeFailure)[] = [];
    for (const [place, request] of (connect.subs ?? []).entries()) {
      const refused = (error: unknown): SubscribeFailure => ({ ch: request.ch, err: this.explain(error) });
      try {
        // Counted by place, not by channel: a channel named a thousand times would be a thousand snapshots.
        if (place >= limits.maxSubscriptions) throw new WaooawError('subscription_limit');
        this.#countSubscribe();
        const subscribe = await this.#prepare(request);
        prepared.push(() => {
          try {
            return subscribe();
          } catch (error) {
            return refused(error);
          }
        });
      } catch (error) {
        prepared.push(() => refused(error));
      }
    }
    const { id: who, name, role, expiresAt } = connection.identity;
    // Nobody is subscribed before the last of them is ready: no publication may overtake the answer.
    const subs = prepared.map((subscribe) => subscribe());
    const ok: Connected = {
      session: connection.session,
      t: clock.now(),
      pingMs: limits.pingMs,
      maxFrameBytes: limits.maxFrameBytes,
      server: { version: VERSION, protocol: SUBPROTOCOLS[0] },
      identity: { id: who, name, ...(role && { role }) },
      ...(expiresAt !== undefined && { expiresAt }),
      subs,
    };
    connection.say({ id, ok });
  }

  /**
   * Subscribes, or answers anew for a channel that is already subscribed: a second widget on the same page then gets
   * its snapshot without a second subscription. What the connection is still owed of the channel is sent before such an
   * answer, so that nobody is behind it.
   * @returns the rest, in which nothing is awaited: the answer, the position in it and what is sent next fit together.
   *   It must be called, and its answer sent in the same turn.
   */
  async #prepare({ ch, since, everyMs }: SubscribeRequest): Promise<() => Subscribed> {
    const connection = this.#connection;
    if (!connection.reader.hasRoomFor(this.#hub.nameOf(ch))) throw new WaooawError('subscription_limit');
    const channel = await this.#hub.open(ch, connection.identity);
    const owed = since ? undefined : await connection.reader.owed(channel);
    const join = await channel.join(since);
    return () => {
      const past = join();
      if (connection.closed) throw new WaooawError('connection_lost');
      this.#hub.flush(channel);
      owed?.();
      const answer = this.#answerOf(channel, this.#bounded(past));
      connection.reader.follow(channel, everyMs);
      return answer;
    };
  }

  /**
   * A past that would fill the line by far is not handed out at once, and so not at all: it would cost the very
   * connection on which it was asked for, again and again.
   */
  #bounded(past: Past | undefined): Past | undefined {
    if (!past || 'lost' in past) return past;
    const size = sizeOf(past.pubs);
    // One that is too large leaves the room to the others.
    if (size > this.#pastLeft) return { lost: 'history' };
    this.#pastLeft -= size;
    return past;
  }

  #answerOf(channel: Channel, past: Past | undefined): Subscribed {
    const answer = { n: channel.n, ch: channel.name, ...channel.position };
    if (!past) return { ...answer, snapshot: channel.snapshot() };
    this.#hub.recovered('pubs' in past ? 'recovered' : past.lost);
    if ('lost' in past) {
      return { ...answer, recovered: false, lost: past.lost, snapshot: channel.snapshot() };
    }
    const pubs = past.pubs.map((p) => [p.offset, JSON.parse(p.data) as Json] as const);
    return { ...answer, recovered: true, pubs };
  }

  async #respond({ id, request }: Extract<Command, { request: unknown }>): Promise<void> {
    const connection = this.#connection;
    try {
      const data = await this.#hub.respond(request.method, request.data, connection);
      connection.say({ id, ok: { data } });
    } catch (error) {
      connection.say({ id, err: this.explain(error) });
    }
  }

  async #refresh(token: string): Promise<void> {
    const connection = this.#connection;
    const identity = await this.#hub.authenticate(token, connection.address);
    if (identity.id !== connection.identity.id)
      throw new WaooawError('forbidden', 'The token is another identity’s; connect anew with it');
    connection.become(identity);
  }

  #countSubscribe(): void {
    const afterMs = this.#subscribes.take(this.#hub.clock.monotonicMs());
    if (afterMs > 0) throw new WaooawError('rate_limited', undefined, { afterMs });
  }
}
