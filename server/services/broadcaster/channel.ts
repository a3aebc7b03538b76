/** One channel with readers: what was heard from the bus, who is subscribed, and what waits for the next flush. */
import type { Json, Position } from '../../../src/protocol/index.ts';
import type { Bus, ReadResult, StoredPublication } from '../../ports/bus.ts';
import type { Namespace } from '../../ports/publisher.ts';
import type { Subscriber } from './frame.ts';

/** What a channel tells its hub. */
export interface ChannelEvents {
  /** Publications wait for the next flush. */
  dirty(channel: Channel): void;
  /** Something was published. */
  heard(channel: Channel): void;
  /** The stream could not be read to close a gap. Nothing is lost: the next publication makes it try again. */
  failed(channel: Channel, error: unknown): void;
}

/** Why a past cannot be continued. */
export type Lost = NonNullable<ReadResult['lost']>;

/** What a joining reader is told of its past: what it missed, or why the past cannot be continued. */
export type Past = { readonly pubs: readonly StoredPublication[] } | { readonly lost: Lost };

/** Characters that publications are written with, about. */
export function sizeOf(pubs: readonly StoredPublication[]): number {
  return pubs.reduce((sum, { data }) => sum + data.length + ROW_OVERHEAD, 0);
}

/** A row's brackets, offset and comma. */
const ROW_OVERHEAD = 20;

/** A channel, following its stream from the moment it is opened. */
export class Channel {
  /** The channel's number in this process: short on the wire, and the same bytes for every reader. */
  readonly n: number;
  readonly name: string;
  readonly namespace: Namespace;
  /** Readers that keep up. Dense, so that a flush walks memory in order. */
  readonly subscribers: Subscriber[] = [];
  /** All readers, those that are behind too. */
  readers = 0;
  /** When the last reader left or the last publication came, monotonic ms. */
  idleSince = 0;
  /** How often the stream broke off: a cursor from before is no past of what comes after. */
  breaks = 0;

  readonly #bus: Bus;
  readonly #events: ChannelEvents;
  #position: Position = { e: '', o: 0, h: '' };
  #flushed: Position = this.#position;
  #last: StoredPublication | undefined;
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

  /** Where readers stand now. */
  get flushed(): Position {
    return this.#pending.length > 0 ? this.#flushed : this.#position;
  }

  /** The newest publication, if it is still kept. */
  get last(): StoredPublication | undefined {
    return this.#last;
  }

  /** Publications that wait for the next flush. */
  get pending(): number {
    return this.#pending.length;
  }

  /** True while readers are joining: the channel must not be dropped under them. */
  get joining(): boolean {
    return this.#joining.size > 0;
  }

  /** What a new reader starts from, at the present position. */
  snapshot(): Json {
    const { namespace } = this;
    if (namespace.snapshot) return namespace.snapshot(this.name);
    return namespace.conflate === 'latest' && this.#last ? (JSON.parse(this.#last.data) as Json) : null;
  }

  /** Listens first and reads then, so that nothing falls between. */
  async open(): Promise<void> {
    const heard: StoredPublication[] = [];
    this.#early = heard;
    this.#stop = await this.#bus.subscribe(this.name, (publication) => this.#hear(publication));
    const settled = heard.length;
    const { position, last } = await this.#bus.read(this.name);
    this.#last = last;
    this.#goLive(position, heard.slice(0, settled), heard.slice(settled));
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
    let pubs = '';
    for (const { offset, data } of this.#pending) pubs += `${pubs === '' ? '' : ','}[${offset},${data}]`;
    this.#pending = [];
    return `{"n":${this.n},"pubs":[${pubs}],"h":"${this.#position.h}"}`;
  }

  #continue(past: Position, read: ReadResult, meanwhile: readonly StoredPublication[]): Past {
    if (read.lost) return { lost: read.lost };
    const { e, o, h } = this.#position;
    if (e !== past.e) return { lost: 'epoch' };
    // The bus may be ahead of what this process has heard: stop exactly at our own position.
    const pubs = read.publications.filter((p) => p.offset <= o);
    const last = pubs.at(-1)?.offset ?? past.o;
    pubs.push(...meanwhile.filter((p) => p.offset > last));
    // A hole when the stream broke off meanwhile, or when the bus answered from before what this process has heard.
    if (pubs.length !== o - past.o) return { lost: 'history' };
    return isChain(past, pubs) && (pubs.at(-1)?.tail ?? past.h) === h ? { pubs } : { lost: 'tail' };
  }

  #hear(publication: StoredPublication): void {
    if (this.#early) {
      this.#early.push(publication);
      return;
    }
    // Another epoch, a hole, an offset that was used before, another past: in each case the stream is asked.
    if (!follows(this.#position, publication)) {
      void this.#resume(publication);
      return;
    }
    if (this.#pending.length === 0) this.#flushed = this.#position;
    this.#position = { e: publication.epoch, o: publication.offset, h: publication.tail };
    this.#last = publication;
    this.#events.heard(this);
    for (const meanwhile of this.#joining) meanwhile.push(publication);
    if (this.subscribers.length === 0) return;
    this.#pending.push(publication);
    if (this.#pending.length === 1) this.#events.dirty(this);
  }

  /** The bus left something out, or began anew: go on without a hole if it still can be read, else break off. */
  async #resume(ahead: StoredPublication): Promise<void> {
    const past = this.#position;
    const later: StoredPublication[] = [];
    this.#early = later;
    let read: ReadResult;
    try {
      read = await this.#bus.read(this.name, past);
    } catch (error) {
      this.#early = undefined;
      this.#events.failed(this, error);
      return;
    }
    if (read.lost === undefined) {
      this.#goLive(past, [...read.publications, ahead], later);
      return;
    }
    this.breaks += 1;
    // What waits was of the stream that broke off; its readers are told of the loss instead.
    const cursor = this.flushed;
    this.#pending = [];
    this.#last = read.last;
    const readers = this.subscribers.splice(0);
    this.#goLive(read.position, [ahead], later);
    for (const reader of readers) reader.broken(this.n, cursor, read.lost);
  }

  /**
   * @param settled heard before the stream was read: what does not follow is known, or was undone since.
   * @param later heard since: what does not follow must be asked for.
   */
  #goLive(
    position: Position,
    settled: readonly StoredPublication[],
    later: readonly StoredPublication[],
  ): void {
    this.#position = position;
    this.#early = undefined;
    for (const publication of settled) if (follows(this.#position, publication)) this.#hear(publication);
    const { e, o } = this.#position;
    if (settled.some(({ epoch, offset }) => epoch === e && offset > o))
      this.#events.failed(this, new Error('The bus answered from before what it had told'));
    for (const publication of later) {
      if (publication.offset !== this.#position.o || publication.tail !== this.#position.h)
        this.#hear(publication);
    }
  }
}

/** True when a publication is the very next after a position, of the same past. */
function follows({ e, o, h }: Position, { epoch, offset, prev }: StoredPublication): boolean {
  return offset === o + 1 && prev === h && epoch === e;
}

function isChain(past: Position, pubs: readonly StoredPublication[]): boolean {
  let tail = past.h;
  for (const { prev, tail: next } of pubs) {
    if (prev !== tail) return false;
    tail = next;
  }
  return true;
}
