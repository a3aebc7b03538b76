/** What listens to the window. */

/** A count of listeners. */
export interface WindowListeners {
  /** Listeners added since, and not removed. */
  count(): number;
  restore(): void;
}

/** Counts listeners that are added to the window from now on. */
export function countWindowListeners(): WindowListeners {
  const add = window.addEventListener.bind(window) as (...args: unknown[]) => void;
  const remove = window.removeEventListener.bind(window) as (...args: unknown[]) => void;
  const kept = new Map<string, Set<unknown>>();
  window.addEventListener = (...args: [string, ...unknown[]]) => {
    const [type, listener] = args;
    kept.set(type, (kept.get(type) ?? new Set()).add(listener));
    add(...args);
  };
  window.removeEventListener = (...args: [string, ...unknown[]]) => {
    const [type, listener] = args;
    kept.get(type)?.delete(listener);
    remove(...args);
  };
  return {
    count: () => [...kept.values()].reduce((sum, listeners) => sum + listeners.size, 0),
    restore() {
      // What stands on the prototype appears again.
      Reflect.deleteProperty(window, 'addEventListener');
      Reflect.deleteProperty(window, 'removeEventListener');
    },
  };
}
