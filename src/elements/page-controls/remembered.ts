/** What was chosen on this site before, where the browser remembers it. */
import { pageTimeZone, setPageTimeZone } from '../../i18n/page-time-zone.ts';
import { pagePace, setPagePace } from '../../a11y/page-pace.ts';

/** Under this key in the site's local storage. */
export const STORAGE_KEY = 'waooaw-page-controls';

/** Longest interval that is taken from storage, ms: an hour. */
const MOST_MS = 3_600_000;

/** Puts the page into the remembered state, as far as that can be read. */
export function recall(storage: () => Storage = () => localStorage): void {
  try {
    const text = storage().getItem(STORAGE_KEY);
    const known: unknown = text === null ? undefined : JSON.parse(text);
    if (typeof known !== 'object' || known === null) return;
    const { paused, everyMs, timeZone } = known as Record<string, unknown>;
    setPagePace({
      ...(typeof paused === 'boolean' && { paused }),
      ...(typeof everyMs === 'number' && everyMs >= 0 && everyMs <= MOST_MS && { everyMs }),
    });
    if (timeZone === 'local' || timeZone === 'UTC') setPageTimeZone(timeZone);
  } catch {
    // Forbidden, or not ours: the page is as it would be without.
  }
}

/** Remembers the page's state. */
export function remember(storage: () => Storage = () => localStorage): void {
  try {
    const { timeZone } = pageTimeZone();
    storage().setItem(STORAGE_KEY, JSON.stringify({ ...pagePace().pace, timeZone }));
  } catch {
    // Full or forbidden: the choice lasts as long as the page.
  }
}
