/** Sets custom states (`:state(stale)`) where the browser has them. */

/** Exactly these states are set. Does nothing in browsers without them. */
export function setStates(internals: ElementInternals, states: readonly string[]): void {
  const set = internals.states as Set<string> | undefined;
  // A state that is taken away and given back makes the browser look at every style anew.
  for (const state of set ?? []) if (!states.includes(state)) set?.delete(state);
  for (const state of states) if (!set?.has(state)) set?.add(state);
}
