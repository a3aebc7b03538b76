/** For tests: a real bus, made to behave as one over a network does at its worst. */
import type { Position } from '../../src/protocol/index.ts';
import type {
  Bus,
  BusListener,
  PublishResult,
  ReadResult,
  Retention,
  StoredPublication,
} from '../ports/bus.ts';

/** Passes everything on to a bus, except for what a test asks of it. */
export class OddBus implements Bus {
  /** Publications that listeners are not told of. */
  drops: (publication: StoredPublication) => boolean = () => false;
  /** What a call throws instead of doing its work. */
  readonly fails: { publish?: Error; subscribe?: Error; read?: Error } = {};
  /** Called before a read's result is handed over: a place to wait. */
  slowly: () => Promise<void> = () => Promise.resolve();
  /** Resolved when a read is next asked for. */
  #asked: (() => void)[] = [];
  #heldReads: (() => void)[] | undefined;
  #heldTelling: (() => void)[] | undefined;
  /** The bus itself, which misses nothing. */
  readonly inner: Bus;

  constructor(bus: Bus) {
    this.inner = bus;
  }

  /** Reads give their results, which are those of the moment when they were asked, only when let go. */
  holdReads(): void {
    this.#heldReads ??= [];
  }

  /** Lets only the read go that was asked for last. */
  letLastReadGo(): void {
    this.#heldReads?.pop()?.();
  }

  letReadsGo(): void {
    for (const go of this.#heldReads?.splice(0) ?? []) go();
    this.#heldReads = undefined;
  }

  /** Publications are stored at once and told of, in order, only when let go. */
  holdTelling(): void {
    this.#heldTelling ??= [];
  }

  /** @param count how many to tell of; all, and no more holding, when absent. */
  letTellingGo(count?: number): void {
    for (const go of this.#heldTelling?.splice(0, count ?? Infinity) ?? []) go();
    if (count === undefined) this.#heldTelling = undefined;
  }

  /** Resolves when the next read has been asked for. */
  asked(): Promise<void> {
    return new Promise((resolve) => this.#asked.push(resolve));
  }

  publish(channel: string, data: string, retention: Retention, key?: string): Promise<PublishResult> {
    if (this.fails.publish) return Promise.reject(this.fails.publish);
    return this.inner.publish(channel, data, retention, key);
  }

  subscribe(channel: string, listener: BusListener): Promise<() => void> {
    if (this.fails.subscribe) return Promise.reject(this.fails.subscribe);
    return this.inner.subscribe(channel, (publication) => {
      if (this.drops(publication)) return;
      if (this.#heldTelling) this.#heldTelling.push(() => listener(publication));
      else listener(publication);
    });
  }

  async read(channel: string, since?: Position): Promise<ReadResult> {
    for (const resolve of this.#asked.splice(0)) resolve();
    if (this.fails.read) throw this.fails.read;
    const result = await this.inner.read(channel, since);
    const held = this.#heldReads;
    if (held) await new Promise<void>((resolve) => held.push(resolve));
    await this.slowly();
    return result;
  }

  forget(channel: string): Promise<void> {
    return this.inner.forget(channel);
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
