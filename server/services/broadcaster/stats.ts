/** What the broadcaster counts. */
import type { LostReason } from '../../../src/protocol/index.ts';
import type { Connection } from './connection.ts';

/** What became of a returning or slow reader's past. */
export type Outcome = 'recovered' | LostReason;

/** Lag of the connections' readers, in publications, as their last pongs told. */
export interface Lag {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** A histogram as Prometheus knows it: how many were at most so large. */
export interface Histogram {
  /** Cumulative counts by upper bound; the last bound is infinite. */
  readonly buckets: readonly (readonly [upTo: number, count: number])[];
  readonly sum: number;
  readonly count: number;
}

/** Counts since the start, and what is open now. */
export interface BroadcasterStats {
  /** Open now. */
  readonly connections: number;
  /** Open now, by carrier. */
  readonly transports: Readonly<Record<'websocket' | 'sse', number>>;
  /** With readers, or kept for readers who may come back. */
  readonly channels: number;
  readonly subscriptions: number;
  /** Subscriptions of readers that are behind now, by why. */
  readonly behind: Readonly<Record<'slow' | 'demand' | 'broken', number>>;
  /** Bytes that wait for readers now. */
  readonly bufferedBytes: number;
  readonly lag: Lag;
  readonly publications: number;
  /** Publications × readers. */
  readonly deliveries: number;
  /** Publications × readers left out, because a later one stood for them. */
  readonly conflated: number;
  readonly flushes: number;
  /** Publications of a flush. */
  readonly flushSizes: Histogram;
  /** Publications that the bus refused. */
  readonly failures: number;
  /** Pasts that were asked to be continued, by outcome. */
  readonly recoveries: Readonly<Record<Outcome, number>>;
  /** Connections ended by us, by reason. */
  readonly closed: Readonly<Record<string, number>>;
}

const BOUNDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, Number.POSITIVE_INFINITY];

/** Counters. */
export class Counts {
  publications = 0;
  deliveries = 0;
  conflated = 0;
  failures = 0;
  readonly recoveries: Record<Outcome, number> = { recovered: 0, epoch: 0, tail: 0, history: 0, slow: 0 };
  readonly closed: Record<string, number> = {};
  #flushes = 0;
  #flushed = 0;
  readonly #sizes = BOUNDS.map(() => 0);

  /** A flush wrote something. */
  flush(publications: number, deliveries: number): void {
    this.#flushes += 1;
    this.#flushed += publications;
    this.deliveries += deliveries;
    const at = BOUNDS.findIndex((bound) => publications <= bound);
    this.#sizes[at]! += 1;
  }

  close(reason: string): void {
    this.closed[reason] = (this.closed[reason] ?? 0) + 1;
  }

  /** Together with what is open now. */
  stats(connections: Iterable<Connection>, channels: number): BroadcasterStats {
    const open = { connections: 0, subscriptions: 0, bufferedBytes: 0 };
    const transports = { websocket: 0, sse: 0 };
    const behind = { slow: 0, demand: 0, broken: 0 };
    const lags: number[] = [];
    for (const connection of connections) {
      open.connections += 1;
      open.subscriptions += connection.subscriptions.size;
      open.bufferedBytes += connection.reader.bufferedBytes;
      transports[connection.transport] += 1;
      if (connection.lag !== undefined) lags.push(connection.lag);
      for (const subscription of connection.subscriptions.values())
        if (subscription.behind) behind[subscription.behind] += 1;
    }
    let below = 0;
    return {
      ...open,
      transports,
      behind,
      channels,
      lag: percentiles(lags),
      publications: this.publications,
      deliveries: this.deliveries,
      conflated: this.conflated,
      flushes: this.#flushes,
      flushSizes: {
        buckets: BOUNDS.map((bound, i) => [bound, (below += this.#sizes[i]!)] as const),
        sum: this.#flushed,
        count: this.#flushes,
      },
      failures: this.failures,
      recoveries: { ...this.recoveries },
      closed: { ...this.closed },
    };
  }
}

/** By the nearest rank; all 0 of nothing. */
function percentiles(values: readonly number[]): Lag {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
