/** What listens to the window. */

/** A count of listeners. */
export interface WindowListeners {
  /** Listeners added since, and not removed. */
  count(): number;
  restore(): void;
}

/** Counts listeners that are added to the window from now on. */
export function countWindowListeners(): WindowListeners {
  const { addEventListener, removeEventListener } = window;
  const kept = new Map<string, Set<unknown>>();
  window.addEventListener = (...args: [string, ...unknown[]]) => {
    const [type, listener] = args;
    kept.set(type, (kept.get(type) ?? new Set()).add(listener));
    return Reflect.apply(addEventListener, window, args) as void;
  };
  window.removeEventListener = (...args: [string, ...unknown[]]) => {
    const [type, listener] = args;
    kept.get(type)?.delete(listener);
    return Reflect.apply(removeEventListener, window, args) as void;
  };
  return {
    count: () => [...kept.values()].reduce((sum, listeners) => sum + listeners.size, 0),
    restore() {
      window.addEventListener = addEventListener;
      window.removeEventListener = removeEventListener;
    },
  };
}
