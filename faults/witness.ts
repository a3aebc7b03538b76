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
      this.#learn(channel, { e: epoch, o: offset, h: tail });
      listener(publication);
    });
  }

  async read(channel: string, since?: Position): Promise<ReadResult> {
    const result = await this.#inner.read(channel, since);
    // A reader's past is read from the engine, which may have lost its end meanwhile: the server is not told by that.
    this.#learn(channel, result.position, since !== undefined);
    return result;
  }

  forget(channel: string): Promise<void> {
    this.#known.delete(channel);
    return this.#inner.forget(channel);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  /**
   * A slow read, or a late word, tells of a moment that is over: what is known already is later.
   * @param onward what is known stays known, even where the engine has lost it.
   */
  #learn(channel: string, position: Position, onward = false): void {
    const entry = this.#log.find(channel, position);
    const known = this.#known.get(channel);
    const isKept = known && (onward || !known.undone);
    const isOver = entry && isKept && known !== entry && pathBetween(entry, known);
    if (entry && !isOver) this.#known.set(channel, entry);
  }
}
