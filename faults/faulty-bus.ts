/** The memory engine, made to fail as engines over a network do, and every publication of it written into the log. */
import type { Position } from '../src/protocol/index.ts';
import { createMemoryBus } from '../server/engines/memory/bus.ts';
import type { MemoryBus, Streams } from '../server/engines/memory/bus.ts';
import type { StreamState } from '../server/engines/memory/stream.ts';
import type {
  Bus,
  BusListener,
  PublishResult,
  ReadResult,
  Retention,
  StoredPublication,
} from '../server/ports/bus.ts';
import type { Clock } from '../server/ports/clock.ts';
import type { PublishedLog } from './log.ts';

/** A bus that can lose the end of a stream, and be slow or deaf for a while. */
export class FaultyBus implements Bus {
  /** How late listeners are told, ms of the machine. */
  tellAfterMs = 0;
  /** How late a read's result comes, which is that of the moment when it was asked for, ms of the machine. */
  readAfterMs = 0;
  /** Publications are stored, and nobody is told. */
  deaf = false;
  readonly #clock: Clock;
  readonly #log: PublishedLog;
  readonly #listeners = new Map<string, Set<BusListener>>();
  /** Channels of the inner bus that are listened to: by us, once, for all. */
  readonly #heard = new Set<string>();
  #inner: MemoryBus;
  #closed = false;
  /** Telling is in order, also while some of it is late. */
  #told: Promise<void> | undefined;
  /** What an engine that fails over has not told yet, it never tells. */
  #life = 0;

  constructor(clock: Clock, log: PublishedLog) {
    this.#clock = clock;
    this.#log = log;
    this.#inner = createMemoryBus(clock);
  }

  /**
   * The engine fails over to a copy that lacks a stream's last publications. The epoch stays, the offsets are used
   * again, and nobody is told.
   * @returns how many were lost: those that are no longer kept cannot be.
   */
  rollBack(channel: string, count: number): number {
    let lost = 0;
    const streams = this.#inner.handOver().map(([name, state]) => {
      if (name !== channel) return [name, state] as const;
      lost = Math.min(count, state.kept.length);
      return [name, truncate(state, lost)] as const;
    });
    this.#replace(streams);
    this.#log.rolledBack(channel, lost);
    return lost;
  }

  /** The engine comes back empty: new epochs, and nobody is told. */
  wipe(): void {
    this.#replace([]);
    this.#log.forgotten();
  }

  publish(channel: string, data: string, retention: Retention, key?: string): Promise<PublishResult> {
    if (this.#closed) return Promise.reject(new Error('the engine is gone'));
    this.#hear(channel);
    return this.#inner.publish(channel, data, retention, key);
  }

  subscribe(channel: string, listener: BusListener): Promise<() => void> {
    this.#hear(channel);
    const all = this.#listeners.get(channel) ?? new Set<BusListener>();
    this.#listeners.set(channel, all);
    const own: BusListener = (publication) => listener(publication);
    all.add(own);
    return Promise.resolve(() => void all.delete(own));
  }

  async read(channel: string, since?: Position): Promise<ReadResult> {
    if (this.#closed) throw new Error('the engine is gone');
    const inner = this.#inner;
    const result = await inner.read(channel, since);
    // What an engine of before answers is of before.
    if (inner === this.#inner && !this.#closed) this.#log.began(channel, result.position.e);
    if (this.readAfterMs > 0) await sleep(this.readAfterMs);
    return result;
  }

  forget(channel: string): Promise<void> {
    if (!this.#closed) this.#log.forgotten(channel);
    return this.#inner.forget(channel);
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    return this.#inner.close();
  }

  #replace(streams: Streams): void {
    this.#inner = createMemoryBus(this.#clock);
    this.#inner.takeOver(streams);
    this.#life += 1;
    this.#heard.clear();
    for (const name of this.#listeners.keys()) this.#hear(name);
  }

  /** Listens to the engine before anybody else does, so that the log is never behind what readers are told. */
  #hear(channel: string): void {
    if (this.#heard.has(channel)) return;
    this.#heard.add(channel);
    void this.#inner.subscribe(channel, (publication) => {
      this.#log.stored(channel, publication);
      this.#tell(channel, publication);
    });
  }

  #tell(channel: string, publication: StoredPublication): void {
    if (this.deaf) return;
    const life = this.#life;
    const tell = (): void => {
      if (life !== this.#life) return;
      for (const listener of this.#listeners.get(channel) ?? []) listener(publication);
    };
    if (this.tellAfterMs === 0 && !this.#told) return tell();
    const told = (this.#told ?? Promise.resolve()).then(() => sleep(this.tellAfterMs)).then(tell);
    this.#told = told;
    void told.then(() => {
      if (this.#told === told) this.#told = undefined;
    });
  }
}

function truncate(state: StreamState, count: number): StreamState {
  const left = state.kept.length - count;
  const offset = state.offset - count;
  const tail = state.kept[left]?.prev ?? state.tail;
  const keys = state.keys.filter((used) => used.offset <= offset);
  return { ...state, offset, tail, keys, kept: state.kept.slice(0, left) };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
