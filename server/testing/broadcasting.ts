/** For tests: a broadcaster over a bus and a clock that the test holds in its hands. */
import type { Json } from '../../src/protocol/index.ts';
import { createMemoryBus } from '../engines/memory/bus.ts';
import { createManualClock } from '../engines/memory/clock.ts';
import type { ManualClock } from '../engines/memory/clock.ts';
import { createBroadcaster } from '../services/broadcaster/index.ts';
import type { Broadcaster, BroadcasterDeps, BroadcasterLimits } from '../services/broadcaster/index.ts';
import { OddBus } from './odd-bus.ts';

/** What a test gets. */
export interface Broadcasting {
  readonly clock: ManualClock;
  readonly bus: OddBus;
  readonly broadcaster: Broadcaster;
  /** What a channel's snapshot is; null where it holds nothing. */
  readonly state: Map<string, Json>;
  /** What `onError` was told. */
  readonly errors: [what: string, error: unknown][];
}

/**
 * `app/…` is always kept, the last 5 publications for ten minutes. `live/…` is on demand, kept for a minute, and
 * spelt in small letters without spaces.
 */
export function setUp(
  limits: Partial<BroadcasterLimits> = {},
  deps: Pick<BroadcasterDeps, 'flushWindowMs'> = {},
): Broadcasting {
  const clock = createManualClock();
  const bus = new OddBus(createMemoryBus(clock));
  const state = new Map<string, Json>();
  const errors: [string, unknown][] = [];
  const onError = (error: unknown, what: string): void => void errors.push([what, error]);
  const broadcaster = createBroadcaster({ bus, clock, limits, onError, ...deps });
  const snapshot = (channel: string): Json => state.get(channel) ?? null;
  broadcaster.serve({
    name: 'app',
    history: { size: 5, ageMs: 600_000 },
    onDemand: false,
    resolve: (channel) => channel,
    snapshot,
  });
  broadcaster.serve({
    name: 'live',
    history: { size: 100, ageMs: 60_000 },
    onDemand: true,
    resolve: (channel) => channel.replaceAll(' ', '').toLowerCase(),
    snapshot,
  });
  return { clock, bus, broadcaster, state, errors };
}
