/** Sets custom states (`:state(stale)`) where the browser has them. */

/** Exactly these states are set; earlier ones of the same owner are cleared. Does nothing in browsers without them. */
export function setStates(internals: ElementInternals, states: readonly string[]): void {
  const set = internals.states as Set<string> | undefined;
  if (!set) return;
  for (const state of [...set]) if (!states.includes(state)) set.delete(state);
  for (const state of states) set.add(state);
}
