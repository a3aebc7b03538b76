/** The open channels: found by name below their namespaces, opened once, dropped when nobody can need them any more. */
import { WaooawError } from '../../../src/protocol/index.ts';
import { KEY_AGE_MS } from '../../ports/bus.ts';
import type { Bus } from '../../ports/bus.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Namespace } from '../../ports/publisher.ts';
import { Channel } from './channel.ts';
import type { ChannelEvents } from './channel.ts';
import type { BroadcasterLimits } from './limits.ts';

/** What it needs. */
export interface ChannelsDeps {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly limits: BroadcasterLimits;
  readonly events: Pick<ChannelEvents, 'dirty' | 'failed'>;
  readonly onError: (error: unknown, what: string) => void;
}

/** A channel's name and whose it is. */
export interface Resolved {
  readonly name: string;
  readonly namespace: Namespace;
}

/** How long a channel is kept without readers, ms: for its history, and for the idempotency keys of its publishers. */
function keepMs({ history, access }: Namespace): number {
  return access.publish.length > 0 ? Math.max(history.ageMs, KEY_AGE_MS) : history.ageMs;
}

/** All channels of a broadcaster. */
export class Channels {
  readonly #deps: ChannelsDeps;
  readonly #namespaces = new Map<string, Namespace>();
  readonly #open = new Map<string, { readonly channel: Channel; readonly opened: Promise<void> }>();
  #lastNumber = 0;

  constructor(deps: ChannelsDeps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#open.size;
  }

  serve(namespace: Namespace): void {
    this.#namespaces.set(namespace.name, namespace);
  }

  has(name: string): boolean {
    return this.#open.has(name);
  }

  /** The namespace with the longest name that the channel's begins with. */
  namespaceOf(name: string): Namespace | undefined {
    for (let end = name.length; end > 0; end = name.lastIndexOf('/', end - 1)) {
      const namespace = this.#namespaces.get(name.slice(0, end));
      if (namespace) return namespace;
    }
    return undefined;
  }

  /** @throws WaooawError `bad_channel`, `unknown_channel`, or what the namespace says of the name. */
  resolve(asked: string): Resolved {
    if (asked === '' || asked.length > this.#deps.limits.maxChannelLength)
      throw new WaooawError('bad_channel');
    const namespace = this.namespaceOf(asked);
    const name = namespace?.resolve(asked);
    if (!namespace || name === undefined) throw new WaooawError('unknown_channel', `No channel "${asked}"`);
    return { name, namespace };
  }

  /** Opens a channel, or waits until it is open. @throws WaooawError `channel_limit`, `unavailable`. */
  async open({ name, namespace }: Resolved): Promise<Channel> {
    const { bus, clock, limits, events } = this.#deps;
    let entry = this.#open.get(name);
    if (!entry) {
      if (this.#open.size >= limits.maxChannels) throw new WaooawError('channel_limit');
      const heard = (channel: Channel): void => void (channel.idleSince = clock.monotonicMs());
      const channel = new Channel(++this.#lastNumber, name, namespace, bus, { ...events, heard });
      heard(channel);
      entry = { channel, opened: channel.open() };
      this.#open.set(name, entry);
    }
    try {
      await entry.opened;
    } catch (cause) {
      if (this.#open.get(name) === entry) this.#open.delete(name);
      entry.channel.close();
      throw new WaooawError('unavailable', `Channel "${name}" cannot be opened`, { cause });
    }
    entry.channel.idleSince = clock.monotonicMs();
    return entry.channel;
  }

  /** A channel outlives its last reader and its last publication by its history's age, so that a reader who comes back finds its past. */
  dropIdle(): void {
    const { bus, clock, onError } = this.#deps;
    const now = clock.monotonicMs();
    for (const [name, { channel }] of this.#open) {
      const { onDemand } = channel.namespace;
      if (channel.readers > 0 || channel.joining || now - channel.idleSince <= keepMs(channel.namespace))
        continue;
      channel.close();
      this.#open.delete(name);
      if (onDemand) bus.forget(name).catch((error: unknown) => onError(error, `forget ${name}`));
    }
  }

  close(): void {
    for (const { channel } of this.#open.values()) channel.close();
    this.#open.clear();
  }
}
