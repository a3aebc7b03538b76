/** Going down without a storm: every client is asked to come back elsewhere, each at a time of its own. */
import type { Move } from '../../../src/protocol/index.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Connection } from './connection.ts';
import type { BroadcasterLimits } from './limits.ts';

/** How long the last ones asked have to leave, ms. */
const LAST_LEAVE_MS = 500;
/** How often it is looked whether all have left, ms. */
const LOOK_MS = 20;

/**
 * Spreads clients evenly over a window, in random order.
 * @returns when all have left, or the window and a moment for the last are over.
 */
export function drainConnections(
  connections: ReadonlyMap<string, Connection>,
  clock: Clock,
  { drainWindowMs, drainPerSecond }: Pick<BroadcasterLimits, 'drainWindowMs' | 'drainPerSecond'>,
): Promise<void> {
  const asked = shuffled([...connections.values()].filter(({ connected }) => connected));
  if (asked.length === 0) return Promise.resolve();
  const withinMs = Math.min(drainWindowMs, Math.ceil((asked.length / drainPerSecond) * 1000));
  asked.forEach((connection, i) => {
    const afterMs = Math.floor(((i + Math.random()) * withinMs) / asked.length);
    const move: Move = { move: { afterMs, withinMs, why: 'drain' } };
    connection.say(move);
  });
  const endsAt = clock.monotonicMs() + withinMs + LAST_LEAVE_MS;
  return new Promise((resolve) => {
    const look = clock.every(LOOK_MS, () => {
      if (asked.some(({ closed }) => !closed) && clock.monotonicMs() < endsAt) return;
      look.cancel();
      resolve();
    });
  });
}

function shuffled<T>(items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i -= 1) {
    const other = Math.floor(Math.random() * (i + 1));
    [items[i], items[other]] = [items[other]!, items[i]!];
  }
  return items;
}
