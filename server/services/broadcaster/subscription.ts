/** One reader's subscription to one channel: keeping up, or behind with a cursor. */
import type { Json, LostReason, Position } from '../../../src/protocol/index.ts';
import type { StoredPublication } from '../../ports/bus.ts';
import type { Channel } from './channel.ts';

/**
 * Why a reader is behind: `slow`, it does not read as fast as it is written to; `demand`, it asked for fewer;
 * `broken`, the stream broke off under it.
 */
export type Behind = 'slow' | 'demand' | 'broken';

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
  /** The message to send, or undefined when there is nothing new. */
  readonly message: string | undefined;
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
   * Prepares the step from the cursor to the channel's position.
   * @returns must be called once, after the channel was flushed and in the turn in which the step is sent.
   */
  async prepare(): Promise<() => Step> {
    const { channel } = this;
    const cursor = this.#cursor!;
    const { lost } = cursor;
    if (lost) return () => this.#loss(cursor, lost);
    // The newest stands for all: no history is needed, however far behind the reader is.
    if (channel.namespace.conflate === 'latest') {
      const step = (): Step | undefined => this.#latest(cursor);
      if (step()) return () => step() ?? this.#loss(cursor, 'history');
    }
    const join = await channel.join(cursor.position);
    return () => {
      const past = join()!;
      return 'pubs' in past ? this.#pubs(cursor, past.pubs) : this.#loss(cursor, past.lost);
    };
  }

  #latest({ position, breaks }: Cursor): Step | undefined {
    const { last, breaks: now, position: goal } = this.channel;
    if (breaks !== now || !last || last.offset !== goal.o) return undefined;
    return this.#batch(position.o, goal.o - position.o, [[last.offset, last.data]]);
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
    if (count === 0) return { message: undefined, conflated: 0 };
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
