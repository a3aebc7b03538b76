/** Which instances a stable port leads to, and whether it does already. Pure. */
import type { DoorRoute, DoorTarget } from '../../../ports/agent-door.ts';
import type { Instance } from '../../../ports/agent-runtime.ts';
import type { Wellness } from './instance-watch.ts';
import { LOOPBACK } from './readiness.ts';

/** An instance that runs, and how it is. */
export interface Candidate {
  readonly instance: Instance;
  readonly wellness: Wellness;
}

/**
 * Those that are well. Where none is, those that were: an answer of an agent that is not well says more than none. Never one
 * that has not been ready since it was started.
 */
export function targetsOf(candidates: readonly Candidate[]): DoorTarget[] {
  const are = (wanted: Wellness): DoorTarget[] =>
    candidates.flatMap(({ wellness, instance: { name, port } }) =>
      wellness === wanted && port !== undefined ? [{ instance: name, host: LOOPBACK, port }] : [],
    );
  const well = are('well');
  return well.length > 0 ? well : are('unwell');
}

/** The route leads exactly there, with nothing to fall back on. */
export function leadsTo(
  route: DoorRoute | undefined,
  targets: readonly DoorTarget[],
  port: number | undefined,
): boolean {
  if (!route || route.fallback?.length) return false;
  if (port !== undefined && route.port !== port) return false;
  const keys = (of: readonly DoorTarget[]): string =>
    of
      .map((target) => `${target.instance} ${target.host}:${target.port}`)
      .sort()
      .join();
  return keys(route.targets) === keys(targets);
}
