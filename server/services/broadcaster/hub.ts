/** What connections and their readers ask of the broadcaster. */
import type {
  ChannelRight,
  CloseName,
  ConnectRequest,
  Json,
  LostReason,
  PublishRequest,
  Published,
} from '../../../src/protocol/index.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Identity } from '../../ports/identity.ts';
import type { Channel } from './channel.ts';
import type { BroadcasterLimits } from './limits.ts';

/** A client, as methods and the broadcaster see it. */
export interface Client {
  readonly session: string;
  readonly identity: Identity;
  /** True once it is known who it is. */
  readonly connected: boolean;
  /** Seen through trusted proxies. */
  readonly address: string;
  /** What it says that it is. */
  readonly client: ConnectRequest['client'];
  /** When it came, ms since 1970. */
  readonly since: number;
}

/** A reader that may have to be brought up by the clock. */
export interface Paced {
  /** True while it wants fewer messages than there are. */
  readonly paced: boolean;
  catchUp(): void;
}

/** The broadcaster, seen from a reader. */
export interface ReaderHub {
  readonly clock: Clock;
  readonly limits: BroadcasterLimits;
  /** Sends what is pending on a channel to those who are subscribed now. */
  flush(channel: Channel): void;
  /** The reader has subscriptions that want fewer messages. */
  pace(reader: Paced): void;
  /** A reader's past was continued, or not. */
  recovered(outcome: 'recovered' | LostReason): void;
  /** Publications were left out, because later ones stand for them. */
  conflated(count: number): void;
  /** Something failed, and not through the client's fault. */
  failed(error: unknown): void;
}

/** The broadcaster, seen from a connection. */
export interface ConnectionHub extends ReaderHub {
  /** @throws WaooawError `unauthorized`, `token_expired`, `token_revoked`. */
  authenticate(token: string | undefined, address: string): Promise<Identity>;
  /** Counts the connection to its identity from now on. @throws WaooawError `identity_limit`. */
  admit(client: Client): void;
  /** Opens the channel if need be. @throws WaooawError `unknown_channel`, `bad_channel`, `forbidden`, `channel_limit`. */
  open(name: string, identity: Identity): Promise<Channel>;
  /** The channel's one spelling. @throws WaooawError `unknown_channel`, `bad_channel`. */
  nameOf(asked: string): string;
  may(identity: Identity, channel: Channel, right: ChannelRight): boolean;
  /** @throws WaooawError as `open` does, `publication_too_large`, `idempotency_conflict`. */
  publish(request: PublishRequest, client: Client): Promise<Published>;
  /** @throws WaooawError `unknown_method`, `forbidden`, or what the method throws. */
  respond(method: string, data: Json | undefined, client: Client): Promise<Json>;
  /** We end a connection. */
  closing(client: Client, reason: CloseName): void;
  /** The connection is over. */
  gone(client: Client): void;
}
