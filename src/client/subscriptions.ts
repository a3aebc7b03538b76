/** What the page follows, whatever link there is: channels, their listeners, and how long they outlast them. */
import type { Connected, SubscribeRequest } from '../protocol/frames.ts';
import { ClientChannel } from './channel.ts';
import type { ChannelListener } from './channel.ts';
import type { ClientClock } from './clock.ts';
import { demandOf } from './demand.ts';
import type { Link, LinkMessage } from './link.ts';
import { Roster } from './roster.ts';
import type { RosterSettings } from './roster.ts';

/** One listener's hold on a channel. */
export interface Subscription {
  /** Stops listening. */
  stop(): void;
  /**
   * Changes how often publications are wanted.
   * @param everyMs at most one batch in so many ms; 0 as they come; Infinity none until this is called again.
   */
  demand(everyMs: number): void;
}

/** How a listener follows. */
export interface SubscribeOptions {
  /** At most one batch in so many ms. Default 0: as they come. Infinity: none for now. */
  readonly everyMs?: number;
}

/** How subscriptions behave. */
export interface SubscriptionSettings extends Pick<RosterSettings, 'random' | 'tellIncident'> {
  readonly clock: ClientClock;
  /** How long a channel stays subscribed after its last listener left, ms. */
  readonly lingerMs: number;
}

/** All subscriptions of a client. */
export class Subscriptions {
  readonly #settings: SubscriptionSettings;
  readonly #channels = new Map<string, ClientChannel>();
  readonly #rosters = new WeakMap<Link, Roster>();
  readonly #changed = new Set<ClientChannel>();
  #roster: Roster | undefined;

  constructor(settings: SubscriptionSettings) {
    this.#settings = settings;
  }

  /** The channel of this name, while it is followed. */
  get(name: string): ClientChannel | undefined {
    return this.#channels.get(name);
  }

  /** Follows a channel. Many listeners of one channel are one subscription. */
  follow(name: string, listener: ChannelListener, everyMs = 0): Subscription {
    let channel = this.#channels.get(name);
    if (!channel) this.#channels.set(name, (channel = new ClientChannel(name)));
    const followed = channel;
    followed.cancelLinger?.();
    // Whoever comes to what nobody listens to any more does not want to hear again what those before were told.
    if (followed.idle) this.#roster?.pardon(followed);
    const seat = followed.add(listener, everyMs);
    this.#roster?.sync(followed);
    let stopped = false;
    return {
      stop: () => {
        if (stopped) return;
        stopped = true;
        followed.remove(seat);
        if (followed.idle) this.#linger(followed);
        else this.#later(followed);
      },
      demand: (ms) => {
        seat.everyMs = demandOf(ms);
        if (!stopped) this.#later(followed);
      },
    };
  }

  /** What a new link's first message asks for. */
  introduce(link: Link): readonly SubscribeRequest[] {
    const roster = new Roster({ ...this.#settings, ask: (body, answer) => link.ask(body, answer) });
    this.#rosters.set(link, roster);
    return roster.introduce(this.#channels.values());
  }

  /** From now on this link brings the publications. */
  join(link: Link, { subs }: Connected): void {
    this.#roster?.close();
    const roster = this.#rosters.get(link);
    this.#roster = roster;
    roster?.joined(subs, this.#channels.values());
  }

  /** No link brings anything. */
  leave(): void {
    this.#roster?.close();
    this.#roster = undefined;
    for (const channel of this.#channels.values()) channel.setCurrent(false);
  }

  /** What a link says, whichever is the present one. */
  heard(link: Link, message: LinkMessage): void {
    const roster = this.#rosters.get(link);
    if ('pubs' in message) roster?.batch(message);
    else if ('lost' in message) roster?.broken(message);
    else if ('end' in message) roster?.ended(message);
  }

  positions(link: Link): Readonly<Record<string, number>> {
    return this.#rosters.get(link)!.positions();
  }

  /** The rights may be others now: what the server had taken away is asked for again. */
  forgive(): void {
    this.#roster?.forgive();
  }

  /** Widgets come, go and scroll in crowds: what that changes is sent once. */
  #later(channel: ClientChannel): void {
    if (this.#changed.size === 0) queueMicrotask(() => this.#flush());
    this.#changed.add(channel);
  }

  #flush(): void {
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const channel of changed) this.#roster?.sync(channel);
  }

  #linger(channel: ClientChannel): void {
    channel.cancelLinger?.();
    channel.cancelLinger = this.#settings.clock.after(this.#settings.lingerMs, () => {
      channel.gone = true;
      this.#channels.delete(channel.name);
      this.#roster?.sync(channel);
    });
  }
}
