/** The broadcaster: carries publications from services to every reader, in order, once, without a silent gap. */
import { randomUUID } from 'node:crypto';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { CloseName, Json, PublishRequest, Published, Role } from '../../../src/protocol/index.ts';
import type { Bus } from '../../ports/bus.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Authenticator, Identity } from '../../ports/identity.ts';
import type { Namespace, Publisher } from '../../ports/publisher.ts';
import { USER, mayUse } from './access.ts';
import type { Channel } from './channel.ts';
import { Channels } from './channels.ts';
import { Connection } from './connection.ts';
import { drainConnections } from './drain.ts';
import { flushChannel, flushChannels } from './flush.ts';
import type { Flushed } from './flush.ts';
import type { Client, ConnectionHub, Paced } from './hub.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { BroadcasterLimits } from './limits.ts';
import { ownNamespaces } from './namespaces.ts';
import { jsonText, publicationText } from './publication.ts';
import { Counts } from './stats.ts';
import type { BroadcasterStats } from './stats.ts';
import type { Peer, Transport } from './transport.ts';

export type { Peer, Transport } from './transport.ts';
export { DEFAULT_LIMITS } from './limits.ts';
export type { BroadcasterLimits } from './limits.ts';
export type { BroadcasterStats, Histogram, Lag, Outcome } from './stats.ts';
export type { Connection } from './connection.ts';
export type { Client } from './hub.ts';
export { Frame } from './frame.ts';

/** Hears what clients do, for whoever keeps a record of it. Neither may throw. */
export interface ClientWatch {
  /** A client published over its connection. @param error why it was refused. */
  published(client: Client, error?: unknown): void;
  /** We end a client's connection. */
  closing(client: Client, reason: CloseName): void;
}

/** What the broadcaster needs. */
export interface BroadcasterDeps {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly authenticator: Authenticator;
  readonly limits?: Partial<BroadcasterLimits>;
  /** How long a flush may wait for more publications, ms. 0: the end of the event loop's turn. Default 0. */
  readonly flushWindowMs?: number;
  /** Told of failures that no caller can be told of. */
  readonly onError?: (error: unknown, what: string) => void;
  readonly watch?: ClientWatch;
}

/** Answers a client's request. What it throws as a `WaooawError` is answered with its code. */
export type Method = (data: Json | undefined, asker: Client) => Json | Promise<Json>;

/** The service. */
export interface Broadcaster extends Publisher {
  readonly limits: BroadcasterLimits;
  /** Adds a service's or a host's channels. */
  serve(namespace: Namespace): void;
  /** Answers requests of a method. @param roles who may ask; everybody who is somebody when absent. */
  respond(method: string, answer: Method, roles?: readonly Role[]): void;
  /** Takes a new client over. The connection is closed at once when the server is full or going down. */
  accept(transport: Transport, peer?: Peer): Connection;
  /**
   * Publishes for somebody from outside, on a channel that is open to them.
   * @throws WaooawError `unknown_channel`, `forbidden`, `publication_too_large`, `idempotency_conflict`, `channel_limit`.
   */
  post(request: PublishRequest, identity: Identity): Promise<Published>;
  /** Publishes to everything that an identity has open now or opens within the history's age: `user/<id>`. */
  sendToUser(identityId: string, data: Json, key?: string): Promise<Published>;
  /** Says something to one connection, at most once. @throws WaooawError `not_connected`. */
  sendTo(session: string, data: Json): void;
  /** Ends a connection. @throws WaooawError `not_connected`. */
  disconnect(session: string): void;
  /** An open connection. */
  connection(session: string): Connection | undefined;
  /** All open connections, oldest first. */
  connections(): Iterable<Connection>;
  /**
   * Opens channels that nobody asked for yet, whose streams were taken over from an earlier process; the streams of
   * channels that there are no more are forgotten.
   */
  adopt(names: readonly string[]): Promise<void>;
  stats(): BroadcasterStats;
  /** Asks every client to come back elsewhere, spread over a window; resolves when all left or the window is over. */
  drain(): Promise<void>;
  /** Flushes, then closes every connection with `shutdown`. New ones are turned away. */
  close(): void;
}

/** How often connections are checked and idle channels dropped, ms. */
const SWEEP_MS = 1_000;
/** How often readers that want fewer messages are looked after, ms: the finest demand there is. */
const PACE_MS = 100;
/** What a name that was taken over is refused with when there is no such channel any more. */
const GONE = new Set(['unknown_channel', 'bad_channel']);
/** Whoever is not known: a test, a host without a carrier's address. */
const LOCAL: Peer = { address: '127.0.0.1' };

/** Puts the broadcaster together. */
export function createBroadcaster(deps: BroadcasterDeps): Broadcaster {
  const { bus, clock, authenticator, flushWindowMs = 0, watch } = deps;
  const onError = deps.onError ?? (() => undefined);
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  const connections = new Map<string, Connection>();
  const perIdentity = new Map<string, number>();
  const methods = new Map<string, { readonly answer: Method; readonly roles: readonly Role[] | undefined }>();
  const dirty = new Set<Channel>();
  const paced = new Set<Paced>();
  const counts = new Counts();
  let pacing: Timer | undefined;
  let scheduled = false;
  let draining = false;

  const count = ({ publications, deliveries }: Flushed): void => {
    if (publications > 0) counts.flush(publications, deliveries);
  };

  const flushAll = (): void => {
    scheduled = false;
    if (dirty.size === 0) return;
    count(flushChannels(dirty));
    dirty.clear();
  };

  const channels = new Channels({
    bus,
    clock,
    limits,
    onError,
    events: {
      dirty(channel) {
        dirty.add(channel);
        if (scheduled) return;
        scheduled = true;
        if (flushWindowMs > 0) clock.after(flushWindowMs, flushAll);
        else setImmediate(flushAll);
      },
      failed: (channel, error) => onError(error, `read ${channel.name}`),
    },
  });
  for (const namespace of ownNamespaces(limits)) channels.serve(namespace);

  const publish = async (request: PublishRequest): Promise<Published> => {
    const resolved = channels.resolve(request.ch);
    const data = publicationText(request.data, limits);
    // Opened, so that it is kept for as long as a reader may come, and no longer.
    await channels.open(resolved);
    const { publication, duplicate } = await bus.publish(
      resolved.name,
      data,
      resolved.namespace.history,
      request.key,
    );
    if (!duplicate) counts.publications += 1;
    const { epoch, offset } = publication;
    return { ch: resolved.name, e: epoch, o: offset, ...(duplicate && { duplicate }) };
  };

  const post = async (request: PublishRequest, identity: Identity): Promise<Published> => {
    const { name, namespace } = channels.resolve(request.ch);
    if (!mayUse(identity, namespace, name, 'publish'))
      throw new WaooawError('forbidden', `${identity.name} may not publish on "${name}"`);
    return publish(request);
  };

  const pace = (): void => {
    for (const reader of paced) {
      if (reader.paced) reader.catchUp();
      else paced.delete(reader);
    }
    if (paced.size > 0) return;
    pacing?.cancel();
    pacing = undefined;
  };

  const hub: ConnectionHub = {
    clock,
    limits,
    authenticate: (token, address) => authenticator.authenticate(token, address),
    async publish(request, client) {
      try {
        const published = await post(request, client.identity);
        watch?.published(client);
        return published;
      } catch (error) {
        watch?.published(client, error);
        throw error;
      }
    },

    admit({ identity: { id } }) {
      const open = perIdentity.get(id) ?? 0;
      if (open >= limits.maxConnectionsPerIdentity) throw new WaooawError('identity_limit');
      perIdentity.set(id, open + 1);
    },

    async open(asked, identity) {
      const resolved = channels.resolve(asked);
      if (!mayUse(identity, resolved.namespace, resolved.name, 'subscribe'))
        throw new WaooawError('forbidden', `${identity.name} may not follow "${resolved.name}"`);
      return channels.open(resolved);
    },

    nameOf: (asked) => channels.resolve(asked).name,
    may: (identity, { name, namespace }, right) => mayUse(identity, namespace, name, right),

    async respond(method, data, connection) {
      const known = methods.get(method);
      if (!known) throw new WaooawError('unknown_method', `Nobody answers "${method}"`);
      const { role } = connection.identity;
      if (known.roles && !(role && known.roles.includes(role))) throw new WaooawError('forbidden');
      return known.answer(data, connection);
    },

    flush(channel) {
      if (dirty.delete(channel)) count(flushChannel(channel));
    },

    pace(reader) {
      paced.add(reader);
      pacing ??= clock.every(PACE_MS, pace);
    },

    closing(client, reason) {
      counts.close(reason);
      watch?.closing(client, reason);
    },
    recovered: (outcome) => void (counts.recoveries[outcome] += 1),
    conflated: (left) => void (counts.conflated += left),

    gone(connection) {
      connections.delete(connection.session);
      if (!connection.connected) return;
      const { id } = connection.identity;
      const open = perIdentity.get(id)! - 1;
      if (open > 0) perIdentity.set(id, open);
      else perIdentity.delete(id);
    },

    failed: (error) => onError(error, 'a client’s command'),
  };

  const stopListening = authenticator.onRevoked((identityId) => {
    for (const connection of [...connections.values()])
      if (connection.identity.id === identityId) connection.close('token_revoked');
  });

  const sweep = clock.every(SWEEP_MS, () => {
    for (const connection of [...connections.values()]) connection.beat();
    channels.dropIdle();
  });

  const connectionOf = (session: string): Connection => {
    const connection = connections.get(session);
    if (!connection) throw new WaooawError('not_connected', `No connection "${session.slice(0, 64)}"`);
    return connection;
  };

  return {
    limits,
    serve: (namespace) => channels.serve(namespace),
    respond: (method, answer, roles) => void methods.set(method, { answer, roles }),
    wants: (channel) => channels.has(channel),
    post,
    sendToUser: (identityId, data, key) =>
      publish({ ch: `${USER}/${identityId}`, data, ...(key !== undefined && { key }) }),
    sendTo(session, data) {
      const connection = connectionOf(session);
      if (!connection.connected) throw new WaooawError('not_connected');
      publicationText(data, limits);
      connection.direct(data);
    },
    disconnect: (session) => connectionOf(session).close('disconnected'),
    connection: (session) => connections.get(session),
    connections: () => connections.values(),

    publish(channel: string, data: Json) {
      const namespace = channels.namespaceOf(channel);
      if (!namespace || (namespace.onDemand && !channels.has(channel))) return;
      counts.publications += 1;
      const failed = (error: unknown): void => {
        counts.failures += 1;
        onError(error, `publish ${channel}`);
      };
      try {
        bus.publish(channel, jsonText(data), namespace.history).catch(failed);
      } catch (error) {
        failed(error);
      }
    },

    accept(transport, peer = LOCAL) {
      const connection = new Connection(randomUUID(), transport, peer, hub);
      const full = connections.size >= limits.maxConnections;
      connections.set(connection.session, connection);
      if (draining) connection.close('shutdown');
      else if (full) connection.close('connection_limit');
      return connection;
    },

    async adopt(names) {
      for (const name of names) {
        try {
          await channels.open(channels.resolve(name));
        } catch (error) {
          await bus.forget(name).catch((failed: unknown) => onError(failed, `forget ${name}`));
          // A channel that there is no more, such as that of a check that was taken off, is nothing to report.
          if (!(error instanceof WaooawError && GONE.has(error.code))) onError(error, `adopt ${name}`);
        }
      }
    },

    stats: () => counts.stats(connections.values(), channels.size),

    drain() {
      draining = true;
      return drainConnections(connections, clock, limits);
    },

    close() {
      draining = true;
      flushAll();
      sweep.cancel();
      pacing?.cancel();
      stopListening();
      for (const connection of [...connections.values()]) connection.close('shutdown');
      channels.close();
    },
  };
}
