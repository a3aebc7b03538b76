/** One reader's subscription to one channel: keeping up, or behind with a cursor. */
import type { Json, LostReason, Position } from '../../../src/protocol/index.ts';
import type { StoredPublication } from '../../ports/bus.ts';
import { sizeOf } from './channel.ts';
import type { Channel } from './channel.ts';

/**
 * Why a reader is behind: `slow`, it does not read as fast as it is written to; `demand`, it asked for fewer;
 * `broken`, the stream broke off under it.
 */
export type Behind = 'slow' | 'demand' | 'broken';

/** The share of the history that a reader may be behind before it is brought up out of turn. */
const PRESSING = 3 / 4;

/** Where a reader that is behind stands. */
interface Cursor {
  readonly position: Position;
  readonly why: Behind;
  /** What is known already of why the past cannot be continued. */
  readonly lost?: LostReason;
  /** The channel's breaks when the cursor was set. */
  readonly breaks: number;
}

/** What brings a reader up to the channel's position. */
export interface Step {
  /** The message to send. */
  readonly message: string;
  /** Publications that are not sent because later ones stand for them. */
  readonly conflated: number;
  /** Why the reader's past could not be continued. */
  readonly lost?: LostReason;
}

/** A subscription. */
export class Subscription {
  readonly channel: Channel;
  /** At most one batch in so many ms; 0 as they come. */
  everyMs = 0;
  /** When the next batch is due, monotonic ms. */
  dueAt = 0;
  /** An answer that will bring the reader up is being prepared: nobody else does. */
  held = false;
  #cursor: Cursor | undefined;

  constructor(channel: Channel) {
    this.channel = channel;
  }

  /** Why the reader is behind; undefined while it keeps up. */
  get behind(): Behind | undefined {
    return this.#cursor?.why;
  }

  /** True when nothing has been published since the cursor. */
  get upToDate(): boolean {
    const { position } = this.channel;
    const cursor = this.#cursor?.position;
    return !cursor || (cursor.o === position.o && cursor.h === position.h && cursor.e === position.e);
  }

  /** True when the history is about to be outrun: a reader that asked for fewer shall not lose any by it. */
  get pressing(): boolean {
    const { namespace, position } = this.channel;
    if (namespace.conflate === 'latest') return false;
    return position.o - this.#cursor!.position.o >= namespace.history.size * PRESSING;
  }

  /**
   * When the next batch is due, on a grid that all readers of the same demand share, so that what one is sent the next
   * is sent too. Sooner than asked where publications would be too old by then.
   * @param now monotonic ms.
   */
  nextDue(now: number): number {
    const { history, conflate } = this.channel.namespace;
    const everyMs = conflate === 'latest' ? this.everyMs : Math.min(this.everyMs, history.ageMs / 2);
    return (Math.floor(now / everyMs) + 1) * everyMs;
  }

  /** The reader has been sent everything up to a position, and gets no more until it is brought up. */
  fallBehind(why: Behind, position: Position = this.channel.flushed): void {
    this.#cursor = { position, why, breaks: this.channel.breaks };
  }

  /** The stream broke off behind a position: there is nothing to read back. */
  breakOff(position: Position, lost: LostReason): void {
    this.#cursor = { position, why: 'broken', lost, breaks: this.channel.breaks };
  }

  /** The reader keeps up again. */
  keepUp(): void {
    this.#cursor = undefined;
  }

  /**
   * The step of a channel whose newest publication stands for all: no history is needed, however far behind the reader is.
   * @returns undefined where that is not so, or the stream broke off since the cursor. To be sent in the same turn.
   */
  latest(): Step | undefined {
    const { last, breaks, position, namespace } = this.channel;
    const cursor = this.#cursor!;
    if (
      cursor.lost ||
      namespace.conflate !== 'latest' ||
      cursor.breaks !== breaks ||
      last?.offset !== position.o
    )
      return undefined;
    return this.#batch(cursor.position.o, position.o - cursor.position.o, [[last.offset, last.data]]);
  }

  /**
   * Prepares the step from the cursor to the channel's position.
   * @param maxSize what the step's publications may come to, characters; a longer past is given up.
   * @returns must be called once, after the channel was flushed and in the turn in which the step is sent.
   */
  async prepare(maxSize: number): Promise<() => Step> {
    const { channel } = this;
    const cursor = this.#cursor!;
    const { lost } = cursor;
    if (lost) return () => this.#loss(cursor, lost);
    const join = await channel.join(cursor.position);
    return () => {
      const past = join()!;
      if ('lost' in past) return this.#loss(cursor, past.lost);
      return sizeOf(past.pubs) > maxSize ? this.#loss(cursor, 'history') : this.#pubs(cursor, past.pubs);
    };
  }

  #pubs({ position }: Cursor, pubs: readonly StoredPublication[]): Step {
    const { conflate } = this.channel.namespace;
    if (typeof conflate !== 'function' || pubs.length < 2) {
      return this.#batch(
        position.o,
        pubs.length,
        pubs.map(({ offset, data }) => [offset, data]),
      );
    }
    const merged = conflate(pubs.map(({ data }) => JSON.parse(data) as Json));
    if (merged.length === 0 || merged.length > pubs.length)
      throw new Error(
        `"${this.channel.namespace.name}" conflated ${pubs.length} publications into ${merged.length}`,
      );
    const first = pubs.at(-1)!.offset + 1 - merged.length;
    return this.#batch(
      position.o,
      pubs.length,
      merged.map((data, i) => [first + i, JSON.stringify(data)]),
    );
  }

  #batch(after: number, count: number, rows: readonly (readonly [offset: number, data: string])[]): Step {
    const { n, position } = this.channel;
    const conflated = count - rows.length;
    const pubs = rows.map(([offset, data]) => `[${offset},${data}]`).join(',');
    const mark = conflated > 0 ? `"after":${after},` : '';
    return { message: `{"n":${n},${mark}"pubs":[${pubs}],"h":"${position.h}"}`, conflated };
  }

  #loss({ why }: Cursor, lost: LostReason): Step {
    const { channel } = this;
    // A slow reader outlasted the history: it is told whose fault that was.
    const reason = lost === 'history' && why === 'slow' ? 'slow' : lost;
    const loss = { n: channel.n, lost: reason, ...channel.position, snapshot: channel.snapshot() };
    return { message: JSON.stringify(loss), conflated: 0, lost: reason };
  }
}
