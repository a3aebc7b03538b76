/** For tests: a broadcaster over a bus and a clock that the test holds in its hands. */
import type { Json } from '../../src/protocol/index.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import { createBroadcaster } from '../services/broadcaster/index.ts';
import type { Broadcaster, BroadcasterDeps, BroadcasterLimits } from '../services/broadcaster/index.ts';
import { READ_ONLY } from '../ports/publisher.ts';
import type { Conflation, Namespace } from '../ports/publisher.ts';
import { FakeIdentities } from './identities.ts';
import { OddBus } from './odd-bus.ts';

/** What a test brings. */
export interface Engines<C extends Clock> {
  readonly clock: C;
  readonly bus: Bus;
}

/** What a test gets. */
export interface Broadcasting<C extends Clock> {
  readonly clock: C;
  readonly bus: OddBus;
  readonly broadcaster: Broadcaster;
  readonly identities: FakeIdentities;
  /** What a channel's snapshot is; null where it holds nothing. */
  readonly state: Map<string, Json>;
  /** What `onError` was told. */
  readonly errors: [what: string, error: unknown][];
}

/**
 * `app/…` is always kept, the last 5 publications for ten minutes, `latest/…` and `sum/…` the same and conflated.
 * `live/…` is on demand, kept for a minute, and spelt in small letters without spaces. Everybody who has a role follows
 * all of them, and operators publish on all but the last.
 */
export function broadcasting<C extends Clock>(
  engines: Engines<C>,
  limits: Partial<BroadcasterLimits> = {},
  deps: Pick<BroadcasterDeps, 'flushWindowMs'> = {},
): Broadcasting<C> {
  const { clock } = engines;
  const bus = new OddBus(engines.bus);
  const state = new Map<string, Json>();
  const errors: [string, unknown][] = [];
  const onError = (error: unknown, what: string): void => void errors.push([what, error]);
  const identities = new FakeIdentities();
  const broadcaster = createBroadcaster({ bus, clock, authenticator: identities, limits, onError, ...deps });
  const snapshot = (channel: string): Json => state.get(channel) ?? null;
  const access = { ...READ_ONLY, publish: ['operator', 'admin'] } as const;
  const kept = (name: string, conflate?: Conflation): Namespace => ({
    name,
    history: { size: 5, ageMs: 600_000 },
    onDemand: false,
    access,
    resolve: (channel) => channel,
    ...(conflate === 'latest' ? {} : { snapshot }),
    ...(conflate && { conflate }),
  });
  broadcaster.serve(kept('app'));
  broadcaster.serve(kept('latest', 'latest'));
  broadcaster.serve(kept('sum', (all) => [all.reduce((sum, one) => Number(sum) + Number(one), 0)]));
  broadcaster.serve({
    name: 'live',
    history: { size: 100, ageMs: 60_000 },
    onDemand: true,
    access: READ_ONLY,
    resolve: (channel) => channel.replaceAll(' ', '').toLowerCase(),
    snapshot,
  });
  return { clock, bus, broadcaster, identities, state, errors };
}
