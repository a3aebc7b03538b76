/** What `<waooaw-status-badge-list>` says in words. */
import { defineMessages } from '../../i18n/messages.ts';
import type { MessagesOf } from '../../i18n/messages.ts';

export const badgeListMessages = /* @__PURE__ */ defineMessages('status-badge-list', {
  /** Name of a list that the page gives none. */
  statuses: 'States',
  /** In place of the list. */
  loading: 'Loading…',
  idle: 'States stand here: set items, or name the checks by a tag such as tag="service=payments".',
  empty: 'There is nothing to list.',
  noneMatch: (tags: string) => `No check carries ${tags}.`,
  noneChosen: 'Nothing is chosen.',
  failed: (reason: string) => (reason ? `Not available: ${reason}` : 'Not available'),
  /** How many are in one state. */
  count: (_count: number, shown: string, state: string) => `${shown} ${state}`,
  /** Not listed. */
  more: (_count: number, shown: string) => `and ${shown} more`,
});

/** For translations. */
export type BadgeListMessages = MessagesOf<typeof badgeListMessages>;
