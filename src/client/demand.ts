/** How often publications are wanted: the least patient listener of a channel decides. */

/** Nobody wants any, for now. */
export const PAUSED = Infinity;

/** A demand as it may be sent: 0 as they come, else ms; {@link PAUSED} none. What is no number asks for all. */
export function demandOf(everyMs: number): number {
  return everyMs > 0 ? everyMs : 0;
}

/** The demand of all together; {@link PAUSED} when there is none. */
export function leastDemand(demands: Iterable<number>): number {
  return Math.min(PAUSED, ...demands);
}
