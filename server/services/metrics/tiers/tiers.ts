/** The tiers: for how long buckets of which length are kept, and where. */
import type { StoredTier } from '../../../ports/metric-store.ts';

export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

/** In memory only, of series that somebody watches or asked for lately. */
export const FINE_TIERS = [1_000, 10_000] as const;
/** One of them. */
export type FineTier = (typeof FINE_TIERS)[number];

/** Made from minutes once these are closed: five minutes, hours, days. */
export const COARSE_TIERS = [300_000, 3_600_000, 86_400_000] as const satisfies readonly StoredTier[];

/** Every tier, finest first. */
export const TIERS = [...FINE_TIERS, 60_000, ...COARSE_TIERS] as const;
/** One of them, by the length of its buckets, ms. */
export type Tier = (typeof TIERS)[number];

/** The start of the step that a time is in. */
export function startOf(timeMs: number, stepMs: number): number {
  return timeMs - (((timeMs % stepMs) + stepMs) % stepMs);
}
