/** One channel with readers: what was heard from the bus, who is subscribed, and what waits for the next flush. */
import type { Position } from '../../../src/protocol/index.ts';
import type { Bus, ReadResult, StoredPublication } from '../../ports/bus.ts';
import type { Namespace } from '../../ports/publisher.ts';
import type { Subscriber } from './frame.ts';

/** What a channel tells its hub. */
export interface ChannelEvents {
  /** Publications wait for the next flush. */
  dirty(channel: Channel): void;
  /** The stream broke off: readers were not told everything, and the channel stands at a new position. */
  broken(channel: Channel, why: Lost): void;
  /** The stream could not be read to close a gap. Nothing is lost: the next publication makes it try again. */
  failed(channel: Channel, error: unknown): void;
}

/** Why a past cannot be continued. */
export type Lost = NonNullable<ReadResult['lost']>;

/** What a joining reader is told of its past: what it missed, or why the past cannot be continued. */
export type Past = { readonly pubs: readonly StoredPublication[] } | { readonly lost: Lost };

/** A channel, following its stream from the moment it is opened. */
export class Channel {
  /** The channel's number in this process: short on the wire, and the same bytes for every reader. */
  readonly n: number;
  readonly name: string;
  readonly namespace: Namespace;
  /** Dense, so that a flush walks memory in order. */
  readonly subscribers: Subscriber[] = [];
  /** When the last reader left, monotonic ms. */
  idleSince = 0;

  readonly #bus: Bus;
  readonly #events: ChannelEvents;
  #position: Position = { e: '', o: 0, h: '' };
  #pending: StoredPublication[] = [];
  /** What is heard while the stream's position is being read; undefined once live. */
  #early: StoredPublication[] | undefined;
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

  /** True while readers are joining: the channel must not be dropped under them. */
  get joining(): boolean {
    return this.#joining.size > 0;
  }

  /** Listens first and reads then, so that nothing falls between. */
  async open(): Promise<void> {
    const heard: StoredPublication[] = [];
    this.#early = heard;
    this.#stop = await this.#bus.subscribe(this.name, (publication) => this.#hear(publication));
    const { position } = await this.#bus.read(this.name);
    this.#goLive(position, heard);
  }

  /** Stops listening. */
  close(): void {
    this.#stop();
  }

  /**
   * Prepares a reader's joining: reads what a returning one missed.
   * @returns must be called, once, in the very turn in which the reader is subscribed: yields its past up to the
   *   position of that moment, or undefined for a reader without one.
   */
  async join(past?: Position): Promise<() => Past | undefined> {
    const meanwhile: StoredPublication[] = [];
    this.#joining.add(meanwhile);
    let read: ReadResult | undefined;
    try {
      read = past && (await this.#bus.read(this.name, past));
    } catch (error) {
      this.#joining.delete(meanwhile);
      throw error;
    }
    return () => {
      this.#joining.delete(meanwhile);
      return past && read && this.#continue(past, read, meanwhile);
    };
  }

  /** Takes the pending publications as one message, encoded once for all readers. */
  takeBatch(): string {
    const pubs = this.#pending.map((p) => `[${p.offset},${p.data}]`).join(',');
    this.#pending = [];
    return `{"n":${this.n},"pubs":[${pubs}],"h":"${this.#position.h}"}`;
  }

  #continue(past: Position, read: ReadResult, meanwhile: readonly StoredPublication[]): Past {
    if (read.lost) return { lost: read.lost };
    const { e, o } = this.#position;
    if (e !== past.e) return { lost: 'epoch' };
    // The bus may be ahead of what this process has heard: stop exactly at our own position.
    const pubs = read.publications.filter((p) => p.offset <= o);
    const last = pubs.at(-1)?.offset ?? past.o;
    pubs.push(...meanwhile.filter((p) => p.offset > last));
    // A hole when the stream broke off meanwhile, or when the bus answered from before what this process has heard.
    return pubs.length === o - past.o ? { pubs } : { lost: 'history' };
  }

  #hear(publication: StoredPublication): void {
    if (this.#early) {
      this.#early.push(publication);
      return;
    }
    if (publication.offset <= this.#position.o) return;
    if (publication.offset !== this.#position.o + 1) {
      void this.#resume(publication);
      return;
    }
    this.#position = { e: this.#position.e, o: publication.offset, h: publication.tail };
    for (const meanwhile of this.#joining) meanwhile.push(publication);
    if (this.subscribers.length === 0) return;
    this.#pending.push(publication);
    if (this.#pending.length === 1) this.#events.dirty(this);
  }

  /** The bus left something out: go on without a hole if it still can be read, else say that it was lost. */
  async #resume(ahead: StoredPublication): Promise<void> {
    const past = this.#position;
    const heard = [ahead];
    this.#early = heard;
    let read: ReadResult;
    try {
      read = await this.#bus.read(this.name, past);
    } catch (error) {
      this.#early = undefined;
      this.#events.failed(this, error);
      return;
    }
    if (!read.lost) {
      this.#goLive(past, [...read.publications, ...heard]);
      return;
    }
    this.#pending = [];
    this.#position = read.position;
    // Readers are told where the stream goes on before they are sent what comes after it.
    this.#events.broken(this, read.lost);
    this.#goLive(read.position, heard);
  }

  #goLive(position: Position, heard: readonly StoredPublication[]): void {
    this.#position = position;
    this.#early = undefined;
    for (const publication of heard) this.#hear(publication);
  }
}
