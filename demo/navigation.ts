/** What the navigation tells beside its links: how many incidents are open. */
import type { Incidents } from './incidents.ts';
import { setText } from './text.ts';

/** Keeps the number right. @param count empty while there is none. */
export function navigationCount(count: HTMLElement, incidents: Incidents): void {
  incidents.follow(() => {
    const { length } = incidents.open;
    setText(count, length === 0 ? '' : String(length));
    count.title = length === 0 ? '' : `${length} open`;
  });
}
