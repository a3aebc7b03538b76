/** What `<waooaw-status-badge>` says in words, but for the states themselves: those are the vocabulary's. */
import { defineMessages } from '../../i18n/messages.ts';
import type { MessagesOf } from '../../i18n/messages.ts';

export const badgeMessages = /* @__PURE__ */ defineMessages('status-badge', {
  /** Behind the state, where it is not of now. */
  noteLoading: 'loading',
  noteStale: 'stale',
  noteEmpty: 'no result yet',
  noteError: 'not available',
  /** Behind the state of many, where the page's choice lets nothing through. */
  noneChosen: 'nothing chosen',
  /** What changes too often. @param shown how often. @param span "5 min". */
  flapping: (_count: number, shown: string, span: string) => `Flapping ×${shown} in ${span}`,
  /** The dependency that a state comes from. */
  noteCausedBy: (check: string) => `because of ${check}`,
  /** The parent that is down. */
  noteBehind: (check: string) => `behind ${check}`,
  /** The worst of many: which they are. @param shown of how many. */
  someOf: (_count: number, shown: string, names: string) => `${names} (of ${shown})`,
  /** Link. */
  incidentLink: 'Incident',
  /** Said aloud. */
  said: (name: string, state: string) => (name ? `${name}: ${state}` : state),
  /** Several at once. `count` in all; `names` as a list. */
  saidTogether: (count: number, state: string, names: string) => `${count} ${state}: ${names}`,
  saidMore: (count: number) => `${count} more`,
});

/** For translations. */
export type BadgeMessages = MessagesOf<typeof badgeMessages>;
