/** Port: the ordered, bounded memory of channels, and the way publications reach every server process. */
import type { LostReason, Position } from '../../src/protocol/index.ts';

/** One publication as stored. */
export interface StoredPublication {
  readonly offset: number;
  /** JSON text, encoded once by the publisher. */
  readonly data: string;
  /** The stream that it belongs to. */
  readonly epoch: string;
  /** Running hash of the stream up to the publication before this one, 16 hex digits. */
  readonly prev: string;
  /** Running hash of the stream up to and including this publication, 16 hex digits. */
  readonly tail: string;
}

/** What publishing yields. */
export interface PublishResult {
  readonly publication: StoredPublication;
  /** True: the key had been used before, and this is that publication. */
  readonly duplicate: boolean;
}

/** How long an idempotency key is remembered, ms. */
export const KEY_AGE_MS = 300_000;

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
  /** The newest publication that is kept. */
  readonly last?: StoredPublication;
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
 * - The same key again within `KEY_AGE_MS` is the same publication: it is neither stored nor heard a second time.
 *   With other data it rejects with `idempotency_conflict`. Keys are a channel's own.
 * - A failing listener harms neither the publisher nor other listeners.
 */
export interface Bus {
  /**
   * @param data JSON text.
   * @param key idempotency key.
   */
  publish(channel: string, data: string, retention: Retention, key?: string): Promise<PublishResult>;
  /** Resolves once listening. The function it yields stops it, at once. */
  subscribe(channel: string, listener: BusListener): Promise<() => void>;
  /** @param since omit for the position alone. */
  read(channel: string, since?: Position): Promise<ReadResult>;
  /** Ends a stream and frees its memory. The next publication or read begins another epoch. */
  forget(channel: string): Promise<void>;
  /** Frees everything. */
  close(): Promise<void>;
}
