/** Sets custom states (`:state(stale)`) where the browser has them. */

/** Exactly these states are set. Does nothing in browsers without them. */
export function setStates(internals: ElementInternals, states: readonly string[]): void {
  const set = internals.states as Set<string> | undefined;
  set?.clear();
  for (const state of states) set?.add(state);
}
