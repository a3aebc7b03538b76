/** One channel with readers: what was heard from the bus, who is subscribed, and what waits for the next flush. */
import type { Position } from '../../../src/protocol/index.ts';
import type { Bus, StoredPublication } from '../../ports/bus.ts';
import type { Namespace } from '../../ports/publisher.ts';
import type { Connection } from './connection.ts';

/** What a channel tells its hub. */
export interface ChannelEvents {
  /** Publications wait for the next flush. */
  dirty(channel: Channel): void;
  /** The stream broke off: readers were not told everything, and the channel stands at a new position. */
  broken(channel: Channel): void;
}

/** A channel, following its stream from the moment it is opened. */
export class Channel {
  /** The channel's number in this process: short on the wire, and the same bytes for every reader. */
  readonly n: number;
  readonly name: string;
  readonly namespace: Namespace;
  /** Dense, so that a flush walks memory in order. */
  readonly subscribers: Connection[] = [];
  /** When the last reader left, monotonic ms. */
  idleSince = 0;

  readonly #bus: Bus;
  readonly #events: ChannelEvents;
  #position: Position = { e: '', o: 0, h: '' };
  #pending: StoredPublication[] = [];
  /** What is heard while the stream's position is being read; undefined once live. */
  #early: StoredPublication[] | undefined = [];
  /** Per joining reader: what is heard while its past is being read. */
  readonly #joining = new Set<StoredPublication[]>();
  #stop: () => void = () => undefined;

  constructor(n: number, name: string, namespace: Namespace, bus: Bus, events: ChannelEvents) {
    this.n = n;
    this.name = name;
    this.namespace = namespace;
    this.#bus = bus;
    this.#events = events;
  }

  /** Where readers stand once the pending publications are flushed. */
  get position(): Position {
    return this.#position;
  }

  /** Publications that wait for the next flush. */
  get pending(): number {
    return this.#pending.length;
  }

  /** Listens first and reads then, so that nothing falls between. */
  async open(): Promise<void> {
    this.#stop = await this.#bus.subscribe(this.name, (publication) => this.#hear(publication));
    await this.#readPosition();
  }

  /** Stops listening. */
  close(): void {
    this.#stop();
  }

  /**
   * What a returning reader missed, up to this channel's position.
   * @returns undefined with the reason when its past cannot be continued.
   */
  async since(past: Position): Promise<{ pubs: StoredPublication[] } | { lost: 'history' | 'epoch' | 'tail' }> {
    const meanwhile: StoredPublication[] = [];
    this.#joining.add(meanwhile);
    try {
      const read = await this.#bus.read(this.name, past);
      if (read.lost) return { lost: read.lost };
      // The bus may be ahead of what this process has heard, or behind it: stop exactly at our own position.
      const pubs = read.publications.filter((p) => p.offset <= this.#position.o);
      const last = pubs.at(-1)?.offset ?? past.o;
      return { pubs: [...pubs, ...meanwhile.filter((p) => p.offset > last)] };
    } finally {
      this.#joining.delete(meanwhile);
    }
  }

  /** Takes the pending publications as one message, encoded once for all readers. */
  takeBatch(): string {
    const pubs = this.#pending.map((p) => `[${p.offset},${p.data}]`).join(',');
    const tail = this.#pending.at(-1)?.tail ?? this.#position.h;
    this.#pending = [];
    return `{"n":${this.n},"pubs":[${pubs}],"h":"${tail}"}`;
  }

  #hear(publication: StoredPublication): void {
    if (this.#early) {
      this.#early.push(publication);
      return;
    }
    if (publication.offset <= this.#position.o) return;
    if (publication.offset !== this.#position.o + 1) {
      void this.#resume();
      return;
    }
    this.#position = { e: this.#position.e, o: publication.offset, h: publication.tail };
    for (const meanwhile of this.#joining) meanwhile.push(publication);
    if (this.subscribers.length === 0) return;
    this.#pending.push(publication);
    if (this.#pending.length === 1) this.#events.dirty(this);
  }

  /** The bus left something out: go on without a hole if it still can be read, else say that it was lost. */
  async #resume(): Promise<void> {
    const past = this.#position;
    this.#early = [];
    const read = await this.#bus.read(this.name, past);
    if (!read.lost) {
      this.#goLive(past, [...read.publications, ...this.#early]);
      return;
    }
    this.#pending = [];
    this.#goLive(read.position, this.#early);
    this.#events.broken(this);
  }

  async #readPosition(): Promise<void> {
    const { position } = await this.#bus.read(this.name);
    this.#goLive(position, this.#early ?? []);
  }

  #goLive(position: Position, heard: readonly StoredPublication[]): void {
    this.#position = position;
    this.#early = undefined;
    for (const publication of heard) this.#hear(publication);
  }
}
