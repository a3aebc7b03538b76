/** In which zone the page shows times: one switch for all widgets. */

/** The reader's own zone, or Coordinated Universal Time. */
export type TimeZone = 'local' | 'UTC';

/** The zone of now, and who wants to know of another. */
interface Registry {
  timeZone: TimeZone;
  readonly listeners: Set<() => void>;
}

// Shared by every copy of this module on the page, so that one control turns the times of every release.
const KEY = Symbol.for('waooaw.time-zone.v1');

/** The page's time zone. */
export function pageTimeZone(): Registry {
  const holder = globalThis as { [KEY]?: Registry };
  return (holder[KEY] ??= { timeZone: 'local', listeners: new Set() });
}

/** Shows the times of every widget on the page in this zone. */
export function setPageTimeZone(timeZone: TimeZone): void {
  const registry = pageTimeZone();
  if (timeZone === registry.timeZone) return;
  registry.timeZone = timeZone;
  for (const listener of [...registry.listeners]) listener();
}

/** As `Intl` wants it: undefined is the reader's own. */
export function intlTimeZone(): string | undefined {
  const { timeZone } = pageTimeZone();
  return timeZone === 'local' ? undefined : timeZone;
}
