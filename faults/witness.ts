/** What one server has been told of its streams: a service behind it knows that much, and no more. */
import type { Json, Position } from '../src/protocol/index.ts';
import type { Bus, BusListener, PublishResult, ReadResult, Retention } from '../server/ports/bus.ts';
import { pathBetween } from './log.ts';
import type { Entry, PublishedLog } from './log.ts';

/** Passes everything on, and remembers where each stream stood last. */
export class Witness implements Bus {
  readonly #inner: Bus;
  readonly #log: PublishedLog;
  readonly #known = new Map<string, Entry>();

  constructor(inner: Bus, log: PublishedLog) {
    this.#inner = inner;
    this.#log = log;
  }

  /** The state that a new reader of this server starts from. */
  snapshot(channel: string): Json {
    return this.#log.snapshotAt(this.#known.get(channel) ?? this.#log.head(channel));
  }

  publish(channel: string, data: string, retention: Retention, key?: string): Promise<PublishResult> {
    return this.#inner.publish(channel, data, retention, key);
  }

  subscribe(channel: string, listener: BusListener): Promise<() => void> {
    return this.#inner.subscribe(channel, (publication) => {
      const { epoch, offset, tail } = publication;
      const entry = this.#log.find(channel, { e: epoch, o: offset, h: tail });
      if (entry) this.#known.set(channel, entry);
      listener(publication);
    });
  }

  async read(channel: string, since?: Position): Promise<ReadResult> {
    const result = await this.#inner.read(channel, since);
    const entry = this.#log.find(channel, result.position);
    const known = this.#known.get(channel);
    // A slow read tells of a moment that is over: what was told since is later.
    const isOver = entry && known && known !== entry && pathBetween(entry, known);
    if (entry && !isOver) this.#known.set(channel, entry);
    return result;
  }

  forget(channel: string): Promise<void> {
    this.#known.delete(channel);
    return this.#inner.forget(channel);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
