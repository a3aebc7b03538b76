/** The broadcaster: carries publications from services to every reader, in order, once, without a silent gap. */
import { randomUUID } from 'node:crypto';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { CloseName, Json, Loss } from '../../../src/protocol/index.ts';
import type { Bus } from '../../ports/bus.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Namespace, Publisher } from '../../ports/publisher.ts';
import { Channel } from './channel.ts';
import type { Lost } from './channel.ts';
import { Connection } from './connection.ts';
import type { ConnectionHub } from './connection.ts';
import { flushChannels } from './flush.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { BroadcasterLimits } from './limits.ts';
import type { Transport } from './transport.ts';

export type { Transport } from './transport.ts';
export { DEFAULT_LIMITS } from './limits.ts';
export type { BroadcasterLimits } from './limits.ts';
export type { Connection } from './connection.ts';

/** What the broadcaster needs. */
export interface BroadcasterDeps {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly limits?: Partial<BroadcasterLimits>;
  /** How long a flush may wait for more publications, ms. 0: the end of the event loop's turn. Default 0. */
  readonly flushWindowMs?: number;
  /** Told of failures that no caller can be told of. */
  readonly onError?: (error: unknown, what: string) => void;
}

/** Counts since the start, and what is open now. */
export interface BroadcasterStats {
  readonly connections: number;
  readonly channels: number;
  readonly subscriptions: number;
  readonly publications: number;
  readonly deliveries: number;
  readonly flushes: number;
  /** Publications that the bus refused. */
  readonly failures: number;
  /** Connections ended by us, by reason. */
  readonly closed: Readonly<Record<string, number>>;
}

/** The service. */
export interface Broadcaster extends Publisher {
  readonly limits: BroadcasterLimits;
  /** Adds a service's channels. */
  serve(namespace: Namespace): void;
  /** Takes a new client over. The connection is closed at once when the server is full or going down. */
  accept(transport: Transport): Connection;
  stats(): BroadcasterStats;
  /** Flushes, then closes every connection with `shutdown`. New ones are turned away. */
  close(): void;
}

/** How often connections are checked and idle channels dropped, ms. */
const SWEEP_MS = 1_000;

/** Puts the broadcaster together. */
export function createBroadcaster(deps: BroadcasterDeps): Broadcaster {
  const { bus, clock, flushWindowMs = 0 } = deps;
  const onError = deps.onError ?? (() => undefined);
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  const namespaces = new Map<string, Namespace>();
  const channels = new Map<string, { readonly channel: Channel; readonly opened: Promise<void> }>();
  const connections = new Set<Connection>();
  const dirty = new Set<Channel>();
  const closed: Record<string, number> = {};
  const counts = { publications: 0, deliveries: 0, flushes: 0, failures: 0 };
  let lastNumber = 0;
  let scheduled = false;
  let closing = false;

  const flushAll = (): void => {
    scheduled = false;
    if (dirty.size === 0) return;
    counts.flushes += 1;
    counts.deliveries += flushChannels(dirty);
    dirty.clear();
  };

  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    if (flushWindowMs > 0) clock.after(flushWindowMs, flushAll);
    else setImmediate(flushAll);
  };

  const events = {
    dirty(channel: Channel) {
      dirty.add(channel);
      schedule();
    },
    broken(channel: Channel, lost: Lost) {
      const snapshot = channel.namespace.snapshot(channel.name);
      const loss: Loss = { n: channel.n, lost, ...channel.position, snapshot };
      for (const subscriber of [...channel.subscribers]) subscriber.say(loss);
    },
    failed(channel: Channel, error: unknown) {
      onError(error, `read ${channel.name}`);
    },
  };

  const namespaceOf = (name: string): Namespace | undefined => {
    const slash = name.indexOf('/');
    return namespaces.get(slash < 0 ? name : name.slice(0, slash));
  };

  const hub: ConnectionHub = {
    clock,
    limits,

    async open(asked) {
      if (asked === '' || asked.length > limits.maxChannelLength) throw new WaooawError('bad_channel');
      const namespace = namespaceOf(asked);
      const name = namespace?.resolve(asked);
      if (!namespace || name === undefined) throw new WaooawError('unknown_channel', `No channel "${asked}"`);
      let entry = channels.get(name);
      if (!entry) {
        if (channels.size >= limits.maxChannels) throw new WaooawError('channel_limit');
        const channel = new Channel(++lastNumber, name, namespace, bus, events);
        channel.idleSince = clock.monotonicMs();
        entry = { channel, opened: channel.open() };
        channels.set(name, entry);
      }
      try {
        await entry.opened;
      } catch (cause) {
        if (channels.get(name) === entry) channels.delete(name);
        entry.channel.close();
        throw new WaooawError('unavailable', `Channel "${name}" cannot be opened`, { cause });
      }
      return entry.channel;
    },

    flush(channel) {
      if (!dirty.delete(channel)) return;
      counts.deliveries += flushChannels([channel]);
    },

    attach(channel, connection) {
      channel.subscribers.push(connection);
    },

    detach(channel, connection) {
      const { subscribers } = channel;
      const index = subscribers.indexOf(connection);
      const last = subscribers.pop();
      if (last && last !== connection) subscribers[index] = last;
      if (subscribers.length === 0) channel.idleSince = clock.monotonicMs();
    },

    gone(connection) {
      connections.delete(connection);
    },

    failed(error) {
      onError(error, 'a client’s command');
    },
  };

  /** A channel outlives its last reader by its history's age, so that a reader who comes back finds its past. */
  const dropIdle = (): void => {
    const now = clock.monotonicMs();
    for (const [name, { channel }] of channels) {
      const { history, onDemand } = channel.namespace;
      if (channel.subscribers.length > 0 || channel.joining || now - channel.idleSince <= history.ageMs)
        continue;
      channel.close();
      channels.delete(name);
      if (onDemand) bus.forget(name).catch((error: unknown) => onError(error, `forget ${name}`));
    }
  };

  const sweep = clock.every(SWEEP_MS, () => {
    for (const connection of [...connections]) connection.beat();
    dropIdle();
  });

  return {
    limits,

    serve(namespace) {
      namespaces.set(namespace.name, namespace);
    },

    wants: (channel) => channels.has(channel),

    publish(channel: string, data: Json) {
      const namespace = namespaceOf(channel);
      if (!namespace || (namespace.onDemand && !channels.has(channel))) return;
      counts.publications += 1;
      bus.publish(channel, JSON.stringify(data), namespace.history).catch((error: unknown) => {
        counts.failures += 1;
        onError(error, `publish ${channel}`);
      });
    },

    accept(transport) {
      const counting: Transport = {
        send: (frame) => transport.send(frame),
        bufferedBytes: () => transport.bufferedBytes(),
        close(reason: CloseName) {
          closed[reason] = (closed[reason] ?? 0) + 1;
          transport.close(reason);
        },
      };
      const connection = new Connection(randomUUID(), counting, hub);
      const full = connections.size >= limits.maxConnections;
      connections.add(connection);
      if (closing) connection.close('shutdown');
      else if (full) connection.close('connection_limit');
      return connection;
    },

    stats: () => ({
      ...counts,
      connections: connections.size,
      channels: channels.size,
      subscriptions: [...connections].reduce((sum, connection) => sum + connection.subscriptions, 0),
      closed: { ...closed },
    }),

    close() {
      if (closing) return;
      closing = true;
      flushAll();
      sweep.cancel();
      for (const connection of [...connections]) connection.close('shutdown');
      for (const { channel } of channels.values()) channel.close();
      channels.clear();
    },
  };
}
