/** Port: the ordered, bounded memory of channels, and the way publications reach every server process. */
import type { LostReason, Position } from '../../src/protocol/index.ts';

/** One publication as stored. */
export interface StoredPublication {
  readonly offset: number;
  /** JSON text, encoded once by the publisher. */
  readonly data: string;
  /** Running hash of the stream up to and including this publication, 16 hex digits. */
  readonly tail: string;
}

/** How much of a channel is kept. */
export interface Retention {
  /** Publications, ≥ 0. */
  readonly size: number;
  /** Age, ms. */
  readonly ageMs: number;
}

/** What reading a channel yields. */
export interface ReadResult {
  /** Where the stream stands now. */
  readonly position: Position;
  /** Everything after `since`, in order, when `lost` is absent; else empty. */
  readonly publications: readonly StoredPublication[];
  /** Why `since` could not be continued. */
  readonly lost?: Exclude<LostReason, 'slow'>;
}

/** Called once a publication, in offset order. */
export type BusListener = (publication: StoredPublication) => void;

/**
 * Channels. Guarantees, whichever engine:
 * - Per channel, offsets are 1, 2, 3, … without a hole, and listeners hear them in that order, at most once.
 * - `publish` resolves once the publication is in the history and its listeners on this process were called or queued.
 * - `read` never returns a part that looks whole: either every publication after `since`, or `lost` with its reason:
 *   `epoch` (another stream), `tail` (same offset, another past), `history` (no longer kept).
 * - A read that begins after `subscribe` resolved sees every publication that the listener did not hear.
 * - History holds at most `retention.size` publications, none older than `retention.ageMs`.
 * - A failing listener harms neither the publisher nor other listeners.
 */
export interface Bus {
  /** @param data JSON text. */
  publish(channel: string, data: string, retention: Retention): Promise<StoredPublication>;
  /** Resolves once listening. The function it yields stops it, at once. */
  subscribe(channel: string, listener: BusListener): Promise<() => void>;
  /** @param since omit for the position alone. */
  read(channel: string, since?: Position): Promise<ReadResult>;
  /** Ends a stream and frees its memory. The next publication or read begins another epoch. */
  forget(channel: string): Promise<void>;
  /** Frees everything. */
  close(): Promise<void>;
}
