/** How fast the page's widgets follow: one switch for all of them (WCAG 2.2.2, Pause, Stop, Hide). */

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

/**
 * Changes the pace of every widget on the page.
 * @param change `paused`, `everyMs` (ms; 0, the default, as they come) or both; what is left out stays.
 */
export function setPagePace(change: Partial<Pace>): void {
  const registry = pagePace();
  const { everyMs, paused } = { ...registry.pace, ...change };
  if (everyMs === registry.pace.everyMs && paused === registry.pace.paused) return;
  registry.pace = { everyMs, paused };
  for (const listener of [...registry.listeners]) listener();
}
