/** Whether what is shown is right, or marked as not. */

/**
 * - `idle`: nothing is followed.
 * - `loading`: followed, nothing heard yet.
 * - `live`: heard recently enough, over a live connection.
 * - `stale`: what is shown was true once.
 * - `empty`: the channel is live and there is no data.
 * - `error`: the channel was refused, or there will be no connection.
 */
export type Freshness = 'idle' | 'loading' | 'live' | 'stale' | 'empty' | 'error';

/** What freshness is judged by. */
export interface FreshnessInput {
  readonly following: boolean;
  /** The connection is live. */
  readonly connected: boolean;
  /** The channel was refused, or the connection has failed for good. */
  readonly refused: boolean;
  /** A snapshot or a publication came in on this or an earlier connection. */
  readonly heard: boolean;
  readonly hasData: boolean;
  /** Age of the data, ms, by the server's clock; undefined when it has none. */
  readonly ageMs: number | undefined;
  /** Older than this is stale, ms. */
  readonly staleAfterMs: number;
}

/** Judges. */
export function judgeFreshness(input: FreshnessInput): Freshness {
  const { following, connected, refused, heard, hasData, ageMs, staleAfterMs } = input;
  if (!following) return 'idle';
  if (hasData && !connected) return 'stale';
  if (refused) return 'error';
  if (!heard || !connected) return 'loading';
  if (!hasData) return 'empty';
  return ageMs !== undefined && ageMs > staleAfterMs ? 'stale' : 'live';
}
