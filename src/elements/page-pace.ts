/** How fast the page's widgets follow: one switch for all of them. Internal until the page has controls for it. */

/** The page's pace. */
export interface Pace {
  /** At most one batch in so many ms; 0 as they come. */
  readonly everyMs: number;
  /** Nothing moves until it is false again. */
  readonly paused: boolean;
}

/** The pace of now, and who wants to know of another. */
interface Registry {
  pace: Pace;
  readonly listeners: Set<() => void>;
}

// Shared by every copy of this module on the page, so that one control holds the widgets of every release.
const KEY = Symbol.for('waooaw.pace.v1');

/** The page's registry. */
export function pagePace(): Registry {
  const holder = globalThis as { [KEY]?: Registry };
  return (holder[KEY] ??= { pace: { everyMs: 0, paused: false }, listeners: new Set() });
}

/** Changes the pace of every widget on the page. */
export function setPagePace(change: Partial<Pace>): void {
  const registry = pagePace();
  registry.pace = { ...registry.pace, ...change };
  for (const listener of [...registry.listeners]) listener();
}
