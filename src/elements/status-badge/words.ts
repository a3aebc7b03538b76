/** What `<waooaw-status-badge>` says in words, but for the states themselves: those are the vocabulary's. */
import { defineMessages } from '../../i18n/messages.ts';
import type { MessagesOf } from '../../i18n/messages.ts';

export const badgeMessages = /* @__PURE__ */ defineMessages('status-badge', {
  /** Behind the state, where it is not of now. */
  noteLoading: 'loading',
  noteStale: 'stale',
  noteEmpty: 'no result yet',
  noteError: 'not available',
  /** Said aloud. */
  said: (name: string, state: string) => (name ? `${name}: ${state}` : state),
  /** Several at once. `count` in all; `names` as a list. */
  saidTogether: (count: number, state: string, names: string) => `${count} ${state}: ${names}`,
  saidMore: (count: number) => `${count} more`,
});

/** For translations. */
export type BadgeMessages = MessagesOf<typeof badgeMessages>;
