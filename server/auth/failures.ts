/** Slows guessing down: how many tokens that are not valid one address may bring. */
import { isIPv6 } from 'node:net';
import { WaooawError } from '../../src/protocol/index.ts';
import type { Clock } from '../ports/clock.ts';

/** Addresses remembered at once; the one that has been quiet for longest makes room. */
export const MAX_ADDRESSES = 10_000;

const MINUTE_MS = 60_000;
/** What a sum of fractions may be off by, ms. */
const ROUNDING_MS = 0.001;

/**
 * A token bucket an address, which holds a minute's failures. Kept as one number each, the time at which the bucket
 * is full again (the "theoretical arrival time" of GCRA, ITU-T I.371): a full one need not be kept.
 */
export class FailureLimit {
  readonly #clock: Clock;
  readonly #costMs: number;
  readonly #fullAt = new Map<string, number>();

  /** @param perMinute failures a minute, at once and sustained, ≥ 1. */
  constructor(clock: Clock, perMinute: number) {
    this.#clock = clock;
    this.#costMs = MINUTE_MS / perMinute;
  }

  /** @throws WaooawError `rate_limited` while the address has used its failures up. */
  check(address: string): void {
    const fullAt = this.#fullAt.get(networkOf(address)) ?? 0;
    const waitMs = Math.ceil(fullAt + this.#costMs - MINUTE_MS - this.#clock.monotonicMs() - ROUNDING_MS);
    if (waitMs <= 0) return;
    throw new WaooawError('rate_limited', 'Too many tokens from this address were not valid', {
      afterMs: waitMs,
    });
  }

  /** Counts one. */
  count(address: string): void {
    const network = networkOf(address);
    const now = this.#clock.monotonicMs();
    const fullAt = Math.max(now, this.#fullAt.get(network) ?? 0) + this.#costMs;
    // Deleted first, so that the map's order is that of the last failures.
    this.#fullAt.delete(network);
    this.#fullAt.set(network, fullAt);
    const [oldest] = this.#fullAt.keys();
    if (this.#fullAt.size > MAX_ADDRESSES && oldest !== undefined) this.#fullAt.delete(oldest);
  }
}

/** Whoever has one IPv6 address has the 2⁶⁴ of its network (RFC 6177), so these count as one. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [before = '', after] = address.split('%')[0]!.split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const groups = [...head, ...Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':')}::/64`;
}
